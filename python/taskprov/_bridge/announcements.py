"""What was told in vain while the disk took nothing, so that it can be told again."""

from __future__ import annotations

from typing import Any

from .pack import Packer, unpackb

# Clients, workers, functions and places; a run has a few hundred.
MOST_ONCE = 10_000
MOST_DEPENDENCIES = 1_000
# Tasks that are alive; those beyond are counted as dropped, and what follows of them is unknown.
MOST_TASKS = 100_000
TASKS_PER_EVENT = 500
# What is larger has a long text in it, as of an exception.
MOST_BYTES = 16 * 1024

_ONCE = frozenset({"client+", "client-", "worker+", "worker-", "fn", "source", "site"})
_Told = tuple[float, bytes]


class Announcements:
    """Remembers of dropped events those that later ones need to mean something.

    Of each task that is alive: where it stands, and key, function and dependencies if nobody was
    told of it. Its arguments are not kept: there is no room for these.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, tuple[float, int, list[Any]]] = {}
        self._states: dict[int, _Told] = {}
        self._scattered: dict[int, _Told] = {}
        self._once: list[_Told] = []

    @property
    def is_full(self) -> bool:
        """Whether functions that are announced now are no longer kept."""
        return len(self._once) >= MOST_ONCE

    def miss(self, event: bytes) -> None:
        """An event, packed, that was dropped."""
        kind, when, n, *fields = unpackb(event, strict_map_key=False)
        if kind == "graph":
            for number, key, group, function, _arguments, needed, *_ in fields[-1]:
                if len(self._tasks) < MOST_TASKS:
                    needed = needed if len(needed) <= MOST_DEPENDENCIES else []
                    self._tasks[number] = (when, n, [number, key, group, function, [], needed])
        elif kind == "scatter":
            if len(self._scattered) < MOST_TASKS:
                self._scattered[n] = (when, event)
        elif kind in _ONCE:
            if len(self._once) < MOST_ONCE:
                self._once.append((when, event))
        elif kind in ("assign", "done", "failed", "known"):
            if len(self._states) < MOST_TASKS and len(event) <= MOST_BYTES:
                self._states[n] = (when, event)
        elif kind in ("release", "lost"):
            self._states.pop(n, None)
        elif kind == "forget":
            for kept in (self._tasks, self._states, self._scattered):
                kept.pop(n, None)

    def take(self) -> tuple[list[bytes], int]:
        """What is to be told, and how many of it are events as they were; forgotten here."""
        same = [*self._once, *self._scattered.values(), *self._states.values()]
        # The sort is stable: a task comes before what became of it at the same moment.
        told = sorted([*self._graphs(), *same], key=lambda each: each[0])
        self._tasks.clear()
        self._states.clear()
        self._scattered.clear()
        self._once.clear()
        return [event for _, event in told], len(same)

    def _graphs(self) -> list[_Told]:
        graphs: dict[tuple[float, int], list[list[Any]]] = {}
        for when, graph, task in self._tasks.values():
            graphs.setdefault((when, graph), []).append(task)
        pack = Packer().pack
        return [
            (when, pack(["graph", when, graph, *[None] * 5, tasks[start : start + TASKS_PER_EVENT]]))
            for (when, graph), tasks in graphs.items()
            for start in range(0, len(tasks), TASKS_PER_EVENT)
        ]
