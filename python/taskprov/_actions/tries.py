"""Which try of a task this is: Dask tells workers nothing of the tries before."""

from __future__ import annotations

from typing import Any

# In a task's annotations, which travel to the worker with every try.
TRY = "taskprov-try"


def tries_plugin() -> Any:
    """A scheduler plugin that numbers tries. It travels by value: the scheduler needs no package."""
    from distributed import SchedulerPlugin

    class TriesPlugin(SchedulerPlugin):
        name = "taskprov-tries"
        idempotent = True

        def start(self, scheduler: Any) -> None:
            self.scheduler = scheduler

        def transition(self, key: Any, start: str, finish: str, *_args: Any, **_more: Any) -> None:
            if start != "processing" or finish not in ("released", "waiting"):
                return
            task = self.scheduler.tasks.get(key)
            if task is None:
                return
            known = task.annotations or {}
            task.annotations = {**known, "taskprov-try": known.get("taskprov-try", 1) + 1}

    return TriesPlugin()


def tries_of(key: Any) -> tuple[int, int]:
    """The number of this try, from 1, and how many retries the task was given."""
    try:
        from distributed import get_worker

        task = get_worker().state.tasks.get(key)
        annotations = (task.annotations if task is not None else None) or {}
    except (ImportError, ValueError, AttributeError):
        # Not on a worker: local schedulers try once.
        return 1, 0
    retries = annotations.get("retries", 0)
    return int(annotations.get(TRY, 1)), retries if isinstance(retries, int) else 0
