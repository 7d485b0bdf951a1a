"""One attempt on a worker: the files it uses, what it prints, what its result is made of."""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
from tempfile import gettempdir
from time import time
from typing import Any

from .digest import file_digest
from .places import Place, places_in
from .value_digest import value_digest
from .worker_types import rich_type

MAX_FILES = 200
MAX_OUTPUT = 64 * 1024

WRITING = os.O_WRONLY | os.O_RDWR
IS_FOLDER = getattr(os, "O_DIRECTORY", 0)
# Code and what belongs to it, not data.
CODE = (".py", ".pyc", ".pyi", ".pyd", ".so", ".dll", ".dylib", ".pth")


def _programs() -> tuple[str, ...]:
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    own = {os.path.join(os.path.abspath(path), "") for path in paths if path}
    system = {"/dev/", "/etc/", "/lib/", "/lib64/", "/proc/", "/sys/", "/usr/"}
    # Programs may be installed in a folder that also holds data: then only their own parts count.
    home = os.path.expanduser("~")
    data = {os.path.join(path, "") for path in (os.sep, home, os.path.dirname(home), gettempdir())}
    return tuple((own | system) - data)


PROGRAMS = _programs()


class FileSeen:
    """A file of the attempt, in one mode."""

    __slots__ = ("mode", "modified", "parts", "path", "sha256", "size")

    def __init__(self, path: str, mode: str) -> None:
        self.path = path
        self.mode = mode
        self.size: int | None = None
        self.modified: float | None = None
        self.sha256: str | None = None
        self.parts: list[str] = []

    def look(self) -> bool:
        """Reads size and time; false when there is no such file."""
        try:
            state = os.stat(self.path)
        except (OSError, ValueError):
            return False
        if stat.S_ISREG(state.st_mode):
            self.size = state.st_size
            self.modified = state.st_mtime
            return True
        return stat.S_ISDIR(state.st_mode)

    @property
    def is_file(self) -> bool:
        return self.size is not None

    def told(self) -> list[Any]:
        return [self.path, self.mode, self.size, self.modified, self.sha256, self.parts]


class Attempt:
    """Seen from the thread that runs it."""

    def __init__(self, key: Any, work: Any, wants: dict[str, bool], scratch: str) -> None:
        self.key = key
        self._work = work
        self._wants = wants
        self._scratch = scratch
        self._began = time()
        self._files: dict[tuple[str, str], FileSeen] = {}
        self._stores: list[FileSeen] = []
        self._omitted = 0
        self._output: list[list[str]] = []
        self._room = MAX_OUTPUT
        self._unsaid = 0
        self._is_over = not wants.get("files")

    def opened(self, path: Any, flags: Any) -> None:
        """A file is about to be opened."""
        if self._is_over or type(path) not in (str, bytes):
            return
        flags = flags if type(flags) is int else 0
        path = os.path.abspath(os.fsdecode(path))
        if flags & IS_FOLDER == IS_FOLDER != 0 or self._is_noise(path):
            return
        writes = bool(flags & (WRITING | os.O_CREAT | os.O_TRUNC))
        reads = not flags & os.O_WRONLY and not flags & os.O_TRUNC
        if reads or (writes and flags & os.O_APPEND):
            self._reads(path)
        if writes:
            self._add(path, "write")

    def renamed(self, source: Any, target: Any) -> None:
        """A file gets another name: what was written under a temporary one is meant."""
        if self._is_over:
            return
        seen = self._files.pop((os.path.abspath(os.fsdecode(source)), "write"), None)
        if seen is not None:
            seen.path = os.path.abspath(os.fsdecode(target))
            self._files[(seen.path, "write")] = seen

    def _is_noise(self, path: str) -> bool:
        if path.startswith(self._scratch) or path.lower().endswith(CODE):
            return True
        return path.startswith(PROGRAMS)

    def _reads(self, path: str) -> None:
        # What the attempt wrote itself is no input of it.
        if (path, "write") in self._files or (path, "read") in self._files:
            return
        seen = FileSeen(path, "read")
        if seen.look() and seen.is_file and (seen.size or 0) > 0:
            self._keep(seen)

    def _add(self, path: str, mode: str) -> FileSeen | None:
        known = self._files.get((path, mode))
        return known if known is not None else self._keep(FileSeen(path, mode))

    def _keep(self, seen: FileSeen) -> FileSeen | None:
        if len(self._files) >= MAX_FILES:
            self._omitted += 1
            return None
        self._files[(seen.path, seen.mode)] = seen
        return seen

    def printed(self, stream: str, text: str) -> None:
        """Something was written to standard output or error."""
        if type(text) is not str or not text:
            return
        kept = text[: self._room]
        self._room -= len(kept)
        self._unsaid += len(text) - len(kept)
        if not kept:
            return
        if self._output and self._output[-1][0] == stream:
            self._output[-1][1] += kept
        else:
            self._output.append([stream, kept])

    def note(self, result: Any) -> dict[str, Any]:
        """What there is to tell of it, made of plain values, now that it is over."""
        self._is_over = True
        note: dict[str, Any] = {}
        ok = type(result) is dict and result.get("op") == "task-finished"
        if ok and self._wants.get("types"):
            note["type"], about = rich_type(result.get("result"))
            if about:
                note["about"] = about
        if ok and self._wants.get("digest"):
            digest = value_digest(result.get("result"))
            if digest is not None:
                note["digest"] = digest
        if self._wants.get("files"):
            files = self._used_files()
            if files:
                note["files"] = files
            if self._omitted > 0:
                note["omitted"] = self._omitted
        if self._output:
            note["output"] = self._output
            if self._unsaid > 0:
                note["unsaid"] = self._unsaid
        self._work = None
        return note

    def _used_files(self) -> list[list[Any]]:
        for place in places_in(self._work):
            self._recognise(place)
        stores = tuple(os.path.join(seen.path, "") for seen in self._stores)
        told = []
        for seen in self._files.values():
            if stores and seen.path.startswith(stores):
                continue  # The store is what was read or written, not its pieces.
            is_there = seen.look() if seen.mode == "write" else True
            if not is_there and "://" not in seen.path:
                continue  # A temporary file.
            if self._wants.get("digest") and seen.is_file:
                try:
                    seen.sha256 = file_digest(seen.path, seen.size, seen.modified)
                except OSError:  # Unreadable, or gone.
                    pass
            told.append(seen.told())
        return told

    def _recognise(self, place: Place) -> None:
        """A file among the arguments: also of libraries that open files without Python."""
        is_url = "://" in place.path
        path = place.path if is_url else os.path.abspath(place.path)
        known = [self._files[name] for mode in MODES if (name := (path, mode)) in self._files]
        if not known:
            found = FileSeen(path, place.mode or "read")
            if not is_url and not found.look():
                return
            if not place.is_sure and not found.is_file:
                return
            if place.mode is None and found.modified is not None and found.modified >= self._began:
                found.mode = "write"
            kept = self._keep(found)
            known = [] if kept is None else [kept]
            if not is_url and not found.is_file:
                self._stores.append(found)
        for seen in known:
            if place.part is not None and place.part not in seen.parts:
                seen.parts.append(place.part)


MODES = ("read", "write")
