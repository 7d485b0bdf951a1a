"""Writes half lines and whole ones while its tasks run, and fails one of them."""

import sys
import time

from dask.distributed import Client


def nap(i: int) -> int:
    time.sleep(0.2)
    if i == 3:
        raise ValueError("three")
    return i


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        futures = client.map(nap, range(20))
        sys.stdout.write("half")
        sys.stdout.flush()
        for future in futures[:10]:
            future.exception()
        print(" a line")
        for future in futures:
            future.exception()
        print("done", file=sys.stderr)
