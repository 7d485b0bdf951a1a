"""Results that are dropped, and tasks that are forgotten, in crowds."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any, Callable, Iterator, NamedTuple


class Gone(NamedTuple):
    """Tasks whose data was dropped in one moment, or that are not known any more, or mostly both."""

    when: float
    both: list[int]
    released: list[int]
    forgotten: list[int]

    def events(self, pack: Callable[[Any], bytes]) -> Iterator[bytes]:
        """Each release and each forgetting, packed."""
        when = pack(self.when)
        release, forget = (b"\x93" + pack(kind) + when for kind in ("release", "forget"))
        for n in self.released:
            yield release + pack(n)
        for n in self.both:
            number = pack(n)
            yield release + number
            yield forget + number
        for n in self.forgotten:
            yield forget + pack(n)

    @property
    def count(self) -> int:
        """How many events these are."""
        return 2 * len(self.both) + len(self.released) + len(self.forgotten)


class Leaving:
    """Collects what is dropped within one turn of the event loop, and tells of it at its end.

    Dask drops a hundred thousand tasks without letting anybody else have a turn, so that what is
    done here for each of them makes it longer.
    """

    def __init__(self, put: Callable[[Any], bool], drop: Callable[[int], None]) -> None:
        self._put = put
        self._drop = drop
        # What is not told yet.
        self.waiting: Gone | None = None
        # Tasks that have not been forgotten yet, of those in waiting.
        self._known: set[int] = set()

    def add(self, n: int) -> None:
        """The data of a task was dropped, and the task forgotten."""
        (self.waiting or self._begin()).both.append(n)

    def release(self, n: int) -> None:
        """The data of a task was dropped."""
        (self.waiting or self._begin()).released.append(n)
        self._known.add(n)

    def forget(self, n: int) -> bool:
        """A task is forgotten: whether that is told with the dropping of its data."""
        if self.waiting is None or n not in self._known:
            return False
        self._known.discard(n)
        self.waiting.forgotten.append(n)
        return True

    def tell(self) -> None:
        """Before anything else is told of tasks."""
        gone, self.waiting = self.waiting, None
        if gone is None:
            return
        self._known.clear()
        if not self._put(gone):
            self._drop(gone.count - 1)

    def _begin(self) -> Gone:
        gone = self.waiting = Gone(time(), [], [], [])
        try:
            asyncio.get_running_loop().call_soon(self.tell)
        except RuntimeError:  # Then with what is told next.
            pass
        return gone
