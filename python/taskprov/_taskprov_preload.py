"""Loads the bridge into a Dask scheduler as a preload.

`taskprov run` names this file in `DASK_DISTRIBUTED__SCHEDULER__PRELOAD` and says in
`TASKPROV_BRIDGE` what to record and where. The bridge itself lies beside it, in `_bridge`.
"""

from __future__ import annotations

import json
import os
from typing import Any

import dask
from distributed import preloading

SETTINGS = "TASKPROV_BRIDGE"


def read_settings() -> dict[str, Any] | None:
    """What `taskprov run` asks for; nothing when the file was loaded by somebody else."""
    text = os.environ.get(SETTINGS)
    return None if text is None else json.loads(text)


def make_bridge(settings: dict[str, Any]) -> Any:
    """The plugin, made from the sources beside this file."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bridge")
    sources = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                sources[name[:-3]] = file.read()
    loader: dict[str, Any] = {"__name__": "taskprov_bridge"}
    exec(compile(sources["loader"], "<taskprov-bridge>", "exec"), loader)
    return loader["make"](json.dumps({"sources": sources, "settings": settings}))


def tell(line: str) -> None:
    """Warns the user, as the rest of taskprov does."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bridge", "own_log.py")
    own_log: dict[str, Any] = {"__name__": "taskprov_own_log"}
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), own_log)
    own_log["tell"](line, "warning")


def users_preloads(settings: dict[str, Any]) -> Any:
    """What the user has configured as preload: our environment variable hides it."""
    given = settings.get("preload")
    if given is not None:
        return dask.config.interpret_value(given)
    files = dask.config.merge(*dask.config.collect_yaml(dask.config.paths))
    return dask.config.get("distributed.scheduler.preload", default=[], config=files)


async def dask_setup(scheduler: Any) -> None:
    """Called by Dask when a scheduler starts."""
    settings = read_settings()
    if settings is None:
        return
    try:
        if "taskprov" not in scheduler.plugins:
            bridge = make_bridge(settings)
            bridge.open(scheduler)
            scheduler.add_plugin(bridge, name=bridge.name)
    except Exception as error:
        tell(f"this Dask scheduler is not recorded: {error}")
    # Last: an error in them is the user's, and Dask reports it as it does without us.
    preload = users_preloads(settings)
    if preload:
        argv = dask.config.get("distributed.scheduler.preload-argv", default=[])
        scheduler.taskprov_preloads = preloading.process_preloads(scheduler, preload, argv)
        await scheduler.taskprov_preloads.start()


async def dask_teardown(scheduler: Any) -> None:
    """Called by Dask when a scheduler stops: the user's own preloads hear of it too."""
    preloads = getattr(scheduler, "taskprov_preloads", None)
    if preloads is not None:
        await preloads.teardown()
