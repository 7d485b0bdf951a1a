"""What a scheduler already holds when a record begins late."""

from __future__ import annotations

from time import time
from typing import Any, Callable, Iterable

from .encode import encode_key
from .failures import exception_facts

Event = list  # [kind, time, ...]


class Snapshot:
    """The events that tell of tasks as they are now; how they came to be is not known any more."""

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

    def events(self, states: Iterable[Any]) -> Iterable[Event]:
        """Data first, each after what it was made from; then failures, then what runs."""
        states = list(states)
        for ts in _after_their_inputs(states):
            yield self._data(ts)
        erred = [ts for ts in states if ts.state == "erred"]
        erred.sort(key=lambda ts: ts.exception_blame is not ts)
        for ts in erred:
            yield self._failure(ts)
        for ts in states:
            worker = self._worker(getattr(ts.processing_on, "address", None))
            if ts.state == "processing" and worker is not None:
                run_id = getattr(ts, "run_id", None)
                known = [run_id] if type(run_id) is int and run_id >= 0 else []
                yield ["assign", self._when, self._numbers[ts.key], worker, *known]

    def _data(self, ts: Any) -> Event:
        n, key = self._numbers[ts.key], encode_key(ts.key)
        size = ts.nbytes if type(ts.nbytes) is int and ts.nbytes >= 0 else None
        if is_scattered(ts):
            owner = next(iter(ts.who_wants or ()), None)
            client = self._client(getattr(owner, "client_key", None))
            workers = [self._worker(ws.address) for ws in ts.who_has or ()]
            workers = [m for m in workers if m is not None]
            return ["scatter", self._when, n, key, client, size, workers]
        return ["known", self._when, n, key, size, str(ts.type) if ts.type else None]

    def _failure(self, ts: Any) -> Event:
        head = ["failed", self._when, self._numbers[ts.key]]
        if ts.exception_blame is not None and ts.exception_blame is not ts:
            return [*head, *[None] * 7, self._numbers.get(ts.exception_blame.key)]
        worker = next(iter(ts.erred_on or ()), None)
        kind, text = exception_facts(
            {"exception_text": ts.exception_text, "exception": ts.exception}
        )
        traceback = self._redact(str(ts.traceback_text)) if ts.traceback_text else None
        return [
            *head,
            None,
            self._worker(getattr(worker, "address", worker)),
            kind,
            self._redact(text),
            traceback if self._keep_traceback else None,
            None,
            0,
        ]


def is_scattered(ts: Any) -> bool:
    """Data that no graph has: a client put it in."""
    return ts.run_spec is None and ts.state == "memory"


def _was_made(ts: Any) -> bool:
    """The data is there, or was: something that needs it has run."""
    if ts.state == "memory":
        return True
    return ts.state == "released" and any(
        child.state in ("memory", "processing") for child in ts.dependents
    )


def _after_their_inputs(states: list[Any]) -> list[Any]:
    """Tasks whose data exists or did, inputs before what was made from them."""
    order: list[Any] = []
    seen: set[int] = set()
    for first in states:
        path = [first]
        while path:
            ts = path.pop()
            if ts is None:
                order.append(path.pop())
            elif id(ts) not in seen and _was_made(ts):
                seen.add(id(ts))
                path += (ts, None)
                path += ts.dependencies
    return order
