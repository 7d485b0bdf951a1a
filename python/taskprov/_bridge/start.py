"""From settings to a plugin that records."""

from __future__ import annotations

import sys
from typing import Any

import dask
import distributed

from .plugin import TaskprovBridge
from .record import Record, begin_record


def make(settings: dict[str, Any]) -> TaskprovBridge:
    """A plugin that records what the settings ask for, from `start` or `open` on."""
    return TaskprovBridge(settings, begin)


def begin(scheduler: Any, settings: dict[str, Any]) -> Record:
    """Opens the journal of a scheduler and writes its first event."""
    versions = {
        "python": sys.version.split()[0],
        "dask": dask.__version__,
        "distributed": distributed.__version__,
    }
    try:
        address = scheduler.address
    except ValueError:  # Not listening yet.
        address = None
    return begin_record(settings, "dask", versions, address)
