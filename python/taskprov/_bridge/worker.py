"""The workers' plugin: what only a worker can see of a task travels with the task's own messages.

It arrives as text (see `equipment.py`) and must never hurt a worker: no hook raises, and where
Dask is made otherwise it does nothing and says so.
"""

from __future__ import annotations

from typing import Any

from distributed.diagnostics.plugin import WorkerPlugin

from .encode import safe_text, type_name
from .worker_clock import ShiftTeller
from .worker_messages import AttemptMessages
from .worker_types import rich_type
from .worker_watch import Watch

RUNNING = ("executing", "long-running")


class TaskprovWorker(WorkerPlugin):
    """Notes what tasks make, open and print. What it notes is an entry of the task's metadata,
    which Dask sends to the scheduler with the result; of failures an event of its own."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.name = settings["name"]
        self._wants = settings["wants"]
        self._worker: Any = None
        self._watch: Watch | None = None
        self._teller: ShiftTeller | None = None
        self._messages: AttemptMessages | None = None

    def setup(self, worker: Any) -> None:
        try:
            self._worker = worker
            if self._wants.get("clock") and hasattr(worker, "scheduler_delay"):
                self._teller = ShiftTeller(worker, self._tell)
            if self._wants.get("messages"):
                self._messages = AttemptMessages()
                self._messages.install(worker)
            watch = Watch(worker, self._wants)
            problem = watch.start()
            self._watch = watch
            if problem is not None:
                self._tell({"problem": problem})
        except Exception as error:
            self._failed(error)

    def teardown(self, worker: Any) -> None:
        try:
            if self._watch is not None:
                self._watch.stop()
            if self._messages is not None:
                self._messages.remove(worker)
        except Exception as error:
            self._failed(error)

    def transition(self, key: Any, start: Any, finish: Any, **_more: Any) -> None:
        if self._watch is None:
            return
        try:
            if self._teller is not None:
                self._teller.transition(key, finish)
            if finish == "executing" and self._messages is not None:
                self._messages.begin(key)
            note = self._watch.notes.pop(key, None)
            if start not in RUNNING and note is None:
                return
            if finish in ("memory", "error") and self._messages is not None:
                logged = self._messages.take(key)
                if logged:
                    if note is None and finish == "memory":
                        note = self._type_of(key)
                    note = {**(note or {}), **logged}
            if finish == "memory":
                note = self._type_of(key) if note is None else note
                if note:
                    self._worker.state.tasks[key].metadata[self.name] = note
            elif finish == "error" and note:
                self._tell({"key": key, **note})
        except Exception as error:
            self._failed(error)

    def _type_of(self, key: Any) -> dict[str, Any]:
        """Of a result that no watched thread made; what was spilled to disk is not read back."""
        if not self._wants.get("types"):
            return {}
        data = self._worker.data
        held = getattr(data, "fast", data)
        held = getattr(held, "d", held)
        if key not in held:
            return {}
        text, about = rich_type(held[key])
        return {"type": text, "about": about}

    def _failed(self, error: Exception) -> None:
        self._tell({"problem": f"{type_name(type(error))}: {safe_text(error)[:300]}"})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._worker.log_event(self.name, message)
        except Exception:  # Nobody listens any more.
            pass


def make(settings: dict[str, Any]) -> TaskprovWorker:
    """The plugin of one record."""
    return TaskprovWorker(settings)
