"""Runs tasks where their executor wants them, and brings back when and where they ran."""

from __future__ import annotations

import functools
from concurrent.futures import Future
from os import getpid
from threading import get_ident
from time import time
from typing import Any, Callable, NamedTuple, Sequence

# What goes to another process goes as text: nothing of ours need be installed there. Computations
# that a task starts there are left to it, see `hook.py`.
_REMOTE = '''
def timed(run, batch):
    import os, sys, threading, time
    local = sys.modules.get("dask.local")
    if local is not None:
        local.taskprov_inside = True
    spans, results = [], []
    for item in batch:
        start = time.time()
        results.extend(run([item]))
        spans.append((start, time.time(), os.getpid(), threading.get_ident()))
    return spans, results, None
'''


class _Remote:
    """Unpickles as the function `timed` of the text above."""

    def __reduce__(self) -> tuple[Any, ...]:
        expression = f"(lambda names: (exec({_REMOTE!r}, names), names['timed'])[1])({{}})"
        return eval, (expression,)


class Span(NamedTuple):
    """When and where a task ran."""

    start: float
    stop: float
    pid: int
    thread: int


class Ran(NamedTuple):
    """What came of a batch: Dask's results, one for each span, and what interrupted it."""

    spans: list[Span]
    results: list[Any]
    error: BaseException | None


class TimedBatch:
    """Dask's function that runs a batch of tasks, with a look at the clock around each."""

    def __init__(self, run: Callable[[Any], list[Any]], around: Callable[[Any], Any]) -> None:
        self._run = run
        self._around = around

    def __call__(self, batch: Sequence[Any]) -> Ran:
        spans: list[Span] = []
        results: list[Any] = []
        for item in batch:
            start = time()
            try:
                with self._around(item[0]):
                    results.extend(self._run([item]))
            except BaseException as error:
                spans.append(Span(start, time(), getpid(), get_ident()))
                return Ran(spans, results, error)
            spans.append(Span(start, time(), getpid(), get_ident()))
        return Ran(spans, results, None)

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial, (_Remote(), self._run)


class PlainFuture:
    """A future of a timed batch that looks like one of Dask's own."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def add_done_callback(self, tell: Callable[[Any], Any]) -> None:
        self._future.add_done_callback(lambda _future: tell(self))

    def result(self) -> list[Any]:
        ran = Ran(*self._future.result())
        if ran.error is not None:
            raise ran.error
        return ran.results
