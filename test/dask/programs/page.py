"""Runs a program of a documentation page as a notebook would: `page.py FILE`.

It has a `client` of a cluster and a lazy value `x`, unless it makes them itself.
"""

import re
import sys

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    if re.search(r"\bclient\b", text) and not re.search(r"client = |as client", text):
        from dask.distributed import Client

        client = Client(n_workers=1, threads_per_worker=1, dashboard_address=None)
    if re.search(r"\bx\.compute", text):
        from dask import delayed

        x = delayed(sum)([1, 2])
        if "scheduler=" not in text:
            from dask.distributed import Client

            client = Client(n_workers=1, threads_per_worker=1, dashboard_address=None)
    sys.argv = ["page"]
    exec(compile(text, "page", "exec"), globals())
    if "client" in globals() and client.status == "running":
        client.close()
