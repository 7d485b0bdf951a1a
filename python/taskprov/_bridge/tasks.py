"""The tasks that the scheduler knows: each with a number, told with the graph that brought it."""

from __future__ import annotations

from time import time
from typing import Any, Callable, Iterable

from .annotations import annotations_by_task
from .encode import encode_key
from .graphs import Graph
from .handlers import CODE, SUBMITTING
from .members import Members
from .notebook import ANNOTATION, NotebookNotes, sites_by_task
from .snapshot import Snapshot

# Shared, so that a hundred thousand tasks without inputs need no dictionary each.
NO_INPUTS: dict[Any, int] = {}


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
        # Of tasks that were told, by their keys.
        self.numbers: dict[Any, int] = {}
        self._next = 0
        self._graphs = 0
        # Told so far.
        self.count = 0

    def number(self, key: Any) -> int | None:
        """Number of a task that was told."""
        return self.numbers.get(key)

    def forget(self, key: Any) -> None:
        """The scheduler does not know the task any more."""
        self.numbers.pop(key, None)

    def graph(
        self, client: str | None, keys: Iterable[Any], stimulus: str | None, annotations: Any
    ) -> None:
        """A client submitted tasks; some may be known already."""
        known = self.numbers
        states = self._scheduler.tasks
        new = []
        first = n = self._next
        for key in keys:
            if key not in known and key in states:
                known[key] = n
                n += 1
                new.append(states[key])
        self._next = n
        if not new:
            return
        # What changes later is copied now; lists of each are smaller than a tuple for each task.
        tasks = zip(
            range(first, n),
            [ts.key for ts in new],
            [ts.group_key for ts in new],
            [ts.run_spec for ts in new],
            [self._inputs(ts) if ts.dependencies else NO_INPUTS for ts in new],
        )
        notes = annotations_by_task(annotations) if annotations else {}
        for ts in new:
            if ts.actor:
                notes.setdefault(ts.key, {})["actor"] = True
        graph = Graph(
            time(),
            self._graphs,
            self._members.client(client),
            stimulus,
            known.get(SUBMITTING.get()),
            tasks,
            notes,
            self._sites(annotations),
        )
        self._graphs += 1
        if self._put(graph):
            self.count += len(new)
        else:
            # What nobody was told about must not be named later.
            for ts in new:
                known.pop(ts.key, None)

    def announce(self, key: Any) -> int:
        """A task that came by another way than a graph, or whose graph was dropped."""
        ts = self._scheduler.tasks[key]
        n = self._add(key)
        when = time()
        inputs = ((needed.key, self.numbers.get(needed.key)) for needed in ts.dependencies)
        refs = {name: number for name, number in inputs if number is not None}
        entry = (n, key, ts.group_key, ts.run_spec, refs)
        if not self._put(Graph(when, self._graphs, None, None, None, [entry])):
            del self.numbers[key]
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
            if key in self.numbers:
                continue
            n = self._add(key)
            numbers = [m for m in map(self._members.worker, workers) if m is not None]
            size = nbytes.get(key)
            size = size if type(size) is int and size >= 0 else None
            client_number = self._members.client(client)
            event = ["scatter", when, n, encode_key(key), client_number, size, numbers]
            if not self._put(event):
                del self.numbers[key]

    def snapshot(self, redact: Callable[[str], str], keep_traceback: bool) -> None:
        """What is there already; in one go, so that no hook comes between."""
        states = list(self._scheduler.tasks.values())
        if not states:
            return
        for ts in states:
            self._add(ts.key)
        members = self._members
        seen = Snapshot(self.numbers, members.worker, members.client, redact, keep_traceback)
        seen.look(states)
        named = {ts.key: (ts.annotations or {}).get(ANNOTATION) for ts in states}
        sites = sites_by_task({ANNOTATION: named}, self._notebook.site)
        graph = Graph(time(), self._graphs, None, None, None, seen.entries, {}, sites)
        self._put(graph, always=True)
        self._put(seen.events, always=True)
        self._graphs += 1
        self.count += len(seen.entries)

    def _add(self, key: Any) -> int:
        n = self.numbers[key] = self._next
        self._next += 1
        return n

    def _inputs(self, ts: Any) -> dict[Any, int]:
        refs = {}
        for needed in ts.dependencies:
            key = needed.key
            number = self.numbers.get(key)
            refs[key] = self.announce(key) if number is None else number
        return refs

    def _sites(self, annotations: Any) -> dict[Any, int] | int | None:
        """Where in a notebook or a program tasks were submitted, by key or all of them."""
        sites = sites_by_task(annotations, self._notebook.site) if annotations else {}
        if sites:
            return sites
        code = CODE.get()
        return self._notebook.code(code) if code else None
