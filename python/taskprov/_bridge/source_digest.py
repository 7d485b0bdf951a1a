"""SHA-256 of a function's source, where that can be read: two functions of one name are told apart."""

from __future__ import annotations

import functools
import hashlib
import inspect
import linecache
import sysconfig
import types
from typing import Any

MAX_REMEMBERED = 10_000
MAX_LINES = 5_000

_LIBRARIES = tuple(
    path
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib") and path
)
_known: dict[tuple[str, int, bytes], str | None] = {}


def source_digest(func: Any) -> str | None:
    """Of a function of the program's own; None for libraries, whose version says as much.

    Nothing of the user's runs: the text is read from the file that the code names.
    """
    while isinstance(func, functools.partial):
        func = func.func
    if isinstance(func, types.MethodType):
        func = func.__func__
    if not isinstance(func, types.FunctionType):
        return None
    code = func.__code__
    name = (code.co_filename, code.co_firstlineno, code.co_code)
    try:
        return _known[name]
    except KeyError:
        pass
    if len(_known) >= MAX_REMEMBERED:
        _known.clear()
    digest = _known[name] = _digest_of(code)
    return digest


def _digest_of(code: types.CodeType) -> str | None:
    file = code.co_filename
    if file.startswith(_LIBRARIES) or "site-packages" in file:
        return None
    try:
        linecache.checkcache(file)
        lines = linecache.getlines(file)[code.co_firstlineno - 1 :][:MAX_LINES]
        block = inspect.getblock(lines)
    except Exception:  # No such file here, or no longer what was run.
        return None
    text = "".join(block)
    # A file that was changed since has other lines there.
    if not text or (code.co_name.isidentifier() and code.co_name not in text):
        return None
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
