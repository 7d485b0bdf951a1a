"""`compute_with_trace` and `persist_with_trace`: every task an action, on every scheduler of Dask."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .action import Action, start_action
from .client_trace import ClientTrace
from .destinations import log_path
from .never_ran import TracedCall, new_name, tell_unbegun
from .traced_task import TracedTask

_tracing: ContextVar[Tracing | None] = ContextVar("taskprov-tracing", default=None)


def compute_with_trace(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """`dask.compute` as an action in which every task is an action with key and dependencies."""
    import dask

    with start_action("dask:compute") as action, _traced(action, kwargs, waits=True) as options:
        return dask.compute(*args, **options)


def persist_with_trace(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """`dask.persist`, traced like `compute_with_trace`."""
    import dask

    with start_action("dask:persist") as action, _traced(action, kwargs, waits=False) as options:
        return dask.persist(*args, **options)


@contextmanager
def _traced(action: Action, options: dict[str, Any], waits: bool) -> Iterator[dict[str, Any]]:
    """The options of `dask.compute`, with what traces the graph on its way to the scheduler."""
    from dask.base import get_scheduler

    schedule = get_scheduler(scheduler=options.get("scheduler"), get=options.get("get"))
    client = getattr(schedule, "__self__", None)
    if not hasattr(client, "_graph_to_futures"):
        yield {**options, "scheduler": _local(action, schedule)}
        return
    trace = ClientTrace.of(client, _tracing.get)
    tracing = Tracing(action)
    token = _tracing.set(tracing)
    error: BaseException | None = None
    try:
        yield options
    except BaseException as raised:
        error = raised
        raise
    finally:
        _tracing.reset(token)
        for call in tracing.calls:
            call.error = error
            trace.settle(call, waits)


class Tracing:
    """An action that graphs are traced for, while they are handed to a scheduler."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.calls: list[TracedCall] = []

    def rewritten(self, graph: Any) -> tuple[Any, TracedCall]:
        """The graph with traced tasks."""
        call = TracedCall(self.action, new_name())
        self.calls.append(call)
        return _rewritten(graph, call), call


def _local(action: Action, schedule: Any) -> Any:
    import dask.multiprocessing
    from dask.callbacks import Callback
    from dask.threaded import get as threaded

    def traced_get(graph: Any, keys: Any, **others: Any) -> Any:
        call = TracedCall(action, None)
        traced = _wrapped(_low_level(graph), call)
        get = schedule or threaded
        if get is dask.multiprocessing.get:
            # What it fuses it does not tell of.
            others.setdefault("optimize_graph", False)
        begun: set[Any] = set()
        ended: set[Any] = set()
        try:
            with Callback(
                pretask=lambda key, *_more: begun.add(key),
                posttask=lambda key, *_more: ended.add(key),
            ):
                return get(traced, keys, **others)
        except BaseException as error:
            if begun:
                tell_unbegun(call, begun, ended, error)
            raise

    return traced_get


def _rewritten(graph: Any, call: TracedCall) -> Any:
    """The graph in the form that the client wants, with traced tasks and the same annotations."""
    from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

    tasks = _wrapped(_low_level(graph), call)
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


def _wrapped(tasks: dict[Any, Any], call: TracedCall) -> dict[Any, Any]:
    """The tasks as actions in this one, those that are needed before those that need them."""
    needs = {key: _dependencies(tasks, key) for key in tasks}
    call.count = len(tasks)
    wrapped = dict(tasks)
    for key in _in_order(needs):
        wrapped[key] = _traced_node(tasks[key], key, needs[key], call)
    return wrapped


def _traced_node(node: Any, key: Hashable, needs: list[Any], call: TracedCall) -> Any:
    if isinstance(node, tuple) and node and callable(node[0]):
        return (_task(node[0], key, needs, call), *node[1:])
    kind = type(node)
    # Its subclasses are containers of data.
    if kind.__name__ != "Task" or kind.__module__ != "dask._task_spec":
        return node
    traced = _task(node.func, key, needs, call)
    return kind(node.key, traced, *node.args, **(node.kwargs or {}))


def _task(function: Any, key: Hashable, needs: list[Any], call: TracedCall) -> TracedTask:
    dependencies = [_text(each) for each in needs]
    place = call.place(key, dependencies)
    uuid = call.action.task_uuid
    return TracedTask(function, key, dependencies, uuid, place, log_path(), call.name)


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
