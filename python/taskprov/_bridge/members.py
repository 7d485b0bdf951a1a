"""Clients and workers of the scheduler, each with a number."""

from __future__ import annotations

from time import time
from typing import Any, Callable

from .encode import encode_head


class Members:
    """Announces clients and workers, and knows their numbers."""

    def __init__(self, scheduler: Any, put: Callable[..., Any]) -> None:
        self._scheduler = scheduler
        self._put = put
        self._clients: dict[str, int] = {}
        self._client_count = 0
        # Numbers of workers by address, of those too that have left.
        self.workers: dict[str, int] = {}
        self._worker_count = 0
        # Numbers of the workers on the scheduler's own machine.
        self.near: set[int] = set()

    @property
    def count(self) -> int:
        """Clients and workers that have come so far."""
        return self._client_count + self._worker_count

    def is_near(self, worker: int) -> bool:
        """Whether the worker of this number runs on the scheduler's own machine."""
        return worker in self.near

    def client(self, name: str | None) -> int | None:
        """Number of a client, announced the first time."""
        if not name:
            return None
        number = self._clients.get(name)
        if number is None:
            number = self._clients[name] = self._client_count
            self._client_count += 1
            self._put(["client+", time(), number, {"name": name}], always=True)
        return number

    def remove_client(self, name: str) -> None:
        number = self._clients.pop(name, None)
        if number is not None:
            self._put(["client-", time(), number])

    def forget_client(self, name: str) -> None:
        self._clients.pop(name, None)

    def worker(self, address: Any) -> int | None:
        return None if address is None else self.workers.get(address)

    def add_worker(self, address: str) -> None:
        number = self.workers[address] = self._worker_count
        self._worker_count += 1
        if _host(address) in (_host(_address(self._scheduler)), "127.0.0.1", None):
            self.near.add(number)
        self._put(["worker+", time(), number, self._about(address)], always=True)

    def remove_worker(self, address: str, reason: str) -> None:
        # It keeps its number: what it did may still be told.
        number = self.workers.get(address)
        if number is not None:
            self._put(["worker-", time(), number, reason])

    def _about(self, address: str) -> dict[str, Any]:
        about: dict[str, Any] = {"address": address}
        state = self._scheduler.workers.get(address)
        if state is None:
            return about
        about["name"] = encode_head(str(state.name), 200)
        about["threads"] = state.nthreads
        if state.memory_limit:
            about["memoryLimit"] = int(state.memory_limit)
        packages = (getattr(state, "versions", None) or {}).get("packages") or {}
        versions = {k: v for k, v in packages.items() if type(v) is str and k != "lz4"}
        if versions:
            about["versions"] = versions
        for name in ("host", "pid"):
            value = getattr(state, name, None)
            if value:
                about[name] = value
        return about


def _address(scheduler: Any) -> str:
    try:
        return scheduler.address
    except ValueError:  # Not listening yet.
        return ""


def _host(address: str) -> str | None:
    """The host of an address; None within this process."""
    scheme, _, place = address.partition("://")
    return None if scheme == "inproc" else place.rpartition(":")[0]
