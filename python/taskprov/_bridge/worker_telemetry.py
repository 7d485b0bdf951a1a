"""The workers' second plugin: log records, what came from where, and the statistical profile.

It has no hook that is called for a task. What is small and often asked for travels with Dask's own
heartbeats; the rest as events, a few a minute. It arrives as text, as `worker.py` does, and must
never hurt a worker either.
"""

from __future__ import annotations

import os
import socket
from time import time
from typing import Any

from distributed import profile
from distributed.diagnostics.plugin import WorkerPlugin

from .call_tree import encode_profile
from .encode import safe_text, type_name
from .log_records import Entry, LogListener

BANDWIDTH_SECONDS = 10.0
MAX_PARTNERS = 1_000
MAX_TRANSFERS = 5_000

# Processes that are listened to, by the record that does.
_listened: set[tuple[str, int]] = set()


class TaskprovTelemetry(WorkerPlugin):
    """Tells of one worker what `settings["wants"]` asks for."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.name = settings["name"]
        self._wants = settings["wants"]
        self._scheduler = settings["scheduler"]
        self._worker: Any = None
        self._listener: LogListener | None = None
        self._is_near = False
        self._problems: set[str] = set()
        self._told_bandwidth = 0.0
        self._told_profile = time()
        self._profiled = 0.0
        self._last_transfer: Any = None
        self._received = 0
        self._is_new = False
        self._from: dict[str, list[float]] = {}
        self._types: dict[str, list[float]] = {}

    def setup(self, worker: Any) -> None:
        try:
            self._worker = worker
            # In the scheduler's own process the scheduler's listener hears everything.
            self._is_near = self._scheduler == place()
            if self._wants.get("logs") and not self._is_near:
                self._listen(self._wants["logs"])
            if worker.profile_history:  # What was before is not of this record.
                self._profiled = worker.profile_history[-1][0]
            if worker.transfer_incoming_log:
                self._last_transfer = worker.transfer_incoming_log[-1]
            worker.metrics[self.name] = self._beat
        except Exception as error:
            self._failed(error)

    async def teardown(self, worker: Any) -> None:
        try:
            worker.metrics.pop(self.name, None)
            if self._wants.get("samples"):
                self._count_transfers()
                self._tell_bandwidth()
            if self._wants.get("profile"):
                self._tell_profile(to_the_end=True)
        except Exception as error:
            self._failed(error)
        if self._listener is not None:
            self._listener.stop()
            _listened.discard((self.name, os.getpid()))

    def _beat(self, _worker: Any) -> dict[str, int]:
        """Called by Dask for each heartbeat, about twice a second."""
        try:
            now = time()
            if self._wants.get("samples"):
                self._count_transfers()
                if self._is_new and now - self._told_bandwidth > BANDWIDTH_SECONDS:
                    self._tell_bandwidth()
            seconds = self._wants.get("profile")
            if seconds and now - self._told_profile >= seconds:
                self._tell_profile()
            sent = getattr(self._worker, "transfer_outgoing_bytes_total", None)
            return {"received": self._received, **({} if sent is None else {"sent": sent})}
        except Exception as error:
            self._failed(error)
            return {}

    # Log records.

    def _listen(self, level: int) -> None:
        mark = (self.name, os.getpid())
        if mark in _listened:  # By another worker of this process.
            return
        _listened.add(mark)
        self._listener = LogListener(level, self._log)
        self._listener.start()

    def _log(self, entry: Entry) -> None:
        worker = self._worker
        key = worker.active_threads.get(entry[5]) if worker.active_threads else None
        entry[5] = None  # A thread's number says nothing elsewhere; the task does.
        self._tell({"log": entry, "key": key, "delay": worker.scheduler_delay})

    # Transfers.

    def _count_transfers(self) -> None:
        """Adds up what came since the last time."""
        new = []
        for entry in reversed(self._worker.transfer_incoming_log):
            if entry is self._last_transfer or len(new) >= MAX_TRANSFERS:
                break
            new.append(entry)
        if not new:
            return
        self._last_transfer = new[0]
        self._is_new = True
        for entry in new:
            total, seconds = int(entry["total"]), entry["duration"]
            self._received += total
            _add(self._from, str(entry["who"]), total, seconds)
            for key, size in entry["keys"].items():
                size = size or 0
                state = self._worker.state.tasks.get(key)
                kind = getattr(state, "type", None)
                name = type_name(kind) if isinstance(kind, type) else "(unknown)"
                _add(self._types, name, size, seconds * size / total if total else 0.0)

    def _tell_bandwidth(self) -> None:
        self._told_bandwidth = time()
        if self._is_new:
            self._is_new = False
            sources = [[name, *figures] for name, figures in self._from.items()]
            types = [[name, *figures] for name, figures in self._types.items()]
            self._tell({"bandwidth": [sources, types]})

    # The profile.

    def _tell_profile(self, to_the_end: bool = False) -> None:
        """What the profiler saw since the last time."""
        worker = self._worker
        start, stop = self._told_profile, time()
        self._told_profile = stop
        seen = [tree for when, tree in list(worker.profile_history) if when > self._profiled]
        if worker.profile_history:
            self._profiled = worker.profile_history[-1][0]
        if to_the_end:
            seen.append(worker.profile_recent)
        tree = profile.merge(*seen)
        if tree["count"] > 0:
            told = [start, stop, "tasks", *encode_profile(tree)]
            self._tell({"profile": told, "delay": worker.scheduler_delay})

    def _failed(self, error: Exception) -> None:
        text = f"{type_name(type(error))}: {safe_text(error)[:300]}"
        if text not in self._problems:
            self._problems.add(text)
            self._tell({"problem": text})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._worker.log_event(self.name, {"address": self._worker.address, **message})
        except Exception:  # Nobody listens any more.
            pass


def _add(figures: dict[str, list[float]], name: str, size: int, seconds: float) -> None:
    if name not in figures and len(figures) >= MAX_PARTNERS:
        name = "(other)"
    entry = figures.setdefault(name, [0, 0.0, 0])
    entry[0] += size
    entry[1] += seconds
    entry[2] += 1


def place() -> list[Any]:
    """Tells this process from others."""
    return [socket.gethostname(), os.getpid()]


def make(settings: dict[str, Any]) -> TaskprovTelemetry:
    """The plugin of one record."""
    return TaskprovTelemetry(settings)
