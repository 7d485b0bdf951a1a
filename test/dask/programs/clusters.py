"""Two clusters, one after the other; the first program argument says how it ends."""

import sys

from distributed import Client


def inc(x):
    return x + 1


if __name__ == "__main__":
    for n in range(2):
        with Client(processes=False, n_workers=1, dashboard_address=None) as client:
            print(client.submit(inc, n, key=f"only-{n}").result())
