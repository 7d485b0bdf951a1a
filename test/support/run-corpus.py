"""Runs the cells of notebooks and says which calls of which cells started work.

Reads ``{"notebooks": [{"title", "cells": [source]}]}`` from standard input, where sources are
plain Python. Every submission to a scheduler, distributed or local, is traced to the cell frames
on the stack. Columns are UTF-16 code units from 0. Writes JSON:
``[{"started": [[cell, line, column, end line, end column]], "ran": [[cell, line]], "errors": []}]``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import threading
import warnings
from types import FrameType
from typing import Any

warnings.filterwarnings("ignore")
os.environ.setdefault("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "error")

import dask.callbacks  # noqa: E402
import distributed  # noqa: E402

PREFIX = "<corpus cell "
started: set[tuple[int, ...]] = set()
ran: set[tuple[int, int]] = set()
sources: dict[int, list[str]] = {}


def column(cell: int, line: int, utf8: int) -> int:
    """Converts a column in UTF-8 bytes to one in UTF-16 code units."""
    text = sources[cell][line - 1].encode()[:utf8].decode(errors="ignore")
    return len(text.encode("utf-16-le")) // 2


def cell_of(filename: str) -> int | None:
    """The number of the cell that a code object was compiled from."""
    return int(filename[len(PREFIX) : -1]) if filename.startswith(PREFIX) else None


def note() -> None:
    """Notes the calls of all cell frames on the stack, or else of what the main thread does.

    Some libraries submit from threads of their own while the caller waits (joblib does).
    """
    if not note_frames(sys._getframe(1)):
        note_frames(sys._current_frames().get(threading.main_thread().ident))


def note_frames(frame: FrameType | None) -> bool:
    """Notes the calls of the cell frames from a frame outwards; says whether there is one."""
    found = False
    inner = ""
    while frame is not None:
        cell = cell_of(frame.f_code.co_filename)
        # Before Python 3.12 comprehensions have frames, which no call of the source has made.
        comprehension = inner in ("<listcomp>", "<setcomp>", "<dictcomp>")
        inner = frame.f_code.co_name
        if cell is not None:
            found = True
        if cell is not None and not comprehension:
            positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            line, end_line, start, end = positions
            if None not in positions:
                started.add(
                    (cell, line, column(cell, line, start), end_line, column(cell, end_line, end))
                )
        frame = frame.f_back
    return found


def trace(frame: FrameType, event: str, _: Any) -> Any:
    """Notes the lines of cells that run."""
    cell = cell_of(frame.f_code.co_filename)
    if cell is None:
        return None
    if event == "line":
        ran.add((cell, frame.f_lineno))
    return trace


class Started(dask.callbacks.Callback):
    """Notes when a local scheduler starts a graph."""

    def _start(self, dsk: Any) -> None:
        note()


original = distributed.Client._graph_to_futures


def graph_to_futures(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Notes a submission to a distributed scheduler."""
    note()
    return original(self, *args, **kwargs)


distributed.Client._graph_to_futures = graph_to_futures


def prepare() -> None:
    """Writes the files that the notebooks read into the current directory."""
    import numpy as np
    import pandas as pd
    import xarray as xr

    os.mkdir("data")
    for part in range(2):
        frame = pd.DataFrame(
            {
                "id": np.arange(10) + 10 * part,
                "store": list("ABABABABAB"),
                "amount": np.linspace(1, 9, 10),
                "returned": [False, True] * 5,
            }
        )
        frame.to_csv(f"data/part{part}.csv", index=False)
        with open(f"data/a{part}.jsonl", "w") as lines:
            for at in range(6):
                lines.write(json.dumps({"name": f"n{at}", "age": 20 + 5 * at}) + "\n")
    air = xr.Dataset(
        {"air": (("time", "lat"), np.random.rand(24, 4) + 1)},
        coords={"time": pd.date_range("2000", periods=24, freq="MS"), "lat": [10.0, 15, 20, 25]},
    )
    air.to_netcdf("air.nc")
    air.chunk({"time": 6}).to_zarr("air.zarr")


def run(cells: list[str]) -> dict[str, Any]:
    """Runs the cells of one notebook in a fresh namespace."""
    started.clear()
    ran.clear()
    sources.clear()
    names: dict[str, Any] = {"__name__": "__main__"}
    errors: list[str] = []
    for cell, source in enumerate(cells):
        sources[cell] = source.split("\n")
        try:
            code = compile(source, f"{PREFIX}{cell}>", "exec")
            sys.settrace(trace)
            threading.settrace(trace)
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, names)
        except Exception as error:
            errors.append(f"cell {cell}: {type(error).__name__}: {error}")
        finally:
            sys.settrace(None)
            threading.settrace(None)
    for client in list(distributed.client._global_clients.values()):
        with contextlib.suppress(Exception):
            client.close()
    return {"started": sorted(started), "ran": sorted(ran), "errors": errors}


def main() -> None:
    """Runs what standard input asks for."""
    notebooks = json.load(sys.stdin)["notebooks"]
    with tempfile.TemporaryDirectory() as directory, Started():
        answers = []
        for at, notebook in enumerate(notebooks):
            own = os.path.join(directory, str(at))
            os.mkdir(own)
            os.chdir(own)
            prepare()
            answers.append(run(notebook["cells"]))
        os.chdir(os.path.dirname(directory))
    json.dump(answers, sys.__stdout__)


if __name__ == "__main__":
    main()
