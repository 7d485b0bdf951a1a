"""Dask's statistical profile, as the journal carries it."""

from __future__ import annotations

import heapq
from typing import Any, Iterator

MAX_NODES = 1_000
MAX_NAME = 300

Told = tuple[list[list[Any]], list[list[Any]]]


def encode_profile(tree: dict[str, Any], most: int = MAX_NODES) -> Told:
    """Frames `[function, file, line]` and nodes `[parent, frame, count]` of a profile.

    Of a large one the calls that were seen most; a parent was seen as often as all its children,
    so that it is always among them, and before them.
    """
    frames: dict[tuple[Any, ...], int] = {}
    nodes: list[list[Any]] = []
    order = 0
    waiting: list[tuple[int, int, int | None, dict[str, Any]]] = []
    for seen, child in _children(tree):
        heapq.heappush(waiting, (-seen, order, None, child))
        order += 1
    while waiting and len(nodes) < most:
        seen, _, parent, node = heapq.heappop(waiting)
        frame = frames.setdefault(_frame(node["description"]), len(frames))
        number = len(nodes)
        nodes.append([parent, frame, -seen])
        for times, child in _children(node):
            heapq.heappush(waiting, (-times, order, number, child))
            order += 1
    return [list(frame) for frame in frames], nodes


def _children(node: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The calls from a call, each with how often it was seen.

    Dask counts a call only when it called something in its turn. What is missing in the sum was
    seen in a call that did not: in one that has no count at all, if there is one.
    """
    children = list(node.get("children", {}).values())
    missing = max(0, node["count"] - sum(child["count"] for child in children))
    innermost = [child for child in children if child["count"] == 0] or children
    share, rest = divmod(missing, len(innermost)) if innermost else (0, 0)
    for child in children:
        extra = 0
        if any(child is one for one in innermost):
            extra = share + (1 if rest > 0 else 0)
            rest -= 1
        if child["count"] + extra > 0:
            yield child["count"] + extra, child


def _frame(about: Any) -> tuple[Any, ...]:
    if type(about) is not dict:
        return (str(about)[:MAX_NAME],)
    name = str(about.get("name") or "?")[:MAX_NAME]
    file = str(about.get("filename") or "")[-MAX_NAME:]
    line = about.get("line_number")
    return (name, file or None, line if type(line) is int and line > 0 else None)
