"""Keeps our preload out of the configuration that Dask hands to other hosts.

`SSHCluster` and its like start schedulers elsewhere with this process's configuration. There our
file may not exist, and Dask starts no scheduler whose preload is missing.
"""

from __future__ import annotations

import functools
import os
from types import ModuleType
from typing import Any

PRELOAD = "_taskprov_preload.py"


def install(dask_config: ModuleType) -> None:
    """Called when `dask.config` has been imported."""
    original = dask_config.serialize

    @functools.wraps(original)
    def serialize(data: Any) -> str:
        return original(_without_ours(data, dask_config))

    dask_config.serialize = serialize


def _without_ours(data: Any, dask_config: ModuleType) -> Any:
    """The configuration as it is without us: with the preload that the user gave, if any."""
    try:
        scheduler = data["distributed"]["scheduler"]
        preload = scheduler["preload"]
    except (KeyError, TypeError):
        return data
    if not isinstance(preload, str) or os.path.basename(preload) != PRELOAD:
        return data
    # Not before: it imports Dask.
    from ._taskprov_preload import read_settings, users_preloads

    users = users_preloads(read_settings() or {})
    ours = {**scheduler, "preload": users}
    return {**data, "distributed": {**data["distributed"], "scheduler": ours}}
