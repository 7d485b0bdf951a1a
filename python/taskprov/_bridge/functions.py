"""Names of functions, and the function that was meant behind `partial`, `apply` and the like."""

from __future__ import annotations

import functools
import types
from typing import Any

from .specs import CALLS, CONTAINERS, DICTS, LISTS, NODES, TUPLES

APPLY = ("dask.utils", "apply")
REIFY = ("dask.bag.core", "reify")
# These carry the function that matters as their first argument.
CARRIERS = {
    APPLY,
    ("dask.bag.core", "map_chunk"),
    ("dask.bag.core", "empty_safe_apply"),
    ("dask.bag.core", "empty_safe_aggregate"),
}
# Of objects of these libraries attributes may be read: nothing of the user's runs.
KNOWN_LIBRARIES = {
    "builtins",
    "cytoolz",
    "dask",
    "distributed",
    "functools",
    "numba",
    "numpy",
    "operator",
    "scipy",
    "toolz",
    "tlz",
}
MAX_NAMED = 4
CURRIES = {"cytoolz", "toolz"}


def name_function(func: Any, depth: int = 0) -> tuple[str, str, str]:
    """Module, qualified name and kind of a function; no memory address, no code of the user's."""
    while isinstance(func, functools.partial):
        func = func.func
    if isinstance(func, types.MethodType):
        module, name, _kind = name_function(func.__func__, depth)
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
    return _name_object(func, depth)


def _name_object(func: Any, depth: int) -> tuple[str, str, str]:
    """A callable object: by what it calls where that is known, else by its type."""
    kind = type(func)
    module = kind.__module__ or ""
    library = module.split(".", 1)[0]
    if library in KNOWN_LIBRARIES and depth < MAX_NAMED:
        if kind.__name__ == "Compose":
            parts = [*reversed(func.funcs), func.first]
            names = [".".join(filter(None, name_function(f, depth + 1)[:2])) for f in parts]
            return module, f"compose({', '.join(names)})", "callable"
        wrapped = getattr(func, "py_func", None) or getattr(func, "__wrapped__", None)
        if callable(wrapped):
            return name_function(wrapped, depth + 1)
        if kind.__name__ == "methodcaller":
            return module, f"methodcaller({_method_name(func)})", "callable"
        name = getattr(func, "__qualname__", None) or getattr(func, "__name__", None)
        if type(name) is str:
            own = getattr(func, "__module__", None)
            return own if type(own) is str else library, name, "function"
    return module, kind.__qualname__, "callable"


def _method_name(func: Any) -> str:
    method = getattr(func, "method", None)
    if type(method) is not str and type(func).__module__ == "operator":
        method = func.__reduce__()[1][0]
    return method if type(method) is str else ""


def unwrap(func: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, list[Any], dict[str, Any]]:
    """Looks through partial, apply and the like for the function that was meant.

    The positional arguments come as `[role, value]`, with the parameters' names where they are
    known to go to the function as they stand.
    """
    rest = list(args)
    named = True
    for _ in range(8):
        if isinstance(func, functools.partial):
            rest = [*func.args, *rest]
            kwargs = {**func.keywords, **kwargs}
            func = func.func
            continue
        if type(func).__name__ == "curry" and type(func).__module__.split(".")[0] in CURRIES:
            rest = [*func.args, *rest]
            kwargs = {**func.keywords, **kwargs}
            func = func.func
            continue
        carrier = isinstance(func, types.FunctionType) and (func.__module__, func.__name__)
        if carrier == REIFY and len(rest) == 1 and _is_plain_call(rest[0]):
            func, rest, kwargs = rest[0].func, list(rest[0].args), dict(rest[0].kwargs or {})
            continue
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


def is_direct(func: Any) -> bool:
    """Whether a call of it means just that, and `unwrap` would find nothing behind it."""
    if isinstance(func, functools.partial):
        return False
    if isinstance(func, types.FunctionType):
        carrier = (func.__module__, func.__name__)
        return carrier != REIFY and carrier not in CARRIERS
    return not (type(func).__name__ == "curry" and type(func).__module__.split(".")[0] in CURRIES)


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, NODES)


def _is_plain_call(value: Any) -> bool:
    return isinstance(value, CALLS) and not isinstance(value, CONTAINERS)


def _applied(rest: list[Any]) -> tuple[list[Any], dict[str, Any]] | None:
    """Arguments that `apply` was given as a sequence and a mapping, if they can be told apart."""
    args, kwargs = [*rest, (), {}][:2] if rest else ((), {})
    if isinstance(args, (*LISTS, *TUPLES)):
        args = args.args
    if isinstance(kwargs, DICTS):
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

