"""Where progress is shown: one place in a notebook, or one line of a terminal."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Protocol, TextIO

from .draw import Display, line
from .tally import Tally


class Place(Protocol):
    """Shows a tally instead of the one before."""

    def show(self, tally: Tally) -> None:
        """Draws over."""

    def end(self) -> None:
        """Nothing more will come."""


class TextPlace:
    """A line that is written over."""

    def __init__(self, out: TextIO | None, width: int) -> None:
        self._out = out
        self._width = width
        self._length = 0

    def show(self, tally: Tally) -> None:
        text = line(tally, self._width)
        self._write(f"\r{text:<{self._length}}")
        self._length = len(text)

    def end(self) -> None:
        self._write("\n")

    def _write(self, text: str) -> None:
        # A closed file is no reason to end the user's computation, nor is a program without one.
        with contextlib.suppress(ValueError, OSError):
            if self._out is not None:
                self._out.write(text)
                self._out.flush()


class NotebookPlace:
    """An output of the cell that is updated."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._handle: Any = None

    def show(self, tally: Tally) -> None:
        shown = Display(tally, self._width)
        if self._handle is None:
            from IPython.display import display

            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)

    def end(self) -> None:
        return


def is_notebook() -> bool:
    """Whether there is a kernel that can show something in place."""
    module = sys.modules.get("IPython")
    shell = None if module is None else module.get_ipython()
    return getattr(shell, "kernel", None) is not None


def new_place(out: TextIO | None, width: int, notebook: bool | None) -> Place:
    """The notebook's, unless there is none or a file was given."""
    if notebook if notebook is not None else (out is None and is_notebook()):
        return NotebookPlace(width)
    return TextPlace(sys.stdout if out is None else out, width)
