"""The destination is removed in the last moment, when the launcher has the journal open."""

import glob
import os
import shutil
import time

from dask.distributed import Client


def inc(x):
    return x + 1


def is_open_in_launcher(path):
    links = glob.glob(f"/proc/{os.getppid()}/fd/*")
    return any(os.path.realpath(link) == os.path.realpath(path) for link in links)


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="first").result())
        print(client.submit(inc, 2, key="second").result(), flush=True)
        (journal,) = glob.glob("output/*.journal")
        while b"second" not in open(journal, "rb").read() or not is_open_in_launcher(journal):
            time.sleep(0.02)
        shutil.rmtree("output")
        os._exit(0)
