"""A Dask that is older than any that can be recorded."""

import distributed
from distributed import Client

distributed.__version__ = "2024.7.1"


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(len(client.scheduler_info()["workers"]))
