"""Arguments so long that the journal is large; waits until the launcher reads it for the document."""

import glob
import os
import time

from dask.distributed import Client


def is_read_by_launcher(path):
    links = glob.glob(f"/proc/{os.getppid()}/fd/*")
    # It has the journal open to keep it; the second time it reads.
    return sum(os.path.realpath(link) == os.path.realpath(path) for link in links) > 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        texts = [f"{i % 10}" * 150_000 for i in range(60)]
        keys = [f"wide-{i}" for i in range(60)]
        print(sum(client.gather(client.map(len, texts, key=keys))))
        (journal,) = glob.glob("output/*.journal")
        while not is_read_by_launcher(journal):
            time.sleep(0.02)
        print(client.submit(len, "on", key="on").result())
