"""The one-liner on local schedulers; options are JSON in the argument."""

import json
import sys

from dask import delayed
from taskprov import ProvTracker


def inc(x):
    return x + 1


if __name__ == "__main__":
    tracker = ProvTracker(**json.loads(sys.argv[1]))
    with tracker.register():
        print(delayed(inc)(1, dask_key_name="first").compute(scheduler="threads"))
    print(tracker.document)
    delayed(inc)(1, dask_key_name="between").compute(scheduler="threads")
    tracker.register()
    print(delayed(inc)(2, dask_key_name="second").compute(scheduler="sync"))
