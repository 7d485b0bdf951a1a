"""What yProv4DASK records wrongly, tracked by the one line that replaces it."""

import functools
import os
import time

from dask.distributed import Client, get_client
from taskprov import ProvTracker

STATE = {"tries": 0}


def inc(x):
    return x + 1


def add(x, y):
    return x + y


def flat(left, right):
    return sum(left) + sum(right)


def flaky():
    STATE["tries"] += 1
    if STATE["tries"] < 3:
        raise RuntimeError(f"try {STATE['tries']}")
    return STATE["tries"]


def boom():
    raise ValueError("half of a pair: \ud83d")


def nap():
    deadline = time.monotonic() + 60
    while not os.path.exists("cancelled") and time.monotonic() < deadline:
        time.sleep(0.01)


def size(value):
    return len(value)


def parent(x):
    return get_client().submit(inc, x, key="nested-child").result()


class Odd:
    def __repr__(self):
        raise RuntimeError("no text of me")

    def __len__(self):
        return 7


class Adder:
    def __call__(self, x):
        return x + 1


def outcome(future):
    return type(future.exception()).__name__


if __name__ == "__main__":
    client = Client(
        processes=False, n_workers=1, threads_per_worker=4, dashboard_address=None
    )
    early = client.submit(inc, 1, key="early")
    early.result()
    client.register_plugin(ProvTracker(error_tracking=True))
    futures = [client.submit(inc, early, key="late")]
    for x, key in enumerate([("x", 0), "x_0", "x, 0", 'a:b c/d?e#f "q"\nnew größe 😀']):
        futures.append(client.submit(inc, x, key=key))
    again = client.submit(inc, 1, key="again")
    again.result()
    again.release()
    while "again" in client.cluster.scheduler.tasks:
        time.sleep(0.01)
    futures.append(client.submit(inc, 5, key="again"))
    futures.append(
        client.submit(flat, [futures[1], 1], [futures[2], 2], key="two-lists")
    )
    [sent] = client.scatter([{"a": 1}], hash=False)
    futures.append(client.submit(size, sent, key="uses-sent"))
    futures.append(client.submit(flaky, retries=3, key="flaky"))
    bad = client.submit(boom, key="boom")
    blocked = client.submit(inc, client.submit(inc, bad, key="blocked-1"), key="blocked-2")
    print(outcome(bad), outcome(blocked))
    napping = client.submit(nap, key="napping")
    tasks = client.cluster.scheduler.tasks
    while "napping" not in tasks or tasks["napping"].state != "processing":
        time.sleep(0.01)
    napping.cancel()
    while napping.key in tasks and tasks[napping.key].state == "processing":
        time.sleep(0.01)
    open("cancelled", "w").close()
    futures.append(client.submit(size, Odd(), key="odd"))
    futures.append(client.submit(size, bytes(3_000_000), key="bytes"))
    futures.append(client.submit(size, "z" * 3_000_000, key="text"))
    futures.append(client.submit(functools.partial(add, 1), 2, key="partial"))
    futures.append(client.submit(lambda x: x, 2, key="lambda"))
    futures.append(client.submit(Adder(), 2, key="object"))
    futures.append(client.submit(parent, 3, key="nesting"))
    print(client.gather(futures))
    client.close()
    print(os.path.exists("output/yprov4wfs.json"))
