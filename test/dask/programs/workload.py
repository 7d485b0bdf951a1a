"""One of everything: what a tracker has to get right about a run that is not shut down roughly."""

import functools
import os
import sys
import tempfile
import time

import dask
import dask.bag
from distributed import wait, worker_client
from truth import await_processing, start


def add(x, y, scale=1):
    return (x + y) * scale


def inc(x):
    return x + 1


def total(xs):
    return sum(xs)


def boom(x):
    raise ValueError(f"bad {x} größe")


def flaky(folder):
    tries = len(os.listdir(folder))
    open(os.path.join(folder, str(tries)), "w").close()
    if tries < 2:
        raise RuntimeError(f"try {tries}")
    return tries


def mother(n):
    with worker_client() as client:
        return client.submit(inc, n, key="child").result()


if __name__ == "__main__":
    client, truth = start(sys.argv[1])
    a = client.submit(add, 1, y=2.0, key="größe 😀")
    b = client.submit(add, a, 5, scale=float("inf"), key=("x", 0, ("y", 1)))
    mapped = client.map(inc, range(5))
    tot = client.submit(total, mapped, key="total")
    inside = client.submit(dict, {"p": a, "q": [b, 7]}, key="inside")
    applied = client.submit(dask.utils.apply, add, [a, 2], {"scale": 3}, key="applied")
    partial = client.submit(functools.partial(add, 4, scale=2), a, key="partial")
    wait([b, tot, inside, applied, partial])

    failed = client.submit(boom, a, key="boom")
    blocked = [client.submit(inc, failed, key="blocked-1")]
    blocked.append(client.submit(inc, blocked[0], key="blocked-2"))
    wait(blocked)
    flaked = client.submit(flaky, tempfile.mkdtemp(dir="."), retries=3, key="flaky")
    assert flaked.result() == 2

    scattered = client.scatter([10, 20])
    used = client.submit(total, scattered, key="uses-scattered")
    assert used.result() == 30

    sleeper = client.submit(time.sleep, 1, key="sleeper")
    await_processing(client, "sleeper")
    sleeper.cancel()

    leaves = [dask.delayed(inc)(i, dask_key_name=f"leaf-{i}") for i in range(4)]
    pairs = [dask.delayed(add)(*leaves[i : i + 2], dask_key_name=f"pair-{i}") for i in (0, 2)]
    tree = dask.delayed(total)(pairs, dask_key_name="tree").persist()
    bag = dask.bag.from_sequence(range(12), npartitions=3).map(inc).fold(add).persist()
    mum = client.submit(mother, 3, key="mother")
    secret = client.submit(dict, api_key="hunter2", long="x" * 5000, key="secret")
    assert (tree.compute(), bag.compute(), mum.result()) == (10, 78, 4)
    wait(secret)
    truth.write()
    print("stdout is the program's")
    print(sys.stdin.read(), end="")
    sys.exit(int(sys.argv[2]))
