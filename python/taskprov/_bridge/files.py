"""The files of attempts, as the journal carries them: named by arguments, or seen on workers."""

from __future__ import annotations

import os
import stat
from typing import Any, Callable, Iterable, Iterator

from .encode import MAX_SAFE, encode_head
from .functions import name_function
from .places import MAX_PATH, WRITERS, Place, places_in, says_write
from .redact import Redactor
from .specs import CALLS, is_fused, needs

Event = list  # [kind, time, ...]
FileUse = list  # [path, mode, size, modified, sha256, parts]

# Where files stand in an event, and where the times that Dask measured.
FILES_AT = 11
SPANS_AT = {"done": 6, "failed": 8}
# Events of a task that are told with its files, or end what is known of them.
OF_FILES = frozenset({"done", "failed", "forget"})
MAX_PARTS = 20
MAX_SEEN = 100_000
# Clocks of file systems are coarser than those of processes.
SLACK_SECONDS = 0.05


class Files:
    """Knows the files that each task names, and completes the events of its attempts.

    Everything here happens in the writer's thread. Files are looked at only where the attempt ran
    on the scheduler's own machine: elsewhere the same path may be another file.
    """

    def __init__(self, redactor: Redactor, is_enabled: bool) -> None:
        self._redactor = redactor
        self._is_enabled = is_enabled
        self._by_task: dict[int, list[Place]] = {}
        # Files that were looked at, and when they had been changed.
        self._seen: dict[str, float] = {}
        # Whether the worker of this number runs on this machine.
        self.is_near: Callable[[int], bool] = lambda _worker: False

    def look(self, n: int, node: Any, refs: dict[Any, int]) -> None:
        """Notes what files a task names."""
        if not self._is_enabled:
            return
        places = places_in(node)
        if isinstance(node, CALLS) and self._by_task:
            places += self._of_targets(node, refs)
        if not places:
            return
        if _says_write(node):
            places = [p if p.mode or not p.is_sure else p._replace(mode="write") for p in places]
        self._by_task[n] = places

    def _of_targets(self, node: Any, refs: dict[Any, int]) -> list[Place]:
        """Targets that are tasks of their own: what this one is given to write into."""
        found = []
        for key in _targets(node):
            for place in self._by_task.get(refs.get(key, -1), ()):
                found.append(place._replace(mode="write"))
        return found

    def has(self, n: int) -> bool:
        """Whether a task names files."""
        return n in self._by_task

    def forget(self, numbers: Iterable[int]) -> None:
        """Tasks that nobody will tell of any more."""
        if self._by_task:
            for n in numbers:
                self._by_task.pop(n, None)

    def complete(self, event: Event) -> None:
        """Adds the files of an attempt that is over; forgets those of a task that is forgotten."""
        kind = event[0]
        if kind == "forget":
            self.forget(event[2:3])
            return
        spans_at = SPANS_AT.get(kind)
        if spans_at is None:
            return
        seen = event[FILES_AT] if len(event) > FILES_AT else None
        named = self._by_task.get(event[2])
        if not seen and not named:
            return
        uses = [use for use in map(self._checked, seen or ()) if use is not None]
        if named and event[4] is not None:
            began = _began(event[1], event[spans_at])
            uses += self._named(named, {use[0] for use in uses}, event[4], began)
        event.extend([None] * (FILES_AT + 1 - len(event)))
        event[FILES_AT] = uses or None

    def _named(
        self, places: list[Place], known: set[str], worker: int, began: float | None
    ) -> list[FileUse]:
        is_near = self.is_near(worker)
        uses: dict[tuple[str, str], FileUse] = {}
        for place in places:
            use = self._use_of(place, is_near, began)
            if use is None or use[0] in known:
                continue
            told = uses.setdefault((use[0], use[1]), use)
            if place.part is not None and len(told[5]) < MAX_PARTS and place.part not in told[5]:
                told[5].append(encode_head(place.part, 200))
        return list(uses.values())

    def _use_of(self, place: Place, is_near: bool, began: float | None) -> FileUse | None:
        mode = place.mode
        if "://" in place.path or not is_near:
            # Nobody can look: only what surely stands for a file is told.
            return [self._path(place.path), mode or "read", None, None, None, []] if place.is_sure else None
        path = os.path.abspath(place.path)
        try:
            state = os.stat(path)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(state.st_mode):
            is_store = place.is_sure and stat.S_ISDIR(state.st_mode)
            return [self._path(path), mode or "read", None, None, None, []] if is_store else None
        if mode is None:
            is_new = began is not None and state.st_mtime >= began
            mode = "write" if is_new and self._seen.get(path) != state.st_mtime else "read"
        if len(self._seen) >= MAX_SEEN:
            self._seen.clear()
        self._seen[path] = state.st_mtime
        return [self._path(path), mode, state.st_size, state.st_mtime, None, []]

    def _path(self, path: str) -> str:
        return encode_head(self._redactor.text(path), MAX_PATH)

    def _checked(self, use: Any) -> FileUse | None:
        """What a worker told, if it has the form that the journal wants."""
        try:
            path, mode, size, modified, sha256, parts = use
        except (TypeError, ValueError):
            return None
        if type(path) is not str or mode not in ("read", "write"):
            return None
        return [
            self._path(path),
            mode,
            size if type(size) is int and 0 <= size <= MAX_SAFE else None,
            modified if type(modified) is float else None,
            sha256 if type(sha256) is str else None,
            [encode_head(part, 200) for part in list(parts or ())[:MAX_PARTS] if type(part) is str],
        ]


def _began(heard: float, spans: Any) -> float | None:
    """When an attempt began at the latest, by the clock that files have.

    The worker's times are shifted by an estimate, which a busy machine spoils: then the moment
    when the scheduler heard of the end says more.
    """
    for span in spans or ():
        if span[0] == "c":
            return min(span[1], heard - (span[2] - span[1])) - SLACK_SECONDS
    return None


def _calls_in(node: Any) -> Iterator[Any]:
    """The calls of a task: itself, or its steps."""
    if not is_fused(node):
        yield node
        return
    for step in node.args[0].values():
        if isinstance(step, CALLS):
            yield step


def _says_write(node: Any) -> bool:
    if not isinstance(node, CALLS):
        return False
    return any(says_write(name_function(call.func)[1]) for call in _calls_in(node))


def _targets(node: Any) -> set[Any]:
    """Keys of the tasks whose results the calls that write are given."""
    wanted: set[Any] = set()
    for call in _calls_in(node):
        if getattr(call.func, "__name__", None) in WRITERS:
            wanted |= needs(call)
    if not is_fused(node):
        return wanted
    _inner, _outkey, inkeys, *inputs = node.args
    found: set[Any] = set()
    for name, given in zip(inkeys, inputs):
        if name in wanted:
            found |= needs(given)
    return found
