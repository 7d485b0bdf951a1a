"""A Dask from before graphs were made of task objects."""

import sys

from distributed import Client

sys.modules["dask._task_spec"] = None


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(len(client.scheduler_info()["workers"]))
