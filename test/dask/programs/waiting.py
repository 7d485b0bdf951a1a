"""Twenty tasks whose results are held until standard input ends."""

import sys

from dask.distributed import Client, LocalCluster


def inc(x):
    return x + 1


def fail(x):
    raise ValueError("no luck")


def main():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster, Client(cluster) as client:
        held = client.map(inc, range(20))
        client.gather(held)
        client.submit(fail, 1).exception()
        sys.stdin.read()


if __name__ == "__main__":
    main()
