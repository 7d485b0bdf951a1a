"""What the bridge could not do: told once in the record, and counted as something missing."""

from __future__ import annotations

from time import time
from typing import Any, Callable

from .encode import safe_text, type_name


class Problems:
    """Remembers what was told; `drop` counts an event that is missing, `put` records one."""

    def __init__(self, drop: Callable[[], None], put: Callable[[list], Any]) -> None:
        self._drop = drop
        self._put = put
        self._told: set[str] = set()

    def broken(self, where: str, error: Exception) -> None:
        """A hook raised."""
        self._drop()
        self._tell(where, f"The hook {where} failed with {type_name(type(error))}: {safe_text(error)[:300]}")

    def on_worker(self, text: str) -> None:
        """A worker cannot be watched, or not fully."""
        self._tell(text, f"On a worker: {text}")

    def _tell(self, what: str, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._put(["error", time(), text])
