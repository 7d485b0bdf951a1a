"""The lines of the program from which Dask is asked for work."""

from __future__ import annotations

import linecache
import os
import sysconfig
from types import FrameType
from typing import NamedTuple

MAX_FRAMES = 10
MAX_DEPTH = 1_000
MAX_FILES = 10_000
MAX_TEXT = 500

_INSTALLED = ("site-packages", "dist-packages")
_ROOTS = tuple(
    os.path.join(path, "")
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib") and path
)
_HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_START = os.getcwd()
# The absolute path of a file of the program's own; None for what belongs to a library.
_files: dict[str, str | None] = {}


class CallFrame(NamedTuple):
    """A line of the program, with the names that Dask uses."""

    code: str
    lineno_frame: int
    lineno_relative: int
    filename: str


def calling_frames(frame: FrameType | None) -> tuple[CallFrame, ...]:
    """The program's own lines on a stack, outermost first as Dask has them."""
    found: list[CallFrame] = []
    for _ in range(MAX_DEPTH):
        if frame is None or len(found) == MAX_FRAMES:
            break
        code = frame.f_code
        path = _file_of(code.co_filename)
        if path is not None:
            line = frame.f_lineno or code.co_firstlineno
            text = linecache.getline(path, line).rstrip()[:MAX_TEXT]
            found.append(CallFrame(text, line, line - code.co_firstlineno, path))
        frame = frame.f_back
    return tuple(reversed(found))


def _file_of(name: str) -> str | None:
    try:
        return _files[name]
    except KeyError:
        pass
    if len(_files) >= MAX_FILES:
        _files.clear()
    path = _files[name] = _look_at(name)
    return path


def _look_at(name: str) -> str | None:
    # Text that was compiled, and the cells of notebooks, which have a way of their own.
    if name.startswith("<") or os.path.basename(os.path.dirname(name)).startswith("ipykernel_"):
        return None
    path = os.path.normpath(os.path.join(_START, name))
    parts = path.split(os.sep)
    if any(part in parts for part in _INSTALLED) or path.startswith((*_ROOTS, _HERE)):
        return None
    return path if os.path.exists(path) else None
