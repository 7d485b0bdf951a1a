"""Tasks that are forgotten together: a client that leaves lets go of all it had in one moment."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any, Callable, Iterator, NamedTuple


class Gone(NamedTuple):
    """Tasks whose data was dropped, and that are not known any more."""

    when: float
    numbers: list[int]

    def events(self, pack: Callable[[Any], bytes]) -> Iterator[bytes]:
        """A release and a forgetting of each, packed."""
        when = pack(self.when)
        release, forget = (b"\x93" + pack(kind) + when for kind in ("release", "forget"))
        for n in self.numbers:
            number = pack(n)
            yield release + number
            yield forget + number


class Leaving:
    """Collects what leaves within one turn of the event loop.

    Dask drops a hundred thousand tasks without letting anybody else have a turn, so that what is
    done here for each of them makes it longer.
    """

    def __init__(self, put: Callable[[Gone], bool], drop: Callable[[int], None]) -> None:
        self._put = put
        self._drop = drop
        self._numbers: list[int] = []

    def add(self, n: int) -> None:
        if not self._numbers:
            self._when = time()
            try:
                asyncio.get_running_loop().call_soon(self.tell)
            except RuntimeError:  # Then with the next event.
                pass
        self._numbers.append(n)

    def tell(self) -> None:
        """Before anything else is told of tasks."""
        if self._numbers:
            numbers, self._numbers = self._numbers, []
            if not self._put(Gone(self._when, numbers)):
                self._drop(2 * len(numbers) - 1)
