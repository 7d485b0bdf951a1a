"""The scheduler's plugin: hears what the scheduler does and hands it to the writer.

The hooks only append to a buffer in memory. A hook never raises and never does I/O: the user's
work goes on whatever happens here.
"""

from __future__ import annotations

import asyncio
import functools
from time import time
from typing import Any, Callable, Iterable

import distributed
from distributed.diagnostics.plugin import SchedulerPlugin

from .annotations import annotations_by_task
from .comm import GRACE_SECONDS, CommHandlers
from .encode import MAX_SAFE, encode_head, encode_key, encode_spans, safe_text, type_name
from .equipment import Equipment, Note, wanted
from .failures import exception_facts, lost_reason
from .handlers import CODE, SUBMITTING, Handlers
from .limbo import Limbo
from .members import Members
from .notebook import ANNOTATION, TOPIC, NotebookNotes, sites_by_task
from .own_log import tell
from .publish import publish_record, whereabouts
from .redact import Redactor
from .sinks import QueueSink
from .snapshot import Snapshot
from .telemetry import Telemetry

Event = list  # [kind, time, ...]
# States of tasks that have not begun.
UNTOLD = frozenset({"waiting", "queued", "no-worker"})


def guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook that never raises: what goes wrong is recorded, once for each hook."""

    @functools.wraps(hook)
    def wrapper(self: TaskprovBridge, *args: Any, **kwargs: Any) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:
            self.broken(hook.__name__, error)

    return wrapper


class TaskprovBridge(SchedulerPlugin):
    """Records one scheduler, from `open` to `detach` or to the scheduler's end."""

    name = "taskprov"

    def __init__(
        self, settings: dict[str, Any], begin: Callable[[Any, dict[str, Any]], Any]
    ) -> None:
        self._settings = settings
        self._begin = begin
        self._redactor = Redactor(settings["redact"])
        self._keep_traceback = bool(settings["options"].get("keepTraceback"))
        self._numbers: dict[Any, int] = {}
        self._next = 0
        self._graphs = 0
        self._tasks = 0
        self._broken: set[str] = set()
        self._retried: set[int] = set()
        self._closing = False
        self._scheduler: Any = None
        self._comm: CommHandlers | None = None
        # Several records of one scheduler do not know of each other.
        self.name = settings.get("plugin", TaskprovBridge.name)

    def open(self, scheduler: Any) -> None:
        """Begins the record; a second call does nothing.

        Raises OSError when the journal cannot be written.
        """
        if self._scheduler is not None:
            return
        record = self._begin(scheduler, self._settings)
        self._writer = record.writer
        self._path = record.path
        self._scheduler = scheduler
        self._members = Members(scheduler, self._writer.put)
        self._limbo = Limbo(self._writer.put)
        self._notebook = NotebookNotes(self._writer.put, self._redactor)
        record.files.is_near = self._members.is_near
        name = f"taskprov-worker-{record.run_id}"
        options = self._settings["options"]
        is_own = not isinstance(record.sink, QueueSink)
        wants = wanted(options, is_own)
        self._equipment = Equipment(scheduler, name, wants, self._worker_problem)
        self._telemetry = Telemetry(
            scheduler,
            f"taskprov-telemetry-{record.run_id}",
            options,
            is_own,
            self._members,
            self._writer.put,
            self._numbers.get,
            self._redactor,
            self._worker_problem,
        )
        for address in list(scheduler.workers):
            self._members.add_worker(address)
        self._handlers = Handlers(scheduler, self._attempt_failed, self._scattered)
        for name in self._handlers.wrap():
            self.broken(name, TypeError("this version of Dask has no such handler"))
            tell(f"Dask {distributed.__version__} has no handler {name} that can be recorded.", "warning")
        if isinstance(record.sink, QueueSink):
            about = {"runId": record.run_id, "scheduler": scheduler.id}
            grace = self._settings.get("graceSeconds", GRACE_SECONDS)
            self._comm = CommHandlers(scheduler, record.sink, self, about, grace)
            self._comm.install()
        self._take_snapshot()
        self._equipment.install()
        self._telemetry.install()
        self._writer.start()
        tell(
            "the bridge is in the scheduler",
            "debug",
            scheduler=scheduler.address,
            distributed=distributed.__version__,
            journal=self._path or "over a connection",
        )

    async def start(self, scheduler: Any) -> None:
        """Called by Dask when the plugin is registered, and again when the scheduler starts."""
        is_new = self._scheduler is None
        self.open(scheduler)
        if is_new and "publish" in self._settings and self._path is not None:
            line = whereabouts(self._settings, self._path)
            if line is not None:
                tell(line)
                # Dask prints such an event in the terminals of all clients.
                scheduler.log_event("print", {"args": (f"taskprov: {line}",), "file": 2})

    async def detach(self) -> None:
        """Ends the record and leaves the scheduler as it was."""
        if self._scheduler is None or self._closing:
            return
        self._limbo.let_go()
        self._closing = True
        self._handlers.restore()
        await self._equipment.remove()
        await self._telemetry.remove()
        self._scheduler.plugins.pop(self.name, None)
        await self.close()

    def counts(self) -> dict[str, int]:
        """How things stand, for who looks on."""
        workers = self._scheduler.workers.values()
        return {
            "tasks": self._tasks,
            "running": sum(len(worker.processing) for worker in workers),
            "workers": len(workers),
            "dropped": self._writer.dropped,
            "activity": self._members.count + getattr(self._scheduler, "transition_counter", 0),
        }

    def broken(self, where: str, error: Exception) -> None:
        """A hook raised: the record says so and counts it as something missing."""
        self._writer.drop()
        if where in self._broken:
            return
        self._broken.add(where)
        text = f"The hook {where} failed with {type_name(type(error))}: {safe_text(error)[:300]}"
        self._writer.put(["error", time(), text])

    # What hooks do not tell: see `Handlers`.

    @guarded
    def _attempt_failed(self, key: Any = None, run_id: Any = None, **msg: Any) -> None:
        ts = self._scheduler.tasks.get(key)
        n = self._numbers.get(key)
        # Stale messages come too; and the last failure comes as a transition.
        if ts is None or n is None or ts.state != "processing" or ts.run_id != run_id:
            return
        if ts.retries > 0:
            self._retried.add(n)
            self._emit(n, self._failure(n, ts, msg, ts.retries), settled=True)

    @guarded
    def _scattered(
        self, who_has: Any = None, nbytes: Any = None, client: Any = None, **_more: Any
    ) -> None:
        when = time()
        for key, workers in (who_has or {}).items():
            if key in self._numbers:
                continue
            n = self._number(key)
            numbers = [m for m in map(self._members.worker, workers) if m is not None]
            size = (nbytes or {}).get(key)
            size = size if type(size) is int and size >= 0 else None
            client_number = self._members.client(client)
            event = ["scatter", when, n, encode_key(key), client_number, size, numbers]
            if not self._writer.put(event):
                del self._numbers[key]

    # Dask's hooks.

    @guarded
    def add_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        self._members.client(client)

    @guarded
    def remove_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        if self._closing:
            self._members.forget_client(client)
        else:
            self._members.remove_client(client)

    @guarded
    def add_worker(self, scheduler: Any = None, worker: str = "", **_more: Any) -> None:
        self._limbo.worker_came(worker)
        self._members.add_worker(worker)

    @guarded
    def remove_worker(self, scheduler: Any = None, worker: str = "", **_more: Any) -> None:
        self._members.remove_worker(worker, "closed" if self._limbo.leaves(worker) else "died")

    @guarded
    def log_event(self, topic: Any, msg: Any) -> None:
        if type(msg) is dict:
            if topic == TOPIC:
                self._notebook.hear(msg)
            else:
                self._limbo.hear(topic, msg)
                self._equipment.hear(topic, msg)
                self._telemetry.hear(topic, msg)

    @guarded
    def update_graph(
        self,
        scheduler: Any = None,
        *,
        client: str | None = None,
        tasks: Iterable[Any] = (),
        stimulus_id: str | None = None,
        annotations: Any = None,
        **_more: Any,
    ) -> None:
        if self._closing:
            return
        known = self._numbers
        states = self._scheduler.tasks
        new = []
        for key in tasks:
            if key not in known and key in states:
                new.append((self._number(key), states[key]))
        if not new:
            return
        entries = [self._entry(n, ts) for n, ts in new]
        parent = known.get(SUBMITTING.get())
        graph = self._graphs
        self._graphs += 1
        notes = annotations_by_task(annotations) if annotations else {}
        sites = self._sites(annotations, new)
        for n, ts in new:
            if ts.actor:
                notes.setdefault(ts.key, {})["actor"] = True
        number = self._members.client(client)
        entry = (time(), graph, number, stimulus_id, parent, entries, notes, sites)
        if not self._writer.put(entry):
            # What nobody was told about must not be named later.
            for n, ts in new:
                known.pop(ts.key, None)
        else:
            self._tasks += len(new)

    def _sites(self, annotations: Any, new: list[tuple[int, Any]]) -> dict[Any, int]:
        """Where in a notebook tasks were submitted, by key."""
        sites = sites_by_task(annotations, self._notebook.site) if annotations else {}
        code = CODE.get()
        site = self._notebook.code(code) if code and not sites else None
        if site is not None:
            sites = {ts.key: site for _, ts in new}
        return sites

    def transition(
        self, key: Any, start: str, finish: str, *_args: Any, stimulus_id: str = "", **facts: Any
    ) -> None:
        # Six times a task: nothing is recorded of what waits.
        if finish in UNTOLD and start != "memory":
            return
        try:
            self._changed(key, start, finish, stimulus_id, facts)
        except Exception as error:
            self.broken("transition", error)

    def _changed(
        self, key: Any, start: str, finish: str, stimulus_id: str, facts: dict[str, Any]
    ) -> None:
        settles = start == "processing" and finish in ("memory", "erred")
        if self._closing and not settles:
            return
        n = self._numbers.get(key)
        if n is None:
            if self._closing or finish not in ("processing", "memory", "erred"):
                return
            n = self._announce(key)
        if self._limbo.is_open:
            self._limbo.enter(n, stimulus_id)
        ts = self._scheduler.tasks.get(key)
        if finish == "processing":
            worker = self._members.worker(getattr(ts.processing_on, "address", None))
            if worker is not None:
                self._emit(n, ["assign", time(), n, worker, *_run_id(ts)])
        elif finish == "memory":
            self._done(n, ts, facts)
        elif finish == "erred":
            self._erred(n, ts, start, facts)
        elif start == "processing" and finish == "released":
            if n in self._retried:
                self._retried.discard(n)
            else:
                self._emit(n, ["lost", time(), n, None, lost_reason(stimulus_id)])
        elif start == "memory":
            self._released(n, stimulus_id)
        if finish == "forgotten":
            self._emit(n, ["forget", time(), n])
            self._numbers.pop(key, None)

    async def before_close(self) -> None:
        """What happens from here on is the noise of shutting down."""
        self._closing = True
        self._writer.put(["closing", time()], always=True)
        self._limbo.forget()

    def _expect_tasks(self) -> None:
        """Nothing captured although the scheduler was busy is an alarm, not an empty record."""
        seen = getattr(self._scheduler, "transition_counter", 0)
        if self._tasks == 0 and seen > 0:
            text = f"No task was captured, though the scheduler changed the state of tasks {seen} times"
            self._writer.drop()
            self._writer.put(["error", time(), text], always=True)
            tell(f"{text}.", "warning")

    async def close(self) -> None:
        """Ends the record; waits a moment for the writer without blocking the event loop."""
        await self._await_notebook()
        try:
            await self._telemetry.remove()
            self._expect_tasks()
        except Exception as error:
            self.broken("close", error)
        self._writer.put(["end", time(), {"tasks": self._tasks}], always=True)
        self._writer.finish()
        for _ in range(400):
            if self._writer.finished.is_set():
                break
            await asyncio.sleep(0.005)
        tell("the record has ended", "debug", tasks=self._tasks, dropped=self._writer.dropped)
        if self._comm is not None:
            await self._comm.drain()
            self._comm.remove()
        publish = self._settings.get("publish")
        if publish is not None and self._path is not None:
            await publish_record(publish, self._path)

    async def _await_notebook(self) -> None:
        """Waits for what a notebook still has to tell, at most as long as the user allows."""
        seconds = self._settings["options"].get("jupyterTimeout")
        for _ in range(int(min(seconds or 0, 60) / 0.01)):
            if self._notebook.is_complete:
                break
            await asyncio.sleep(0.01)

    # What the hooks share.

    @guarded
    def _take_snapshot(self) -> None:
        """What is there already; in one go, so that no hook comes between."""
        for client in self._scheduler.clients:
            if client != "fire-and-forget":
                self._members.client(client)
        for _when, message in self._scheduler.get_events(TOPIC) or ():
            self._notebook.hear(message)
        states = list(self._scheduler.tasks.values())
        if not states:
            return
        for ts in states:
            self._number(ts.key)
        snapshot = Snapshot(
            self._numbers,
            self._members.worker,
            self._members.client,
            self._redactor.text,
            self._keep_traceback,
        )
        snapshot.look(states)
        named = {ts.key: (ts.annotations or {}).get(ANNOTATION) for ts in states}
        sites = sites_by_task({ANNOTATION: named}, self._notebook.site)
        entry = (time(), self._graphs, None, None, None, snapshot.entries, {}, sites)
        self._writer.put(entry, always=True)
        self._writer.put(snapshot.events, always=True)
        self._graphs += 1
        self._tasks += len(snapshot.entries)

    def _number(self, key: Any) -> int:
        n = self._numbers[key] = self._next
        self._next += 1
        return n

    def _entry(self, n: int, ts: Any) -> tuple[int, Any, str, Any, dict[Any, int]]:
        refs = {}
        for needed in ts.dependencies:
            number = self._numbers.get(needed.key)
            refs[needed.key] = self._announce(needed.key) if number is None else number
        return n, ts.key, ts.group_key, ts.run_spec, refs

    def _announce(self, key: Any) -> int:
        """A task that came by another way than a graph, or whose graph was dropped."""
        ts = self._scheduler.tasks[key]
        n = self._number(key)
        when = time()
        inputs = ((needed.key, self._numbers.get(needed.key)) for needed in ts.dependencies)
        refs = {name: number for name, number in inputs if number is not None}
        entry = (n, key, ts.group_key, ts.run_spec, refs)
        if not self._writer.put((when, self._graphs, None, None, None, [entry])):
            del self._numbers[key]
            return n
        self._graphs += 1
        self._tasks += 1
        if ts.state == "memory":
            self._writer.put(["known", when, n, encode_key(key)])
        return n

    def _emit(self, n: int, event: Event, settled: bool = False) -> None:
        if self._limbo.is_open:
            self._limbo.emit(n, event, settled)
        else:
            self._writer.put(event)

    def _done(self, n: int, ts: Any, facts: dict[str, Any]) -> None:
        worker = self._members.worker(facts.get("worker"))
        if worker is None:
            return
        thread = facts.get("thread")
        size = facts.get("nbytes")
        typename = facts.get("typename")
        event = [
            "done",
            time(),
            n,
            *(_run_id(ts) or (None,)),
            worker,
            thread if type(thread) is int and 0 <= thread <= MAX_SAFE else None,
            self._spans(worker, facts),
            size if type(size) is int and size >= 0 else None,
            str(typename) if typename else None,
        ]
        note = self._equipment.of_success(ts, facts.get("metadata"))
        if note is not None:
            self._put_output(n, note)
            event += [note.get("type"), note.get("digest"), note.get("files"), note.get("about")]
        self._emit(n, event, settled=True)

    def _erred(self, n: int, ts: Any, start: str, facts: dict[str, Any]) -> None:
        if start == "processing":
            self._emit(n, self._failure(n, ts, facts, 0), settled=True)
            return
        blame = getattr(ts.exception_blame, "key", None)
        blamed = self._numbers.get(blame)
        self._emit(n, ["failed", time(), n, *[None] * 7, blamed])

    def _failure(self, n: int, ts: Any, facts: dict[str, Any], retries: int) -> Event:
        kind, text = exception_facts(facts)
        traceback = facts.get("traceback_text")
        keep = self._keep_traceback and traceback
        note = self._equipment.of_failure(ts.key) or {}
        self._put_output(n, note)
        worker = self._members.worker(facts.get("worker"))
        return [
            "failed",
            time(),
            n,
            *(_run_id(ts) or (None,)),
            worker,
            kind,
            self._redactor.text(text),
            self._redactor.text(str(traceback)) if keep else None,
            self._spans(worker, facts),
            retries,
            None,
            note.get("files"),
        ]

    def _spans(self, worker: int | None, facts: dict[str, Any]) -> list[Any] | None:
        """When a worker did what, on this machine's clock where it is the worker's too."""
        is_near = worker is not None and self._members.is_near(worker)
        shift = self._equipment.shift(facts["worker"]) if is_near else 0.0
        return encode_spans(facts.get("startstops"), shift)

    def _put_output(self, n: int, note: Note) -> None:
        """What an attempt printed comes before its end, and what could not be told of it."""
        for stream, text in note.get("output", ()):
            told = encode_head(self._redactor.text(text), len(text))
            self._emit(n, ["output", time(), n, stream, told, note.get("unsaid", 0)])
        if note.get("omitted"):
            text = f"An attempt used {note['omitted']} files more than are recorded"
            self._writer.put(["error", time(), text])

    def _worker_problem(self, text: str) -> None:
        """A worker cannot be watched, or not fully."""
        if text not in self._broken:
            self._broken.add(text)
            self._writer.put(["error", time(), f"On a worker: {text}"])

    def _released(self, n: int, stimulus: str) -> None:
        reason = lost_reason(stimulus)
        if reason in ("worker-died", "restart"):
            self._emit(n, ["lost", time(), n, None, reason])
        else:
            self._emit(n, ["release", time(), n])


def _run_id(ts: Any) -> tuple[int, ...]:
    """Dask's number of the attempt, if it has one."""
    value = getattr(ts, "run_id", None)
    return (value,) if type(value) is int and value >= 0 else ()
