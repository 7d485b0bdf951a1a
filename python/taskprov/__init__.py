"""taskprov: records what a Dask program did as W3C PROV provenance.

    from dask.distributed import Client
    from taskprov import ProvTracker

    client = Client()
    client.register_plugin(ProvTracker())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._tracker import ProvTracker as ProvTracker

__version__ = "0.1.0"

_notebook: ProvTracker | None = None

__all__ = ["ProvTracker", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "ProvTracker":
        from ._tracker import ProvTracker

        return ProvTracker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(_ipython: Any) -> None:
    """`%load_ext taskprov`: records Dask's local schedulers in this notebook from now on.

    The document is written on `%unload_ext taskprov`, or when the kernel ends.
    """
    global _notebook
    from ._tracker import ProvTracker

    if _notebook is None:
        _notebook = ProvTracker().register()


def unload_ipython_extension(_ipython: Any) -> None:
    """`%unload_ext taskprov`: ends the record and writes the document."""
    global _notebook
    if _notebook is not None:
        _notebook.unregister()
        _notebook = None
