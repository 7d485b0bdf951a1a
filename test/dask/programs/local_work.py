"""Work for Dask's local schedulers; arguments: the scheduler, and a folder for what is true."""

import json
import os
import sys
import time

import dask
import dask.bag as db
from dask import delayed
from dask.callbacks import Callback


class Truth(Callback):
    """Every task with its dependencies, as the scheduler has them when it begins."""

    graph = {}

    def _start(self, dsk):
        for key, node in dsk.items():
            if hasattr(node, "dependencies"):
                needed = node.dependencies
            else:
                from dask.core import get_dependencies

                needed = get_dependencies(dsk, key)
            self.graph[json.dumps(key)] = sorted(json.dumps(n) for n in needed)


def inc(x):
    return x + 1


def add(x, y, scale=1):
    return (x + y) * scale


def timed(x):
    """Says itself when and where it ran."""
    began = time.time()
    time.sleep(0.05)
    return began, time.time(), os.getpid()


def boom(x):
    raise ValueError(f"bad {x} größe")


def await_file(name):
    deadline = time.monotonic() + 60
    while not os.path.exists(name) and time.monotonic() < deadline:
        time.sleep(0.01)


def slow(x):
    """Is under way when another fails, where two can be."""
    if sys.argv[1] != "sync":
        await_file("failed")
    open("slow", "w").close()
    return x


class Failed(Callback):
    """Says when a computation has failed."""

    def _finish(self, dsk, state, errored):
        open("failed", "w").close()


def login(user, password):
    return user


if __name__ == "__main__":
    dask.config.set(scheduler=sys.argv[1], num_workers=2, chunksize=1)
    with Truth():
        xs = [delayed(inc, name="inc")(i, dask_key_name=f"inc-{i}") for i in range(4)]
        total = delayed(sum)(xs, dask_key_name="total")
        nested = delayed(add)(
            xs[0], {"a": [xs[1], 3.0]}["a"][0], scale=2.0, dask_key_name="größe 😀"
        )
        secret = delayed(login)("ada", password="hunter2", dask_key_name="secret")
        print(dask.compute(total, nested, secret))
        began, ended, pid = delayed(timed)(1, dask_key_name="timed").compute()
        held = db.from_sequence(range(6), npartitions=2).map(inc).persist()
        print(held.sum().compute())
    try:
        bad = delayed(boom)(3, dask_key_name="boom")
        first = delayed(inc)(bad, dask_key_name="blocked-1")
        second = delayed(inc)(first, dask_key_name="blocked-2")
        last = delayed(inc)(delayed(slow)(1, dask_key_name="slow"), dask_key_name="after-slow")
        with Failed():
            dask.compute(second, last)
    except ValueError as error:
        print(error)
    print(delayed(inc)(7, dask_key_name="inc-0").compute())
    if sys.argv[1] != "sync":
        await_file("slow")  # Threads go on with what they had begun.
    with open("truth.json", "w") as file:
        json.dump({"graph": Truth.graph, "timed": [began, ended], "pid": pid}, file)
