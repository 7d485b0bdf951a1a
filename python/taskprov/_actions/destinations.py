"""Where messages go: functions that take every one of them, and files."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from .._bridge.own_log import tell
from .attempt_messages import is_heard_by_eliot, note
from .encode import encode, safe_text, type_name

Message = dict[str, Any]
Destination = Callable[[Message], Any]

# Kept until there is a destination, so that what was logged before is not lost.
MOST_BUFFERED = 1000

_lock = threading.RLock()
_destinations: list[Destination] = []
_buffered: list[Message] | None = []
_global_fields: dict[str, Any] = {}
# In a test: what takes messages instead of the destinations, the last one all of them.
captured: list[Callable[..., Any]] = []
# Where this process logs by `to_file`; workers log beside it.
_log_path: str | None = None


def add_destinations(*destinations: Destination) -> None:
    """Has functions take every message from now on, the first ones the last 1,000 before it too."""
    global _buffered
    with _lock:
        early = _buffered
        _buffered = None
        _destinations.extend(destinations)
    for message in early or ():
        _send(message)


def remove_destination(destination: Destination) -> None:
    """Ends `add_destinations` for a function; ValueError when it was none."""
    with _lock:
        _destinations.remove(destination)


def add_global_fields(**fields: Any) -> None:
    """Adds fields to every message of this process; what a message says itself wins."""
    _global_fields.update(fields)


def to_file(
    target: str | os.PathLike[str] | TextIO, json_default: Callable[[Any], Any] | None = None
) -> None:
    """Appends every message to a file, a line of JSON each.

    Args:
        target: a path, or an open file as with Eliot. `{pid}` in a path stands for the process.
            Workers whose tasks are traced log beside it, each process into a file of its own.
        json_default: turns values that JSON has no form for into ones that it has; None: the
            usual way.
    """
    global _log_path
    if isinstance(target, (str, os.PathLike)):
        path = os.path.abspath(os.fspath(target).replace("{pid}", str(os.getpid())))
        _log_path = path
        add_destinations(_FileDestination(_opened(path), json_default))
    else:
        add_destinations(_FileDestination(target, json_default))


def log_path() -> str | None:
    """Where workers are to log beside, if this process logs to a file by its path."""
    return _log_path


def open_worker_log(beside: str | None) -> None:
    """On a worker without destinations: logs into a file of this process."""
    if beside is None:
        return
    with _lock:
        if _destinations or _eliot_is_used():
            return
        path = Path(beside)
        name = f"{path.stem}-{socket.gethostname()}-{os.getpid()}{path.suffix or '.log'}"
        try:
            add_destinations(_FileDestination(_opened(str(path.with_name(name))), None))
        except OSError as problem:
            tell(f"no action log on this worker: {problem}", "warning")
            add_destinations(lambda _message: None)


def deliver(message: Message, exception: BaseException | None = None) -> None:
    """Gives a message, perhaps of an exception, to every destination. Never raises."""
    if _global_fields:
        message = {**_global_fields, **message}
    if captured:
        captured[-1](message, exception)
        return
    if not (is_heard_by_eliot() and _eliot_is_used()):
        note(message)
    with _lock:
        if _buffered is not None and not _eliot_is_used():
            _buffered.append(message)
            del _buffered[:-MOST_BUFFERED]
            return
    _send(message)


def _send(message: Message) -> None:
    if not _destinations and _eliot_is_used():
        sys.modules["eliot"].Logger().write(dict(message))
        return
    for destination in list(_destinations):
        try:
            destination(dict(message))
        except Exception as problem:
            _tell_others(destination, message, problem)


def _tell_others(failed: Destination, message: Message, problem: Exception) -> None:
    failure = {
        "exception": type_name(type(problem)),
        "reason": safe_text(problem),
        "message": f"{message['task_uuid']}@/{'/'.join(map(str, message['task_level']))}",
        "timestamp": time.time(),
        "task_uuid": str(uuid.uuid4()),
        "task_level": [1],
        "message_type": "eliot:destination_failure",
    }
    for destination in list(_destinations):
        if destination is failed:
            continue
        try:
            destination(dict(failure))
        except Exception:
            # It fails for this one, too: there is nobody left to tell.
            continue


def _eliot_is_used() -> bool:
    """Whether this program logs with Eliot, so that our messages belong into its log."""
    eliot = sys.modules.get("eliot")
    return eliot is not None and hasattr(eliot, "Logger") and not _destinations


def _opened(path: str) -> TextIO:
    # The user's only: it holds arguments and results.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8", newline="\n")


class _FileDestination:
    """Writes lines whole, so that threads do not mix them."""

    def __init__(self, file: TextIO, json_default: Callable[[Any], Any] | None) -> None:
        self._file = file
        self._json_default = json_default
        self._lock = threading.Lock()

    def __call__(self, message: Message) -> None:
        line = encode(message, self._json_default) + "\n"
        with self._lock:
            if "b" in getattr(self._file, "mode", ""):
                self._file.write(line.encode("utf-8"))  # type: ignore[arg-type]
            else:
                self._file.write(line)
            self._file.flush()
