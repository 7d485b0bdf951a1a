"""The tasks of a graph as Dask's local schedulers have them, whatever the version."""

from __future__ import annotations

from itertools import islice
from typing import Any, Iterable, Mapping

try:
    from dask._task_spec import DataNode
except ImportError:  # Before Dask 2024.12 graphs are plain tuples.
    DataNode = None  # type: ignore[assignment,misc]


def dependencies_of(dsk: Mapping[Any, Any], key: Any) -> Iterable[Any]:
    """Keys of the tasks that this one needs."""
    needed: Iterable[Any] | None = getattr(dsk[key], "dependencies", None)
    if needed is None:
        from dask.core import get_dependencies

        needed = set(get_dependencies(dsk, key))
    return needed


class Given:
    """Plain data in a graph: nothing runs for it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def given(dsk: Mapping[Any, Any], key: Any) -> Given | None:
    """The data that stands in the graph under the key, if it is no task."""
    node = dsk[key]
    if DataNode is not None:
        return Given(node.value) if isinstance(node, DataNode) else None
    is_task = type(node) is tuple and bool(node) and callable(node[0])
    return None if is_task or dependencies_of(dsk, key) else Given(node)


def identity_of(value: Any) -> Any:
    """Tells a value from others without keeping it alive.

    Dask makes new lists and the like of those that stand in a graph, with the same items.
    """
    if type(value) in (list, tuple, set, dict):
        return type(value).__name__, len(value), [id(item) for item in islice(value, 16)]
    return id(value)


def steps_of(node: Any) -> Mapping[Any, Any]:
    """The steps of a task that Dask made of several."""
    args = getattr(node, "args", None)
    return args[0] if args and type(args[0]) is dict else {}
