"""What a notebook's kernel tells of its cells, as events of the journal.

The kernel's hook (`taskprov._notebook`) tells it by Dask's own events, under the topic `taskprov`,
on a way of its own: it may come before or after the tasks it is about. A site has the name
`HOOK:N`, which the tasks carry as the annotation `taskprov`.
"""

from __future__ import annotations

import hashlib
from time import time
from typing import Any, Callable

from .encode import MAX_SAFE, encode_head
from .redact import Redactor

TOPIC = "taskprov"
ANNOTATION = "taskprov"
MAX_SOURCE = 1_000_000
MAX_FRAMES = 50
MAX_SITES = 1_000_000


class NotebookNotes:
    """Turns what is told into events, and names of sites into numbers."""

    def __init__(self, put: Callable[[Any], Any], redactor: Redactor) -> None:
        self._put = put
        self._redactor = redactor
        self._sources: set[str] = set()
        self._cells: dict[tuple[str, int], int] = {}
        self._ended: set[int] = set()
        self._sites: dict[str, int] = {}
        self._told: set[int] = set()
        self._codes: dict[Any, int] = {}

    @property
    def is_complete(self) -> bool:
        """Whether every site that a task names has been told."""
        return len(self._told) >= len(self._sites)

    def site(self, name: Any) -> int | None:
        """Number of the site that a task names."""
        if type(name) is not str or not 0 < len(name) <= 100:
            return None
        number = self._sites.get(name)
        if number is None:
            if len(self._sites) >= MAX_SITES:
                return None
            number = self._sites[name] = len(self._sites) + len(self._codes) + 1
        return number

    def hear(self, message: Any) -> None:
        """Takes what a kernel tells; what is none of that is left alone."""
        if type(message) is not dict or type(message.get("hook")) is not str:
            return
        operation = message.get("op")
        if operation == "cell":
            self._cell(message)
        elif operation == "cell-end":
            self._cell_end(message)
        elif operation == "site":
            self._site(message)

    def code(self, code: Any) -> int | None:
        """Number of the site that a client told with its graph: lines of cells, or of a program.

        Dask itself tells them where it is configured to (`computations.nframes`).
        """
        lines = [one for one in code if _is_cell_file(getattr(one, "filename", None))]
        if not lines:
            return self._program_site(code)
        # Outermost first there, innermost first here.
        key = tuple((one.filename, one.lineno_frame, one.code) for one in reversed(lines))
        number = self._codes.get(key)
        if number is None:
            frames = []
            for one in reversed(lines):
                cell = self._cell_of_text(one.filename, one.code)
                if cell is not None:
                    frames.append([cell, "cell", one.lineno_frame])
            if not frames:
                return None
            number = self._codes[key] = len(self._sites) + len(self._codes) + 1
            self._put_site(number, time(), frames, None, "code")
        return number

    def _program_site(self, code: Any) -> int | None:
        lines = [one for one in code if type(getattr(one, "filename", None)) is str][-MAX_FRAMES:]
        key = tuple((one.filename, one.lineno_frame) for one in lines)
        number = self._codes.get(key)
        if number is None and lines:
            if len(self._codes) >= MAX_SITES:
                return None
            number = self._codes[key] = len(self._sites) + len(self._codes) + 1
            place, *callers = (self._line(one) for one in reversed(lines))
            self._put(["site", time(), number, {**place, "stack": callers}])
        return number

    def _line(self, one: Any) -> dict[str, Any]:
        """A line of a file, and where in it the statement begins."""
        texts = one.code.splitlines() if type(one.code) is str else []
        at = one.lineno_relative if len(texts) > 1 else 0
        text = texts[at] if 0 <= at < len(texts) else ""
        column = len(text) - len(text.lstrip()) + 1
        file = encode_head(self._redactor.text(one.filename), 1000)
        return {"file": file, "span": [one.lineno_frame, column]}

    def _cell_of_text(self, file: str, text: Any) -> int | None:
        """A cell that no kernel told of, by its text as Dask has it."""
        known = self._cells.get((file, 0))
        if known is None and type(text) is str:
            known = self._cells[(file, 0)] = len(self._cells)
            about = {"sourceHash": self._source(time(), text), "language": "python"}
            self._put(["cell", time(), known, about])
        return known

    def _cell(self, message: dict[str, Any]) -> None:
        hook, n, when = message["hook"], message.get("n"), _time(message)
        if type(n) is not int or (hook, n) in self._cells:
            return
        number = self._cells[(hook, n)] = len(self._cells)
        about: dict[str, Any] = {"kernel": encode_head(hook, 100), "language": "python"}
        source, code = message.get("source"), message.get("code")
        if type(source) is str:
            about["sourceHash"] = self._source(when, source)
        if type(code) is str:
            about["codeHash"] = self._source(when, code)
        if type(message.get("id")) is str:
            about["id"] = encode_head(message["id"], 200)
        if type(message.get("notebook")) is str:
            about["notebook"] = encode_head(message["notebook"], 1000)
        count = message.get("count")
        if type(count) is int and 0 <= count <= MAX_SAFE:
            about["count"] = count
        within = self._cells.get((hook, message.get("within", -1)))
        if within is not None:
            about["within"] = within
        self._put(["cell", when, number, about])

    def _source(self, when: float, text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest not in self._sources:
            self._sources.add(digest)
            shown = encode_head(self._redactor.text(text), MAX_SOURCE)
            self._put(["source", when, digest, shown])
        return digest

    def _cell_end(self, message: dict[str, Any]) -> None:
        number = self._cells.get((message["hook"], message.get("n", -1)))
        if number is not None and number not in self._ended:
            self._ended.add(number)
            status = message.get("status")
            known = status if status in ("ok", "error", "aborted") else None
            self._put(["cell-end", _time(message), number, known])

    def _site(self, message: dict[str, Any]) -> None:
        hook = message["hook"]
        number = self.site(f"{hook}:{message.get('n')}")
        if number is None or number in self._told:
            return
        self._told.add(number)
        frames = []
        for frame in (message.get("frames") or ())[:MAX_FRAMES]:
            cell = self._cells.get((hook, frame[0]))
            if cell is not None:
                frames.append([cell, *frame[1:]])
        run = self._cells.get((hook, message.get("run", -1)))
        self._put_site(number, _time(message), frames, run, message.get("match"))

    def _put_site(
        self, number: int, when: float, frames: list[Any], run: int | None, match: Any
    ) -> None:
        line = frames[-1][2] if frames else 0
        about: dict[str, Any] = {"span": [line, 1], "stack": [], "frames": frames}
        if run is not None:
            about["run"] = run
        if type(match) is str:
            about["match"] = match
        self._put(["site", when, number, about])


def sites_by_task(annotations: Any, number: Callable[[Any], int | None]) -> dict[Any, int]:
    """The sites that tasks name, from Dask's annotations: values by task, by name."""
    sites = {}
    for key, value in (annotations.get(ANNOTATION) or {}).items():
        site = number(value)
        if site is not None:
            sites[key] = site
    return sites


def _time(message: dict[str, Any]) -> float:
    when = message.get("time")
    return when if type(when) is float and 0 < when < 1e11 else time()


def _is_cell_file(name: Any) -> bool:
    """Whether ipykernel or IPython gave this name to the code of a cell."""
    if type(name) is not str:
        return False
    folder, _, file = name.replace("\\", "/").rpartition("/")
    is_kernels = folder.rpartition("/")[2].startswith("ipykernel_") and file[:-3].isdigit()
    return is_kernels or name.startswith("<ipython-input-")
