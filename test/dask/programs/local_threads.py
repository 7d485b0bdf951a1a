"""Graphs from several threads at a time, and from inside tasks, with keys that are the same."""

import threading
import time

from dask import delayed
from dask.callbacks import Callback

heard = []


class Listener(Callback):
    """The user's own callback: what it hears must not change."""

    def _pretask(self, key, dsk, state):
        heard.append(key)


def inner(x):
    time.sleep(0.05)
    return x + 1


def outer(x):
    return delayed(inner)(x, dask_key_name="inner").compute(scheduler="sync")


def compute(x):
    values.append(delayed(inner)(x, dask_key_name="same").compute(scheduler="threads"))


if __name__ == "__main__":
    values = []
    threads = [threading.Thread(target=compute, args=[x]) for x in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(values))
    with Listener():
        print(delayed(outer)(1, dask_key_name="outer").compute(scheduler="threads"))
    print(heard)
