"""The journal, then its folder too, is removed while the run goes on."""

import shutil
import time
from pathlib import Path

from distributed import Client


def wait_for(word):
    """Until the journal says it: the bridge writes at its own pace."""
    while not any(word in path.read_bytes() for path in Path("output").glob("*.journal")):
        time.sleep(0.02)


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="before").result())
        wait_for(b"before")
        (journal,) = Path("output").glob("*.journal")
        journal.unlink()
        print(client.submit(inc, 2, key="between").result())
        wait_for(b"between")
        shutil.rmtree("output")
        print(client.submit(inc, 3, key="after").result())
