"""Results that are dropped, and tasks that are forgotten, in crowds."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any, Callable, Iterator, NamedTuple

# When nothing happens for so long, what was dropped has nothing to do with closing; and it is told
# after so long while still more is dropped.
KEPT_SECONDS = 1.0
MAX_KEPT_SECONDS = 10.0
# When a client has left, the cluster usually closes, which takes its workers some seconds.
KEPT_AFTER_PARTING = 30.0


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
    """Collects what is dropped, and tells of it before anything else that happens.

    Dask drops a hundred thousand tasks without letting anybody else have a turn, so that what is
    done here for each of them makes it longer.

    What is dropped at the very end, when futures go out of scope, the client leaves and the cluster
    closes, is dropped because all is over: that is not told. So it is kept for a moment.
    """

    def __init__(self, put: Callable[[Any], bool], drop: Callable[[int], None]) -> None:
        self._put = put
        self._drop = drop
        # What is not told yet, each turn of the event loop by itself.
        self.waiting: list[Gone] = []
        self._turn: Gone | None = None
        # Tasks that have not been forgotten yet, of those in waiting.
        self._known: set[int] = set()
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, n: int) -> None:
        """The data of a task was dropped, and the task forgotten."""
        (self._turn or self._begin()).both.append(n)

    def release(self, n: int) -> None:
        """The data of a task was dropped."""
        (self._turn or self._begin()).released.append(n)
        self._known.add(n)

    def forget(self, n: int) -> bool:
        """A task is forgotten: whether that is told with the dropping of its data."""
        if n not in self._known:
            return False
        self._known.discard(n)
        (self._turn or self._begin()).forgotten.append(n)
        return True

    def part(self) -> None:
        """A client has left."""
        if self.waiting:
            self._keep(KEPT_AFTER_PARTING)

    def tell(self) -> None:
        """Before anything else is told of tasks."""
        for gone in self._take():
            if not self._put(gone):
                self._drop(gone.count - 1)

    def end(self) -> None:
        """The cluster closes: nothing of this matters."""
        self._take()

    def _begin(self) -> Gone:
        turn = self._turn = Gone(time(), [], [], [])
        self.waiting.append(turn)
        try:
            asyncio.get_running_loop().call_soon(self._end_turn)
        except RuntimeError:  # Then until something else is told.
            return turn
        if self._timer is None:
            self._keep(KEPT_SECONDS)
        return turn

    def _end_turn(self) -> None:
        self._turn = None

    def _keep(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._count = len(self.waiting)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        came_more = len(self.waiting) > self._count
        if came_more and time() - self.waiting[0].when < MAX_KEPT_SECONDS:
            self._keep(seconds)
        else:
            self.tell()

    def _take(self) -> list[Gone]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._turn = None
        self._known.clear()
        taken, self.waiting = self.waiting, []
        return taken
