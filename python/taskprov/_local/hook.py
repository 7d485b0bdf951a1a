"""Listens in on every local scheduler of this process.

All of them go through `dask.local.get_async`. Dask's own way to listen, a globally registered
`Callback`, is not enough: while a computation runs, Dask takes all registered callbacks away, so
that a computation in another thread, or inside a task, is heard by none; and when two end in the
wrong order, they stay away. So each call is given callbacks of its own, beside the user's.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Callable, Protocol

from .computation import Computation


class Source(Protocol):
    """Gives the recording that computations go to, or none."""

    def current(self) -> Any:
        """A `Recording`, or None to record nothing."""

    def forked(self) -> None:
        """Called in the child after a fork."""


_sources: list[Source] = []
_replaced: list[tuple[Any, Any]] = []
_KINDS = {"dask.threaded": "threads", "dask.multiprocessing": "processes", "dask.local": "sync"}


def listen(source: Source) -> None:
    """From now on computations go to this source."""
    _sources.append(source)
    for name in _KINDS:
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "get_async"):
            replace(module)


def stop(source: Source) -> None:
    """The source hears no more; with the last one Dask is as it was."""
    if source in _sources:
        _sources.remove(source)
    if not _sources:
        while _replaced:
            module, original = _replaced.pop()
            if getattr(module.get_async, "taskprov", False):
                module.get_async = original


def replace(module: Any) -> None:
    """Puts our `get_async` into a module of Dask, once."""
    original = module.get_async
    if getattr(original, "taskprov", False):
        return
    _replaced.append((module, original))
    module.get_async = wrap(original)


def wrap(get_async: Callable[..., Any]) -> Callable[..., Any]:
    """Dask's `get_async`, recorded."""
    signature = inspect.signature(get_async)

    @functools.wraps(get_async)
    def taskprov_get_async(*args: Any, **kwargs: Any) -> Any:
        recording = _recording()
        if recording is None:
            return get_async(*args, **kwargs)
        # Nothing of this may stand in the user's way.
        try:
            given = signature.bind(*args, **kwargs)
            call = given.arguments
            submit = call["submit"]
            kind = _kind(sys._getframe(1).f_globals.get("__name__"), submit)
            wanted = _flat(call["result"])
            computation = Computation(recording, kind, call["num_workers"], wanted)
            computation.site = recording.site()
            call["submit"] = functools.partial(computation.submit, submit)
        except Exception as error:
            recording.broken("get_async", error)
            return get_async(*args, **kwargs)
        from dask.callbacks import local_callbacks

        # What Dask does with the user's own callbacks, it still does.
        with local_callbacks(call.pop("callbacks", None)) as callbacks:
            call["callbacks"] = [*callbacks, computation.callbacks]
            return get_async(*given.args, **given.kwargs)

    setattr(taskprov_get_async, "taskprov", True)
    return taskprov_get_async


def _recording() -> Any:
    if not _sources or _belongs_to_a_task():
        return None
    return _sources[-1].current()


def _belongs_to_a_task() -> bool:
    """Whether a task of another record runs this: in a pool's process, or on a Dask worker."""
    if getattr(sys.modules.get("dask.local"), "taskprov_inside", False):
        return True
    worker = sys.modules.get("distributed.worker")
    state = getattr(worker, "thread_state", None)
    return getattr(state, "execution_state", None) is not None


def _kind(caller: Any, submit: Any) -> str:
    kind = _KINDS.get(caller)
    if kind is not None:
        return kind
    executor = getattr(submit, "__self__", None)
    if isinstance(executor, ThreadPoolExecutor):
        return "threads"
    if isinstance(executor, ProcessPoolExecutor):
        return "processes"
    return type(executor).__name__


def _flat(keys: Any) -> list[Any]:
    if not isinstance(keys, list):
        return [keys]
    return [key for item in keys for key in _flat(item)]


def _forked() -> None:
    for source in _sources:
        source.forked()


if hasattr(os, "register_at_fork"):  # Windows has no fork.
    os.register_at_fork(after_in_child=_forked)
