"""A cluster of the program's own that others can reach, until standard input ends.

With the argument `tracker` the program records it with the Python package.
"""

import sys

from dask.distributed import Client, LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        protocol="tcp",
        dashboard_address=None,
    ) as cluster, Client(cluster) as client:
        if sys.argv[1:] == ["tracker"]:
            from taskprov import ProvTracker

            client.register_plugin(ProvTracker())
        print("Scheduler at:", cluster.scheduler_address, file=sys.stderr, flush=True)
        sys.stdin.read()
