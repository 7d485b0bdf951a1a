"""One call of a local scheduler, told as events."""

from __future__ import annotations

import functools
import threading
import traceback
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from time import time
from typing import Any, Callable, Iterable, Iterator

from .recording import Recording
from .spans import PlainFuture, Ran, Span, TimedBatch

MAX_FRAMES = 50

_inside = threading.local()


def running_task() -> int | None:
    """Number of the recorded task that this thread is running."""
    return getattr(_inside, "task", None)


def guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """Never raises: Dask would take it for a failure of the user's."""

    @functools.wraps(hook)
    def wrapper(self: Computation, *args: Any, **kwargs: Any) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:
            self.recording.broken(hook.__name__, error)

    return wrapper


class Computation:
    """Hears of one graph from its start to its end.

    The callbacks come in the thread that computes; batches end in any thread.
    """

    def __init__(self, recording: Recording, kind: str, threads: int, wanted: Iterable[Any]) -> None:
        self.recording = recording
        self._kind = kind
        self._pool = recording.worker(kind, threads)
        self._wanted = set(wanted)
        self._parent = running_task()
        # Where in a notebook it was asked for.
        self.site: int | None = None
        self._numbers: dict[Any, int] = {}
        self._spans: dict[Any, Span] = {}
        self._failed: dict[Any, int] = {}
        self._open: set[Any] = set()
        self._over = False
        self._lock = threading.Lock()

    @property
    def callbacks(self) -> tuple[Callable[..., None] | None, ...]:
        """Dask's five: start, start_state, pretask, posttask, finish."""
        return (self._start, None, self._pretask, self._posttask, self._finish)

    def submit(self, submit: Callable[..., Future[Any]], run: Any, batch: Any) -> Any:
        """Dask's `submit(run, batch)`, with the batch timed."""
        future = submit(TimedBatch(run, self._around), batch)
        future.add_done_callback(functools.partial(self._ended, batch))
        return PlainFuture(future)

    @contextmanager
    def _around(self, key: Any) -> Iterator[None]:
        before = running_task()
        _inside.task = self._numbers.get(key)
        try:
            yield
        finally:
            _inside.task = before

    # Dask's callbacks.

    @guarded
    def _start(self, dsk: Any) -> None:
        self._numbers = self.recording.announce(dsk, self._parent, self._pool, self.site)

    @guarded
    def _pretask(self, key: Any, _dsk: Any, _state: Any) -> None:
        n = self._numbers.get(key)
        if n is None:
            return
        with self._lock:
            self._open.add(key)
        self.recording.put(["assign", time(), n, self._pool])

    @guarded
    def _posttask(self, key: Any, value: Any, _dsk: Any, state: Any, _id: Any) -> None:
        n = self._numbers.get(key)
        if n is None:
            return
        with self._lock:
            self._open.discard(key)
            span = self._spans.pop(key, None)
        self._done(n, span, self.recording.about(value))
        # Whoever was the last to need an input has just ended.
        for needed in state["dependencies"][key]:
            if needed in state["released"]:
                self._drop(needed, is_released=True)

    @guarded
    def _finish(self, _dsk: Any, state: Any, errored: bool) -> None:
        with self._lock:
            self._over = True
            ended = {key: span for key, span in self._spans.items() if key in self._open}
            self._spans.clear()
            self._open -= ended.keys()
            still_open = set(self._open)
        # What ended in the moment of the failure; nobody looked at its result.
        for key, span in ended.items():
            self._done(self._numbers[key], span, [None, None])
        if errored:
            self._block(state.get("dependents", {}))
        cache = state.get("cache", {})
        for key in [key for key in self._numbers if key not in still_open]:
            if not errored and key in self._wanted and key in cache:
                self.recording.hold(key, self._numbers.pop(key), cache[key])
            else:
                self._drop(key)

    # Batches that ended.

    @guarded
    def _ended(self, batch: Any, future: Future[Any]) -> None:
        keys = [item[0] for item in batch]
        error = future.exception()
        if error is not None:
            for key in keys:
                self._lost(key, error)
            return
        ran = Ran(*future.result())
        for (key, info, failed), span, item in zip(ran.results, ran.spans, batch):
            if failed:
                self._raised(key, Span(*span), item, info)
            else:
                self._returned(key, Span(*span))
        if ran.error is not None:
            self._fail(keys[len(ran.results)], ran.spans[-1], ran.error, ran.error.__traceback__)

    def _returned(self, key: Any, span: Span) -> None:
        with self._lock:
            if not self._over:
                self._spans[key] = span
                return
            self._open.discard(key)
        # Nobody waits for it any more, because another task has failed.
        n = self._numbers.get(key)
        if n is not None:
            self._done(n, span, [None, None])
            self._drop(key)

    def _raised(self, key: Any, span: Span, item: Any, info: Any) -> None:
        loads = item[3]
        try:
            error, frames = loads(info)
        except Exception as unreadable:
            error, frames = unreadable, None
        self._fail(key, span, error, frames)

    def _fail(self, key: Any, span: Span, error: BaseException, frames: Any) -> None:
        n = self._numbers.get(key)
        if n is None:
            return
        with self._lock:
            self._open.discard(key)
            is_over = self._over
            self._failed[key] = n
        text = self._frames_text(frames)
        self.recording.failure(n, self._worker(span), error, text, self._encode(span))
        if is_over:
            self._drop(key)

    def _lost(self, key: Any, error: BaseException) -> None:
        n = self._numbers.get(key)
        if n is None:
            return
        with self._lock:
            self._open.discard(key)
            is_over = self._over
            self._failed[key] = n
        if isinstance(error, BrokenProcessPool):
            self.recording.put(["lost", time(), n, None, "worker-died"])
        else:
            self.recording.failure(n, self._pool, error, self._frames_text(error.__traceback__), None)
        if is_over:
            self._drop(key)

    # What they share.

    def _done(self, n: int, span: Span | None, made: list[Any]) -> None:
        now = time()
        worker = self._pool if span is None else self._worker(span)
        thread = None if span is None else span.thread
        spans = None if span is None else self._encode(span)
        self.recording.put(["done", now, n, None, worker, thread, spans, *made])

    def _worker(self, span: Span) -> int:
        return self.recording.worker_of(self._kind, self._pool, span.pid)

    @staticmethod
    def _encode(span: Span) -> list[Any]:
        return [["c", span.start, max(span.start, span.stop)]]

    @staticmethod
    def _frames_text(frames: Any) -> str | None:
        try:
            return "".join(traceback.format_tb(frames)[-MAX_FRAMES:]) or None
        except Exception:  # What another process sent need not be a traceback.
            return None

    def _block(self, dependents: Any) -> None:
        """Everything that needs what failed."""
        for culprit, number in list(self._failed.items()):
            seen = {culprit}
            todo = [culprit]
            while todo:
                for key in dependents.get(todo.pop(), ()):
                    if key not in seen:
                        seen.add(key)
                        todo.append(key)
            for key in seen - self._failed.keys():
                n = self._numbers.get(key)
                if n is not None:
                    self.recording.put(["failed", time(), n, *[None] * 7, number])

    def _drop(self, key: Any, is_released: bool = False) -> None:
        n = self._numbers.pop(key, None)
        if n is None:
            return
        if is_released:
            self.recording.put(["release", time(), n])
        self.recording.forget(n)
