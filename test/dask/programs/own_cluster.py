"""The Python one-liner on a cluster of the program's own; options are JSON in the argument."""

import json
import sys

from dask.distributed import Client
from taskprov import ProvTracker


def inc(x):
    return x + 1


def boom(x):
    raise ValueError(f"bad {x}")


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    with Client(
        processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None
    ) as client:
        tracker = ProvTracker(**options)
        client.register_plugin(tracker)
        tracker.start(client.scheduler)
        client.register_plugin(tracker)
        tracker.start(client.cluster.scheduler)
        total = client.submit(sum, client.map(inc, range(3), pure=False), key="total")
        print(total.result())
        bad = client.submit(boom, 3, key="boom")
        print(repr(bad.exception()))
    print("closed", flush=True)
