"""What the user wrote beside tasks with `dask.annotate`, as JSON within a budget."""

from __future__ import annotations

from typing import Any

from .encode import MAX_SAFE, encode_head
from .redact import REDACTED, Redactor

from .notebook import ANNOTATION as SITE

# Ours: where in a notebook it was submitted, and which traced call it belongs to.
OWN = (SITE, "taskprov-trace")
MAX_ANNOTATIONS = 20
MAX_ITEMS = 20
MAX_TEXT = 200
MAX_DEPTH = 3


def annotations_by_task(annotations: Any) -> dict[Any, dict[str, Any]]:
    """The annotations of each task, from what Dask has: values by task, by name."""
    by_task: dict[Any, dict[str, Any]] = {}
    for name, values in list(annotations.items())[:MAX_ANNOTATIONS]:
        if name in OWN:
            continue
        for key, value in values.items():
            by_task.setdefault(key, {})[name] = value
    return by_task


def annotations_json(given: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """One task's annotations; what has no JSON within the budget is left out."""
    told = {}
    for name, value in given.items():
        if type(name) is not str:
            continue
        if name == "span" and type(value) is dict:
            value = value.get("name")  # Its ids are random.
        try:
            json = REDACTED if redactor.hides(name) else _json(value, redactor, MAX_DEPTH)
        except _NoJson:
            continue
        told[encode_head(name, MAX_TEXT)] = json
    return told


class _NoJson(Exception):
    pass


def _json(value: Any, redactor: Redactor, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int and -MAX_SAFE <= value <= MAX_SAFE:
        return value
    if kind is float and value == value and abs(value) != float("inf"):
        return value
    if kind is str:
        return encode_head(redactor.text(value), MAX_TEXT)
    if depth > 0 and kind in (list, tuple, set, frozenset) and len(value) <= MAX_ITEMS:
        return [_json(item, redactor, depth - 1) for item in value]
    if depth > 0 and kind is dict and len(value) <= MAX_ITEMS:
        return {
            encode_head(str(name), MAX_TEXT): (
                REDACTED if redactor.hides(name) else _json(item, redactor, depth - 1)
            )
            for name, item in value.items()
            if type(name) in (str, int)
        }
    raise _NoJson
