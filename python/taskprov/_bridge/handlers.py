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
# Of a graph: the code that submitted it, if Dask is configured to record that.
CODE: contextvars.ContextVar[Any] = contextvars.ContextVar("taskprov_code", default=())


class Handlers:
    """The wrappers of one record around entry points of its scheduler."""

    def __init__(
        self,
        scheduler: Any,
        attempt_failed: Callable[..., None],
        scattered: Callable[..., None],
    ) -> None:
        self._scheduler = scheduler
        self._attempt_failed = attempt_failed
        self._scattered = scattered
        self._active = True
        self._places: list[tuple[dict[str, Any], str]] = []

    def wrap(self) -> list[str]:
        """Puts the wrappers in place; returns the names that this version of Dask does not have."""
        stream = getattr(self._scheduler, "stream_handlers", {})
        missing = []
        if inspect.iscoroutinefunction(stream.get("update-graph")):
            self._place(stream, "update-graph", self._around_update_graph(stream["update-graph"]))
        else:
            missing.append("update-graph")
        if callable(stream.get("task-erred")):
            self._place(stream, "task-erred", self._around_task_erred(stream["task-erred"]))
        else:
            missing.append("task-erred")
        update_data = getattr(self._scheduler, "update_data", None)
        if callable(update_data):
            self._place_update_data(self._around_update_data(update_data), stream)
        else:
            missing.append("update_data")
        return missing

    def restore(self) -> None:
        """Puts back what was there.

        Another record may have wrapped our wrapper since: then ours only hands on, and the last
        record to go removes it with its own.
        """
        self._active = False
        for table, name in self._places:
            current = table.get(name)
            while not getattr(current, "taskprov_is_active", lambda: True)():
                current = current.taskprov_before
            if table is vars(self._scheduler) and current == _method(self._scheduler, name):
                del table[name]
            else:
                table[name] = current
        self._places.clear()

    def _place(self, table: dict[str, Any], name: str, wrapper: Any) -> None:
        table[name] = wrapper
        self._places.append((table, name))

    def _place_update_data(self, wrapper: Any, stream: dict[str, Any]) -> None:
        self._place(vars(self._scheduler), "update_data", wrapper)
        if "update_data" in self._scheduler.handlers:
            self._place(self._scheduler.handlers, "update_data", wrapper)
        if "update-data" in stream:
            self._place(stream, "update-data", wrapper)

    def _around_update_graph(self, update_graph: Any) -> Any:
        @functools.wraps(update_graph)
        async def taskprov_update_graph(*args: Any, **kwargs: Any) -> Any:
            token = SUBMITTING.set(kwargs.get("submitting_task"))
            code = CODE.set(kwargs.get("code") or ())
            try:
                return await update_graph(*args, **kwargs)
            finally:
                CODE.reset(code)
                SUBMITTING.reset(token)

        return self._marked(taskprov_update_graph, update_graph)

    def _around_task_erred(self, task_erred: Any) -> Any:
        @functools.wraps(task_erred)
        def taskprov_task_erred(*args: Any, **kwargs: Any) -> Any:
            if self._active:
                self._attempt_failed(*args, **kwargs)
            return task_erred(*args, **kwargs)

        return self._marked(taskprov_task_erred, task_erred)

    def _around_update_data(self, update_data: Any) -> Any:
        @functools.wraps(update_data)
        def taskprov_update_data(*args: Any, **kwargs: Any) -> Any:
            result = update_data(*args, **kwargs)
            if self._active:
                self._scattered(*args, **kwargs)
            return result

        return self._marked(taskprov_update_data, update_data)

    def _marked(self, wrapper: Any, before: Any) -> Any:
        wrapper.taskprov_is_active = lambda: self._active
        wrapper.taskprov_before = before
        return wrapper


def _method(instance: Any, name: str) -> Any:
    return getattr(type(instance), name).__get__(instance)
