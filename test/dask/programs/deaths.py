"""Workers die: while computing, while holding a result, again and again; and a restart."""

import os
import signal
import sys
import time

import dask
from distributed import KilledWorker, wait
from truth import await_processing, await_workers, start


def die(x):
    os.kill(os.getpid(), signal.SIGKILL)


def slow(x):
    time.sleep(x)
    return x


def inc(x):
    return x + 1


if __name__ == "__main__":
    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    client, truth = start("processes")
    held = client.submit(inc, 1, key="held")
    wait(held)
    workers = client.cluster.scheduler.workers
    (holder,) = client.who_has(held)["held"]
    os.kill(workers[holder].pid, signal.SIGKILL)
    assert client.submit(inc, held, key="after").result() == 3
    held.release()
    await_workers(client, 2)
    killer = client.submit(die, 1, key="killer")
    try:
        killer.result()
    except KilledWorker:
        print("KilledWorker")
    await_workers(client, 2)
    running = client.submit(slow, 60, key="running")
    await_processing(client, "running")
    client.restart(timeout=200)  # On a busy machine workers take their time to start.
    assert client.submit(inc, 5, key="fresh").result() == 6
    truth.write()
    if sys.argv[1:] == ["shutdown"]:
        client.shutdown()
