"""`compute_with_trace` and `persist_with_trace`: every task an action, on every scheduler of Dask."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .action import Action, start_action
from .destinations import log_path
from .traced_task import TracedTask
from .tries import tries_plugin

# The action that graphs are traced for, while they are handed to a scheduler.
_tracing: ContextVar[Action | None] = ContextVar("taskprov-tracing", default=None)


def compute_with_trace(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """`dask.compute` as an action in which every task is an action with key and dependencies."""
    import dask

    with start_action("dask:compute") as action, _traced(action, kwargs) as options:
        return dask.compute(*args, **options)


def persist_with_trace(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """`dask.persist`, traced like `compute_with_trace`."""
    import dask

    with start_action("dask:persist") as action, _traced(action, kwargs) as options:
        return dask.persist(*args, **options)


@contextmanager
def _traced(action: Action, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The options of `dask.compute`, with what traces the graph on its way to the scheduler."""
    from dask.base import get_scheduler

    schedule = get_scheduler(scheduler=options.get("scheduler"), get=options.get("get"))
    client = getattr(schedule, "__self__", None)
    if hasattr(client, "_graph_to_futures"):
        _hook(client)
        token = _tracing.set(action)
        try:
            yield options
        finally:
            _tracing.reset(token)
        return
    yield {**options, "scheduler": _local(action, schedule)}


def _local(action: Action, schedule: Any) -> Any:
    from dask.threaded import get as threaded

    def traced_get(graph: Any, keys: Any, **others: Any) -> Any:
        return (schedule or threaded)(_wrapped(_low_level(graph), action), keys, **others)

    return traced_get


def _hook(client: Any) -> None:
    """From now on graphs that this client sends are traced where an action is being traced."""
    if getattr(client, "_taskprov_traces", False):
        return
    client._taskprov_traces = True
    original = client._graph_to_futures

    def traced(*args: Any, **kwargs: Any) -> Any:
        action = _tracing.get()
        if action is None:
            return original(*args, **kwargs)
        # Its name depends on the version of Dask, and so does whether it has one.
        if args:
            return original(_rewritten(args[0], action), *args[1:], **kwargs)
        name = "expr" if "expr" in kwargs else "dsk"
        return original(**{**kwargs, name: _rewritten(kwargs[name], action)})

    client._graph_to_futures = traced
    client.register_plugin(tries_plugin())


def _rewritten(graph: Any, action: Action) -> Any:
    """The graph in the form that the client wants, with traced tasks and the same annotations."""
    from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

    tasks = _wrapped(_low_level(graph), action)
    if isinstance(graph, HighLevelGraph):
        layers = {
            name: MaterializedLayer(
                {key: tasks[key] for key in layer}, annotations=layer.annotations
            )
            for name, layer in graph.layers.items()
        }
        return HighLevelGraph(layers, graph.dependencies)
    if not hasattr(graph, "__dask_annotations__"):
        return tasks
    return _expression(tasks, graph.__dask_annotations__())


def _expression(tasks: dict[Any, Any], annotations: Mapping[str, Mapping[Any, Any]]) -> Any:
    """An expression of newer versions of Dask: annotations stand on layers, so tasks are grouped."""
    from dask._expr import HLGExpr, LLGExpr
    from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

    if not annotations:
        return LLGExpr(tasks)
    groups: list[tuple[dict[str, Any], dict[Any, Any]]] = []
    for key, node in tasks.items():
        own = {name: values[key] for name, values in annotations.items() if key in values}
        for known, members in groups:
            if known == own:
                members[key] = node
                break
        else:
            groups.append((own, {key: node}))
    layers = {
        f"taskprov-{i}": MaterializedLayer(members, annotations=own or None)
        for i, (own, members) in enumerate(groups)
    }
    # Which layer needs which is of no use any more: nothing is optimised after this.
    return HLGExpr(HighLevelGraph(layers, {name: set() for name in layers}))


def _low_level(graph: Any) -> dict[Any, Any]:
    if hasattr(graph, "__dask_graph__"):
        graph = graph.__dask_graph__()
    return dict(graph)


def _wrapped(tasks: dict[Any, Any], action: Action) -> dict[Any, Any]:
    """The tasks as actions in this one, those that are needed before those that need them."""
    needs = {key: _dependencies(tasks, key) for key in tasks}
    wrapped = dict(tasks)
    for key in _in_order(needs):
        wrapped[key] = _traced_node(tasks[key], key, needs[key], action)
    return wrapped


def _traced_node(node: Any, key: Hashable, needs: list[Any], action: Action) -> Any:
    if isinstance(node, tuple) and node and callable(node[0]):
        return (_task(node[0], key, needs, action), *node[1:])
    kind = type(node)
    # Its subclasses are containers of data.
    if kind.__name__ != "Task" or kind.__module__ != "dask._task_spec":
        return node
    traced = _task(node.func, key, needs, action)
    return kind(node.key, traced, *node.args, **(node.kwargs or {}))


def _task(function: Any, key: Hashable, needs: list[Any], action: Action) -> TracedTask:
    place = action.next_level()
    return TracedTask(
        function, key, [_text(each) for each in needs], action.task_uuid, place, log_path()
    )


def _text(key: Any) -> str:
    return key if isinstance(key, str) else str(key)


def _dependencies(tasks: dict[Any, Any], key: Any) -> list[Any]:
    node = tasks[key]
    if hasattr(node, "dependencies"):
        found = node.dependencies
    else:
        from dask.core import get_dependencies

        found = get_dependencies(tasks, key)
    return sorted((each for each in found if each in tasks and each != key), key=str)


def _in_order(needs: dict[Any, list[Any]]) -> Iterator[Any]:
    seen: set[Any] = set()
    for first in needs:
        stack = [(first, False)]
        # A list instead of recursion: a chain may be longer than the stack is deep.
        while stack:
            key, ready = stack.pop()
            if ready:
                yield key
            elif key not in seen:
                seen.add(key)
                stack.append((key, True))
                stack.extend((each, False) for each in reversed(needs[key]) if each not in seen)
