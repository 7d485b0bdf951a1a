"""What Dask's scheduler says that a task is: one form for all versions.

Since 2024.12 graphs are made of objects (`dask._task_spec`); before, of plain tuples, which
`specification` turns into stand-ins for those objects. Everything else knows the objects only.
"""

from __future__ import annotations

from typing import Any, Container

try:
    import dask._task_spec as _spec
except ImportError:
    _spec = None  # type: ignore[assignment]


class _Ref:
    """Stands for `TaskRef`: the result of another task."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key


class _Alias:
    """Stands for `Alias`: another name of a task."""

    __slots__ = ("key", "target")

    def __init__(self, key: Any, target: Any) -> None:
        self.key = key
        self.target = target


class _Data:
    """Stands for `DataNode`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class _Call:
    """Stands for `Task`."""

    __slots__ = ("args", "func", "kwargs")

    def __init__(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs


class _ListOf(_Call):
    """Stands for `List`."""

    def __init__(self, items: tuple[Any, ...]) -> None:
        super().__init__(list, items, {})


class _TupleOf(_Call):
    """Stands for `Tuple`."""

    def __init__(self, items: tuple[Any, ...]) -> None:
        super().__init__(tuple, items, {})


class _DictOf(_Call):
    """Stands for `Dict`: keys and values in turn."""

    def __init__(self, items: tuple[Any, ...]) -> None:
        super().__init__(dict, items, {})


def _kinds(name: str, stand_in: type) -> tuple[type, ...]:
    found = getattr(_spec, name, None)
    return (found, stand_in) if isinstance(found, type) else (stand_in,)


REFS = _kinds("TaskRef", _Ref)
ALIASES = _kinds("Alias", _Alias)
DATA = _kinds("DataNode", _Data)
CALLS = _kinds("Task", _Call)
LISTS = _kinds("List", _ListOf)
TUPLES = _kinds("Tuple", _TupleOf)
DICTS = _kinds("Dict", _DictOf)
CONTAINERS = (*_kinds("NestedContainer", _ListOf), _TupleOf, _DictOf)
NODES = (*REFS, *ALIASES, *DATA, *CALLS)

# For who puts data into a graph of this version's form.
DataNode = DATA[0]

# What a name inside a fused task stands for, see `steps.Step`.
Names = dict[Any, tuple[Any, ...]]

# More than this many types of values are not remembered.
MAX_TYPES = 4096
_FORMS: dict[type, str | None] = {}


def form_of(kind: type) -> str | None:
    """What nodes of this type are: `ref`, `data`, `dict`, `tuple`, `list`, `call`, or no node."""
    try:
        return _FORMS[kind]
    except KeyError:
        pass
    form = None
    for name, kinds in (
        ("ref", (*REFS, *ALIASES)),
        ("data", DATA),
        ("dict", DICTS),
        ("tuple", TUPLES),
        ("list", CONTAINERS),
        ("call", CALLS),
    ):
        if issubclass(kind, kinds):
            form = name
            break
    if len(_FORMS) >= MAX_TYPES:
        _FORMS.clear()
    _FORMS[kind] = form
    return form


_IDENTITY_CAST = getattr(_spec, "_identity_cast", None)


def is_identity_cast(call: Any) -> bool:
    """Whether a call only makes a list, tuple or set of its arguments."""
    return call.func is _IDENTITY_CAST


def _run_steps(*_args: Any) -> None:
    """Stands for the function of tasks that were joined into one."""


_EXECUTE_SUBGRAPH = getattr(_spec, "_execute_subgraph", _run_steps)


def is_fused(call: Any) -> bool:
    return call.func is _EXECUTE_SUBGRAPH or call.func is _run_steps


def target_of(node: Any) -> Any:
    """The key that a reference or an alias names."""
    return node.target if isinstance(node, ALIASES) else node.key


def needs(node: Any) -> set[Any]:
    """Keys that a node refers to, at any depth."""
    known = getattr(node, "dependencies", None)
    if known is not None and not isinstance(node, REFS):
        return set(known)
    found: set[Any] = set()
    open_nodes = [node]
    while open_nodes:
        here = open_nodes.pop()
        if isinstance(here, (*REFS, *ALIASES)):
            found.add(target_of(here))
        elif isinstance(here, CALLS):
            values = [*here.args, *(here.kwargs or {}).values()]
            open_nodes.extend(value for value in values if isinstance(value, NODES))
    return found


def specification(spec: Any, keys: Container[Any]) -> Any:
    """An object for what a task is: a call, an alias, data, or None when there is nothing to run.

    `keys` are those of the tasks it depends on.
    """
    if type(spec) is not tuple:
        return spec
    func, args, kwargs = spec
    if _is(func, "distributed.worker", "execute_task"):
        return _top(args[0], keys)
    args = tuple(_node(value, keys) for value in args)
    named = {name: _node(value, keys) for name, value in kwargs.items()}
    return _call(func, args, named, keys)


def graph_node(task: Any, keys: Container[Any]) -> Any:
    """The same for a task as Dask's local schedulers have it: an object, or `(func, *args)`."""
    return task if isinstance(task, NODES) else _top(task, keys)


def _top(task: Any, keys: Container[Any]) -> Any:
    node = _node(task, keys)
    if isinstance(node, _Ref):
        return _Alias(None, node.key)
    return node if isinstance(node, (_Call, _Data)) else _Data(node)


def _node(value: Any, keys: Container[Any], depth: int = 0) -> Any:
    """A value of a tuple graph: keys, calls and containers of them become nodes.

    A text that looks like the key of an input is one: Dask puts the input's result there.
    """
    kind = type(value)
    if depth > 200:
        return _Data(value)
    if kind is str or kind is bytes or kind is tuple:
        try:
            if value in keys:
                return _Ref(value)
        except TypeError:  # A tuple of something that cannot be a key.
            pass
    if kind is tuple and value and callable(value[0]):
        args = tuple(_node(item, keys, depth + 1) for item in value[1:])
        return _call(value[0], args, {}, keys)
    if kind is dict:
        pairs = [(key, _node(item, keys, depth + 1)) for key, item in value.items()]
        flat = tuple(part for pair in pairs for part in pair)
        return _DictOf(flat) if any(isinstance(item, NODES) for _, item in pairs) else value
    if kind in (list, tuple, set, frozenset):
        items = tuple(_node(item, keys, depth + 1) for item in value)
        if any(isinstance(item, NODES) for item in items):
            return _TupleOf(items) if kind is tuple else _ListOf(items)
    return value


def _call(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], keys: Container[Any]) -> Any:
    if not _is(type(func), "dask.optimization", "SubgraphCallable"):
        return _Call(func, args, kwargs)
    names = {*func.dsk, *func.inkeys}
    inner = {key: _top(step, names) for key, step in func.dsk.items()}
    return _Call(_run_steps, (inner, func.outkey, func.inkeys, *args), {})


def _is(thing: Any, module: str, name: str) -> bool:
    return getattr(thing, "__name__", None) == name and getattr(thing, "__module__", "") == module
