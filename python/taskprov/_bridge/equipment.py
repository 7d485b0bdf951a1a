"""Brings the plugin to the workers, and takes what it tells."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any, Callable

# What a worker needs of this package: for the basics, and for everything else.
BASICS = ("worker_clock", "worker_messages")
MODULES = (
    *BASICS,
    "attempt",
    "digest",
    "encode",
    "places",
    "redact",
    "specs",
    "value_digest",
    "values",
    "worker",
    "worker_types",
    "worker_watch",
)
MAX_WAITING = 10_000

# Runs on a worker. An exception while it is unpickled would keep the worker from starting, and
# the user's program waiting for it: then there is a plugin that only says what went wrong.
ARRIVAL = """
def make(cfg):
    import json
    from distributed.diagnostics.plugin import WorkerPlugin

    class Inert(WorkerPlugin):
        def __init__(self, name, problem):
            self.name, self._problem = name, problem

        def setup(self, worker):
            try:
                worker.log_event(self.name, {"problem": self._problem})
            except Exception:
                pass

    try:
        given = json.loads(cfg)
        space = {"__name__": "taskprov_worker"}
        exec(compile(given["sources"]["loader"], "<taskprov-worker>", "exec"), space)
        return space["make"](cfg)
    except Exception as error:
        return Inert("taskprov-problem", f"{type(error).__name__}: {error}"[:300])
"""
EXPRESSION = (
    "(lambda src, cfg: (lambda ns: (exec(compile(src, '<taskprov-worker>', 'exec'), ns), "
    "ns['make'](cfg))[1])({'__name__': 'taskprov_worker'}))"
)

Note = dict[str, Any]


class Parcel:
    """Pickles as text that makes the plugin, so that workers need nothing installed."""

    def __init__(self, config: str) -> None:
        self._config = config

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (f"{EXPRESSION}({ARRIVAL!r}, {self._config!r})",)


def parcel(settings: dict[str, Any], source: Callable[[str], str]) -> bytes:
    """The plugin as a pickle; `source` gives the text of a module of this package."""
    wanted = {name for name, is_wanted in settings["wants"].items() if is_wanted}
    basic = wanted == {"clock", "messages"}
    modules, entry = ((*BASICS, "worker_basics"), "worker_basics") if basic else (MODULES, "worker")
    texts = {name: source(name) for name in (*modules, "loader")}
    texts["__init__"] = ""
    config = {"sources": texts, "settings": settings, "entry": entry}
    return pickle.dumps(Parcel(json.dumps(config)), protocol=4)


def wanted(options: dict[str, Any], is_own: bool) -> dict[str, bool]:
    """What the options ask of workers; those of a foreign cluster are left alone otherwise."""
    return {
        "clock": is_own,
        "messages": is_own,
        "types": bool(options.get("richTypes")),
        "files": bool(options.get("fileTracking")),
        "digest": bool(options.get("digest")),
        "output": bool(options.get("captureOutput")),
    }


class Equipment:
    """The workers' plugin of one record, seen from the scheduler."""

    def __init__(
        self,
        scheduler: Any,
        name: str,
        wants: dict[str, bool],
        problem: Callable[[str], None],
    ) -> None:
        self._scheduler = scheduler
        self._name = name
        self._wants = wants
        # Whether workers note anything beside the times.
        self.takes_notes = any(is_wanted for what, is_wanted in wants.items() if what != "clock")
        # By how many seconds each worker has shifted the times of what comes next; of workers that
        # did not say it, nothing is known.
        self.shifts: dict[str, float] = {}
        self._problem = problem
        self._waiting: dict[Any, Note] = {}
        self._is_installed = False
        self._going: asyncio.Task[Any] | None = None

    def install(self) -> None:
        """Registers the plugin for all workers, those to come too, if it is needed."""
        if not any(self._wants.values()):
            return
        loader = __spec__.loader
        package = __spec__.parent

        def source(name: str) -> str:
            return loader.get_source(f"{package}.{name}")  # type: ignore[union-attr, return-value]

        plugin = parcel({"name": self._name, "wants": self._wants}, source)
        register = self._scheduler.register_worker_plugin
        self._is_installed = True
        self._going = asyncio.ensure_future(
            self._try(register(None, plugin, name=self._name, idempotent=True))
        )

    async def remove(self) -> None:
        """Takes the plugin from the workers again."""
        if self._is_installed:
            self._is_installed = False
            await self._try(self._scheduler.unregister_worker_plugin(None, self._name))

    async def _try(self, work: Any) -> None:
        try:
            answers = await asyncio.wait_for(work, 10)
        except Exception as error:
            self._problem(f"{type(error).__name__}: {error}"[:300])
            return
        for answer in (answers or {}).values():
            if type(answer) is dict and answer.get("status") != "OK":
                self._problem("a worker could not take the plugin")

    def hear(self, topic: Any, message: dict[str, Any]) -> None:
        """An event of a worker's, or of somebody else's."""
        if topic != self._name:
            return
        problem = message.get("problem")
        shift = message.get("shift")
        if type(shift) is float or type(shift) is int:
            self.shifts[message.get("worker", "")] = shift
        elif type(problem) is str:
            self._problem(problem)
        elif "key" in message and len(self._waiting) < MAX_WAITING:
            self._waiting[as_key(message["key"])] = message

    def of_success(self, ts: Any, metadata: Any) -> Note | None:
        """What a worker noted of an attempt that succeeded."""
        if not self._is_installed:
            return None
        note = metadata.get(self._name) if type(metadata) is dict else None
        kept = getattr(ts, "metadata", None)
        if type(kept) is dict:
            kept.pop(self._name, None)  # Else the scheduler would keep it as long as the task.
        return _checked(note)

    def of_failure(self, key: Any) -> Note | None:
        """What a worker noted of an attempt that failed."""
        return _checked(self._waiting.pop(key, None)) if self._waiting else None


# What a note may have; files are checked where they are written.
FORMS = {
    "type": str,
    "digest": str,
    "files": (list, tuple),
    "about": dict,
    "output": (list, tuple),
    "omitted": int,
    "unsaid": int,
    "messages": (list, tuple),
    "unkept": int,
}


def _checked(note: Any) -> Note | None:
    """What a worker sent, as far as it has the form that the journal wants."""
    if type(note) is not dict:
        return None
    return {name: note[name] for name, form in FORMS.items() if isinstance(note.get(name), form)}


def as_key(value: Any) -> Any:
    """A key as it was, after a journey in which tuples become lists."""
    return tuple(map(as_key, value)) if type(value) in (list, tuple) else value
