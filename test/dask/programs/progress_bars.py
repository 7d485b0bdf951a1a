"""Progress bars in a program: `progress_bars.py local|cluster`; what they write is JSON."""

import io
import json
import pathlib
import sys
import time

from dask import delayed

from taskprov import ProgressBar, progress


def until(condition):
    while not condition():
        time.sleep(0.01)


def inc(n):
    return n + 1


def gated(n, path):
    until(lambda: pathlib.Path(path).exists())
    return n


def failing():
    raise ValueError("no")


def local():
    told = {}
    graph = delayed(sum)([delayed(inc)(n, dask_key_name=f"inc-{n}") for n in range(9)])
    for name, bar, work, options in (
        ("sync", ProgressBar(out=io.StringIO()), graph, {"scheduler": "sync"}),
        ("threads", ProgressBar(out=io.StringIO(), width=10), graph, {"scheduler": "threads"}),
        ("minimum", ProgressBar(minimum=1000, out=io.StringIO()), graph, {"scheduler": "sync"}),
        ("failed", ProgressBar(out=io.StringIO()), delayed(failing)(), {"scheduler": "sync"}),
    ):
        with bar:
            try:
                work.compute(**options)
            except ValueError:
                pass
        told[name] = [bar._out.getvalue(), bar.last_duration > 0]
    bar = ProgressBar(out=io.StringIO())
    bar.register()
    graph.compute(scheduler="sync")
    graph.compute(scheduler="sync")
    bar.unregister()
    before = bar._out.getvalue()
    graph.compute(scheduler="sync")
    told["registered"] = [before, bar._out.getvalue() == before]
    with ProgressBar():
        delayed(inc)(1).compute(scheduler="sync")
    print()
    return told


def cluster():
    from dask.distributed import Client

    told = {}
    gate = str(pathlib.Path("gate").resolve())
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        out = io.StringIO()
        with ProgressBar(out=out, dt=0.01) as bar:
            parts = [delayed(inc)(n, dask_key_name=f"inc-{n}") for n in range(9)]
            work = delayed(gated)(delayed(sum)(parts), gate, dask_key_name="gated-1")
            future = client.compute(work)
            until(lambda: "90%" in out.getvalue() or "91%" in out.getvalue())
            pathlib.Path(gate).touch()
            future.result()
        told["block"] = [out.getvalue(), bar.last_duration > 0]
        out = io.StringIO()
        with ProgressBar(out=out) as bar:
            bad = client.submit(failing, key="failing")
            client.submit(inc, bad, key="after").exception()
        told["failed"] = [out.getvalue(), bar.last_duration > 0]
        out = io.StringIO()
        with ProgressBar(out=out):
            pass
        told["nothing"] = [out.getvalue(), True]
        out = io.StringIO()
        futures = client.map(inc, range(20, 30))
        progress(futures, out=out)
        told["futures"] = [out.getvalue(), all(future.done() for future in futures)]
        out = io.StringIO()
        progress(futures, out=out)
        told["done before"] = [out.getvalue(), True]
        left = client.run_on_scheduler(
            lambda dask_scheduler: [name for name in dask_scheduler.plugins if "progress_" in name]
        )
        told["left"] = [json.dumps(left), True]
    return told


if __name__ == "__main__":
    print(json.dumps(local() if sys.argv[1] == "local" else cluster()))
