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

__all__ = ["ProvTracker", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "ProvTracker":
        from ._tracker import ProvTracker

        return ProvTracker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
