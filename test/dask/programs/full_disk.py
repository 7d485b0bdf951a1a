"""The disk is full for a while, or until the end; the first program argument says which."""

import resource
import sys
import time

from distributed import Client


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="before").result())
        time.sleep(0.3)  # The buffer is written.
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
        print(sum(client.gather(client.map(inc, range(100)))))
        time.sleep(0.5)  # Several attempts to write fail.
        if sys.argv[1] == "for a while":
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(client.submit(inc, 2, key="after").result())
