"""Work that comes from several lines, and two functions of one name."""

import functools
import sys

import dask
from distributed import wait, worker_client
from truth import start


def inc(x):
    return x + 1


def ask(client, x):
    return client.submit(inc, x, key=f"asked-{x}")


def mother(x):
    with worker_client() as client:
        return client.submit(inc, x, key="child").result()


def redefined():
    def inc(x):
        return x + 2

    inc.__qualname__ = "inc"
    return inc


if __name__ == "__main__":
    client, truth = start(sys.argv[1])
    kept = [
        client.submit(inc, 1, key="first"),
        client.submit(
            functools.partial(redefined(), 5),
            key="second",
        ),
        ask(client, 1),
        ask(client, 2),
        client.submit(mother, 3, key="mother"),
        *(client.submit(inc, n, key=f"many-{n}") for n in range(3)),
    ]
    wait(kept)
    lazy = dask.delayed(inc)(7, dask_key_name="lazy").persist()
    wait(lazy)
    print(lazy.compute())
