"""Tasks that say themselves when they ran, while workers guess the scheduler's clock wrongly.

A worker estimates the difference of the clocks with each heartbeat, so that a scheduler or a worker
that is busy at that moment makes it wrong. Here that is done to every estimate, by up to 0.4 s.
"""

import sys
import time

from distributed import Worker, wait
from truth import start


def timed(x):
    """Says itself when it ran."""
    began = time.time()
    time.sleep(0.01)
    return began, time.time()


def failing(x):
    raise RuntimeError(repr(time.time()))


def guess_wrongly():
    """Spoils a worker's estimates as a busy machine does, each one differently."""
    estimates = iter(range(1_000_000))
    Worker.scheduler_delay = property(
        lambda self: self.__dict__.get("guess", 0.0),
        lambda self, _delay: self.__dict__.update(guess=next(estimates) % 5 / 10),
    )


if __name__ == "__main__":
    if sys.argv[1] == "threads":
        guess_wrongly()
    client, truth = start(sys.argv[1])
    if sys.argv[1] == "processes":
        client.run(guess_wrongly)
    kept = []
    for at in range(4):
        kept += client.map(timed, range(10), key=[f"timed-{at}-{i}" for i in range(10)])
        wait(kept)
        failed = client.submit(failing, at, key=f"failing-{at}", retries=1)
        wait(failed)
        kept.append(failed)
        time.sleep(0.6)  # A heartbeat.
    told = {future.key: future.result() for future in kept if future.status == "finished"}
    told |= {f.key: [float(str(f.exception()))] for f in kept if f.status == "error"}
    truth.write(times=told)
