"""What tasks of a worker log with the action log, kept with their attempts.

The log itself (`taskprov.log_message` and its kind, on workers that have the package) looks for
this collector on the worker and hands it the messages of the task that runs in the thread.
"""

from __future__ import annotations

import threading
from typing import Any, Callable

# Where the log finds it; the name is known to `_actions/attempt_messages.py` too.
COLLECTORS = "_taskprov_messages"

MOST_MESSAGES = 100
MOST_CHARS = 32_768
# Of one message; a longer one is kept without its own fields.
LONGEST = 4_096
# Of tasks whose end nobody told.
MOST_TASKS = 10_000

# What a message says of itself, whatever its own fields are.
ABOUT = ("timestamp", "task_uuid", "task_level", "action_type", "action_status", "message_type")
# What the action of a task says itself: the record has all of it.
OWN = frozenset({"eliot:remote_task", "dask:task", "taskprov:attempt"})

Message = dict[str, Any]


class _Kept:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.chars = 0
        self.omitted = 0
        self.is_full = False


class AttemptMessages:
    """The messages of the attempts that run on one worker, by their keys."""

    def __init__(self) -> None:
        self._kept: dict[Any, _Kept] = {}
        self._lock = threading.Lock()

    def add(self, key: Any, message: Message, encode: Callable[[Message], str]) -> None:
        """Takes a message; what is beyond the limits is counted."""
        if message.get("action_type") in OWN or message.get("message_type") in OWN:
            return
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                if len(self._kept) >= MOST_TASKS:
                    self._kept.clear()
                kept = self._kept[key] = _Kept()
            if kept.is_full or len(kept.texts) >= MOST_MESSAGES:
                kept.omitted += 1
                return
        text = _bounded(message, encode)
        with self._lock:
            kept.is_full = kept.chars + len(text) > MOST_CHARS
            if kept.is_full:
                kept.omitted += 1
            else:
                kept.chars += len(text)
                kept.texts.append(text)

    def begin(self, key: Any) -> None:
        """An attempt begins: what another try left behind is not its own."""
        if self._kept:
            self._kept.pop(key, None)

    def take(self, key: Any) -> dict[str, Any]:
        """What goes with the attempt that ended."""
        kept = self._kept.pop(key, None) if self._kept else None
        if kept is None:
            return {}
        return {"messages": kept.texts, "unkept": kept.omitted}

    def install(self, worker: Any) -> None:
        """From now on the log finds it."""
        worker.__dict__.setdefault(COLLECTORS, []).append(self)

    def remove(self, worker: Any) -> None:
        """Ends that."""
        collectors = worker.__dict__.get(COLLECTORS, [])
        if self in collectors:
            collectors.remove(self)


def _bounded(message: Message, encode: Callable[[Message], str]) -> str:
    text = encode(message)
    if len(text) <= LONGEST:
        return text
    about = {name: _shortened(message[name]) for name in ABOUT if name in message}
    return encode({"…": f"{len(text)} characters were left out", **about})


def _shortened(value: Any) -> Any:
    """Types can be any text."""
    return f"{value[:200]}…" if isinstance(value, str) and len(value) > 200 else value
