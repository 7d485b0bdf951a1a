"""A journal that has begun: its file, or queue, and the thread that writes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from time import time
from typing import Any

from .files import Files
from .journal import Journal
from .redact import Redactor
from .sinks import FileSink, QueueSink, Sink
from .values import Values
from .writer import Writer

MAX_BUFFERED = 500_000
# Kept in memory while the disk takes nothing, or while nobody reads.
MAX_UNWRITTEN = 64 * 1024 * 1024


@dataclass
class Record:
    """A record that has begun; the writer's thread has not."""

    run_id: str
    sink: Sink
    writer: Writer
    files: Files
    path: str | None
    """Where the journal is, if it is a file."""


def begin_record(
    settings: dict[str, Any], engine: str, versions: dict[str, str], address: str | None = None
) -> Record:
    """Opens the journal and puts its first event.

    Raises OSError when it cannot be written.
    """
    versions = {"taskprov": settings["version"], **versions}
    when = time()
    sink, run_id, path = open_sink(settings, when)
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
        "engine": engine,
        "versions": versions,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "options": settings["options"],
    }
    if address is not None:
        run["address"] = address
    options = settings["options"]
    redactor = Redactor(settings["redact"])
    values = Values(options["values"], options["maxValueBytes"], redactor)
    # A path is a value.
    files = Files(redactor, is_enabled=options["values"] != "none")
    # A queue keeps by itself what nobody has read.
    unwritten = 0 if path is None else settings.get("bufferedBytes", MAX_UNWRITTEN)
    buffered = settings.get("bufferedEvents", MAX_BUFFERED)
    writer = Writer(journal, values, files, buffered, unwritten)
    writer.put(["run", when, run], always=True)
    return Record(run_id, sink, writer, files, path)


def open_sink(settings: dict[str, Any], when: float) -> tuple[Sink, str, str | None]:
    """Where the journal goes; the run ids of a launch sort by the time their records began."""
    milliseconds = int(when * 1000)
    if settings.get("sink") == "queue":
        # Who attaches has said what the run is called.
        run_id = settings.get("runId") or f"{settings['launch']}-{milliseconds:012x}"
        return QueueSink(settings.get("bufferedBytes", MAX_UNWRITTEN)), run_id, None
    while True:
        run_id = f"{settings['launch']}-{milliseconds:012x}"
        path = os.path.join(settings["folder"], f"{settings['stem']}.{run_id}.journal")
        try:
            return FileSink(path), run_id, path
        except FileExistsError:
            milliseconds += 1  # Two records in one millisecond.
