"""Progress of tasks on a cluster: counted by its scheduler, asked for by the client."""

from __future__ import annotations

import sys
import uuid
from typing import Any

from .tally import Tally

# What asking a scheduler raises that is closing, or closed.
GONE = (OSError, ValueError, TypeError, AttributeError, TimeoutError)


def counting_plugin(name: str, client: str | None, keys: list[Any]) -> Any:
    """A scheduler plugin that counts tasks by group. It travels by value: it needs no package.

    Args:
        client: counts what this client submits from now on; None: nothing new.
        keys: counts these and what they need, as far as it is not done yet.
    """
    from distributed import SchedulerPlugin

    class CountingPlugin(SchedulerPlugin):
        idempotent = True

        def __init__(self) -> None:
            self.name = name
            self.groups: dict[Any, str] = {}
            self.counts: dict[str, list[int]] = {}
            self.missing = set(keys)

        def start(self, scheduler: Any) -> None:
            self.scheduler = scheduler
            scheduler.handlers[name] = self.ask
            self.look_for_missing()

        def look_for_missing(self) -> None:
            found = [key for key in self.missing if key in self.scheduler.tasks]
            self.missing.difference_update(found)
            stack = [self.scheduler.tasks[key] for key in found]
            while stack:
                ts = stack.pop()
                if ts.key in self.groups:
                    continue
                wanted = ts.key in found
                if ts.state in ("memory", "forgotten") and not wanted:
                    continue
                self.count(ts)
                stack.extend(ts.dependencies)

        def count(self, ts: Any) -> None:
            group = str(ts.prefix.name if ts.prefix is not None else ts.group_key)
            self.groups[ts.key] = group
            counts = self.counts.setdefault(group, [0, 0, 0])
            counts[0] += 1
            if ts.state == "memory":
                counts[1] += 1
                self.groups[ts.key] = ""
            elif ts.state == "erred":
                counts[2] += 1
                self.groups[ts.key] = ""

        def update_graph(
            self, scheduler: Any, *, client: Any = None, tasks: Any = (), **_more: Any
        ) -> None:
            if self.missing:
                self.look_for_missing()
            if client is None or client != self.followed:
                return
            for key in tasks:
                ts = self.scheduler.tasks.get(key)
                if ts is not None and key not in self.groups and ts.state == "released":
                    self.count(ts)

        followed = client

        def transition(self, key: Any, start: str, finish: str, *_args: Any, **_more: Any) -> None:
            group = self.groups.get(key)
            if not group:
                return
            if finish == "memory":
                self.counts[group][1] += 1
            elif finish == "erred":
                self.counts[group][2] += 1
            elif finish == "forgotten":
                self.counts[group][0] -= 1
            else:
                return
            if finish == "forgotten":
                del self.groups[key]
            else:
                self.groups[key] = ""

        async def ask(self, last: bool = False) -> Any:
            if last:
                self.scheduler.handlers.pop(name, None)
            return self.counts

    return CountingPlugin()


class ClusterCount:
    """Counts tasks of one client while it is open."""

    def __init__(self, client: Any, keys: list[Any] | None = None) -> None:
        self._client = client
        self._name = f"taskprov_progress_{uuid.uuid4().hex}"
        follows = client.id if keys is None else None
        client.register_plugin(counting_plugin(self._name, follows, keys or []))
        self._last: dict[str, Any] = {}

    def tally(self, last: bool = False) -> Tally:
        """What the scheduler says; what it said last when it is gone."""
        try:
            self._last = self._client.sync(getattr(self._client.scheduler, self._name), last=last)
        except GONE:
            # The cluster closes.
            return Tally.of(self._last)
        return Tally.of(self._last)

    def close(self) -> None:
        """Leaves the scheduler as it was."""
        self.tally(last=True)
        try:
            self._client.unregister_scheduler_plugin(self._name)
        except GONE:
            # The cluster is gone, and the count with it.
            return


def current_client() -> Any:
    """The client whose cluster Dask uses here; None without one, or for one of asyncio."""
    module = sys.modules.get("distributed")
    if module is None:
        return None
    try:
        client = module.get_client()
    except ValueError:
        return None
    return None if client.asynchronous else client
