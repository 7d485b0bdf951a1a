"""Tasks that Dask joined out of the same steps: thousands of chunks share one set of them."""

from __future__ import annotations

from typing import Any, Callable

from .journal import array_header
from .places import inside_names_nothing
from .specs import ALIASES, DATA, REFS, needs, target_of
from .steps import Step, steps_of

MAX_TOLD = 1_000
MAX_NUMBERS = 16
MAX_TEXT = 100


class FusedForm:
    """The steps of a set; what does not depend on a task's own inputs is encoded once."""

    def __init__(self, spec: Any, inner: Any) -> None:
        # Kept, so that nothing else gets its place in memory.
        self._inner = inner
        self.steps: list[Step] | None = steps_of(spec)
        self.names_nothing = inside_names_nothing(inner)
        self._fixed: dict[int, bytes] = {}
        # All steps together, by inputs that are the same small values.
        self._told: dict[Any, bytes] = {}

    def told(self, inputs: list[Any], encode: Callable[[Step], bytes]) -> bytes:
        """The array of the steps for these inputs."""
        same = _same(inputs)
        known = None if same is None else self._told.get(same)
        if known is not None:
            return known
        steps = self.steps or []
        parts = [array_header(len(steps))]
        for at, step in enumerate(steps):
            body = self._fixed.get(at)
            if body is None:
                body = encode(step)
                if _is_fixed(step):
                    self._fixed[at] = body
            parts.append(body)
        told = b"".join(parts)
        if same is not None and len(self._told) < MAX_TOLD:
            self._told[same] = told
        return told


def told_step(step: Step, steps: list[Step], inputs: list[Any]) -> list[Any]:
    """Keys of the tasks and steps that a step needs."""
    found = []
    for name in sorted(needs(step.node), key=str):
        meaning, what, *_ = step.names.get(name, ("key", name))
        if meaning == "step":
            found.append(steps[what].key)
        elif meaning == "key":
            found.append(what)
        elif meaning == "input" and isinstance(inputs[what], (*REFS, *ALIASES)):
            found.append(target_of(inputs[what]))
    return found


def _is_fixed(step: Step) -> bool:
    """Whether a step is the same whatever is given to the task."""
    for meaning, what, *_ in step.names.values():
        if meaning == "step" or (meaning == "value" and isinstance(what, DATA)):
            continue
        return False  # An input, or a task: its number may have changed.
    return not needs(step.node) - step.names.keys()


def _same(inputs: list[Any]) -> Any:
    """Something that is equal for equal inputs; None where that cannot be told, or not cheaply."""
    found = []
    for node in inputs:
        if not isinstance(node, DATA):
            return None
        value = node.value
        kind = type(value)
        if kind is tuple:
            # 1 == 1.0 == True, but they are not the same.
            if len(value) > MAX_NUMBERS or any(type(item) is not int for item in value):
                return None
        elif kind is str:
            if len(value) > MAX_TEXT:
                return None
        elif kind is not int and kind is not bool and value is not None:
            return None
        found.append((kind, value))
    return tuple(found)
