"""The scheduler's plugin: hears what the scheduler does and hands it to the writer.

The hooks only append to a buffer in memory. A hook never raises and never does I/O: the user's
work goes on whatever happens here. What they hear is turned into events by `tasks.py` (graphs),
`usual.py` and `changes.py` (states of tasks), `members.py` (clients, workers), `notebook.py` (cells) and
`telemetry.py` (samples, log records).
"""

from __future__ import annotations

import asyncio
import functools
from time import time
from typing import Any, Callable, Iterable

import distributed
from distributed.diagnostics.plugin import SchedulerPlugin

from .changes import Changes
from .comm import GRACE_SECONDS, CommHandlers
from .equipment import Equipment, wanted
from .handlers import Handlers
from .limbo import Limbo
from .members import Members
from .notebook import TOPIC, NotebookNotes
from .own_log import tell
from .problems import Problems
from .publish import publish_record, whereabouts
from .record import Record
from .redact import Redactor
from .sinks import QueueSink
from .tasks import Tasks
from .telemetry import Telemetry
from .usual import usual_transition

# Closing waits so long for the disk.
MAX_WRITING_SECONDS = 10.0


def guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook that never raises: what goes wrong is recorded, once for each hook."""

    @functools.wraps(hook)
    def wrapper(self: TaskprovBridge, *args: Any, **kwargs: Any) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:
            self._problems.broken(hook.__name__, error)

    return wrapper


class TaskprovBridge(SchedulerPlugin):
    """Records one scheduler, from `open` to `detach` or to the scheduler's end."""

    name = "taskprov"

    def __init__(
        self, settings: dict[str, Any], begin: Callable[[Any, dict[str, Any]], Record]
    ) -> None:
        self._settings = settings
        self._begin = begin
        self._redactor = Redactor(settings["redact"])
        self._keep_traceback = bool(settings["options"].get("keepTraceback"))
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
        self._scheduler = scheduler
        self._assemble(scheduler, record)
        for address in list(scheduler.workers):
            self._members.add_worker(address)
        for name in self._handlers.wrap():
            self._problems.broken(name, TypeError("this version of Dask has no such handler"))
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

    def _assemble(self, scheduler: Any, record: Record) -> None:
        """The parts of the record, each for what one kind of hook tells."""
        options = self._settings["options"]
        is_own = not isinstance(record.sink, QueueSink)
        writer = self._writer = record.writer
        self._path = record.path
        self._problems = Problems(writer.drop, writer.put)
        self._members = Members(scheduler, writer.put)
        record.files.is_near = self._members.is_near
        self._limbo = Limbo(writer.put)
        self._notebook = NotebookNotes(writer.put, self._redactor)
        self._tasks = Tasks(scheduler, self._members, self._notebook, writer.put)
        self._equipment = Equipment(
            scheduler,
            f"taskprov-worker-{record.run_id}",
            wanted(options, is_own),
            self._problems.on_worker,
        )
        self._changes = Changes(
            scheduler,
            self._tasks,
            self._members,
            self._equipment,
            self._limbo,
            writer,
            self._redactor,
            self._keep_traceback,
        )
        # Dask's hook of that name.
        self.transition = usual_transition(
            scheduler,
            self._tasks,
            self._members,
            self._equipment,
            self._limbo,
            self._changes,
            writer,
            self._problems.broken,
        )
        self._telemetry = Telemetry(
            scheduler,
            f"taskprov-telemetry-{record.run_id}",
            options,
            is_own,
            self._members,
            writer.put,
            self._tasks.number,
            self._redactor,
            self._problems.on_worker,
        )
        self._handlers = Handlers(scheduler, self._attempt_failed, self._scattered)

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
        if self._scheduler is None or self._changes.is_closing:
            return
        self._changes.tell_all()
        self._limbo.let_go()
        self._changes.is_closing = True
        self._handlers.restore()
        await self._equipment.remove()
        await self._telemetry.remove()
        self._scheduler.plugins.pop(self.name, None)
        await self.close()

    def counts(self) -> dict[str, int]:
        """How things stand, for who looks on."""
        workers = self._scheduler.workers.values()
        return {
            "tasks": self._tasks.count,
            "running": sum(len(worker.processing) for worker in workers),
            "workers": len(workers),
            "dropped": self._writer.dropped,
            "activity": self._members.count + getattr(self._scheduler, "transition_counter", 0),
        }

    # What hooks do not tell: see `Handlers`.

    @guarded
    def _attempt_failed(self, key: Any = None, run_id: Any = None, **facts: Any) -> None:
        self._changes.attempt_failed(key, run_id, facts)

    @guarded
    def _scattered(
        self, who_has: Any = None, nbytes: Any = None, client: Any = None, **_more: Any
    ) -> None:
        self._changes.tell_all()
        self._tasks.scattered(who_has or {}, nbytes or {}, client)

    # Dask's hooks.

    @guarded
    def add_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        self._members.client(client)

    @guarded
    def remove_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        if self._changes.is_closing:
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
        if not self._changes.is_closing:
            self._changes.tell_all()
            self._tasks.graph(client, tasks, stimulus_id, annotations)

    async def before_close(self) -> None:
        """What happens from here on is the noise of shutting down."""
        self._changes.close()
        self._writer.put(["closing", time()], always=True)
        self._limbo.forget()

    async def close(self) -> None:
        """Ends the record; waits a moment for the writer without blocking the event loop."""
        await self._await_notebook()
        try:
            await self._telemetry.remove()
            self._expect_tasks()
        except Exception as error:
            self._problems.broken("close", error)
        self._writer.put(["end", time(), {"tasks": self._tasks.count}], always=True)
        self._writer.finish()
        waited = 0.0
        while not self._writer.finished.is_set() and waited < MAX_WRITING_SECONDS:
            await asyncio.sleep(0.005)
            waited += 0.005
        tell("the record has ended", "debug", tasks=self._tasks.count, dropped=self._writer.dropped)
        if self._comm is not None:
            await self._comm.drain()
            self._comm.remove()
        publish = self._settings.get("publish")
        if publish is not None and self._path is not None:
            await publish_record(publish, self._path)

    def _expect_tasks(self) -> None:
        """Nothing captured although the scheduler was busy is an alarm, not an empty record."""
        seen = getattr(self._scheduler, "transition_counter", 0)
        if self._tasks.count == 0 and seen > 0:
            text = f"No task was captured, though the scheduler changed the state of tasks {seen} times"
            self._writer.drop()
            self._writer.put(["error", time(), text], always=True)
            tell(f"{text}.", "warning")

    async def _await_notebook(self) -> None:
        """Waits for what a notebook still has to tell, at most as long as the user allows."""
        seconds = self._settings["options"].get("jupyterTimeout")
        for _ in range(int(min(seconds or 0, 60) / 0.01)):
            if self._notebook.is_complete:
                break
            await asyncio.sleep(0.01)

    @guarded
    def _take_snapshot(self) -> None:
        """What is there already; in one go, so that no hook comes between."""
        for client in self._scheduler.clients:
            if client != "fire-and-forget":
                self._members.client(client)
        for _when, message in self._scheduler.get_events(TOPIC) or ():
            self._notebook.hear(message)
        self._tasks.snapshot(self._redactor.text, self._keep_traceback)
