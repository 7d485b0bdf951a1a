"""What a result is made of, within a fixed budget: element types, shapes, chunks, columns."""

from __future__ import annotations

from typing import Any

from .encode import encode_head, safe_text, type_name
from .values import ARRAY_LIBRARIES

MAX_ITEMS = 100
MAX_VISITS = 500
MAX_DEPTH = 4
# Longer tuples are told like lists.
MAX_TUPLE = 8
MAX_UNION = 5
MAX_COLUMNS = 20
MAX_CHARS = 500

# Attributes are read of what these libraries make: those of other objects may run anything.
LIBRARIES = ARRAY_LIBRARIES | {"awkward", "dask", "geopandas", "polars", "zarr"}

About = dict[str, Any]


def rich_type(value: Any) -> tuple[str, About]:
    """The type of a value with what can be seen inside it, and the same as numbers and names.

    Runs no code of the user's, and looks at a fixed number of things:
    `list[int | str]`, `tuple[int, numpy.ndarray[float64](3,)]`, `dict[str, float]`,
    `numpy.ndarray[float64](3, 4)`, `pandas.DataFrame{a: int64, b: str}(100, 2)`,
    `xarray.DataArray[float64](time: 10, x: 5)`.
    """
    text = _type(value, _Budget(), 0)
    return (text if len(text) <= MAX_CHARS else f"{text[:MAX_CHARS]}…"), _about(value)


class _Budget:
    def __init__(self) -> None:
        self.visits = MAX_VISITS


def _type(value: Any, budget: _Budget, depth: int) -> str:
    budget.visits -= 1
    kind = type(value)
    name = type_name(kind)
    if depth >= MAX_DEPTH or budget.visits <= 0:
        return name
    if kind is tuple and len(value) <= MAX_TUPLE:
        return f"tuple[{', '.join(_items(value, budget, depth))}]"
    if kind in (list, tuple, set, frozenset):
        return f"{name}[{_union(_items(value, budget, depth), len(value))}]"
    if kind is dict:
        if not value:
            return "dict[]"
        keys = _union(_items(value, budget, depth), len(value))
        return f"dict[{keys}, {_union(_items(value.values(), budget, depth), len(value))}]"
    if is_known(kind):
        return name + _inside(_about(value))
    return name


def _items(values: Any, budget: _Budget, depth: int) -> list[str]:
    found = []
    for item in values:
        if len(found) == MAX_ITEMS or budget.visits <= 0:
            break
        found.append(_type(item, budget, depth + 1))
    return found


def _union(names: list[str], total: int) -> str:
    """The different types in order of appearance; `...` where not all are told."""
    different = list(dict.fromkeys(names))
    text = " | ".join(different[:MAX_UNION])
    if len(different) > MAX_UNION:
        text += " | ..."
    return f"{text}, ..." if len(names) < total else text


def _inside(about: About) -> str:
    dtype = f"[{about['dtype']}]" if "dtype" in about else ""
    columns = about.get("columns")
    told = "" if columns is None else f"{{{', '.join(columns[:MAX_COLUMNS])}}}"
    shape = about.get("shape")
    if shape is None:
        return dtype + told
    names = about.get("dims")
    sizes = [str(size) for size in shape]
    if names is not None and len(names) == len(sizes):
        sizes = [f"{name}: {size}" for name, size in zip(names, sizes)]
    return f"{dtype}{told}({', '.join(sizes)})"


def is_known(kind: type) -> bool:
    """Whether attributes of such an object may be read: nothing of the user's runs."""
    return (getattr(kind, "__module__", "") or "").split(".", 1)[0] in LIBRARIES


def _about(value: Any) -> About:
    """Length, shape, type of elements, chunks and columns, of what has them."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset, dict, str, bytes, bytearray):
        return {"len": len(value)}
    if not is_known(kind):
        return {}
    about: About = {}
    shape = _read(value, "shape")
    if _is_shape(shape):
        about["shape"] = [int(size) for size in shape]
    dtype = _read(value, "dtype")
    if dtype is not None and not callable(dtype):
        about["dtype"] = encode_head(safe_text(dtype), 100)
    chunks = _read(value, "chunks")
    if type(chunks) is tuple and chunks:
        about["chunks"] = [_chunk(sizes) for sizes in chunks[:MAX_ITEMS]]
    dims = _read(value, "dims")
    if dims is not None:
        about["dims"] = [encode_head(safe_text(name), 100) for name in list(dims)[:MAX_ITEMS]]
    columns = _columns(value)
    if columns is not None:
        about["columns"] = columns
    return about


def _is_shape(shape: Any) -> bool:
    # Unknown sizes (dask's data frames) are no numbers.
    return type(shape) is tuple and all(
        type(size) is int or type(size).__module__ == "numpy" for size in shape
    ) and all(size == size for size in shape)


def _chunk(sizes: Any) -> int:
    """Length of the chunks along a dimension; the first, where they differ."""
    first = sizes[0] if type(sizes) is tuple and sizes else sizes
    return int(first) if first == first else 0


def _columns(value: Any) -> list[str] | None:
    """Columns of a table, variables of a dataset, each with its type."""
    variables = _read(value, "data_vars")
    if variables is not None:
        names = list(variables)[:MAX_COLUMNS]
        return [_typed(name, _read(variables[name], "dtype")) for name in names]
    schema = _read(value, "schema")
    if type(value).__module__.startswith("pyarrow") and schema is not None:
        return [_typed(n, t) for n, t in list(zip(schema.names, schema.types))[:MAX_COLUMNS]]
    names = _read(value, "columns")
    if names is None or callable(names):
        return None
    names = list(names[:MAX_COLUMNS])
    types = _read(value, "dtypes")
    kinds = list(types[:MAX_COLUMNS]) if types is not None else [None] * len(names)
    return [_typed(name, kind) for name, kind in zip(names, kinds)]


def _typed(name: Any, kind: Any) -> str:
    text = encode_head(safe_text(name), 100)
    return text if kind is None else f"{text}: {encode_head(safe_text(kind), 100)}"


def _read(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # Half-initialised arrays and the like: then it is not known.
        return None
