"""SHA-256 of files."""

from __future__ import annotations

import hashlib
import os

# Larger files are not hashed.
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
