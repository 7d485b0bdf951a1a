"""The workers' plugin where nothing is asked of workers: the clock, and what tasks log.

It is small, because it goes to every worker of a cluster that is recorded; no hook raises.
"""

from __future__ import annotations

from typing import Any

from distributed.diagnostics.plugin import WorkerPlugin

from .worker_clock import ShiftTeller
from .worker_messages import AttemptMessages


class TaskprovBasics(WorkerPlugin):
    """Tells how times are shifted, and what is logged in tasks."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.name = settings["name"]
        self._teller: ShiftTeller | None = None
        self._messages: AttemptMessages | None = None
        self._worker: Any = None

    def setup(self, worker: Any) -> None:
        self._worker = worker
        if hasattr(worker, "scheduler_delay"):
            self._teller = ShiftTeller(worker, self._tell)
        self._messages = AttemptMessages()
        self._messages.install(worker)

    def teardown(self, worker: Any) -> None:
        if self._messages is not None:
            self._messages.remove(worker)

    def transition(self, key: Any, start: Any, finish: Any, **_more: Any) -> None:
        try:
            if self._teller is not None:
                self._teller.transition(key, finish)
        except Exception:  # Then the times stay as Dask tells them.
            self._teller = None
        try:
            self._follow(key, finish)
        except Exception:  # Then nothing is told of what this task logged.
            return

    def _follow(self, key: Any, finish: Any) -> None:
        if self._messages is None:
            return
        if finish == "executing":
            self._messages.begin(key)
        elif finish == "memory":
            note = self._messages.take(key)
            if note:
                self._worker.state.tasks[key].metadata[self.name] = note
        elif finish == "error":
            note = self._messages.take(key)
            if note:
                self._tell({"key": key, **note})

    def _tell(self, message: dict[str, Any]) -> None:
        self._worker.log_event(self.name, message)


def make(settings: dict[str, Any]) -> TaskprovBasics:
    """The plugin of one record."""
    return TaskprovBasics(settings)
