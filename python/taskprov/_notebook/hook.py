"""Wraps the places through which Dask takes work, in this kernel."""

from __future__ import annotations

import functools
import sys
import threading
import uuid
from time import time
from typing import Any

from .cells import Cells
from .frames import Frames
from .telling import Listener, Telling

MAX_SITES = 10_000


class Hook:
    """What one kernel tells of its cells."""

    def __init__(self, ip: Any) -> None:
        self.id = uuid.uuid4().hex[:12]
        self._telling = Telling(self.id)
        self._cells = Cells(ip, self._telling.tell)
        self._frames = Frames(self._cells.run_of)
        self._lock = threading.Lock()
        # Names by stack; with the stack itself, whose code must stay alive while its id is a key.
        self._sites: dict[Any, tuple[str, Any]] = {}
        self._next = 0

    def site_for_client(self, client: Any) -> str | None:
        """Name of the place from which a client is asked for work, known to its scheduler."""
        name = self._site()
        self._telling.tell_client(client)
        return name

    def site_for_listener(self, listener: Listener) -> str | None:
        """The same for a recording of this process."""
        name = self._site()
        self._telling.tell_listener(listener)
        return name

    def forget_listener(self, listener: Listener) -> None:
        self._telling.forget_listener(listener)

    def stop(self) -> None:
        self._cells.stop()

    def _site(self) -> str | None:
        match = "frame"
        stack = self._frames.cells_of(sys._getframe(2))
        run = None
        if not stack:
            run = self._cells.current
            if run is None or threading.get_ident() == self._cells.thread or _is_task():
                return None
            # A thread of a library's: the cell that runs is waiting for it, most likely.
            match = "thread"
            stack = self._frames.cells_of(sys._current_frames().get(self._cells.thread))
            if not stack:
                match = "cell"
        key = (match, run, tuple((id(code), lasti, place) for code, lasti, _, place in stack))
        known = self._sites.get(key)
        if known is None:
            with self._lock:
                if len(self._sites) >= MAX_SITES:
                    self._sites.clear()
                known = self._sites[key] = (self._tell_site(stack, match, run), stack)
        return known[0]

    def _tell_site(self, stack: Any, match: str, run: Any) -> str:
        n = self._next
        self._next += 1
        frames = self._frames.describe(stack)
        message: dict[str, Any] = {"op": "site", "n": n, "frames": frames, "match": match}
        if run is not None:
            message["run"] = run.n
        self._telling.tell({**message, "time": time()})
        return f"{self.id}:{n}"


_hook: Hook | None = None


def install(ip: Any = None) -> Hook | None:
    """Begins to follow this kernel, once; None where no IPython runs."""
    global _hook
    if ip is None:
        ip = running_ipython()
    if ip is None:
        return None
    if _hook is None:
        _hook = Hook(ip)
    _wrap_client()
    return _hook


def uninstall() -> None:
    """Follows this kernel no more; what Dask takes is told nothing."""
    global _hook
    if _hook is not None:
        _hook.stop()
        _hook = None


def current() -> Hook | None:
    return _hook


def running_ipython() -> Any:
    """The IPython of this process, if one runs."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _wrap_client() -> None:
    """From now on work that any client of distributed takes has the annotation."""
    try:
        import dask
        from distributed import Client
    except ImportError:  # Local schedulers need no distributed.
        return
    original = getattr(Client, "_graph_to_futures", None)
    if original is None or getattr(original, "taskprov", False):
        return

    @functools.wraps(original)
    def _graph_to_futures(self: Any, *args: Any, **kwargs: Any) -> Any:
        site = None
        try:
            if _hook is not None:
                site = _hook.site_for_client(self)
        except Exception:  # Nothing of this may stand in the user's way.
            pass
        if site is None:
            return original(self, *args, **kwargs)
        with dask.annotate(taskprov=site):
            return original(self, *args, **kwargs)

    setattr(_graph_to_futures, "taskprov", True)
    setattr(Client, "_graph_to_futures", _graph_to_futures)


def _is_task() -> bool:
    """Whether a Dask worker's thread runs this: then the task that submits is known anyway."""
    worker = sys.modules.get("distributed.worker")
    state = getattr(worker, "thread_state", None)
    return getattr(state, "key", None) is not None
