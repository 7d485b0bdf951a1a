"""From settings to a plugin that records."""

from __future__ import annotations

import re
import sys
from typing import Any

import dask
import distributed

from .facts import configuration, library_versions, run_facts
from .plugin import TaskprovBridge
from .publish import settle_folder
from .record import Record, begin_record


# The first version that is tested; see docs/dask.md.
OLDEST = (2024, 8)


def make(settings: dict[str, Any]) -> TaskprovBridge:
    """A plugin that records what the settings ask for, from `start` or `open` on."""
    return TaskprovBridge(settings, begin)


def begin(scheduler: Any, settings: dict[str, Any]) -> Record:
    """Opens the journal of a scheduler and writes its first event."""
    if _version(distributed.__version__) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise RuntimeError(
            f"Dask {distributed.__version__} is too old, {oldest} is the first that can be"
        )
    versions = {
        "python": sys.version.split()[0],
        "dask": dask.__version__,
        "distributed": distributed.__version__,
        **library_versions(),
    }
    try:
        address = scheduler.address
    except ValueError:  # Not listening yet.
        address = None
    if settings.get("sink") == "queue":
        # The record is about this process; who attached is elsewhere.
        settings = {**settings, "run": {**run_facts(settings["redact"]), **settings["run"]}}
    settings = {**settings, "run": {**settings["run"], "config": configuration()}}
    return begin_record(settle_folder(settings), "dask", versions, address)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])
