"""The tasks that the scheduler knows: each with a number, told with the graph that brought it."""

from __future__ import annotations

from time import time
from typing import Any, Callable, Iterable

from .annotations import annotations_by_task
from .encode import encode_key
from .handlers import CODE, SUBMITTING
from .members import Members
from .notebook import ANNOTATION, NotebookNotes, sites_by_task
from .snapshot import Snapshot

# Number, key, group, specification and inputs of a task.
Entry = tuple[int, Any, str, Any, dict[Any, int]]


class Tasks:
    """Gives tasks their numbers, and tells of new ones."""

    def __init__(
        self,
        scheduler: Any,
        members: Members,
        notebook: NotebookNotes,
        put: Callable[..., bool],
    ) -> None:
        self._scheduler = scheduler
        self._members = members
        self._notebook = notebook
        self._put = put
        self._numbers: dict[Any, int] = {}
        self._next = 0
        self._graphs = 0
        # Told so far.
        self.count = 0

    def number(self, key: Any) -> int | None:
        """Number of a task that was told."""
        return self._numbers.get(key)

    def forget(self, key: Any) -> None:
        """The scheduler does not know the task any more."""
        self._numbers.pop(key, None)

    def graph(
        self, client: str | None, keys: Iterable[Any], stimulus: str | None, annotations: Any
    ) -> None:
        """A client submitted tasks; some may be known already."""
        known = self._numbers
        states = self._scheduler.tasks
        new = []
        for key in keys:
            if key not in known and key in states:
                new.append((self._add(key), states[key]))
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
        entry = (time(), graph, number, stimulus, parent, entries, notes, sites)
        if not self._put(entry):
            # What nobody was told about must not be named later.
            for n, ts in new:
                known.pop(ts.key, None)
        else:
            self.count += len(new)

    def announce(self, key: Any) -> int:
        """A task that came by another way than a graph, or whose graph was dropped."""
        ts = self._scheduler.tasks[key]
        n = self._add(key)
        when = time()
        inputs = ((needed.key, self._numbers.get(needed.key)) for needed in ts.dependencies)
        refs = {name: number for name, number in inputs if number is not None}
        entry = (n, key, ts.group_key, ts.run_spec, refs)
        if not self._put((when, self._graphs, None, None, None, [entry])):
            del self._numbers[key]
            return n
        self._graphs += 1
        self.count += 1
        if ts.state == "memory":
            self._put(["known", when, n, encode_key(key)])
        return n

    def scattered(
        self, who_has: dict[Any, Any], nbytes: dict[Any, Any], client: str | None
    ) -> None:
        """A client put data in."""
        when = time()
        for key, workers in who_has.items():
            if key in self._numbers:
                continue
            n = self._add(key)
            numbers = [m for m in map(self._members.worker, workers) if m is not None]
            size = nbytes.get(key)
            size = size if type(size) is int and size >= 0 else None
            client_number = self._members.client(client)
            event = ["scatter", when, n, encode_key(key), client_number, size, numbers]
            if not self._put(event):
                del self._numbers[key]

    def snapshot(self, redact: Callable[[str], str], keep_traceback: bool) -> None:
        """What is there already; in one go, so that no hook comes between."""
        states = list(self._scheduler.tasks.values())
        if not states:
            return
        for ts in states:
            self._add(ts.key)
        members = self._members
        seen = Snapshot(self._numbers, members.worker, members.client, redact, keep_traceback)
        seen.look(states)
        named = {ts.key: (ts.annotations or {}).get(ANNOTATION) for ts in states}
        sites = sites_by_task({ANNOTATION: named}, self._notebook.site)
        entry = (time(), self._graphs, None, None, None, seen.entries, {}, sites)
        self._put(entry, always=True)
        self._put(seen.events, always=True)
        self._graphs += 1
        self.count += len(seen.entries)

    def _add(self, key: Any) -> int:
        n = self._numbers[key] = self._next
        self._next += 1
        return n

    def _entry(self, n: int, ts: Any) -> Entry:
        refs = {}
        for needed in ts.dependencies:
            number = self._numbers.get(needed.key)
            refs[needed.key] = self.announce(needed.key) if number is None else number
        return n, ts.key, ts.group_key, ts.run_spec, refs

    def _sites(self, annotations: Any, new: list[tuple[int, Any]]) -> dict[Any, int]:
        """Where in a notebook or a program tasks were submitted, by key."""
        sites = sites_by_task(annotations, self._notebook.site) if annotations else {}
        code = CODE.get()
        site = self._notebook.code(code) if code and not sites else None
        if site is not None:
            sites = {ts.key: site for _, ts in new}
        return sites
