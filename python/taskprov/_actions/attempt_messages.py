"""Hands what a task on a Dask worker logs to the record of its attempt, if there is one."""

from __future__ import annotations

import sys
from typing import Any

from .encode import encode

# Where a recorded worker has its collectors: `_bridge/worker_messages.py`.
COLLECTORS = "_taskprov_messages"

_listens_to_eliot = False


def note(message: dict[str, Any]) -> None:
    """Of the task that runs in this thread, if it runs in one. Never raises."""
    module = sys.modules.get("distributed.worker")
    if module is None:
        return
    try:
        state = module.thread_state
        worker = state.execution_state["worker"]
        key = state.key
    except (AttributeError, KeyError, TypeError):
        # Not the thread of a task.
        return
    for collector in vars(worker).get(COLLECTORS, ()):
        try:
            collector.add(key, message, encode)
        except Exception:
            # The log has it all the same.
            continue


def listen_to_eliot() -> None:
    """On a worker whose tasks log with Eliot: what they log is noted like our own messages."""
    global _listens_to_eliot
    eliot = sys.modules.get("eliot")
    if _listens_to_eliot or eliot is None:
        return
    destinations = getattr(getattr(eliot, "Logger", None), "_destinations", None)
    # The first destination ever gets what was logged before: that must not be ours.
    if getattr(destinations, "_any_added", False):
        _listens_to_eliot = True
        eliot.add_destinations(note)


def is_heard_by_eliot() -> bool:
    """Whether what goes to Eliot is noted there."""
    return _listens_to_eliot
