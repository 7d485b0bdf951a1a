"""What a scheduler already holds when a record begins late."""

from __future__ import annotations

from time import time
from typing import Any, Callable, Iterable

from .encode import encode_key
from .failures import exception_facts

Event = list  # [kind, time, ...]


class Snapshot:
    """The tasks of a scheduler as they are now; how they came to be is not known any more.

    Looking happens in one go on the scheduler's event loop and only copies; the events are made
    where they are written, in the writer's thread.
    """

    def __init__(
        self,
        numbers: dict[Any, int],
        worker: Callable[[Any], int | None],
        client: Callable[[str | None], int | None],
        redact: Callable[[str], str],
        keep_traceback: bool,
    ) -> None:
        self._numbers = numbers
        self._worker = worker
        self._client = client
        self._redact = redact
        self._keep_traceback = keep_traceback
        self._when = time()
        # Number, key, group, specification and inputs of each task of a graph.
        self.entries: list[tuple[int, Any, str, Any, dict[Any, int]]] = []
        # Key, size and type of data by its number.
        self._data: dict[int, tuple[Any, int, str | None]] = {}
        self._scattered: list[Event] = []
        self._failed: list[Event] = []
        self._blocked: list[Event] = []
        self._running: list[Event] = []

    def look(self, states: Iterable[Any]) -> None:
        """Copies what there is to say of tasks that all have a number."""
        numbers = self._numbers
        for ts in states:
            key, state = ts.key, ts.state
            n = numbers[key]
            if state == "memory" and ts.run_spec is None:
                self._scattered.append(self._scatter(n, ts))
                continue
            refs = {needed.key: numbers[needed.key] for needed in ts.dependencies}
            self.entries.append((n, key, ts.group_key, ts.run_spec, refs))
            if state == "memory" or (state == "released" and _was_made(ts)):
                self._data[n] = (key, ts.nbytes, ts.type)
            elif state == "erred":
                self._see_failure(n, ts)
            elif state == "processing":
                self._see_attempt(n, ts)

    def events(self) -> Iterable[Event]:
        """Data first, each after what it was made from; then failures, then what runs."""
        yield from self._scattered
        for n in self._after_their_inputs():
            key, size, kind = self._data[n]
            known = size if type(size) is int and size >= 0 else None
            yield ["known", self._when, n, encode_key(key), known, str(kind) if kind else None]
        yield from self._failed
        yield from self._blocked
        yield from self._running

    def _after_their_inputs(self) -> Iterable[int]:
        inputs = {entry[0]: entry[4] for entry in self.entries}
        seen: set[int] = set()
        for first in self._data:
            path = [first]
            while path:
                n = path.pop()
                if n < 0:
                    yield ~n
                elif n not in seen and n in self._data:
                    seen.add(n)
                    path.append(~n)  # Comes when the inputs are through.
                    path += inputs[n].values()

    def _scatter(self, n: int, ts: Any) -> Event:
        owner = next(iter(ts.who_wants or ()), None)
        client = self._client(getattr(owner, "client_key", None))
        workers = [self._worker(ws.address) for ws in ts.who_has or ()]
        workers = [m for m in workers if m is not None]
        size = ts.nbytes if type(ts.nbytes) is int and ts.nbytes >= 0 else None
        return ["scatter", self._when, n, encode_key(ts.key), client, size, workers]

    def _see_attempt(self, n: int, ts: Any) -> None:
        worker = self._worker(getattr(ts.processing_on, "address", None))
        run_id = getattr(ts, "run_id", None)
        if worker is not None:
            known = [run_id] if type(run_id) is int and run_id >= 0 else []
            self._running.append(["assign", self._when, n, worker, *known])

    def _see_failure(self, n: int, ts: Any) -> None:
        head = ["failed", self._when, n]
        if ts.exception_blame is not None and ts.exception_blame is not ts:
            blamed = self._numbers.get(ts.exception_blame.key)
            self._blocked.append([*head, *[None] * 7, blamed])
            return
        worker = next(iter(ts.erred_on or ()), None)
        kind, text = exception_facts(
            {"exception_text": ts.exception_text, "exception": ts.exception}
        )
        traceback = None
        if self._keep_traceback and ts.traceback_text:
            traceback = self._redact(str(ts.traceback_text))
        address = getattr(worker, "address", worker)
        facts = [kind, self._redact(text), traceback, None, 0]
        self._failed.append([*head, None, self._worker(address), *facts])


def _was_made(ts: Any) -> bool:
    """Data that was dropped: something that needs it has run."""
    return any(child.state in ("memory", "processing") for child in ts.dependents)
