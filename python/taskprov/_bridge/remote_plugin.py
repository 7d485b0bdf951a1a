"""A plugin that is put into all workers, those to come too, and taken from them again."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any, Callable

from .equipment import Parcel, as_key

# Longer than this nobody waits for a worker.
MAX_SECONDS = 10

__all__ = ["RemotePlugin", "as_key"]


class RemotePlugin:
    """A workers' plugin of one record, seen from the scheduler."""

    def __init__(
        self,
        scheduler: Any,
        settings: dict[str, Any],
        modules: tuple[str, ...],
        entry: str,
        problem: Callable[[str], None],
    ) -> None:
        self.name: str = settings["name"]
        self._scheduler = scheduler
        self._settings = settings
        self._modules = modules
        self._entry = entry
        self._problem = problem
        self._is_installed = False
        self._going: asyncio.Task[Any] | None = None

    def install(self) -> None:
        """Registers the plugin; a worker that is there has it a moment later."""
        loader = __spec__.loader
        package = __spec__.parent
        texts = {
            name: loader.get_source(f"{package}.{name}")  # type: ignore[union-attr]
            for name in (*self._modules, "loader")
        }
        texts["__init__"] = ""
        config = {"sources": texts, "settings": self._settings, "entry": self._entry}
        plugin = pickle.dumps(Parcel(json.dumps(config)), protocol=4)
        register = self._scheduler.register_worker_plugin
        self._is_installed = True
        self._going = asyncio.ensure_future(
            self._try(register(None, plugin, name=self.name, idempotent=True))
        )

    async def remove(self) -> bool:
        """Takes the plugin from the workers again, if it is there."""
        if not self._is_installed:
            return False
        self._is_installed = False
        await self._try(self._scheduler.unregister_worker_plugin(None, self.name))
        return True

    async def _try(self, work: Any) -> None:
        try:
            answers = await asyncio.wait_for(work, MAX_SECONDS)
        except Exception as error:
            self._problem(f"{type(error).__name__}: {error}"[:300])
            return
        for answer in (answers or {}).values():
            if type(answer) is dict and answer.get("status") != "OK":
                self._problem("a worker could not take the plugin")
