"""A program that logs with Eliot on the workers of a recorded cluster."""

import os

import eliot
from dask import delayed
from dask.distributed import Client

from taskprov import ProvTracker, compute_with_trace, log_message


@eliot.log_call(action_type="call")
def call(x):
    eliot.log_message("by-eliot", x=x)
    log_message("by-taskprov", x=x)
    return x


@delayed
def task(x):
    return call(x)


def _start_logging():
    eliot.to_file(open(f"eliot-{os.getpid()}.log", "w", encoding="utf-8"))


if __name__ == "__main__":
    with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        client.register_plugin(ProvTracker())
        client.run(_start_logging)
        _start_logging()
        with eliot.start_action(action_type="main"):
            compute_with_trace(task(1))
