"""What can go wrong in the bridge goes wrong, in one cluster after the other."""

import importlib
import sys

import dask
from distributed import Client, wait

# What each hook and each handler calls first, and one hook whole: module, class if it is in one, name.
PLACES = [
    ("members", "Members", "client"),
    ("members", "Members", "remove_client"),
    ("members", "Members", "add_worker"),
    ("members", "Members", "remove_worker"),
    ("members", "Members", "worker"),
    ("limbo", "Limbo", "hear"),
    ("limbo", "Limbo", "leaves"),
    ("limbo", "Limbo", "forget"),
    ("writer", "", "attempt_event"),
    ("equipment", "Equipment", "of_failure"),
    ("gone", "Leaving", "add"),
    ("tasks", "Tasks", "_sites"),
    ("tasks", "Tasks", "number"),
    ("tasks", "Tasks", "_add"),
    ("changes", "Changes", "changed"),
    ("changes", "Changes", "attempt_failed"),
    ("plugin", "TaskprovBridge", "_expect_tasks"),
    ("plugin", "TaskprovBridge", "update_graph"),
    ("graphs", "GraphEncoder", "_task"),
    ("files", "Files", "complete"),
]


def inc(x):
    return x + 1


def flaky(x, tried=[]):  # noqa: B006
    tried.append(x)
    if len(tried) % 2:
        raise ValueError("once")
    return x


def boom(x):
    raise ValueError(x)


def broken(*_args, **_more):
    raise RuntimeError("broken on purpose")


def bridge_part(module, name):
    (package,) = {
        loaded.partition(".")[0]
        for loaded in sys.modules
        if loaded.startswith("_taskprov_bridge_") and loaded.endswith(".plugin")
    }
    there = importlib.import_module(f"{package}.{module}")
    return getattr(there, name) if name else there


def work(client, at):
    futures = client.map(inc, range(10), key=[f"inc-{at}-{i}" for i in range(10)])
    failed = client.submit(boom, at, key=f"boom-{at}")
    retried = client.submit(flaky, at, key=f"flaky-{at}", retries=1, pure=False)
    (scattered,) = client.scatter([5], hash=False)
    named = client.submit(len, __file__, key=f"file-{at}")
    total = client.submit(sum, [*futures, scattered], key=f"total-{at}")
    wait([failed, retried, named])
    return total.result(), type(failed.exception()).__name__, retried.result()


if __name__ == "__main__":
    dask.config.set({"distributed.admin.low-level-log-length": 0})
    for at, (module, name, method) in enumerate(PLACES):
        with Client(processes=False, n_workers=1, dashboard_address=None) as client:
            before = work(client, f"before-{at}")[0]
            there = bridge_part(module, name)
            whole = getattr(there, method)
            setattr(there, method, broken)
            try:
                print(f"{name or module}.{method}", before, *work(client, at), flush=True)
            finally:
                # Some hooks come only when the cluster closes.
                client.close()
                setattr(there, method, whole)
