"""SHA-256 of files and of results."""

from __future__ import annotations

import hashlib
import os
import struct
from typing import Any

from .encode import type_name

# Larger files and results are not hashed.
MAX_BYTES = 1024 * 1024 * 1024
MAX_REMEMBERED = 4096

_known: dict[tuple[str, int, int], str] = {}


def file_digest(path: str, size: int | None, modified: float | None) -> str | None:
    """Of the content of a file that has this size and time of change; None when it has others.

    Remembered as long as the file is not written.
    """
    state = os.stat(path)
    if state.st_size > MAX_BYTES or (state.st_size, state.st_mtime) != (size, modified):
        return None
    name = (path, state.st_size, state.st_mtime_ns)
    known = _known.get(name)
    if known is None:
        content = hashlib.sha256()
        with open(path, "rb") as file:
            while block := file.read(1024 * 1024):
                content.update(block)
        if len(_known) >= MAX_REMEMBERED:
            _known.clear()
        known = _known[name] = content.hexdigest()
    return known


class _NoDigest(Exception):
    pass


def value_digest(value: Any) -> str | None:
    """Of a result made of plain values and numpy arrays; the same on every machine.

    None for anything else, whose bytes are not its value.
    """
    content = hashlib.sha256()
    try:
        _feed(content, value, [MAX_BYTES], 0)
    except _NoDigest:
        return None
    return content.hexdigest()


def _feed(content: Any, value: Any, room: list[int], depth: int) -> None:
    kind = type(value)
    if depth > 32:
        raise _NoDigest
    if value is None or kind in (bool, int, float, complex):
        text = value.hex() if kind is float else repr(value)
        return _put(content, kind, text.encode(), room)
    if kind is str:
        return _put(content, kind, value.encode("utf-8", "surrogatepass"), room)
    if kind in (bytes, bytearray):
        return _put(content, kind, value, room)
    if kind in (list, tuple):
        _put(content, kind, struct.pack("<Q", len(value)), room)
        for item in value:
            _feed(content, item, room, depth + 1)
        return None
    if kind is dict:
        _put(content, kind, struct.pack("<Q", len(value)), room)
        for key, item in value.items():
            _feed(content, key, room, depth + 1)
            _feed(content, item, room, depth + 1)
        return None
    return _feed_array(content, value, room)


def _feed_array(content: Any, value: Any, room: list[int]) -> None:
    kind = type(value)
    if kind.__module__ != "numpy" or not hasattr(value, "dtype") or value.dtype.hasobject:
        raise _NoDigest
    if value.nbytes > room[0]:
        raise _NoDigest
    dtype = value.dtype.newbyteorder("<")
    _put(content, kind, f"{dtype.str}{value.shape}".encode(), room)
    # In C order and little-endian, block by block where it has to be copied.
    flat = value.astype(dtype, copy=False).reshape(-1)
    for start in range(0, flat.size, 1 << 20):
        _put(content, kind, flat[start : start + (1 << 20)].tobytes(), room)


def _put(content: Any, kind: type, data: Any, room: list[int]) -> None:
    room[0] -= len(data)
    if room[0] < 0:
        raise _NoDigest
    content.update(type_name(kind).encode() + b"\0" + struct.pack("<Q", len(data)))
    content.update(data)
