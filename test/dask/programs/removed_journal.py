"""The journal, then its folder too, is removed while the run goes on."""

import shutil
import time
from pathlib import Path

from distributed import Client


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="before").result())
        time.sleep(0.3)  # The buffer is written.
        (journal,) = Path("output").glob("*.journal")
        journal.unlink()
        print(client.submit(inc, 2, key="between").result())
        time.sleep(0.3)
        assert journal.stat().st_size > 0
        shutil.rmtree("output")
        print(client.submit(inc, 3, key="after").result())
