"""Messages as lines of JSON. Every value has a form; nothing here raises."""

from __future__ import annotations

import datetime
import enum
import json
import math
import os
import uuid
from collections.abc import Callable, Mapping, Set
from typing import Any

# Elements of an array that are written; Eliot's limit.
MOST_ELEMENTS = 10_000
DEEPEST = 32
# Items of a message, roughly: what is beyond is left out and said.
MOST_ITEMS = 200_000


class _Budget:
    def __init__(self) -> None:
        self.items = MOST_ITEMS


def encode(message: Mapping[str, Any], json_default: Callable[[Any], Any] | None = None) -> str:
    """A message as one line of JSON; `json_default` is asked first for what is no plain data."""
    budget = _Budget()
    plain = {str(name): _plain(value, json_default, budget, 0) for name, value in message.items()}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    # Lone surrogates cannot be written as UTF-8.
    return text if _is_writable(text) else json.dumps(plain, separators=(",", ":"))


def _is_writable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: Any, default: Callable[[Any], Any] | None, budget: _Budget, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is str:
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    budget.items -= 1
    if depth > DEEPEST or budget.items < 0:
        return "…"
    try:
        if default is not None and kind not in (dict, list, tuple):
            replaced = _asked(default, value)
            if replaced is not None:
                return _plain(replaced, None, budget, depth + 1)
        return _known(value, lambda inner: _plain(inner, default, budget, depth + 1))
    except Exception:
        # Code of the value's ran and raised.
        return f"<{kind.__module__}.{kind.__qualname__}>"


def _asked(default: Callable[[Any], Any], value: Any) -> Any:
    try:
        return default(value)
    except Exception:
        # It does not know this one: the usual way is left.
        return None


def _known(value: Any, go: Callable[[Any], Any]) -> Any:
    if isinstance(value, Mapping):
        return {str(name): go(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [go(inner) for inner in value]
    if isinstance(value, Set):
        return [go(inner) for inner in value]
    if isinstance(value, enum.Enum):
        return go(value.value)
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return go(float(value))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, complex):
        return {"real": go(value.real), "imag": go(value.imag)}
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, os.PathLike):
        return os.fspath(value) if isinstance(os.fspath(value), str) else repr(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, BaseException):
        return {"exception": type_name(type(value)), "reason": safe_text(value)}
    scientific = _scientific(value, go)
    return scientific if scientific is not None else _short_repr(value)


def _scientific(value: Any, go: Callable[[Any], Any]) -> Any:
    """NumPy and pandas by their names: neither is loaded for those who do not use it."""
    module = type(value).__module__.split(".", 1)[0]
    if module == "numpy":
        return _numpy(value, go)
    if module == "pandas":
        return _pandas(value, go)
    return None


def _numpy(value: Any, go: Callable[[Any], Any]) -> Any:
    if hasattr(value, "ndim") and hasattr(value, "ravel") and value.ndim > 0:
        if value.size > MOST_ELEMENTS:
            start = value.ravel()[:MOST_ELEMENTS]
            return {"array_start": go(start.tolist()), "original_shape": list(value.shape)}
        return go(value.tolist())
    if type(value).__name__ in ("datetime64", "timedelta64"):
        return str(value)
    return go(value.item()) if hasattr(value, "item") else None


def _pandas(value: Any, go: Callable[[Any], Any]) -> Any:
    name = type(value).__name__
    if name in ("DataFrame", "Series", "Index") and len(value) > MOST_ELEMENTS:
        start = go(value[:MOST_ELEMENTS])
        return {"array_start": start, "original_shape": list(value.shape)}
    if name == "DataFrame":
        return [go(row) for row in value.to_dict(orient="records")]
    if hasattr(value, "tolist"):
        return go(value.tolist())
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None


def _short_repr(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 10_000 else f"{text[:10_000]}… ({len(text)} characters)"


def type_name(kind: type) -> str:
    """`module.Class`, as Eliot writes it."""
    return f"{kind.__module__}.{kind.__qualname__}"


def safe_text(error: BaseException) -> str:
    """What an error says; never raises."""
    try:
        return str(error)
    except Exception:
        return f"<{type_name(type(error))} that has no text>"
