"""Handlers for a reader on a connection to the scheduler (`taskprov attach`).

`taskprov_attach` answers `{"op": "attached", ...}` and then sends `{"op": "batch", "first": n,
"data": [frame ...]}` as the record grows and `{"op": "end"}` after its last; joined in order, the
frames are the bytes of a journal, `first` is the number of the first one. A reader that lost its
connection attaches again with `after`: the number of frames it has. `taskprov_detach` ends the
record and leaves the scheduler as it was.
"""

from __future__ import annotations

import asyncio
from typing import Any

from distributed.core import Status

from .sinks import QueueSink

PROTOCOL = 1


class CommHandlers:
    """The scheduler's two operations, while a record goes into a queue."""

    def __init__(self, scheduler: Any, sink: QueueSink, bridge: Any, about: dict[str, Any]) -> None:
        self._scheduler = scheduler
        self._sink = sink
        self._bridge = bridge
        self._about = {"protocol": PROTOCOL, **about}
        self._reader = 0
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        sink.wake = self._wake

    def install(self) -> None:
        self._scheduler.handlers["taskprov_attach"] = self.taskprov_attach
        self._scheduler.handlers["taskprov_detach"] = self.taskprov_detach

    def remove(self) -> None:
        for name in ("taskprov_attach", "taskprov_detach"):
            self._scheduler.handlers.pop(name, None)

    async def taskprov_attach(self, comm: Any, after: int = 0, **_more: Any) -> Any:
        # The newest reader gets what comes: an older one has lost its connection.
        self._reader += 1
        reader = self._reader
        self._news.set()
        sink = self._sink
        sink.rewind(after)
        await comm.write({"op": "attached", **self._about})
        while reader == self._reader:
            first, frames = sink.take()
            if frames:
                try:
                    await comm.write({"op": "batch", "first": first, "data": frames})
                except BaseException:
                    sink.rewind(first)
                    raise
            elif sink.closed:
                await comm.write({"op": "end"})
                self._done.set()
                break
            else:
                await self._wait()
        return Status.dont_reply

    async def drain(self) -> None:
        """Waits until a reader has the end of the record, but not long."""
        if self._reader > 0:
            await asyncio.wait([asyncio.ensure_future(self._done.wait())], timeout=2)

    async def taskprov_detach(self, **_more: Any) -> str:
        await self._bridge.detach()
        return "OK"

    async def _wait(self) -> None:
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), 1.0)
        except asyncio.TimeoutError:
            pass

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # The loop has ended; nobody waits any more.
            pass
