"""Digests of results: equal for values that are the same, on every machine and in every run.

Only values whose whole content can be read without running their own code have one; never `repr`
or pickle, whose bytes may change where the value does not.
"""

from __future__ import annotations

import datetime
import decimal
import hashlib
import struct
import sys
import uuid
from typing import Any, Callable

# Names the form of what is hashed (docs/digests.md); another form gets another name.
SCHEME = "py1"
MAX_BYTES = 256 * 1024 * 1024
MAX_ITEMS = 1_000_000
MAX_DEPTH = 64
BLOCK = 1 << 20


class _NoDigest(Exception):
    pass


def value_digest(value: Any) -> str | None:
    """Of a value made of plain values, numpy arrays and pandas tables; None for anything else."""
    try:
        return f"{SCHEME}:{_Budget().digest(value).hex()}"
    except _NoDigest:
        return None
    except Exception:  # A library that is not as expected: then there is no digest.
        return None


class _Budget:
    """What may still be looked at."""

    def __init__(self) -> None:
        self.bytes = MAX_BYTES
        self.items = MAX_ITEMS

    def digest(self, *values: Any, depth: int = 0) -> bytes:
        feed = _Feed(self)
        for value in values:
            feed.value(value, depth)
        return feed.end()


class _Feed:
    """Writes a value as tokens, each of which says its type and length, into a hash."""

    def __init__(self, budget: _Budget) -> None:
        self._hash = hashlib.sha256()
        self._budget = budget

    def end(self) -> bytes:
        return self._hash.digest()

    def value(self, value: Any, depth: int) -> None:
        self._budget.items -= 1
        if depth > MAX_DEPTH or self._budget.items < 0:
            raise _NoDigest
        kind = type(value)
        write = _PLAIN.get(kind)
        if write is not None:
            self._token(kind.__name__, write(value))
        elif kind in _CONTAINERS and len(value) > self._budget.items:
            raise _NoDigest
        elif kind is list or kind is tuple:
            self._head(kind.__name__, len(value))
            for item in value:
                self.value(item, depth + 1)
        elif kind is dict:
            pairs = list(value.items())
            self._unordered("dict", [self._budget.digest(*pair, depth=depth + 1) for pair in pairs])
        elif kind is set or kind is frozenset:
            members = [self._budget.digest(item, depth=depth + 1) for item in value]
            self._unordered(kind.__name__, members)
        else:
            self._of_library(value, kind, depth)

    def _unordered(self, name: str, digests: list[bytes]) -> None:
        self._head(name, len(digests))
        for digest in sorted(digests):
            self._put(digest)

    def _of_library(self, value: Any, kind: type, depth: int) -> None:
        """Of numpy and pandas, when they are what they say: never imported for this."""
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        if numpy is not None and kind in (numpy.ndarray, numpy.memmap):
            self._array(numpy, numpy.asarray(value), depth)
        elif numpy is not None and kind is numpy.ma.MaskedArray:
            mask = numpy.ma.getmaskarray(value)
            self._head("masked", 0)
            self._array(numpy, mask, depth)
            # What is hidden under the mask is no part of the value.
            self._array(numpy, numpy.asarray(numpy.ma.getdata(value)[~mask]), depth)
        elif numpy is not None and isinstance(value, numpy.generic):
            self._head("scalar", 0)
            self._array(numpy, numpy.asarray(value), depth)
        elif pandas is not None:
            self._pandas(pandas, value, kind, depth)
        else:
            raise _NoDigest

    def _array(self, numpy: Any, array: Any, depth: int) -> None:
        dtype = array.dtype
        # Of records and extended floats also bytes count that are no part of the value.
        if dtype.names is not None:
            self._head("records", len(dtype.names))
            for name in dtype.names:
                self.value(name, depth)
                self._array(numpy, array[name], depth + 1)
            return
        if dtype.kind == "O":
            self._token("objects", str(array.shape).encode())
            for item in array.reshape(-1).tolist():
                self.value(item, depth + 1)
            return
        if dtype.kind not in "biufcmMSUV" or dtype.subdtype is not None:
            raise _NoDigest
        if dtype.kind in "fc" and dtype.itemsize > (8 if dtype.kind == "f" else 16):
            raise _NoDigest
        if array.nbytes > self._budget.bytes:
            raise _NoDigest
        plain = dtype.newbyteorder("<")
        self._token("array", f"{plain.str}{array.shape}".encode())
        # In C order and little-endian, copied block by block where it has to be.
        flat = array.reshape(-1)
        for start in range(0, flat.size, BLOCK):
            block = flat[start : start + BLOCK].astype(plain, copy=False)
            self._put(numpy.ascontiguousarray(block).tobytes())

    def _pandas(self, pandas: Any, value: Any, kind: type, depth: int) -> None:
        if kind is pandas.DataFrame:
            self._head("DataFrame", value.shape[1])
            self.value(value.attrs, depth + 1)
            self._pandas(pandas, value.columns, type(value.columns), depth)
            self._pandas(pandas, value.index, type(value.index), depth)
            for at in range(value.shape[1]):
                self._column(pandas, value.iloc[:, at].array, depth)
        elif kind is pandas.Series:
            self._head("Series", len(value))
            self.value(value.attrs, depth + 1)
            self.value(value.name, depth + 1)
            self._pandas(pandas, value.index, type(value.index), depth)
            self._column(pandas, value.array, depth)
        elif kind is pandas.MultiIndex:
            self._head("MultiIndex", value.nlevels)
            for at in range(value.nlevels):
                level = value.get_level_values(at)
                self._pandas(pandas, level, type(level), depth)
        elif isinstance(value, pandas.Index) and _is_of_pandas(kind):
            # A range and the same numbers one by one are equal, but not the same.
            self._head(kind.__name__, len(value))
            self.value(value.name, depth + 1)
            self._column(pandas, value.array, depth)
        elif value is pandas.NA or value is pandas.NaT:
            self._head("NA" if value is pandas.NA else "NaT", 0)
        elif kind is pandas.Timestamp or kind is pandas.Timedelta:
            zone = getattr(value, "tzinfo", None)
            self._token(kind.__name__, f"{value.value} {zone}".encode())
        elif isinstance(value, pandas.api.extensions.ExtensionArray):
            self._column(pandas, value, depth)
        else:
            raise _NoDigest

    def _column(self, pandas: Any, array: Any, depth: int) -> None:
        import numpy

        dtype = array.dtype
        if not _is_of_pandas(type(array)):
            raise _NoDigest
        self._token("column", str(dtype).encode())
        if isinstance(dtype, pandas.CategoricalDtype):
            self._head("ordered" if dtype.ordered else "unordered", 0)
            self._pandas(pandas, dtype.categories, type(dtype.categories), depth)
            self._array(numpy, numpy.asarray(array.codes), depth)
        elif isinstance(dtype, pandas.DatetimeTZDtype):
            self._array(numpy, array.tz_convert("UTC").tz_localize(None).to_numpy(), depth)
        elif isinstance(dtype, numpy.dtype):
            self._array(numpy, array.to_numpy(), depth)
        else:
            # Strings, numbers that may be missing, and the like: one by one.
            self._array(numpy, array.to_numpy(dtype=object), depth)

    def _head(self, name: str, length: int) -> None:
        self._put(name.encode() + b"\0" + struct.pack("<Q", length))

    def _token(self, name: str, data: bytes) -> None:
        self._head(name, len(data))
        self._put(data)

    def _put(self, data: bytes) -> None:
        self._budget.bytes -= len(data)
        if self._budget.bytes < 0:
            raise _NoDigest
        self._hash.update(data)


