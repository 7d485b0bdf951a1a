"""The thread that encodes what the hooks saw and appends it to the journal."""

from __future__ import annotations

import threading
from collections import deque
from threading import get_ident
from time import sleep, time
from typing import Any, Iterator

from .announcements import Announcements
from .attempt_events import attempt_event
from .encode import type_name
from .files import FILES_AT, OF_FILES, Files
from .gone import Gone
from .graphs import Graph, GraphEncoder
from .journal import Journal
from .pack import IS_FAST, Packer, unpackb
from .values import Values

FLUSH_SECONDS = 0.1
# More than this is not kept in memory before it is written.
MAX_PACKED_BYTES = 1024 * 1024


class Writer(threading.Thread):
    """Takes what the hooks saw, encodes it and appends it to the journal.

    An event is packed where it is put, while what it is made of is at hand: bytes are cheaper to
    keep than objects, which Python's garbage collector looks at again and again. Graphs are encoded
    in the thread.
    """

    def __init__(
        self, journal: Journal, values: Values, files: Files, limit: int, unwritten_bytes: int
    ) -> None:
        """At most `limit` events wait, and `unwritten_bytes` of what the journal did not take."""
        super().__init__(name="taskprov", daemon=True)
        self._journal = journal
        self._files = files
        self.limit = limit
        # Events, packed ones, `(n, packed)` where files of task n may be added, attempts, graphs,
        # tasks that are gone, and functions that make events.
        self.waiting: deque[Any] = deque()
        self._dropped = 0
        self._reported = 0
        self._wake = threading.Event()
        self.finished = threading.Event()
        self._pack = Packer(unicode_errors="backslashreplace").pack
        self._pack_here = Packer(unicode_errors="backslashreplace").pack
        self._packs_for = get_ident() if IS_FAST else None
        self._graphs = GraphEncoder(values, files)
        self._unwritten: list[bytes] = []
        self._is_dropping = False
        self._announcements = Announcements()
        self._has_lost_files = False
        self._unwritten_bytes = unwritten_bytes

    def put(self, entry: Any, *, always: bool = False) -> bool:
        """Called by hooks: keeps an event, or counts it when there are too many.

        `entry` is an event, a `Graph`, `Gone`, or a function that makes events. `always` is for the few
        without which the others cannot be understood.
        """
        if len(self.waiting) >= self.limit and not always:
            self._dropped += 1
            return False
        # A packer serves one thread: what others put is left to ours.
        if type(entry) is list and get_ident() == self._packs_for:
            entry = self._packed(entry)
        self.waiting.append(entry)
        return True

    def _packed(self, event: list[Any]) -> Any:
        is_of_task = event[0] in OF_FILES
        if len(event) > FILES_AT and is_of_task and event[FILES_AT]:
            return event
        try:
            packed = self._pack_here(event)
        except Exception:  # Our thread says so.
            return event
        return (event[2], packed) if is_of_task else packed

    @property
    def dropped(self) -> int:
        """Events that are lost so far."""
        return self._dropped

    def drop(self, count: int = 1) -> None:
        """Counts events that could not even be made."""
        self._dropped += count

    def finish(self) -> None:
        """No more events come: writes what is left and closes the file."""
        self._wake.set()

    def run(self) -> None:
        while not self._wake.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()
        self._journal.close()
        self.finished.set()

    def _flush(self) -> None:
        packed: list[bytes] = []
        size = 0
        for _ in range(len(self.waiting)):
            entry = self.waiting.popleft()
            ready = entry if type(entry) is bytes else self._ready(entry)
            for event in self._events(entry) if ready is None else (ready,):
                packed.append(event)
                size += len(event)
                if size > MAX_PACKED_BYTES:
                    self._write(packed)
                    packed, size = [], 0
                    sleep(0)  # Gives the scheduler its turn.
        self._graphs.let_go()
        self._write(packed)
        self._report_dropped()

    def _ready(self, entry: Any) -> bytes | None:
        """An event to which no files are added, packed."""
        if type(entry) is not tuple:
            return None
        if len(entry) == 2:
            return None if self._files.has(entry[0]) else entry[1]
        if type(entry[-1]) is dict or self._files.has(entry[1]):
            return None  # What a worker noted may name files.
        try:
            return self._pack(attempt_event(entry))
        except Exception:  # Said where it is tried again.
            return None

    def _events(self, entry: Any) -> Iterator[bytes]:
        """What was put, packed."""
        try:
            if type(entry) is Graph:
                yield from self._graphs.encode(entry)
            elif type(entry) is Gone:
                self._files.forget(entry.both)
                self._files.forget(entry.forgotten)
                yield from entry.events(self._pack)
            elif callable(entry):
                yield from map(self._pack, entry())
            else:
                event = _event(entry)
                problem = self._complete(event)
                yield self._pack(event)
                if problem is not None:
                    yield self._pack(problem)
        except Exception as error:  # One event must not take the others with it.
            text = f"An event could not be recorded: {type_name(type(error))}: {error}"
            self._dropped += 1
            yield self._pack(["error", time(), text[:500], "ERR_EVENT_INVALID"])

    def _complete(self, event: list[Any]) -> list[Any] | None:
        """Adds the files of an attempt; the event stands without them too, and what went wrong."""
        try:
            self._files.complete(event)
        except Exception as error:
            if not self._has_lost_files:
                self._has_lost_files = True
                self._dropped += 1
                text = f"Files could not be recorded: {type_name(type(error))}: {error}"
                return ["error", time(), text[:500]]
        return None

    def _write(self, packed: list[bytes]) -> None:
        """Writes what was packed; what a full disk does not take waits for the next time."""
        if self._is_dropping and not self._resume():
            self._drop(packed)
            return
        packed = [*self._unwritten, *packed] if self._unwritten else packed
        if not packed:
            return
        rest = packed[self._journal.append(packed) :]
        size = 0
        for kept, event in enumerate(rest):
            size += len(event)
            if size > self._unwritten_bytes:
                self._is_dropping = True
                self._drop(rest[kept:])
                del rest[kept:]
                break
        self._unwritten = rest

    def _drop(self, packed: list[bytes]) -> None:
        self._dropped += len(packed)
        is_missed = True
        for event in packed:
            try:
                self._announcements.miss(event)
            except Exception:  # Then what follows it is counted as unknown.
                is_missed = False
        if not is_missed or self._announcements.is_full:
            self._graphs.forget_functions()  # Some were told in what is dropped.

    def _resume(self) -> bool:
        """Whether the disk takes events again: then first what was told in vain and still counts."""
        self._unwritten = self._unwritten[self._journal.append(self._unwritten) :]
        if self._unwritten:
            return False
        self._is_dropping = False
        told, same = self._announcements.take()
        self._dropped -= same
        self._unwritten = told[self._journal.append(told) :]
        self._report_dropped()
        return True

    def _report_dropped(self) -> None:
        """Says how many events are missing, once there is room for saying it."""
        dropped = self._dropped
        if dropped == self._reported or self._unwritten:
            return
        event = self._pack(["dropped", time(), dropped - self._reported])
        if self._journal.append([event]) == 1:
            self._reported = dropped


def _event(entry: Any) -> list[Any]:
    """What was put of a task, as an event that files can be added to."""
    if type(entry) is not tuple:
        return entry
    return unpackb(entry[1], strict_map_key=False) if len(entry) == 2 else attempt_event(entry)
