"""From settings to a plugin that records."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from time import time
from typing import Any

import dask
import distributed

from .journal import Journal
from .plugin import TaskprovBridge
from .redact import Redactor
from .sinks import FileSink, QueueSink, Sink
from .values import Values
from .writer import Writer

MAX_BUFFERED = 500_000


@dataclass
class Record:
    """A record that has begun."""

    run_id: str
    sink: Sink
    writer: Writer


def make(settings: dict[str, Any]) -> TaskprovBridge:
    """A plugin that records what the settings ask for, from `start` or `open` on."""
    return TaskprovBridge(settings, begin)


def begin(scheduler: Any, settings: dict[str, Any]) -> Record:
    """Opens the journal and writes its first event."""
    versions = {
        "taskprov": settings["version"],
        "python": sys.version.split()[0],
        "dask": dask.__version__,
        "distributed": distributed.__version__,
    }
    when = time()
    sink, run_id = open_sink(settings, when)
    header = {
        "producer": f"taskprov {settings['version']}",
        "versions": versions,
        "runId": run_id,
        "created": when,
    }
    journal = Journal(sink, header)
    run = {
        **settings["run"],
        "runId": run_id,
        "engine": "dask",
        "versions": versions,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "options": settings["options"],
    }
    try:
        run["address"] = scheduler.address
    except ValueError:  # Not listening yet.
        pass
    options = settings["options"]
    values = Values(options["values"], options["maxValueBytes"], Redactor(settings["redact"]))
    writer = Writer(journal, values, settings.get("bufferedEvents", MAX_BUFFERED))
    writer.put(["run", when, run], always=True)
    return Record(run_id, sink, writer)


def open_sink(settings: dict[str, Any], when: float) -> tuple[Sink, str]:
    """Where the journal goes; the run ids of a launch sort by the time their schedulers started."""
    milliseconds = int(when * 1000)
    if settings.get("sink") == "queue":
        return QueueSink(), f"{settings['launch']}-{milliseconds:012x}"
    while True:
        run_id = f"{settings['launch']}-{milliseconds:012x}"
        path = os.path.join(settings["folder"], f"{settings['stem']}.{run_id}.journal")
        try:
            return FileSink(path), run_id
        except FileExistsError:
            milliseconds += 1  # Two schedulers in one millisecond.
