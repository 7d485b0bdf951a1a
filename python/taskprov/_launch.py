"""What a record needs to know: the settings of the bridge, made from the tracker's options."""

from __future__ import annotations

import os
import socket
import uuid
from typing import Any

from . import __version__
from ._command import Command
from ._bridge.facts import run_facts
from ._options import options_as_json, stem_of
from ._source import copy_source


def bridge_settings(options: dict[str, Any], command: Command) -> dict[str, Any]:
    """The settings of one tracker; copies `execution_source` beside the document.

    Raises ValueError for a source that cannot be copied, OSError when copying fails.
    """
    folder = os.path.abspath(options["destination"])
    stem = stem_of(options["file_name"])
    run = run_facts(options["redact"], looks_for_changes=True)
    reserved = {options["file_name"], f"{stem}.journal"}
    if options["execution_source"] is not None:
        run["executionSource"] = copy_source(options["execution_source"], folder, reserved)
    elif options["jupyter_tracking"]:
        _copy_notebook(run, folder, reserved)
    return {
        # The last group of a run's UUID is made where its record begins.
        "launch": str(uuid.uuid4())[:23],
        "version": __version__,
        "folder": folder,
        "stem": stem,
        "options": options_as_json(options),
        "redact": options["redact"],
        "run": run,
        "publish": {
            "command": command.words,
            "missing": command.missing,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "destination": options["destination"],
            "keepJournal": options["journal"],
        },
    }


def _copy_notebook(run: dict[str, Any], folder: str, reserved: set[str]) -> None:
    """The notebook is the source of the run, where its front end says which one it is."""
    from ._notebook.cells import notebook_path
    from ._notebook.hook import running_ipython

    ip = running_ipython()
    path = None if ip is None else notebook_path(ip)
    if path is None:
        return
    try:
        os.makedirs(folder, exist_ok=True)
        run["executionSource"] = copy_source(path, folder, reserved)
    except (OSError, ValueError):  # It was found, not given: the run goes on without.
        pass