def _is_of_pandas(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "pandas"


_CONTAINERS = (list, tuple, dict, set, frozenset)


def _float(value: float) -> bytes:
    return b"nan" if value != value else struct.pack("<d", value)


def _zone(value: Any) -> bytes:
    zone = value.tzinfo
    if zone is not None and type(zone) is not datetime.timezone:
        raise _NoDigest
    return value.isoformat().encode()


# Bytes that are the value of an exact type.
_PLAIN: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _value: b"",
    type(Ellipsis): lambda _value: b"",
    bool: lambda value: b"1" if value else b"0",
    int: lambda value: hex(value).encode(),
    float: _float,
    complex: lambda value: _float(value.real) + b"," + _float(value.imag),
    str: lambda value: value.encode("utf-8", "surrogatepass"),
    bytes: lambda value: value,
    bytearray: bytes,
    range: lambda value: f"{value.start},{value.stop},{value.step}".encode(),
    decimal.Decimal: lambda value: str(value.as_tuple()).encode(),
    datetime.date: lambda value: value.isoformat().encode(),
    datetime.datetime: _zone,
    datetime.time: _zone,
    datetime.timedelta: lambda value: f"{value.days},{value.seconds},{value.microseconds}".encode(),
    uuid.UUID: lambda value: value.bytes,
}
