"""A small pipeline; a test plants one change in its text, its files or its environment."""

import os

import dask
from distributed import Client, LocalCluster

FACTOR = 2


def load(path):
    with open(path) as file:
        return [int(line) for line in file]


def scale(values, factor):
    return [value * factor for value in values]


def mean(values):
    return sum(values) / len(values)


def join(parts, offset):
    return parts[0] - parts[-1] + offset


@dask.delayed
def square(x):
    return x * x


if __name__ == "__main__":
    workers = int(os.environ.get("WORKERS", "2"))
    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None
    )
    with Client(cluster) as client:
        paths = ["one.txt", "two.txt", "three.txt"]
        loaded = client.map(load, paths)
        scaled = [client.submit(scale, values, FACTOR) for values in loaded]
        means = [client.submit(mean, values) for values in scaled]
        order = [0, 1, 2]
        total = client.submit(join, [means[i] for i in order], 1)
        print(total.result(), dask.delayed(sum)([square(n) for n in range(4)]).compute())
    cluster.close()
