"""Keys, numbers, names and texts as the journal carries them (docs/contracts.md, Arguments)."""

from __future__ import annotations

import json
from typing import Any

MAX_SAFE = 2**53 - 1

Encoded = Any  # a scalar or a tagged list


def encode_text(text: str) -> Encoded:
    """A string as it is where UTF-8 can carry it, else as the inside of an ASCII JSON string."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return ["s", json.dumps(text)[1:-1]]
    return text


def encode_key(key: Any, depth: int = 0) -> Encoded:
    """A key: a string, or a tuple of strings, numbers and tuples."""
    kind = type(key)
    if kind is str:
        return encode_text(key)
    if kind is tuple and depth < 32:
        return ["t", [encode_key(part, depth + 1) for part in key]]
    if kind is int:
        return encode_int(key)
    if kind is float or kind is bool or key is None:
        return key
    if kind is bytes:
        return encode_bytes(key)
    return ["o", type_name(kind), {"head": encode_head(safe_text(key), 200)}]


def encode_bytes(value: bytes) -> Encoded:
    import base64

    return ["b", base64.b64encode(value).decode()]


def encode_int(value: int) -> Encoded:
    return value if -MAX_SAFE <= value <= MAX_SAFE else ["i", str(value)]


def encode_head(text: str, size: int) -> str:
    return text[:size].encode("utf-8", "backslashreplace").decode()


def type_name(kind: type) -> str:
    """`int`, `numpy.ndarray`: without the module for what is built in."""
    module = getattr(kind, "__module__", "builtins")
    name = getattr(kind, "__qualname__", "object")
    return name if module == "builtins" else f"{module}.{name}"


def safe_text(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # A key's own code may raise; then its type has to do.
        return type_name(type(value))


SPAN_CODES = {
    "compute": "c",
    "transfer": "t",
    "deserialize": "d",
    "disk-read": "r",
    "disk-write": "w",
}


def encode_spans(startstops: Any, shift: float = 0.0) -> list[Encoded] | None:
    """What a worker did and when.

    Dask gives the times on the scheduler's clock as the worker guesses it; `shift` takes the guess
    off again.
    """
    if not startstops:
        return None
    spans = []
    for span in startstops:
        action = span["action"]
        encoded = [
            SPAN_CODES.get(action) or f"={action}",
            span["start"] - shift,
            span["stop"] - shift,
        ]
        source = span.get("source")
        if source:
            encoded.append(str(source))
        spans.append(encoded)
    return spans
