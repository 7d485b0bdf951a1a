"""A scheduler and a worker started as programs, in an environment without taskprov.

Arguments: the environment's python, and what to put on the scheduler's PYTHONPATH.
"""

import io
import os
import subprocess
import sys
import time

from dask.distributed import Client
from taskprov import ProvTracker


def inc(x):
    return x + 1


def start(*words, **environment):
    keep = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "TASKPROV_COMMAND")}
    command = [sys.argv[1], "-m", "distributed.cli.dask_" + words[0], *words[1:]]
    log = open(f"{words[0]}.log", "wb")  # What the user hears must come by another way.
    return subprocess.Popen(command, env={**keep, **environment}, cwd="there", stderr=log)


class Heard(io.TextIOBase):
    """Standard error, where Dask prints what the scheduler says, in a thread of its own."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        return sys.__stderr__.write(text)

    def flush(self):
        sys.__stderr__.flush()

    def wait_for(self, word):
        deadline = time.monotonic() + 60
        while word not in self.text and time.monotonic() < deadline:
            time.sleep(0.02)


if __name__ == "__main__":
    heard = sys.stderr = Heard()
    os.mkdir("there")
    file = os.path.abspath("scheduler.json")
    scheduler = start(
        "scheduler",
        *("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file),
        PYTHONPATH=sys.argv[2],
        PATH=os.environ["FAR_PATH"],
    )
    worker = start("worker", "--no-nanny", "--no-dashboard", "--scheduler-file", file)
    while not os.path.exists(file):
        time.sleep(0.05)
    with Client(scheduler_file=file) as client:
        client.register_plugin(ProvTracker())
        print(client.submit(sum, client.map(inc, range(3)), key="total").result())
        heard.wait_for("taskprov: ")
    scheduler.terminate()
    scheduler.wait()
    worker.terminate()
    worker.wait()
