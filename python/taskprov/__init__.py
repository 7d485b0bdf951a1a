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
    from ._tracker import ProvTracker as ProvTracker

__version__ = "0.1.0"

_recorded: ProvTracker | None = None

__all__ = ["ProvTracker", "__version__", "performance_report"]


def __getattr__(name: str) -> Any:
    if name == "ProvTracker":
        from ._tracker import ProvTracker

        return ProvTracker
    if name == "performance_report":
        from ._report import performance_report

        return performance_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext taskprov`: from now on work is known by the cell and line that submits it.

    That goes for every client in this kernel, whose cluster has a tracker of its own, and for
    Dask's local schedulers, which are recorded from now on: their document is written on
    `%unload_ext taskprov`, or when the kernel ends.
    """
    global _recorded
    from ._notebook.hook import install
    from ._tracker import ProvTracker

    install(ipython)
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
