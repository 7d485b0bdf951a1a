"""The cells that this kernel executes, and the names IPython gives to their code."""

from __future__ import annotations

import os
import sys
import threading
from time import time
from typing import Any, Callable

# Files known to be none of a cell's.
MAX_FILES = 100_000
# Executions of the same text that are told apart.
MAX_SAME = 100

Message = dict[str, Any]


class Run:
    """One execution of a cell."""

    __slots__ = ("count", "file", "id", "n", "outer", "source")

    def __init__(
        self, n: int, file: str, source: str, count: int | None, id: str | None, outer: Run | None
    ) -> None:
        self.n = n
        self.file = file
        self.source = source
        self.count = count
        self.id = id
        self.outer = outer


class Cells:
    """Follows IPython's events; `tell` gets a message for the begin and the end of each execution."""

    def __init__(self, ip: Any, tell: Callable[[Message], None]) -> None:
        self._ip = ip
        self._tell = tell
        self._next = 0
        self._by_file: dict[str, list[Run]] = {}
        self._no_cells: set[str] = set()
        self._running: list[Run] = []
        self.thread = threading.main_thread().ident
        self._begin_current()
        ip.events.register("pre_run_cell", self._pre_run_cell)
        ip.events.register("post_run_cell", self._post_run_cell)

    def stop(self) -> None:
        for name, hook in (
            ("pre_run_cell", self._pre_run_cell),
            ("post_run_cell", self._post_run_cell),
        ):
            if hook in self._ip.events.callbacks.get(name, ()):
                self._ip.events.unregister(name, hook)

    @property
    def current(self) -> Run | None:
        """The innermost execution that is under way."""
        return self._running[-1] if self._running else None

    def run_of(self, file: str) -> Run | None:
        """The execution whose code has this name; cells with the same text share one."""
        runs = self._by_file.get(file)
        if runs is None:
            if file in self._no_cells:
                return None
            run = self._earlier(file)
            if run is None and len(self._no_cells) < MAX_FILES:
                self._no_cells.add(file)
            return run
        for run in reversed(self._running):
            if run in runs:
                return run
        return runs[-1]

    def _pre_run_cell(self, info: Any) -> None:
        try:
            raw = str(info.raw_cell or "")
            code = getattr(info, "transformed_cell", None)
            if getattr(info, "silent", False) and not self._running:
                return
            self.thread = threading.get_ident()
            count = None if self._running or not info.store_history else self._next_count()
            self._begin(raw, code, count, getattr(info, "cell_id", None))
        except Exception:  # The user's cell runs whatever happens here.
            pass

    def _post_run_cell(self, result: Any) -> None:
        try:
            info = getattr(result, "info", None)
            if not self._running or (info is not None and info.raw_cell != self._running[-1].source):
                return
            run = self._running.pop()
            status = "ok" if getattr(result, "success", True) else "error"
            self._tell({"op": "cell-end", "n": run.n, "status": status, "time": time()})
        except Exception:  # As above.
            pass

    def _begin_current(self) -> None:
        """The cell that loads the hook has begun already."""
        try:
            raws = self._ip.history_manager.input_hist_raw
            count = len(raws) - 1
            if count > 0 and raws[count] and self._is_running(raws[count], count):
                self._begin(raws[count], None, count, self._cell_id())
        except Exception:  # Then it is not known.
            pass

    def _is_running(self, raw: str, count: int) -> bool:
        """Whether the last cell of the history is what runs; a front end's own code may be."""
        file = self._ip.compile.get_code_name(raw, self._ip.transform_cell(raw), count)
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != file:
            frame = frame.f_back  # type: ignore[assignment]
        return frame is not None

    def _next_count(self) -> int:
        """Versions of IPython count an execution before or after they say that it begins."""
        count = int(self._ip.execution_count)
        return count - 1 if len(self._ip.history_manager.input_hist_raw) == count - 1 else count

    def _cell_id(self) -> str | None:
        """As the front end has it."""
        parent = self._ip.kernel.get_parent("shell")
        found = parent.get("metadata", {}).get("cellId")
        return found if isinstance(found, str) else None

    def _begin(self, raw: str, code: str | None, count: int | None, id: str | None) -> Run:
        if code is None:
            code = self._ip.transform_cell(raw)
        file = self._ip.compile.get_code_name(raw, code, count or 0)
        run = self._add(file, raw, code, count, id, self.current)
        self._running.append(run)
        return run

    def _add(
        self, file: str, raw: str, code: str, count: int | None, id: str | None, outer: Run | None
    ) -> Run:
        run = Run(self._next, file, raw, count, id, outer)
        self._next += 1
        self._no_cells.discard(file)
        runs = self._by_file.setdefault(file, [])
        runs.append(run)
        del runs[:-MAX_SAME]
        message: Message = {"op": "cell", "n": run.n, "source": raw, "time": time()}
        if code.rstrip("\n") != raw.rstrip("\n"):
            message["code"] = code
        if count is not None:
            message["count"] = count
        if id is not None:
            message["id"] = id
        if outer is not None:
            message["within"] = outer.n
        notebook = self._notebook()
        if notebook is not None:
            message["notebook"] = notebook
        self._tell(message)
        return run

    def _earlier(self, file: str) -> Run | None:
        """A cell that was executed before the hook was there."""
        counts = getattr(self._ip.compile, "_filename_map", {})
        count = counts.get(file)
        if count is None:
            return None
        raws = self._ip.history_manager.input_hist_raw
        raw = raws[count] if 0 < count < len(raws) else None
        if not raw:
            return None
        run = self._add(file, raw, self._ip.transform_cell(raw), count, None, None)
        self._tell({"op": "cell-end", "n": run.n, "time": time()})
        return run

    def _notebook(self) -> str | None:
        return notebook_path(self._ip)


def notebook_path(ip: Any) -> str | None:
    """The notebook's file, where the front end says: Jupyter Server, VS Code."""
    for found in (ip.user_ns.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(found, str) and found.endswith(".ipynb"):
            return found
    return None
