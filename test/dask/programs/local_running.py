"""A task of a local scheduler that waits to be killed."""

import sys
import time

import dask
from dask import delayed


def inc(x):
    return x + 1


def forever(x):
    time.sleep(600)


if __name__ == "__main__":
    done = delayed(inc)(1, dask_key_name="done")
    delayed(forever)(done, dask_key_name="endless").compute(scheduler=sys.argv[1])
