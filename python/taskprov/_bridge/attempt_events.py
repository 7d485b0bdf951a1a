"""What the scheduler says of attempts, as hooks keep it until the writer's thread makes events of it.

A hook runs between other work of the scheduler's, so that each function and table it needs has to
come from slow memory first; the thread does many in a row. So hooks only take what is at hand.
"""

from __future__ import annotations

from typing import Any

from .encode import MAX_SAFE, encode_spans

Event = list  # [kind, time, ...]

# When, and the numbers of the task, of the worker and of the attempt, which is Dask's.
Assigned = tuple[float, int, int, Any]
# Then what Dask tells of the end: thread, size, type, by how much the worker shifted its times,
# and what it did when; at last what our plugin there noted.
Done = tuple[float, int, int, Any, Any, Any, Any, float, Any, dict[str, Any] | None]


def attempt_event(seen: Assigned | Done) -> Event:
    """An attempt that was assigned, or has a result, as an event."""
    when, n, worker, run_id, *end = seen
    run_id = checked_run_id(run_id)
    if not end:
        return ["assign", when, n, worker] if run_id is None else ["assign", when, n, worker, run_id]
    thread, size, typename, shift, spans, note = end
    event = [
        "done",
        when,
        n,
        run_id,
        worker,
        thread if type(thread) is int and 0 <= thread <= MAX_SAFE else None,
        encode_spans(spans, shift),
        size if type(size) is int and size >= 0 else None,
        str(typename) if typename else None,
    ]
    if note is not None:
        event += [note.get("type"), note.get("digest"), note.get("files"), note.get("about")]
    return event


def checked_run_id(run_id: Any) -> int | None:
    """Dask's number of the attempt, if it has one."""
    return run_id if type(run_id) is int and run_id >= 0 else None
