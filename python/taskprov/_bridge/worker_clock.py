"""By how much a worker shifts the times that it measures.

A worker adds its own estimate of how the scheduler's clock differs to all times it sends. The
estimate is made anew with every heartbeat, and a busy machine spoils it: by tens of milliseconds,
where both read the same clock and there is nothing to add. So the worker says which estimate was
added, and for workers on the scheduler's machine it is taken off again.
"""

from __future__ import annotations

from typing import Any, Callable

MAX_RUNNING = 10_000


class ShiftTeller:
    """Follows the tasks of one worker; says when the shift of the next result is another one."""

    def __init__(self, worker: Any, tell: Callable[[dict[str, Any]], None]) -> None:
        self._worker = worker
        self._tell = tell
        # The shift that Dask gave to each task that runs now.
        self._running: dict[Any, float] = {}
        self._told: float | None = None

    def transition(self, key: Any, finish: str) -> None:
        if finish == "executing":
            if len(self._running) >= MAX_RUNNING:
                self._running.clear()
            self._running[key] = self._worker.scheduler_delay
        elif finish != "long-running":
            shift = self._running.pop(key, None)
            if shift is not None and shift != self._told:
                self._told = shift
                self._tell({"shift": shift})
