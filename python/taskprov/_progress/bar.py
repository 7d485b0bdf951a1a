"""`ProgressBar` and `progress`."""

from __future__ import annotations

import contextvars
import threading
from time import perf_counter, sleep
from typing import Any, TextIO

from .cluster import ClusterCount, current_client
from .place import NotebookPlace, Place, new_place
from .tally import Group, Tally, group_of


class ProgressBar:
    """Shows how far Dask is, on its local schedulers and on the cluster of the current client.

        with ProgressBar():
            x.compute()

    In a notebook it is one display that is updated in place, with a bar for each kind of tasks;
    elsewhere the line of `dask.diagnostics.ProgressBar`. On a cluster the bar is that of the block;
    on local schedulers each computation has its own, as with Dask.
    """

    def __init__(
        self, minimum: float = 0, width: int = 40, dt: float = 0.1, out: TextIO | None = None
    ) -> None:
        """Args: minimum seconds before anything is shown; characters of the bar; seconds between
        two drawings; a file instead of standard output or the notebook."""
        self._minimum = minimum
        self._width = width
        self._dt = dt
        self._out = out
        self._callback: Any = None
        self._cluster: ClusterCount | None = None
        self._drawing: _Drawing | None = None
        #: Seconds that the last computation took.
        self.last_duration = 0.0

    def register(self) -> None:
        """Shows it from now on, until `unregister`."""
        from dask.callbacks import Callback

        if self._callback is not None:
            return
        local = _LocalCount(self)
        self._callback = Callback(
            start=local.start,
            start_state=local.start_state,
            posttask=local.posttask,
            finish=local.finish,
        )
        self._callback.register()
        client = current_client()
        if client is not None:
            self._cluster = ClusterCount(client)
            self._drawing = self._draw(self._cluster.tally)

    def unregister(self) -> None:
        """Ends it."""
        if self._callback is None:
            return
        self._callback.unregister()
        self._callback = None
        if self._cluster is not None and self._drawing is not None:
            elapsed = self._drawing.end(False)
            if self._drawing.last.total:
                self.last_duration = elapsed
            self._cluster.close()
            self._cluster = self._drawing = None

    def __enter__(self) -> ProgressBar:
        self.register()
        return self

    def __exit__(self, *_error: object) -> None:
        self.unregister()

    def _draw(self, ask: Any, shows_nothing: bool = False) -> _Drawing:
        place = new_place(self._out, self._width, None)
        return _Drawing(place, ask, self._minimum, self._dt, shows_nothing)


class _LocalCount:
    """Counts the tasks of a local scheduler, one computation at a time."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._tally = Tally()
        self._drawing: _Drawing | None = None

    def start(self, _graph: Any) -> None:
        self._tally = Tally()
        self._drawing = self._bar._draw(lambda: self._tally, shows_nothing=True)

    def start_state(self, _graph: Any, state: Any) -> None:
        groups: dict[str, Group] = {}
        # A computation may go on after one that was interrupted.
        for name in ("ready", "waiting", "running"):
            for key in state[name]:
                groups.setdefault(group_of(key), Group()).total += 1
        self._tally.groups = groups

    def posttask(self, key: Any, *_more: Any) -> None:
        self._tally.groups.setdefault(group_of(key), Group(total=1)).done += 1

    def finish(self, _graph: Any, _state: Any, failed: bool) -> None:
        if self._drawing is not None:
            self._bar.last_duration = self._drawing.end(failed)
            self._drawing = None


class _Drawing:
    """Draws in a thread, again and again until the end."""

    def __init__(
        self, place: Place, ask: Any, minimum: float, dt: float, shows_nothing: bool = False
    ) -> None:
        self._place = place
        self._ask = ask
        self._minimum = minimum
        self._dt = dt
        # Whether a bar of no tasks is shown too.
        self._shows_nothing = shows_nothing
        self._began = perf_counter()
        self._is_over = threading.Event()
        self._has_shown = False
        self.last = Tally()
        # Its output belongs to the cell that runs now.
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name="taskprov-progress", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        while not self._is_over.is_set():
            if perf_counter() - self._began > self._minimum:
                tally = self._ask()
                # 100 % is for the end.
                if tally.fraction < 1:
                    self._show(tally)
            self._is_over.wait(self._dt)

    def end(self, has_failed: bool) -> float:
        """Draws for the last time; returns how long it took."""
        self._is_over.set()
        self._thread.join()
        tally = self._ask()
        elapsed = perf_counter() - self._began
        if elapsed >= self._minimum:
            tally.is_over = True
            tally.has_failed = has_failed
            self._show(tally)
        if self._has_shown:
            self._place.end()
        return elapsed

    def _show(self, tally: Tally) -> None:
        self.last = tally
        if tally.total == 0 and not self._shows_nothing:
            return
        tally.elapsed = perf_counter() - self._began
        self._place.show(tally)
        self._has_shown = True


def progress(
    *futures: Any,
    notebook: bool | None = None,
    dt: float = 0.1,
    out: TextIO | None = None,
) -> None:
    """Shows how far futures or persisted collections of a cluster are, with all that they need.

    In a notebook it goes on while other cells run; elsewhere it waits until they are done.

    Args:
        notebook: whether it is shown as in a notebook; None: where there is one.
        dt: seconds between two drawings.
        out: a file instead of standard output or the notebook.
    """
    from distributed.client import futures_of

    asked = futures_of(list(futures))
    if not asked:
        return
    client = asked[0].client
    count = ClusterCount(client, [each.key for each in asked])
    place = new_place(out, 40, notebook)
    drawing = _Drawing(place, count.tally, 0, dt)

    def wait() -> None:
        while not all(each.done() for each in asked) and client.status == "running":
            sleep(dt)
        drawing.end(False)
        count.close()

    if isinstance(place, NotebookPlace):
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(wait,), name="taskprov-progress-end", daemon=True
        ).start()
    else:
        wait()
