"""A reader on a connection to the scheduler (`taskprov attach`).

The operation `NAME-attach`, NAME being the plugin's, is answered with `{"op": "attached", ...}`.
Then come `{"op": "batch", "first": n, "data": [frame, ...], ...}` as the record grows, at least one
a second, also without frames; joined in order, the frames are the bytes of a journal, and `first`
is the number of the first one. The reader answers each with `{"op": "ack", "next": m}`, m being the
number of the frame it wants now, so that nothing is lost with a connection. After the last one
comes `{"op": "end"}`. `{"op": "detach"}` from the reader ends the record.

A reader that lost its connection comes again with `after`: the number of frames it has. When none
comes for a while the record ends by itself and the scheduler is left as it was.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

from distributed.core import Status

from .sinks import QueueSink

PROTOCOL = 1
BEAT_SECONDS = 1.0
# One batch is under way at a time; a larger frame goes alone.
BATCH_BYTES = 1024 * 1024
# A reader that does not acknowledge for so long is gone.
MAX_SILENCE_SECONDS = 30.0
# A record without a reader goes on for so long.
GRACE_SECONDS = 60.0
# Leaving waits so long for the reader to have the end.
MAX_DRAIN_SECONDS = 3.0


class _Reader:
    """Who is on the other end of a connection."""

    def __init__(self, comm: Any, has: int) -> None:
        self.comm = comm
        self.acknowledged = has
        self.sent = has
        self.heard = monotonic()
        self.gone = False

    @property
    def is_behind(self) -> bool:
        return self.acknowledged < self.sent


class CommHandlers:
    """The scheduler's operation for readers, while a record goes into a queue."""

    def __init__(
        self, scheduler: Any, sink: QueueSink, bridge: Any, about: dict[str, Any], grace: float
    ) -> None:
        self._scheduler = scheduler
        self._sink = sink
        self._bridge = bridge
        self._about = {"protocol": PROTOCOL, **about}
        self._grace = grace
        self._op = f"{bridge.name}-attach"
        self._reader: _Reader | None = None
        self._read_at = monotonic()
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        sink.wake = self._wake

    def install(self) -> None:
        self._scheduler.handlers[self._op] = self.attach
        self._background(self._watch())

    def remove(self) -> None:
        self._scheduler.handlers.pop(self._op, None)
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()

    # The first parameter's name tells Dask to pass the connection.
    async def attach(self, comm: Any, after: int = 0, **_more: Any) -> Any:
        """Sends a reader what there is and what comes."""
        # The newest reader gets it: an older one has lost its connection.
        reader = self._reader = _Reader(comm, self._sink.rewind(after))
        self._news.set()
        listening = self._background(self._listen(reader))
        try:
            await comm.write({"op": "attached", "first": reader.sent, **self._about})
            while self._is_served(reader):
                if await self._send(reader):
                    # The reader hangs up when it has read the end.
                    await asyncio.wait({listening}, timeout=MAX_DRAIN_SECONDS)
                    self._done.set()
                    break
                await self._wait(BEAT_SECONDS)
        finally:
            if self._reader is reader:
                self._reader = None
                self._read_at = monotonic()
            listening.cancel()
            comm.abort()
        return Status.dont_reply

    async def drain(self) -> None:
        """Waits until a reader has the end of the record, but not long."""
        self._wake()
        if self._reader is not None:
            await asyncio.wait({self._background(self._done.wait())}, timeout=MAX_DRAIN_SECONDS)

    def _is_served(self, reader: _Reader) -> bool:
        silent = monotonic() - reader.heard > MAX_SILENCE_SECONDS
        return self._reader is reader and not reader.gone and not silent

    async def _send(self, reader: _Reader) -> bool:
        """Sends what is due; says whether that was the end."""
        if reader.is_behind:
            return False
        ended = self._sink.closed  # Asked first: what comes before closing must go out.
        first, frames = self._sink.take(BATCH_BYTES)
        if ended and not frames:
            await reader.comm.write({"op": "end", **self._bridge.counts()})
            return True
        reader.sent = first + len(frames)
        batch = {"op": "batch", "first": first, "data": frames, **self._bridge.counts()}
        await reader.comm.write(batch)
        return False

    async def _listen(self, reader: _Reader) -> None:
        try:
            while True:
                message = await reader.comm.read()
                reader.heard = monotonic()
                op = message.get("op")
                if op == "ack":
                    reader.acknowledged = int(message.get("next") or 0)
                    if reader.acknowledged < reader.sent:
                        # It could not keep them all; it will get them again.
                        reader.sent = reader.acknowledged = self._sink.rewind(reader.acknowledged)
                    # An empty batch was a beat; another is due in a second.
                    if self._sink.has_news:
                        self._news.set()
                elif op == "detach":
                    self._background(self._bridge.detach())
        except Exception:  # The connection is lost, or what comes is no message of ours.
            reader.gone = True
            self._news.set()

    async def _watch(self) -> None:
        """Ends the record when no reader has been there for a while."""
        while True:
            await asyncio.sleep(min(1.0, self._grace / 4))
            if self._reader is None and monotonic() - self._read_at > self._grace:
                await self._bridge.detach()
                return

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        self._news.clear()

    def _background(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        # The loop itself holds tasks weakly only.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # The loop has ended; nobody waits any more.
            pass
