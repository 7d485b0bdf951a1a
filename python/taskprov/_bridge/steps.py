"""The steps of tasks that Dask joined into one, in the order in which they run."""

from __future__ import annotations

from typing import Any

from .specs import ALIASES, CALLS, DATA, REFS, is_fused, needs, target_of

MAX_STEPS = 1_000
MAX_NESTED = 16


class Step:
    """One step; `names` says what its references mean.

    A name of an input or of another step stands for `("key", key)` of a task, `("step", index)`
    of an earlier step, or `("value", node, names)`.
    """

    __slots__ = ("key", "names", "node")

    def __init__(self, key: Any, node: Any, names: dict[Any, tuple[Any, ...]]) -> None:
        self.key = key
        self.node = node
        self.names = names


def steps_of(fused: Any) -> list[Step] | None:
    """The steps of a fused call, the last one making its result; None when there are too many."""
    steps: list[Step] = []
    try:
        last = _collect(fused, {}, steps, 0)
    except _TooMany:
        return None
    if not steps or last != ("step", len(steps) - 1):
        return None
    return steps


class _TooMany(Exception):
    pass


def _collect(fused: Any, outer: dict, steps: list[Step], nested: int) -> tuple[Any, ...]:
    """Adds the steps of a fused call; returns what its result is."""
    inner, outkey, inkeys, *inputs = fused.args
    names = {name: _meaning(node, outer) for name, node in zip(inkeys, inputs)}
    for key in _in_order(inner, outkey):
        node = inner[key]
        if isinstance(node, DATA):
            names[key] = ("value", node, names)
        elif isinstance(node, (*ALIASES, *REFS)):
            target = target_of(node)
            names[key] = names.get(target, ("key", target))
        elif isinstance(node, CALLS) and is_fused(node) and nested < MAX_NESTED:
            names[key] = _collect(node, names, steps, nested + 1)
        else:
            if len(steps) == MAX_STEPS:
                raise _TooMany
            steps.append(Step(key, node, {name: names[name] for name in needs(node) & names.keys()}))
            names[key] = ("step", len(steps) - 1)
    return names.get(outkey, ("value", None, names))


def _meaning(node: Any, outer: dict) -> tuple[Any, ...]:
    if isinstance(node, (*REFS, *ALIASES)):
        key = target_of(node)
        return outer.get(key, ("key", key))
    return ("value", node, outer)


def _in_order(inner: dict, outkey: Any) -> list[Any]:
    """Keys of the steps, each after those it needs; without recursion, because chains are long."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack = [(outkey, False)]
    while stack:
        key, ready = stack.pop()
        if ready:
            order.append(key)
        elif key in inner and key not in seen:
            seen.add(key)
            stack.append((key, True))
            stack.extend((need, False) for need in sorted(needs(inner[key]), key=str))
    return order
