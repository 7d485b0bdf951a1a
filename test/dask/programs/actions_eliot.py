"""A program of Eliot's documentation: one import is another one, the rest stays."""

from os import getpid

import dask.bag
import eliot
from dask.distributed import Client, LocalCluster

from taskprov import compute_with_trace, log_message


@eliot.log_call
def multiply(x, y=7):
    return x * y


@eliot.log_call
def add(x, y):
    log_message("from-taskprov", x=x)
    return x + y


@eliot.log_call
def main_computation():
    bag = dask.bag.from_sequence([1, 2, 3], npartitions=2)
    bag = bag.map(multiply).fold(add)
    return compute_with_trace(bag)[0]


def _start_logging():
    eliot.to_file(open(f"{getpid()}.log", "a"))


if __name__ == "__main__":
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.run(_start_logging)
        _start_logging()
        print(main_computation())
