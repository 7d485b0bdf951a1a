"""Listens in on entry points of the scheduler for what the hooks of plugins do not tell.

Those are: which task submitted a graph, failed attempts before a retry, scattered data. Each
wrapper keeps the kind of function and the result of what it wraps, and never adds an exception:
in a stream handler it would close the connection of a client or a worker.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
from typing import Any, Callable

SUBMITTING: contextvars.ContextVar[Any] = contextvars.ContextVar("taskprov_parent", default=None)


class Handlers:
    """The wrappers of one scheduler, and what was there before."""

    def __init__(
        self,
        scheduler: Any,
        attempt_failed: Callable[..., None],
        scattered: Callable[..., None],
    ) -> None:
        self._scheduler = scheduler
        self._attempt_failed = attempt_failed
        self._scattered = scattered
        self._undo: list[Callable[[], None]] = []

    def wrap(self) -> list[str]:
        """Puts the wrappers in place; returns the names that this version of Dask does not have."""
        stream = getattr(self._scheduler, "stream_handlers", {})
        missing = []
        if inspect.iscoroutinefunction(stream.get("update-graph")):
            self._replace(stream, "update-graph", self._around_update_graph)
        else:
            missing.append("update-graph")
        if callable(stream.get("task-erred")):
            self._replace(stream, "task-erred", self._around_task_erred)
        else:
            missing.append("task-erred")
        if callable(getattr(self._scheduler, "update_data", None)):
            self._wrap_update_data(stream)
        else:
            missing.append("update_data")
        return missing

    def restore(self) -> None:
        """Puts back what was there, where nobody else has put something since."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    def _replace(self, table: Any, name: str, around: Callable[[Any], Any]) -> None:
        before = table[name]
        wrapper = table[name] = around(before)

        def undo() -> None:
            if table.get(name) is wrapper:
                table[name] = before

        self._undo.append(undo)

    def _around_update_graph(self, update_graph: Any) -> Any:
        @functools.wraps(update_graph)
        async def taskprov_update_graph(*args: Any, **kwargs: Any) -> Any:
            token = SUBMITTING.set(kwargs.get("submitting_task"))
            try:
                return await update_graph(*args, **kwargs)
            finally:
                SUBMITTING.reset(token)

        return taskprov_update_graph

    def _around_task_erred(self, task_erred: Any) -> Any:
        @functools.wraps(task_erred)
        def taskprov_task_erred(*args: Any, **kwargs: Any) -> Any:
            self._attempt_failed(*args, **kwargs)
            return task_erred(*args, **kwargs)

        return taskprov_task_erred

    def _wrap_update_data(self, stream: Any) -> None:
        scheduler = self._scheduler
        update_data = scheduler.update_data

        @functools.wraps(update_data)
        def taskprov_update_data(*args: Any, **kwargs: Any) -> Any:
            result = update_data(*args, **kwargs)
            self._scattered(*args, **kwargs)
            return result

        scheduler.update_data = taskprov_update_data

        def undo() -> None:
            if scheduler.__dict__.get("update_data") is taskprov_update_data:
                del scheduler.update_data

        self._undo.append(undo)
        if "update_data" in scheduler.handlers:
            self._replace(scheduler.handlers, "update_data", lambda _: taskprov_update_data)
        if "update-data" in stream:
            self._replace(stream, "update-data", lambda _: taskprov_update_data)
