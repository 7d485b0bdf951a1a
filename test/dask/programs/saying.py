"""What Dask says beside tasks and of odd functions, and errors of several kinds."""

import functools
import json
import operator
import sys

import dask
import dask.bag
from distributed import wait
from toolz import compose, curry
from truth import start


def inc(x):
    return x + 1


def double(x):
    return 2 * x


@curry
def scaled(factor, x):
    return factor * x


class Counter:
    def __init__(self, start):
        self.n = start

    def add(self, x):
        self.n += x
        return self.n

    def __call__(self, x):
        return self.n + x


class OwnError(Exception):
    def __repr__(self):
        return "something odd"


class PlainError(Exception):
    pass


def fail(kind):
    if kind == "own":
        raise OwnError()
    if kind == "plain":
        raise PlainError("y")
    if kind == "json":
        json.loads("{")
    raise ValueError(kind)


if __name__ == "__main__":
    client, truth = start(sys.argv[1])
    counter = Counter(5)
    functions = {
        "composed": compose(double, inc),
        "method-caller": operator.methodcaller("bit_length"),
        "dask-method-caller": dask.utils.methodcaller("bit_length"),
        "bound-method": counter.add,
        "object": counter,
        "curried": scaled(3),
        "lambda": lambda x: x,
        "class": float,
        "partial": functools.partial(functools.partial(scaled, 2)),
    }
    wait([client.submit(function, 3, key=key) for key, function in functions.items()])
    kinds = ["own", "plain", "json", "built-in"]
    wait([client.submit(fail, kind, key=f"fails-{kind}") for kind in kinds])
    with dask.annotate(priority=3, api_token="hunter2", note=["a", {"b": 1.5}]):
        wait(client.submit(inc, 1, key="annotated"))
    wait(client.submit(inc, 1, key="plain"))
    actor = client.submit(Counter, 7, actor=True, key="actor").result()
    assert actor.add(1).result() == 8
    bag = dask.bag.from_sequence(range(4), npartitions=2).map(inc).map(double)
    assert bag.compute() == [2, 4, 6, 8]
    truth.write()
    client.close()
