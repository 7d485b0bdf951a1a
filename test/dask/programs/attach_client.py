"""A client of a cluster that runs elsewhere; does what the lines on standard input ask for.

Each answer is a line of JSON.
"""

import asyncio
import json
import sys
import threading
import time

from distributed import Client, wait
from truth import Truth


def inc(x):
    return x + 1


def total(xs):
    return sum(xs)


def boom(x):
    raise ValueError(f"bad {x}")


def hold(gate):
    """Runs until somebody sets a variable on its worker."""
    import builtins

    while not getattr(builtins, gate, False):
        time.sleep(0.01)
    return gate


def open_gate(gate):
    import builtins

    setattr(builtins, gate, True)


def tables(dask_scheduler):
    """What a plugin could leave behind on a scheduler."""

    def name(handler):
        return getattr(getattr(handler, "__func__", handler), "__code__", handler).co_name

    return {
        "handlers": {op: name(h) for op, h in dask_scheduler.handlers.items() if callable(h)},
        "stream": {op: name(h) for op, h in dask_scheduler.stream_handlers.items() if callable(h)},
        "plugins": sorted(dask_scheduler.plugins),
        "own": sorted(key for key in vars(dask_scheduler) if key == "update_data"),
        "threads": sorted(t.name for t in threading.enumerate() if "taskprov" in t.name),
        "loop": sorted(
            n for t in asyncio.all_tasks() if "CommHandlers" in (n := t.get_coro().__qualname__)
        ),
    }


def graph_of(dask_scheduler):
    return dask_scheduler.plugins["truth"].graph


class Session:
    def __init__(self, address):
        self.client = Client(address)
        self.client.register_plugin(Truth())
        self.kept = []

    def keep(self, *futures):
        self.kept += futures
        wait(futures)
        return [f.status for f in futures]

    def before(self):
        mapped = self.client.map(inc, range(4))
        tot = self.client.submit(total, mapped, key="total")
        scattered = self.client.scatter([10, 20])
        used = self.client.submit(total, scattered, key="uses-scattered")
        failed = self.client.submit(boom, tot, key="boom")
        blocked = self.client.submit(inc, failed, key="blocked")
        return self.keep(*mapped, tot, *scattered, used, failed, blocked)

    def after(self):
        tot = next(f for f in self.kept if f.key == "total")
        grown = self.client.submit(inc, tot, key="grown")
        failed = self.client.submit(boom, grown, key="boom-2")
        return self.keep(grown, failed)

    def many(self, name, count):
        futures = [self.client.submit(inc, i, key=f"{name}-{i}") for i in range(int(count))]
        self.keep(*futures)
        return len(futures)

    def wide(self, name, count, size):
        """Tasks whose arguments make the journal long."""
        size = int(size)
        futures = [
            self.client.submit(len, f"{i % 10}" * size, key=f"{name}-{i}") for i in range(int(count))
        ]
        self.keep(*futures)
        return len(futures)

    def hold(self, key):
        self.kept.append(self.client.submit(hold, key, key=key))
        while not any(key in keys for keys in self.client.processing().values()):
            time.sleep(0.02)
        return key

    def release(self, key):
        self.client.run(open_gate, key)
        return next(f for f in self.kept if f.key == key).result()

    def tables(self):
        return self.client.run_on_scheduler(tables)

    def truth(self):
        return self.client.run_on_scheduler(graph_of)

    def shutdown(self):
        self.client.shutdown()
        return True


if __name__ == "__main__":
    session = Session(sys.argv[1])
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command, *args = line.split()
        print(json.dumps(getattr(session, command)(*args)), flush=True)
