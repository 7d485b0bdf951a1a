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
    found = re.match(r"([A-Za-z_]\w*)\(", text)
    name = found.group(1) if found else None
    return pickled_type(_pickled(exception), name) or name or "Exception", text


# Two short texts and STACK_GLOBAL, as pickle writes a class that it finds by name.
_BY_NAME = re.compile(rb"\x8c.([\w.]+)\x94\x8c.([\w.]+)\x94\x93", re.DOTALL)
# What cloudpickle writes of a class that it takes along: its name after its metaclass, and later
# its module.
_TAKEN_ALONG = re.compile(rb"_make_skeleton_class\x94\x93\x94.{0,200}?\x93\x94\x8c.(\w+)\x94", re.DOTALL)
_MODULE = re.compile(rb"\x8c\n__module__\x94\x8c.([\w.]+)\x94", re.DOTALL)
MAX_PICKLE = 64 * 1024


def pickled_type(data: bytes, name: str | None) -> str | None:
    """The type of a pickled exception, with its module; nothing is unpickled.

    `name` is the type's name as the exception's text has it, if it has.
    """
    taken_along = _TAKEN_ALONG.search(data, 0, MAX_PICKLE)
    if name is None and taken_along is not None:
        name = taken_along.group(1).decode()
    for module, found in _BY_NAME.findall(data, 0, MAX_PICKLE):
        own = found.decode().rpartition(".")[2]
        if own == name if name is not None else not module.startswith(_HELPERS):
            return _full_name(module.decode(), found.decode())
    module = _MODULE.search(data, 0, MAX_PICKLE)
    if name is not None and module is not None and name.encode() in data[:MAX_PICKLE]:
        return _full_name(module.group(1).decode(), name)
    return None


_HELPERS = (b"tblib", b"cloudpickle", b"copyreg", b"distributed.protocol")


def _full_name(module: str, name: str) -> str:
    if module == "builtins":
        return name
    # What multiprocessing calls the main module in its children.
    return f"{'__main__' if module == '__mp_main__' else module}.{name}"


def _pickled(exception: Any) -> bytes:
    """The bytes that a worker sent, however they are wrapped; none when they are not there."""
    data = getattr(exception, "data", None)
    if type(data) is bytes:
        return data
    frames = getattr(exception, "frames", None)
    if not isinstance(frames, (list, tuple)) or sum(map(len, frames)) > 16 * MAX_PICKLE:
        return b""
    return b"".join(bytes(frame) for frame in frames)
