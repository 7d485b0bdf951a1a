"""The steps of tasks that Dask joined into one, in the order in which they run."""

from __future__ import annotations

from typing import Any

from .specs import ALIASES, CALLS, DATA, REFS, Names, is_fused, needs, target_of

MAX_STEPS = 1_000
MAX_NESTED = 16


class Step:
    """One step; `names` says what its references mean.

    A name stands for `("input", index)` of what the fused task is given, `("step", index)` of an
    earlier step, `("key", key)` of another task, or `("value", node, names)`.
    """

    __slots__ = ("key", "names", "node")

    def __init__(self, key: Any, node: Any, names: Names) -> None:
        self.key = key
        self.node = node
        self.names = names


def steps_of(fused: Any) -> list[Step] | None:
    """The steps of a fused call, the last one making its result; None when there are too many."""
    steps: list[Step] = []
    try:
        _inner, _outkey, inkeys, *_inputs = fused.args
        given = {name: ("input", i) for i, name in enumerate(inkeys)}
        last = _collect(fused, given, steps, 0)
    except _TooMany:
        return None
    if not steps or last != ("step", len(steps) - 1):
        return None
    return steps


class _TooMany(Exception):
    pass


def _collect(fused: Any, given: Names, steps: list[Step], nested: int) -> tuple[Any, ...]:
    """Adds the steps of a fused call; returns what its result is.

    `given` says what the names of its inputs mean.
    """
    inner, outkey, *_ = fused.args
    names = {**given}
    for key in _in_order(inner, outkey):
        node = inner[key]
        if isinstance(node, DATA):
            names[key] = ("value", node, names)
        elif isinstance(node, (*ALIASES, *REFS)):
            target = target_of(node)
            names[key] = names.get(target, ("key", target))
        elif isinstance(node, CALLS) and is_fused(node) and nested < MAX_NESTED:
            _inner, _outkey, inkeys, *inputs = node.args
            own = {name: _meaning(value, names) for name, value in zip(inkeys, inputs)}
            names[key] = _collect(node, own, steps, nested + 1)
        else:
            if len(steps) == MAX_STEPS:
                raise _TooMany
            steps.append(Step(key, node, {name: names[name] for name in needs(node) & names.keys()}))
            names[key] = ("step", len(steps) - 1)
    return names.get(outkey, ("value", None, names))


def _meaning(node: Any, outer: Names) -> tuple[Any, ...]:
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
