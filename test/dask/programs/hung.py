"""A worker's and the scheduler's event loop hang for a while; ends when both have said so."""

import logging
import time

from dask.distributed import Client, LocalCluster


def listen():
    logger = logging.getLogger("distributed.core")

    class Listener(logging.Handler):
        """Notes at the logger that a loop hung: this class travels with each call."""

        def emit(self, record):
            if "Event loop was unresponsive" in record.getMessage():
                logger.has_heard = True

    logger.addHandler(Listener())


def has_heard():
    return getattr(logging.getLogger("distributed.core"), "has_heard", False)


async def hang(seconds):
    time.sleep(seconds)  # An async task runs on the worker's loop.
    return seconds


def main():
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster, Client(cluster) as client:
        client.run(listen)
        client.run_on_scheduler(listen)
        client.submit(hang, 1.5, key="hang").result()
        while not all(client.run(has_heard).values()):
            time.sleep(0.1)
        client.run_on_scheduler(time.sleep, 1.5)
        while not client.run_on_scheduler(has_heard):
            time.sleep(0.1)


if __name__ == "__main__":
    main()
