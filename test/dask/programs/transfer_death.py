"""A worker dies while it sends a result to another one."""

import os
import signal

from distributed import get_worker, wait
from truth import start


class Fragile:
    """Kills the process that sends it, the first time."""

    def __init__(self, marker):
        self.marker = marker

    def __getstate__(self):
        if not os.path.exists(self.marker):
            open(self.marker, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"marker": self.marker}


def make(marker):
    return Fragile(marker)


def take(given, where):
    return type(given).__name__, get_worker().address == where


if __name__ == "__main__":
    client, truth = start("processes")
    first, second = client.scheduler_info()["workers"]
    marker = os.path.abspath("died")
    made = client.submit(make, marker, key="made", workers=[first], allow_other_workers=True)
    wait(made)
    taken = client.submit(take, made, second, key="taken", workers=[second])
    print(*taken.result(), os.path.exists(marker))
    truth.write()
