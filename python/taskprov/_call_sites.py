"""Lets a client of distributed tell its scheduler from which line of the program work comes.

Dask has a place for that in the messages of a client, which it leaves empty unless it is configured
to send whole functions (`distributed.diagnostics.computations.nframes`). Here it gets the lines.
"""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import Any

from ._call_frames import calling_frames


def install(distributed_client: ModuleType) -> None:
    """Called when `distributed.client` has been imported; a second call does nothing."""
    client_class = distributed_client.Client
    there = vars(client_class).get("_get_computation_code")
    source_code = getattr(distributed_client, "SourceCode", None)
    if not isinstance(there, staticmethod) or source_code is None:
        return  # Another version: then the places are not told.
    original = there.__func__
    if getattr(original, "taskprov", False):
        return

    @functools.wraps(original)
    def _get_computation_code(stacklevel: Any = None, nframes: int = 1) -> Any:
        if stacklevel is not None:
            return original(stacklevel + 1, nframes)
        if nframes > 0:
            # This function is on the stack too.
            found = original(None, nframes + 1)
            return tuple(one for one in found if one.filename != __file__)[-nframes:]
        try:
            return tuple(source_code(*frame) for frame in calling_frames(sys._getframe(1)))
        except Exception:  # Nothing of this may stand in the user's way.
            return ()

    _get_computation_code.taskprov = True  # type: ignore[attr-defined]
    client_class._get_computation_code = staticmethod(_get_computation_code)
