"""The calling frames that belong to cells."""

from __future__ import annotations

import sys
from itertools import islice
from types import CodeType, FrameType
from typing import Any, Callable

MAX_FRAMES = 2_000
MAX_KNOWN = 10_000

# `%%time` and the like give their code these names.
MAGICS = {"<timed exec>": "exec", "<timed eval>": "eval", "<magic-timeit>": "timeit"}

Place = tuple[CodeType, int, int | None]
Frame = list[Any]  # [cell, text, line, end line, column, end column, function]


class Frames:
    """Reads stacks; the same stack is described once."""

    def __init__(self, run_of: Callable[[str], Any]) -> None:
        self._run_of = run_of
        # Code objects compare by content, which takes long; so they are kept and known by identity.
        self._positions: dict[tuple[int, int], tuple[CodeType, tuple[int | None, ...]]] = {}

    def cells_of(self, frame: FrameType | None) -> tuple[Any, ...]:
        """What tells this stack from others: the frames that cells and magics have on it."""
        found: list[Any] = []
        for _ in range(MAX_FRAMES):
            if frame is None:
                break
            code = frame.f_code
            name = code.co_filename
            run = None if name in MAGICS else self._run_of(name)
            if run is not None or name in MAGICS:
                found.append((code, frame.f_lasti, frame.f_lineno, run))
            frame = frame.f_back
        return tuple(found)

    def describe(self, stack: tuple[Any, ...]) -> list[Frame]:
        """The frames as they travel, innermost first."""
        told: list[Frame] = []
        for at, (code, lasti, line, run) in enumerate(stack):
            text = MAGICS.get(code.co_filename, "cell")
            if text != "cell":
                run = self._run_of_magic(stack, at)
                if run is None:
                    continue
            told.append([run.n, text, *self._position(code, lasti, line), code.co_name])
        return told

    def _position(self, code: CodeType, lasti: int, line: int) -> tuple[int | None, ...]:
        key = (id(code), lasti)
        known = self._positions.get(key)
        if known is None:
            if len(self._positions) >= MAX_KNOWN:
                self._positions.clear()
            known = self._positions[key] = (code, _position(code, lasti, line))
        return known[1]

    def _run_of_magic(self, stack: tuple[Any, ...], at: int) -> Any:
        """The cell of a magic's code: that of the next frame of a cell, if it belongs together.

        A function that was defined under `%%time` has the magic's name wherever it is called.
        """
        code = stack[at][0]
        for outer, _lasti, _line, run in stack[at:]:
            if run is not None:
                return run if code.co_name in ("<module>", "inner") else None
            if outer.co_name in ("<module>", "inner") and _holds(outer, code):
                code = outer
        return None


def _holds(outer: CodeType, code: CodeType) -> bool:
    if outer is code:
        return True
    return any(isinstance(one, CodeType) and _holds(one, code) for one in outer.co_consts)


def _position(code: CodeType, lasti: int, line: int) -> tuple[int | None, ...]:
    """Line, end line, column and end column of what a frame executes."""
    if sys.version_info >= (3, 11) and lasti >= 0:
        for first, last, column, end in islice(code.co_positions(), lasti // 2, lasti // 2 + 1):
            if first is not None:
                return first, last, column, end
    return line, None, None, None
