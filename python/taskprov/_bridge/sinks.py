"""Where the bytes of a journal go: a file, or a queue that somebody on a connection empties."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Callable, Protocol


class Sink(Protocol):
    """Takes whole frames of a journal, from the writer's thread."""

    def write(self, data: bytes) -> None:
        """Takes all of it, or nothing and raises OSError."""

    def close(self) -> None:
        """No more comes."""


class FileSink:
    """A new file that only its owner can read.

    Somebody may remove it while it grows, with an `rm output/*`: then it is made again.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = self._create()
        self._length = 0

    def _create(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        return os.open(self._path, flags, 0o600)

    def _restore(self) -> None:
        """Brings a file back that was removed: what is open can still be read."""
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        removed, fresh = self._fd, self._create()
        try:
            at = 0
            while block := os.pread(removed, 1024 * 1024, at):
                at += os.write(fresh, block)
        except OSError:
            os.close(fresh)
            os.unlink(self._path)
            raise
        self._fd = fresh
        os.close(removed)

    def write(self, data: bytes) -> None:
        if os.fstat(self._fd).st_nlink == 0:
            self._restore()
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            os.ftruncate(self._fd, self._length)  # Half a frame would spoil what follows.
            raise
        self._length += len(data)

    def close(self) -> None:
        os.close(self._fd)


class QueueSink:
    """Frames in memory, numbered from 0, for a reader that may come late, leave and come again.

    What was taken is kept for a while, because a connection that breaks loses what was under way.
    """

    def __init__(self, limit: int = 64 * 1024 * 1024, keep: int = 4 * 1024 * 1024) -> None:
        self._limit = limit
        self._keep = keep
        self._frames: deque[bytes] = deque()
        self._first = 0  # Number of the first frame in the queue.
        self._taken = 0  # Number of the first frame that nobody took yet.
        self._waiting_bytes = 0
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self.closed = False
        self.wake: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        with self._lock:
            if self._waiting_bytes + len(data) > self._limit and self._waiting_bytes > 0:
                raise OSError("the queue is full")
            self._frames.append(data)
            self._waiting_bytes += len(data)
        self.wake()

    def close(self) -> None:
        self.closed = True
        self.wake()

    @property
    def has_news(self) -> bool:
        """Whether there is something that nobody took yet, even if only that it is over."""
        return self.closed or self._taken < self._first + len(self._frames)

    def take(self, most: int = 4 * 1024 * 1024) -> tuple[int, list[bytes]]:
        """The number of the first frame that comes now, and some frames, fewer than `most` bytes."""
        taken: list[bytes] = []
        size = 0
        with self._lock:
            first = self._taken
            while self._taken < self._first + len(self._frames):
                frame = self._frames[self._taken - self._first]
                if taken and size + len(frame) > most:
                    break
                taken.append(frame)
                size += len(frame)
                self._taken += 1
            self._waiting_bytes -= size
            self._kept_bytes += size
            while self._kept_bytes > self._keep and self._first < first:
                self._kept_bytes -= len(self._frames.popleft())
                self._first += 1
        return first, taken

    def rewind(self, number: int) -> int:
        """Lets a reader that has all before frame `number` go on there, or as near as there is."""
        with self._lock:
            target = min(max(number, self._first), self._taken)
            for index in range(target - self._first, self._taken - self._first):
                size = len(self._frames[index])
                self._waiting_bytes += size
                self._kept_bytes -= size
            self._taken = target
            return target
