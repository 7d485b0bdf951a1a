"""taskprov: records what a Dask program did as W3C PROV provenance.

    from dask.distributed import Client
    from taskprov import ProvTracker

    client = Client()
    client.register_plugin(ProvTracker())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._report import performance_report as performance_report
    from ._actions.action import Action as Action
    from ._actions.action import continue_task as continue_task
    from ._actions.action import current_action as current_action
    from ._actions.action import log_call as log_call
    from ._actions.action import log_message as log_message
    from ._actions.action import preserve_context as preserve_context
    from ._actions.action import register_exception_extractor as register_exception_extractor
    from ._actions.action import serialize_task_id as serialize_task_id
    from ._actions.action import start_action as start_action
    from ._actions.action import start_task as start_task
    from ._actions.action import write_traceback as write_traceback
    from ._actions.destinations import add_destinations as add_destinations
    from ._actions.destinations import add_global_fields as add_global_fields
    from ._actions.destinations import remove_destination as remove_destination
    from ._actions.destinations import to_file as to_file
    from ._actions.testing import LoggedAction as LoggedAction
    from ._actions.testing import LoggedMessage as LoggedMessage
    from ._actions.testing import MemoryLogger as MemoryLogger
    from ._actions.testing import UnflushedTracebacks as UnflushedTracebacks
    from ._actions.testing import assert_has_action as assert_has_action
    from ._actions.testing import assert_has_message as assert_has_message
    from ._actions.testing import capture_logging as capture_logging
    from ._actions.trace import compute_with_trace as compute_with_trace
    from ._actions.trace import persist_with_trace as persist_with_trace
    from ._progress.bar import ProgressBar as ProgressBar
    from ._progress.bar import progress as progress
    from ._tracker import ProvTracker as ProvTracker

__version__ = "0.1.0"

_recorded: ProvTracker | None = None

# Where each name of the action log is defined: it is loaded when it is asked for.
_ACTIONS = {
    **dict.fromkeys(
        (
            "Action",
            "continue_task",
            "current_action",
            "log_call",
            "log_message",
            "preserve_context",
            "register_exception_extractor",
            "serialize_task_id",
            "start_action",
            "start_task",
            "write_traceback",
        ),
        "action",
    ),
    **dict.fromkeys(
        ("add_destinations", "add_global_fields", "remove_destination", "to_file"), "destinations"
    ),
    **dict.fromkeys(
        (
            "LoggedAction",
            "LoggedMessage",
            "MemoryLogger",
            "UnflushedTracebacks",
            "assert_has_action",
            "assert_has_message",
            "capture_logging",
        ),
        "testing",
    ),
    **dict.fromkeys(("compute_with_trace", "persist_with_trace"), "trace"),
}

__all__ = [
    "ProgressBar",
    "ProvTracker",
    "__version__",
    "performance_report",
    "progress",
    *_ACTIONS,
]


def __getattr__(name: str) -> Any:
    if name == "ProvTracker":
        from ._tracker import ProvTracker

        return ProvTracker
    if name == "performance_report":
        from ._report import performance_report

        return performance_report
    if name in ("ProgressBar", "progress"):
        from ._progress import bar

        return getattr(bar, name)
    if name in _ACTIONS:
        from importlib import import_module

        return getattr(import_module(f"._actions.{_ACTIONS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext taskprov`: from now on work is known by the cell and line that submits it.

    That goes for every client in this kernel, whose cluster has a tracker of its own, and for
    Dask's local schedulers, which are recorded from now on: their document is written on
    `%unload_ext taskprov`, or when the kernel ends. `%taskprov COMMAND` runs the command line, and
    `%taskprov report` shows the report in the notebook.
    """
    global _recorded
    from ._notebook.hook import install
    from ._notebook.magic import add_magic
    from ._tracker import ProvTracker

    install(ipython)
    add_magic(ipython)
    if _recorded is None:
        _recorded = ProvTracker(jupyter_tracking=True).register()


def unload_ipython_extension(_ipython: Any) -> None:
    """`%unload_ext taskprov`: ends the record and writes the document."""
    global _recorded
    from ._notebook.hook import uninstall

    if _recorded is not None:
        _recorded.unregister()
        _recorded = None
    uninstall()
