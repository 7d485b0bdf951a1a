"""What scheduler and workers use, say and do beside their tasks, for one record."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any, Callable

import dask
from dask.utils import parse_timedelta

from .encode import MAX_SAFE, encode_head
from .log_records import LEVELS, Entry, LogListener, log_text
from .members import Members
from .redact import Redactor
from .remote_plugin import RemotePlugin, as_key
from .worker_telemetry import place

# What a worker's plugin needs of this package.
MODULES = ("call_tree", "encode", "log_records", "worker_telemetry")
MAX_TEXT = 10_000
LAST_WORDS_SECONDS = 0.05

Put = Callable[[list], Any]


class Telemetry:
    """Samples, log records, profiles and bandwidth of a scheduler and its workers."""

    def __init__(
        self,
        scheduler: Any,
        name: str,
        options: dict[str, Any],
        is_own: bool,
        members: Members,
        put: Put,
        number: Callable[[Any], int | None],
        redactor: Redactor,
        problem: Callable[[str], None],
    ) -> None:
        self._scheduler = scheduler
        self._members = members
        self._put = put
        self._number = number
        self._redactor = redactor
        self._problem = problem
        self._keep_traceback = bool(options.get("keepTraceback"))
        self._keep_values = options.get("values") != "none"
        self._wants = wanted(options)
        self._measured: dict[str, Any] = {}
        self._tick = parse_timedelta(
            dask.config.get("distributed.admin.tick.interval", default="20ms"), default="ms"
        )
        self._going: asyncio.Task[Any] | None = None
        level = self._wants["logs"]
        self._listener = LogListener(level, self._scheduler_log) if level else None
        asked = self._wants if is_own else asked_for(options)
        self._is_worn = any(asked.values())
        settings = {"name": name, "wants": asked, "scheduler": place()}
        self._plugin = RemotePlugin(scheduler, settings, MODULES, "worker_telemetry", problem)

    def install(self) -> None:
        """Begins; workers to come are told of too."""
        if self._listener is not None:
            self._listener.start()
        if self._is_worn:
            self._plugin.install()
        if self._wants["samples"]:
            self._going = asyncio.ensure_future(self._sample())

    async def remove(self) -> None:
        """Takes the plugin from the workers again, which makes them tell what is left."""
        if self._going is not None:
            self._going.cancel()
            self._going = None
            self._look()
        if self._scheduler.workers and await self._plugin.remove():
            # What they tell comes by another way than their answer.
            await asyncio.sleep(LAST_WORDS_SECONDS)
        if self._listener is not None:
            self._listener.stop()

    def hear(self, topic: Any, message: dict[str, Any]) -> None:
        """An event of a worker's, or of somebody else's."""
        if topic != self._plugin.name:
            return
        worker = self._members.worker(message.get("address"))
        # A worker's guess of what is between the clocks; none is needed where both read the same.
        is_near = worker is not None and self._members.is_near(worker)
        shift = 0.0 if is_near else float(message.get("delay") or 0)
        if "log" in message:
            self._log(worker, message["log"], self._number(as_key(message.get("key"))), shift)
        elif "profile" in message and worker is not None:
            start, stop, *told = message["profile"]
            interval = _profile_interval()
            self._put(["profile", time(), worker, start + shift, stop + shift, *told, interval])
        elif "bandwidth" in message and worker is not None:
            sources, types = message["bandwidth"]
            told = [[self._source(name), *figures] for name, *figures in sources]
            self._put(["bandwidth", time(), worker, told, types])
        elif type(message.get("problem")) is str:
            self._problem(message["problem"])

    def _source(self, address: str) -> int | str:
        number = self._members.worker(address)
        return address if number is None else number

    # Log records.

    def _scheduler_log(self, entry: Entry) -> None:
        self._log(None, entry, None, 0.0)

    def _log(self, worker: int | None, entry: Entry, task: int | None, shift: float) -> None:
        created, level, logger, text, exception, _thread, omitted = entry
        # That we come and go is no news of the cluster's.
        if level not in LEVELS or self._plugin.name in text:
            return
        shown = log_text(text, exception, self._keep_traceback, self._keep_values)
        told = encode_head(self._redactor.text(shown), MAX_TEXT)
        self._put(["log", created + shift, worker, level, str(logger)[:200], told, task, omitted or None])

    # Samples.

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(self._wants["samples"])
            try:
                self._look()
            except Exception as error:
                self._problem(f"sampling failed: {type(error).__name__}: {error}"[:300])
                return

    def _look(self) -> None:
        now = time()
        scheduler = self._scheduler
        recent = scheduler.monitor.recent()
        tasks = {"known": len(scheduler.tasks), "queued": len(getattr(scheduler, "queued", ()))}
        tasks["unrunnable"] = len(scheduler.unrunnable)
        tasks["processing"] = sum(len(ws.processing) for ws in scheduler.workers.values())
        memory = recent.get("memory")
        self._put(
            [
                "sample",
                now,
                None,
                _rounded(recent.get("cpu"), 1),
                [int(memory)] if memory else None,
                None,
                None,
                self._lateness(getattr(scheduler, "_tick_interval_observed", None)),
                None,
                tasks,
            ]
        )
        for address, state in list(scheduler.workers.items()):
            metrics = state.metrics
            # A heartbeat that was told already says nothing new.
            if metrics and self._measured.get(address) != metrics.get("time"):
                self._measured[address] = metrics.get("time")
                self._put(self._worker_sample(now, address, state, metrics))
        for gone in self._measured.keys() - scheduler.workers.keys():
            del self._measured[gone]

    def _worker_sample(
        self, now: float, address: str, state: Any, metrics: dict[str, Any]
    ) -> list[Any]:
        held = state.memory
        told = metrics.get(self._plugin.name)
        told = told if type(told) is dict else {}
        counts = metrics.get("task_counts") or {}
        tasks = {"processing": len(state.processing), "held": len(state.has_what)}
        for name, count in counts.items():
            if type(name) is str and type(count) is int and name not in tasks:
                tasks[name] = count
        return [
            "sample",
            now,
            self._members.worker(address),
            _rounded(metrics.get("cpu"), 1),
            [_count(v) for v in (held.process, held.managed, held.spilled, held.unmanaged_old)],
            told.get("received"),
            told.get("sent"),
            self._lateness(metrics.get("event_loop_interval")),
            None,
            tasks,
        ]

    def _lateness(self, interval: Any) -> float | None:
        """Dask tells how far apart the turns of a clock were that should come every 20 ms."""
        if not isinstance(interval, (int, float)):
            return None
        return round(max(0.0, interval - self._tick), 6)


# Where the options do not say: samples every second, Dask's records as it keeps them itself.
UNSAID = {"sampleSeconds": 1.0, "recordLogs": "info", "profileSeconds": 60.0}


def wanted(options: dict[str, Any]) -> dict[str, Any]:
    """What is recorded: seconds between samples, least level of records, seconds of profiles."""
    told = {name: options.get(name) for name in UNSAID}
    return _as_wants({name: UNSAID[name] if given is None else given for name, given in told.items()})


def asked_for(options: dict[str, Any]) -> dict[str, Any]:
    """What only workers can tell and was asked for: those of a foreign cluster are left alone."""
    return _as_wants({name: options.get(name) for name in UNSAID})


def _as_wants(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "samples": options["sampleSeconds"] or 0,
        "logs": LEVELS.get(options["recordLogs"] or "", 0),
        "profile": options["profileSeconds"] or 0,
    }


def _profile_interval() -> float:
    told = dask.config.get("distributed.worker.profile.interval", default="10ms")
    return parse_timedelta(told, default="ms")


def _rounded(value: Any, digits: int) -> float | None:
    return round(float(value), digits) if isinstance(value, (int, float)) else None


def _count(value: Any) -> int:
    return min(max(int(value), 0), MAX_SAFE)
