"""Records a scheduler that did not load the preload of `taskprov run`.

Dask takes the preload from the environment only when the program gives none: not with
`Scheduler(preload=...)`, `dask scheduler --preload`, or `distributed.scheduler.preload` set in
the program.
"""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

from ._bridge.own_log import tell
from ._taskprov_preload import make_bridge, read_settings


def install(distributed_scheduler: ModuleType) -> None:
    """Called when `distributed.scheduler` has been imported."""
    scheduler_class = distributed_scheduler.Scheduler
    start = scheduler_class.start_unsafe

    @functools.wraps(start)
    async def start_unsafe(self: Any) -> Any:
        result = await start(self)
        _attach(self)
        return result

    scheduler_class.start_unsafe = start_unsafe


def _attach(scheduler: Any) -> None:
    settings = read_settings()
    if settings is None or "taskprov" in scheduler.plugins:
        return
    try:
        bridge = make_bridge(settings)
        bridge.open(scheduler)
        scheduler.add_plugin(bridge, name=bridge.name)
    except Exception as error:
        tell(f"this Dask scheduler is not recorded: {type(error).__name__}: {error}", "warning")
