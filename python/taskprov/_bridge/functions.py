"""Names of functions, and the function that was meant behind `partial`, `apply` and the like."""

from __future__ import annotations

import functools
import types
from typing import Any

from .specs import Alias, DataNode, Dict, List, Task, TaskRef, Tuple

APPLY = ("dask.utils", "apply")
# These carry the function that matters as their first argument.
CARRIERS = {
    APPLY,
    ("dask.bag.core", "map_chunk"),
    ("dask.bag.core", "empty_safe_apply"),
    ("dask.bag.core", "empty_safe_aggregate"),
}


def name_function(func: Any) -> tuple[str, str, str]:
    """Module, qualified name and kind of a function; no memory address, no code of the user's."""
    if isinstance(func, types.MethodType):
        module, name, _kind = name_function(func.__func__)
        return module, name, "method"
    if isinstance(func, types.FunctionType):
        kind = "lambda" if func.__name__ == "<lambda>" else "function"
        if func.__code__.co_flags & 0x80:
            kind = "async"
        return func.__module__ or "", func.__qualname__, kind
    if isinstance(func, type):
        return func.__module__, func.__qualname__, "class"
    if isinstance(func, (types.BuiltinFunctionType, types.MethodDescriptorType)):
        return getattr(func, "__module__", None) or "builtins", func.__qualname__, "builtin"
    return type(func).__module__, type(func).__qualname__, "callable"


def unwrap(func: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, list[Any], dict[str, Any]]:
    """Looks through partial, apply and the like for the function that was meant.

    The positional arguments come as `[role, value]`, with the parameters' names where they are
    known to go to the function as they stand.
    """
    rest = list(args)
    named = True
    for _ in range(4):
        if isinstance(func, functools.partial):
            rest = [*func.args, *rest]
            kwargs = {**func.keywords, **kwargs}
            func = func.func
            continue
        carrier = isinstance(func, types.FunctionType) and (func.__module__, func.__name__)
        if carrier not in CARRIERS or not rest or not _is_function(rest[0]):
            break
        func, *rest = rest
        applied = _applied(rest) if carrier == APPLY else None
        if applied is None:
            named = False
        else:
            rest, more = applied
            kwargs = {**kwargs, **more}
    names = parameter_names(func) if named else ()
    return func, [[names[i] if i < len(names) else i, v] for i, v in enumerate(rest)], kwargs


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, (Task, DataNode, Alias, TaskRef))


def _applied(rest: list[Any]) -> tuple[list[Any], dict[str, Any]] | None:
    """Arguments that `apply` was given as a sequence and a mapping, if they can be told apart."""
    args, kwargs = [*rest, (), {}][:2] if rest else ((), {})
    if isinstance(args, (List, Tuple)):
        args = args.args
    if isinstance(kwargs, Dict):
        kwargs = dict(zip(kwargs.args[::2], kwargs.args[1::2]))
    if type(args) not in (list, tuple) or type(kwargs) is not dict or len(rest) > 2:
        return None
    return (list(args), kwargs) if all(type(name) is str for name in kwargs) else None


def parameter_names(func: Any) -> tuple[str, ...]:
    """Names of the positional parameters, where they can be read without running anything."""
    skip = 0
    if isinstance(func, type):
        func, skip = func.__dict__.get("__init__"), 1
    elif isinstance(func, types.MethodType):
        func, skip = func.__func__, 1
    if not isinstance(func, types.FunctionType):
        return ()
    return func.__code__.co_varnames[skip : func.__code__.co_argcount]

