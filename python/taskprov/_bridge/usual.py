"""What becomes of nearly every task: assigned to a worker, done, and its result dropped.

The scheduler calls the hook some six times a task. What is usual stands in one function, which looks
at few things (see `attempt_events.py`); whatever is not is left to `changes.py`.
"""

from __future__ import annotations

from time import time
from typing import Any, Callable

from .changes import Changes
from .equipment import Equipment
from .limbo import Limbo
from .members import Members
from .tasks import Tasks
from .writer import Writer

# States of tasks that have not begun.
UNTOLD = frozenset({"waiting", "queued", "no-worker"})


def usual_transition(
    scheduler: Any,
    tasks: Tasks,
    members: Members,
    equipment: Equipment,
    limbo: Limbo,
    changes: Changes,
    writer: Writer,
    broken: Callable[[str, Exception], None],
) -> Callable[..., None]:
    """The hook `transition` of a record. It never raises."""
    states, numbers, workers = scheduler.tasks, tasks.numbers, members.workers
    near, shifts = members.near, equipment.shifts
    waiting, limit = writer.waiting, writer.limit
    leaving = changes.leaving

    def transition(
        key: Any, start: str, finish: str, *_args: Any, stimulus_id: str = "", **facts: Any
    ) -> None:
        # Nothing is recorded of what waits.
        if finish in UNTOLD and start != "memory":
            return
        try:
            n = numbers.get(key)
            if n is None or limbo.is_open or changes.is_closing or len(waiting) >= limit:
                pass
            elif finish == "memory":
                address = facts.get("worker")
                worker = workers.get(address)
                # Mostly a worker has nothing to note.
                if worker is not None and not facts.get("metadata"):
                    seen = (
                        time(),
                        n,
                        worker,
                        getattr(states.get(key), "run_id", None),
                        facts.get("thread"),
                        facts.get("nbytes"),
                        facts.get("typename"),
                        shifts.get(address, 0.0) if worker in near else 0.0,
                        facts.get("startstops"),
                        None,
                    )
                    if leaving.waiting is not None:
                        leaving.tell()
                    waiting.append(seen)
                    return
            elif finish == "processing":
                ts = states[key]
                worker = workers.get(getattr(ts.processing_on, "address", None))
                if worker is not None:
                    if leaving.waiting is not None:
                        leaving.tell()
                    waiting.append((time(), n, worker, getattr(ts, "run_id", None)))
                    return
            elif finish == "released" and start == "memory" and not changes.is_loss(stimulus_id):
                leaving.release(n)
                return
            changes.changed(key, start, finish, stimulus_id, facts)
        except Exception as error:
            broken("transition", error)

    return transition
