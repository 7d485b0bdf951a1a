"""Tasks that work, log, fail and kill their worker."""

import logging
import os
import signal
import sys
import time

from dask.distributed import Client, LocalCluster
from journal_says import journal_says


def work(x):
    until = time.time() + 0.4
    while time.time() < until:
        sum(range(500))
    logging.getLogger("distributed.worker").warning("word of %s password=%s", x, "hunter2")
    return bytes(100_000)


def both(a, b):
    return len(a) + len(b)


def fail(x):
    raise ValueError("no luck")


def die(output):
    logging.getLogger("distributed.worker.memory").error("last words")
    journal_says(b"last words", output=output)
    os.kill(os.getpid(), signal.SIGKILL)


def chatter(count):
    logger = logging.getLogger("distributed.core")
    for i in range(count):
        logger.info("chatter %d", i)


def plugins_of(dask_worker):
    return sorted(dask_worker.plugins)


def main():
    processes = "threads" not in sys.argv
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=processes, dashboard_address=None
    ) as cluster, Client(cluster) as client:
        print(client.run(plugins_of), flush=True)
        first = client.submit(work, 1, key="work-1", workers=[cluster.workers[0].worker_address])
        second = client.submit(work, 2, key="work-2", workers=[cluster.workers[1].worker_address])
        client.submit(both, first, second, key="both").result()
        print(repr(client.submit(fail, 1, key="fail").exception()))
        client.submit(chatter, 3000, key="chatter").result()
        if processes:
            journal_says(b"chatter 500")
            journal_says(b"sample", times=20)
            print(type(client.submit(die, os.path.abspath("output"), key="die").exception()).__name__)
        else:
            time.sleep(1.2)  # In which something could be recorded that should not be.


if __name__ == "__main__":
    main()
