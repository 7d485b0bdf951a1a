"""Dask's kinds of task specifications, whichever of them this version has."""

from __future__ import annotations

import dask

try:
    from dask._task_spec import Alias, DataNode, Dict, List, NestedContainer, Task, TaskRef, Tuple
    from dask._task_spec import _execute_subgraph as EXECUTE_SUBGRAPH
    from dask._task_spec import _identity_cast as IDENTITY_CAST
except ImportError as error:  # Older than Dask 2024.12: graphs are plain tuples there.
    raise RuntimeError(
        f"Dask {dask.__version__} is too old, 2024.12 is the first that can be"
    ) from error
