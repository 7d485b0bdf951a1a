"""Records the local schedulers of a program that runs under `taskprov run`."""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .._bridge.own_log import tell
from . import hook

if TYPE_CHECKING:
    from .recording import Recording


class ProgramSource:
    """Opens a journal when the first graph comes, in each process its own."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._recording: Recording | None = None
        self._has_failed = False
        self._lock = threading.Lock()

    def current(self) -> Recording | None:
        with self._lock:
            if self._recording is None and not self._has_failed:
                self._open()
            return self._recording

    def forked(self) -> None:
        self._lock = threading.Lock()
        if self._recording is not None:
            self._recording.abandon()
        self._recording = None

    def _open(self) -> None:
        try:
            from .recording import Recording

            self._recording = Recording(self._settings)
            at_exit(self._recording.close)
        except Exception as error:
            self._has_failed = True
            tell(f"Dask's local schedulers are not recorded here: {error}", "warning")


def at_exit(close: Any) -> None:
    """Calls it when this process ends, however it was started."""
    atexit.register(close)
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        # Before Python 3.14 children of multiprocessing end without `atexit`.
        from multiprocessing import util

        util.Finalize(None, close, exitpriority=0)


def install(dask_local: ModuleType) -> None:
    """Called when `dask.local` has been imported, before anything took its `get_async`."""
    text = os.environ.get("TASKPROV_BRIDGE")
    if text is not None:
        hook.replace(dask_local)
        hook.listen(ProgramSource(json.loads(text)))
