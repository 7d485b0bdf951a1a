"""The journal of what the local schedulers of this process do."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections import OrderedDict
from time import time
from typing import Any, Mapping

from .._bridge.encode import MAX_SAFE, encode_head, type_name
from .._bridge.facts import library_versions
from .._bridge.graphs import Graph
from .._bridge.notebook import NotebookNotes
from .._bridge.problems import Problems
from .._bridge.record import begin_record
from .._bridge.redact import Redactor
from .._bridge.specs import graph_node
from .._bridge.value_digest import value_digest
from .._bridge.worker_types import rich_type
from .._call_frames import calling_frames
from .group import group_of
from .nodes import dependencies_of, given, identity_of, steps_of

# Results that the user may still hold: a later graph has those that are persisted as plain data.
MAX_HELD = 100_000

Event = list[Any]  # [kind, time, ...]


class Recording:
    """Takes the events of all computations of one process, from any thread.

    Raises OSError when the journal cannot be written.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        import dask

        versions = {
            "python": sys.version.split()[0],
            "dask": dask.__version__,
            **library_versions(),
        }
        record = begin_record(settings, "dask-local", versions)
        self.journal = record.path
        self._writer = record.writer
        record.files.is_near = lambda _worker: True
        self._redactor = Redactor(settings["redact"])
        self._keep_traceback = bool(settings["options"].get("keepTraceback"))
        self._looks_inside = bool(settings["options"].get("richTypes"))
        self._hashes = bool(settings["options"].get("digest"))
        self._lock = threading.RLock()
        self._next = 0
        self._graphs = 0
        self._tasks = 0
        self._workers: dict[tuple[str, int], int] = {}
        self._held: OrderedDict[Any, tuple[int, Any]] = OrderedDict()
        self._problems = Problems(self._writer.drop, self.put)
        self._is_closed = False
        self._notebook = NotebookNotes(self._writer.put, self._redactor)
        self._writer.start()

    def put(self, event: Event) -> None:
        if not self._is_closed:
            self._writer.put(event)

    def close(self) -> None:
        """Ends the record and waits for the disk; a second call does nothing."""
        if self._is_closed:
            return
        self._writer.put(["closing", time()], always=True)
        self._writer.put(["end", time(), {"tasks": self._tasks}], always=True)
        self._is_closed = True
        self._writer.finish()
        self._writer.finished.wait(10)

    def abandon(self) -> None:
        """This process is a fork of the one that records: it has no writer and writes nothing."""
        self._is_closed = True

    def broken(self, where: str, error: Exception) -> None:
        """Something of ours raised: the record says so and counts what is missing."""
        self._problems.broken(where, error)

    def worker(self, kind: str, threads: int) -> int:
        """Number of the pool that this process computes with."""
        return self._worker((kind, os.getpid()), {"name": kind, "threads": threads})

    def worker_of(self, kind: str, pool: int, pid: int) -> int:
        """Number of the process that ran a task: the pool's own, or one of its children."""
        return pool if pid == os.getpid() else self._worker((kind, pid), {"name": str(pid)})

    def _worker(self, which: tuple[str, int], about: dict[str, Any]) -> int:
        with self._lock:
            number = self._workers.get(which)
            if number is None:
                kind, pid = which
                host = socket.gethostname()
                number = self._workers[which] = len(self._workers)
                address = f"{kind}://{host}/{pid}"
                told = {"address": address, "host": host, "pid": pid, **about}
                self._writer.put(["worker+", time(), number, told], always=True)
            return number

    def site(self) -> int | None:
        """Number of the place in a notebook or a program from which a scheduler is called."""
        module = sys.modules.get("taskprov._notebook.hook")
        hook = None if module is None else module.current()
        if hook is not None:
            return self._notebook.site(hook.site_for_listener(self.hear))
        return self._notebook.code(calling_frames(sys._getframe(1)))

    def hear(self, message: Any) -> None:
        """What this kernel tells of its cells."""
        if not self._is_closed:
            self._notebook.hear(message)

    def announce(
        self, dsk: Mapping[Any, Any], parent: int | None, pool: int, site: int | None = None
    ) -> dict[Any, int]:
        """Gives each task of a graph its number, and records the graph."""
        with self._lock:
            numbers: dict[Any, int] = {}
            new = []
            for key in dsk:
                held = self._held_number(dsk, key)
                if held is None:
                    held = self._next
                    self._next += 1
                    new.append(key)
                numbers[key] = held
            graph = self._graphs
            self._graphs += 1
            self._tasks += len(new)
        entries = []
        for key in new:
            node = dsk[key]
            needs = dependencies_of(dsk, key)
            refs = {needed: numbers[needed] for needed in needs if needed in numbers}
            refs.update(self._persisted(node))
            spec = graph_node(node, refs)
            entries.append((numbers[key], key, group_of(key), spec, refs))
        when = time()
        told = Graph(when, graph, None, None, parent, entries, sites=site)
        if entries and not self._writer.put(told):
            return {}
        for key in new:
            data = given(dsk, key)
            if data is not None:
                span = [["c", when, when]]
                made = self.about(data.value)
                self.put(["done", when, numbers[key], None, pool, None, span, *made])
        return numbers

    def _held_number(self, dsk: Mapping[Any, Any], key: Any) -> int | None:
        held = self._held.get(key)
        if held is None:
            return None
        n, identity = held
        data = given(dsk, key)
        if data is not None and identity_of(data.value) == identity:
            return n
        del self._held[key]
        self.forget(n)
        return None

    def _persisted(self, node: Any) -> dict[Any, int]:
        """Earlier results that Dask has put into a fused task as plain data."""
        found: dict[Any, int] = {}
        steps = steps_of(node) if self._held else {}
        for key in steps:
            held = self._held.get(key)
            data = None if held is None else given(steps, key)
            if held is not None and data is not None and identity_of(data.value) == held[1]:
                found[key] = held[0]
        return found

    def hold(self, key: Any, n: int, value: Any) -> None:
        """Keeps the number of a result: the user may put it into a later graph."""
        with self._lock:
            self._held[key] = (n, identity_of(value))
            if len(self._held) > MAX_HELD:
                _key, (oldest, _identity) = self._held.popitem(last=False)
                self.forget(oldest)

    def forget(self, n: int) -> None:
        self.put(["forget", time(), n])

    def failure(
        self, n: int, worker: int, error: BaseException, frames: str | None, spans: Any
    ) -> None:
        """Records that an attempt raised."""
        try:
            text = repr(error)
        except Exception:  # The exception's own code.
            text = type_name(type(error))
        text = encode_head(self._redactor.text(text), 100_000)
        kept = self._redactor.text(frames) if frames and self._keep_traceback else None
        kind = type_name(type(error))
        self.put(["failed", time(), n, None, worker, kind, text, kept, spans, 0])

    def about(self, value: Any) -> list[Any]:
        """Size and type of a result, as Dask's workers tell them, and what else was asked for."""
        from dask.sizeof import sizeof
        from dask.utils import typename

        try:
            size = int(sizeof(value))
        except Exception:  # Then it is not known.
            size = -1
        text, about = rich_type(value) if self._looks_inside else (None, None)
        digest = value_digest(value) if self._hashes else None
        told = size if 0 <= size <= MAX_SAFE else None
        return [told, typename(type(value)), text, digest, None, about or None]
