"""What an attempt's end says in a journal: exceptions, and why something was lost."""

from __future__ import annotations

import pickle
import re
from typing import Any

from .encode import type_name

LOST_REASONS = (
    ("handle-worker-cleanup", "worker-died"),
    ("client-restart", "restart"),
    ("cancel-key", "cancelled"),
    ("client-releases-keys", "cancelled"),
    ("remove-client", "cancelled"),
)


def lost_reason(stimulus: str) -> str:
    for prefix, reason in LOST_REASONS:
        if stimulus.startswith(prefix):
            return reason
    return "rescheduled"


def exception_facts(facts: dict[str, Any]) -> tuple[str, str]:
    """Type and text of the exception in what a worker or the scheduler said."""
    text = facts.get("exception_text")
    exception = facts.get("exception")
    if text is None and type(exception) is bytes:
        # The scheduler itself made these bytes when a worker died: nothing of the user's.
        error = pickle.loads(exception)
        return type_name(type(error)), str(error)
    text = str(text or "")
    found = re.match(r"([A-Za-z_][\w.]*)\(", text)
    return found.group(1) if found else "Exception", text
