"""Arguments of tasks, described within a budget: small ones as they are, the rest by type and shape."""

from __future__ import annotations

import types
from typing import Any, Iterable, Sequence

from .encode import (
    Encoded,
    MAX_SAFE,
    encode_bytes,
    encode_head,
    encode_int,
    encode_text,
    safe_text,
    type_name,
)
from .redact import Redactor
from .specs import Names, form_of, is_identity_cast, target_of

# Told as they are.
PLAIN = {int, bool, type(None)}
# Only of these libraries are attributes read: those of an unknown object may run anything.
ARRAY_LIBRARIES = {"numpy", "pandas", "xarray", "scipy", "cupy", "sparse", "pyarrow", "torch"}


class Values:
    """Encodes arguments within a budget: small ones as they are, the rest described."""

    def __init__(self, policy: str, max_bytes: int, redactor: Redactor) -> None:
        self._policy = policy
        self.redactor = redactor
        full = policy == "full"
        self._budget = (100_000, 16 * 1024 * 1024, 24) if full else (64, max_bytes, 8)

    def argument(
        self,
        role: Any,
        value: Any,
        refs: dict[Any, int],
        names: Names | None = None,
        inputs: Sequence[Any] = (),
    ) -> Encoded:
        """The value of an argument that goes by a name or position.

        `refs` has the numbers of the tasks it may name, `names` what names mean inside a fused
        task that is given `inputs`.
        """
        hidden = self.redactor.hides(role)
        if type(value) in PLAIN and not hidden and self._policy != "none":
            if type(value) is not int or -MAX_SAFE <= value <= MAX_SAFE:
                return value
        items, size, _depth = self._budget
        walk = _Walk(refs, names, inputs, items, size)
        return self._secret(value, walk) if hidden else self._any(value, walk, 0)

    def tells(self, names: Iterable[str]) -> bool:
        """Whether plain values of parameters of these names are told as they are."""
        return self._policy != "none" and not any(map(self.redactor.hides, names))

    def _any(self, value: Any, walk: _Walk, depth: int) -> Encoded:
        kind = type(value)
        form = form_of(kind)
        if form is not None:
            return self._node(form, value, walk, depth)
        if self._policy == "none":
            return ["x"]
        if kind is str:
            return self._string(value, walk)
        if kind is int:
            return self._int(value, walk)
        if kind is float:
            # A whole float would come out of msgpack's other end as an integer.
            finite = value == value and value not in (float("inf"), float("-inf"))
            whole = not finite or value.is_integer()
            return ["o", "float", {"head": repr(value)}] if whole else value
        if kind is bool or value is None:
            return value
        if kind in (list, tuple, set, frozenset, dict):
            return self._container(value, walk, depth)
        if kind is bytes and self._policy == "full" and len(value) <= walk.size:
            walk.size -= len(value)
            return encode_bytes(value)
        return describe(value)

    def _node(self, form: str, value: Any, walk: _Walk, depth: int) -> Encoded:
        if form == "ref":
            return self._reference(value, walk, depth)
        if form == "data":
            return self._any(value.value, walk, depth)
        encoded = self._task(form, value, walk, depth)
        return ["x"] if self._policy == "none" and not _refers(encoded) else encoded

    def _reference(self, value: Any, walk: _Walk, depth: int) -> Encoded:
        key = target_of(value)
        if walk.names is not None and key in walk.names:
            meaning, key, *outer = walk.names[key]
            if meaning == "step":
                return ["q", key]
            if meaning == "value":
                return self._in_outer(key, walk, outer[0], depth)
            if meaning == "input":
                # What a task is given names tasks.
                return self._in_outer(walk.inputs[key], walk, None, depth)
        number = walk.refs.get(key)
        if number is None:
            return ["o", "reference", {"head": encode_head(safe_text(key), 200)}]
        return ["r", number]

    def _in_outer(self, value: Any, walk: _Walk, outer: Names | None, depth: int) -> Encoded:
        """What was given to a fused task: names in it mean what they mean outside."""
        inside, walk.names = walk.names, outer
        try:
            return self._any(value, walk, depth + 1)
        finally:
            walk.names = inside

    def _secret(self, value: Any, walk: _Walk) -> Encoded:
        # A reference names no value: without it the task would lack a dependency.
        if form_of(type(value)) == "ref":
            return self._reference(value, walk, 0)
        return ["x"]

    def _string(self, value: str, walk: _Walk) -> Encoded:
        size = len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
        if size > walk.size:
            head = encode_head(self.redactor.text(value[:4096]), 64)
            return ["o", "str", {"len": len(value), "nbytes": size, "head": head}]
        walk.size -= size
        return encode_text(self.redactor.text(value))

    def _int(self, value: int, walk: _Walk) -> Encoded:
        # Decimal digits of a huge integer take quadratic time.
        if value.bit_length() > 4096:
            return ["o", "int", {"nbytes": value.bit_length() // 8 + 1}]
        return encode_int(value)

    def _container(self, value: Any, walk: _Walk, depth: int) -> Encoded:
        size = len(value)
        if size > walk.items or depth >= self._budget[2]:
            return ["o", type_name(type(value)), {"len": size}]
        walk.items -= size
        if type(value) is dict:
            return ["d", [self._pair(k, v, walk, depth) for k, v in value.items()]]
        items = [self._any(item, walk, depth + 1) for item in value]
        return ["t" if type(value) is tuple else "l", items]

    def _pair(self, key: Any, value: Any, walk: _Walk, depth: int) -> list[Encoded]:
        if form_of(type(key)) == "data":
            key = key.value
        name = encode_text(key) if type(key) is str else self._any(key, walk, depth + 1)
        if self.redactor.hides(key):
            return [name, self._secret(value, walk)]
        return [name, self._any(value, walk, depth + 1)]

    def _task(self, form: str, task: Any, walk: _Walk, depth: int) -> Encoded:
        """Dask's own containers, and calls inside arguments: kept open for their references."""
        args, kwargs = task.args, task.kwargs or {}
        if depth >= 32:
            return ["x"] if self._policy == "none" else ["o", "omitted", {}]
        if form == "dict":
            pairs = list(zip(args[::2], args[1::2]))
            kept = pairs[: walk.take(len(pairs))]
            return ["d", [self._pair(k, v, walk, depth) for k, v in kept]]
        kept = args[: walk.take(len(args))]
        items = [self._any(item, walk, depth + 1) for item in kept]
        if len(kept) < len(args):
            items.append(["o", "omitted", {"len": len(args) - len(kept)}])
        if kwargs and form == "call" and not is_identity_cast(task):
            pairs = [self._pair(k, v, walk, depth) for k, v in kwargs.items()]
            items.append(["d", pairs])
        return ["t" if form == "tuple" else "l", items]


def _refers(encoded: Encoded) -> bool:
    """Whether a reference is in it; a container without one says something of values."""
    if type(encoded) is not list:
        return False
    if encoded[0] in ("l", "t"):
        return any(map(_refers, encoded[1]))
    if encoded[0] == "d":
        return any(_refers(part) for pair in encoded[1] for part in pair)
    return encoded[0] in ("r", "q")


class _Walk:
    """What may still be kept of an argument."""

    __slots__ = ("inputs", "items", "names", "refs", "size", "slots")

    def __init__(
        self, refs: dict[Any, int], names: Names | None, inputs: Sequence[Any], items: int, size: int
    ) -> None:
        self.refs = refs
        self.names = names
        self.inputs = inputs
        self.items = items
        self.size = size
        self.slots = 65_536

    def take(self, count: int) -> int:
        """How many of so many places there is room for."""
        taken = min(count, self.slots)
        self.slots -= taken
        return taken


def describe(value: Any) -> Encoded:
    """An object by its type, and by shape, type of elements and columns where reading is safe."""
    kind = type(value)
    about: dict[str, Any] = {}
    if kind in (bytes, bytearray):
        about["len"] = about["nbytes"] = len(value)
    elif isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
        about["head"] = encode_head(f"{value.__module__}.{value.__qualname__}", 200)
    elif kind.__module__ == "numpy.dtypes" or kind.__name__ in ("_ArrayFunctionDispatcher", "ufunc"):
        about["head"] = encode_head(_name_or_text(value), 200)
    elif (getattr(kind, "__module__", "") or "").split(".", 1)[0] in ARRAY_LIBRARIES:
        shape = _read(value, "shape")
        if type(shape) is tuple and all(type(n) is int and n >= 0 for n in shape):
            about["shape"] = list(shape)
        dtype = _read(value, "dtype")
        if dtype is not None:
            about["dtype"] = encode_head(safe_text(dtype), 100)
        nbytes = _read(value, "nbytes")
        if type(nbytes) is int and nbytes >= 0:
            about["nbytes"] = nbytes
        columns = _read(value, "columns")
        if columns is not None and type(columns).__module__.startswith("pandas"):
            about["columns"] = [encode_head(safe_text(name), 100) for name in columns[:100]]
    return ["o", type_name(kind), about]


def _name_or_text(value: Any) -> str:
    """`float64` for a data type of numpy, `numpy.ones` for a function of it."""
    name = _read(value, "__name__")
    return f"numpy.{name}" if type(name) is str else safe_text(value)


def _read(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # Half-initialised arrays and the like: then it is not known.
        return None

