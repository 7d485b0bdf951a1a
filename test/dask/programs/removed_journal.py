"""The journal, then its folder too, is removed while the run goes on."""

import shutil
from pathlib import Path

from distributed import Client
from journal_says import journal_says


def inc(x):
    return x + 1


if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inc, 1, key="before").result())
        journal_says(b"before")
        (journal,) = Path("output").glob("*.journal")
        journal.unlink()
        print(client.submit(inc, 2, key="between").result())
        journal_says(b"between")
        shutil.rmtree("output")
        print(client.submit(inc, 3, key="after").result())
