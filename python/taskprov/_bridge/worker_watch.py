"""What a task does while it runs on a worker: files it opens, what it prints, what it makes.

Dask's function that runs a task in a thread is wrapped, so that beginning and end of an attempt
are seen in its own thread, outside the time that Dask measures. Whatever fails here is noted; it
never reaches the task.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
from contextvars import ContextVar
from typing import Any, Callable

from .attempt import Attempt
from .specs import specification

# The function that runs a task, by the names it has had.
RUNNERS = ("_run_task", "apply_function")

_current: ContextVar[Attempt | None] = ContextVar("taskprov_attempt", default=None)
_watches: dict[Any, Watch] = {}
_lock = threading.Lock()
_is_listening = False


class Watch:
    """Watches the tasks of one worker."""

    def __init__(self, worker: Any, wants: dict[str, bool]) -> None:
        self._worker = worker
        self._wants = wants
        # What was seen of an attempt, by its key, until its end is told.
        self.notes: dict[Any, dict[str, Any]] = {}

    def start(self) -> str | None:
        """Begins; returns in words what cannot be seen."""
        with _lock:
            problem = None if _wraps else _wrap()
            _watches[self._worker] = self
        if problem is None and self._wants.get("files"):
            _listen()
        if problem is None and self._wants.get("output"):
            _tap()
        return problem

    def stop(self) -> None:
        with _lock:
            _watches.pop(self._worker, None)
            if not _watches:
                _unwrap()
                _untap()

    def begin(self, key: Any, work: Any) -> Attempt:
        return Attempt(key, work, self._wants, os.path.abspath(self._worker.local_directory))

    def end(self, attempt: Attempt, result: Any) -> None:
        note = attempt.note(result)
        if note:
            if len(self.notes) > 10_000:  # Of tasks whose end nobody told.
                self.notes.clear()
            self.notes[attempt.key] = note


# Module, name, what was there, and our wrapper.
_wraps: list[tuple[Any, str, Any, Any]] = []


def _wrap() -> str | None:
    import distributed.worker as module

    for name in RUNNERS:
        runner = getattr(module, name, None)
        if not inspect.isfunction(runner):
            continue
        parameters = list(inspect.signature(runner).parameters)
        if "execution_state" in parameters and "key" in parameters:
            state = parameters.index("execution_state")
            wrapper = _around(runner, state, parameters.index("key"))
            _wraps.append((module, name, runner, wrapper))
            setattr(module, name, wrapper)
            return None
    return "this version of Dask has no function that runs tasks and can be watched"


def _unwrap() -> None:
    while _wraps:
        module, name, runner, wrapper = _wraps.pop()
        # Somebody may have wrapped ours since: then it stays, and only hands on.
        if getattr(module, name, None) is wrapper:
            setattr(module, name, runner)


def _around(runner: Callable[..., Any], state: int, key: int) -> Callable[..., Any]:
    @functools.wraps(runner)
    def taskprov_run_task(*args: Any, **kwargs: Any) -> Any:
        watch = attempt = token = None
        try:
            watch = _watches.get(args[state]["worker"])
            if watch is not None:
                attempt = watch.begin(args[key], _work(args[:state]))
                token = _current.set(attempt)
        except Exception:  # Then this attempt is not watched.
            attempt = None
        try:
            result = runner(*args, **kwargs)
        finally:
            if token is not None:
                _current.reset(token)
        if watch is not None and attempt is not None:
            try:
                watch.end(attempt, result)
            except Exception:  # The task has its result; what it is made of is not told.
                pass
        return result

    return taskprov_run_task


def _work(given: tuple[Any, ...]) -> Any:
    """What is to be run: a task and what it needs, or a function with its arguments."""
    return specification(given, ()) if len(given) == 3 else given


def _listen() -> None:
    """Hears of every file that Python opens or renames. A hook of this kind cannot be taken away again."""
    global _is_listening
    with _lock:
        if not _is_listening:
            sys.addaudithook(_audit)
            _is_listening = True


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event != "open" and event != "os.rename":
        return
    attempt = _current.get()
    if attempt is None:
        return
    try:
        if event == "open":
            path, _mode, flags = args
            attempt.opened(path, flags)
        else:
            attempt.renamed(args[0], args[1])
    except Exception:  # Raised here it would keep the file from being opened.
        pass


# Streams whose `write` was replaced, with our function.
_taps: list[tuple[Any, Any]] = []


def _tap() -> None:
    with _lock:
        if _taps:
            return
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name, None)
            write = getattr(stream, "write", None)
            if write is None:
                continue
            tapped = _tapped(name, write)
            try:
                stream.write = tapped
            except (AttributeError, TypeError):  # Not a stream that can be listened to.
                continue
            _taps.append((stream, tapped))


def _tapped(name: str, write: Callable[[str], Any]) -> Callable[[str], Any]:
    @functools.wraps(write)
    def taskprov_write(text: str, *more: Any) -> Any:
        attempt = _current.get()
        if attempt is not None:
            try:
                attempt.printed(name, text)
            except Exception:  # What is printed is printed all the same.
                pass
        return write(text, *more)

    return taskprov_write


def _untap() -> None:
    while _taps:
        stream, tapped = _taps.pop()
        if vars(stream).get("write") is tapped:
            del stream.write


