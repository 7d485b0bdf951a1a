"""The disk is full for a while, or until the end; the first program argument says which."""

import sys

import disk
from distributed import Client


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="before").result())
        print(client.submit(inc, 2, key="recorded").result())
        disk.await_recorded(b"recorded")
        disk.fill()
        print(sum(client.gather(client.map(inc, range(100)))))
        disk.await_refused(3)
        if sys.argv[1] == "for a while":
            disk.make_room()
        print(client.submit(inc, 3, key="after").result())
