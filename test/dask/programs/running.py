"""Says when a task is running, and then waits to be killed."""

import sys
import time

from journal_says import journal_says
from truth import await_processing, start


def inc(x):
    return x + 1


def forever(x):
    time.sleep(600)


if __name__ == "__main__":
    client, _truth = start("threads")
    assert client.submit(inc, 1, key="done").result() == 2
    future = client.submit(forever, 1, key="endless")
    await_processing(client, "endless")
    # Also in the journal, because the signals that follow end the program at once.
    journal_says(b"assign", times=2)
    print("ready", flush=True)
    sys.stdin.read()
