"""Hands what is known of cells and sites to whoever records: schedulers, local recordings."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from typing import Any, Callable

from .._bridge.notebook import TOPIC

Message = dict[str, Any]
Listener = Callable[[Message], None]

# What is kept for who begins to listen late.
MAX_KEPT = 10_000
MAX_LISTENERS = 100


class Telling:
    """Messages in order, for listeners that come and go."""

    def __init__(self, hook: str) -> None:
        self._hook = hook
        self._lock = threading.RLock()
        self._kept: deque[tuple[int, Message]] = deque(maxlen=MAX_KEPT)
        self._next = 0
        self._clients: weakref.WeakKeyDictionary[Any, _Post] = weakref.WeakKeyDictionary()
        self._listeners: dict[Listener, int] = {}

    def tell(self, message: Message) -> None:
        """Keeps a message, and hands it on to those who listen already."""
        with self._lock:
            self._kept.append((self._next, {**message, "hook": self._hook}))
            self._next += 1
            for client in list(self._clients):
                self.tell_client(client)
            for listener in list(self._listeners):
                self.tell_listener(listener)

    def tell_client(self, client: Any) -> None:
        """What a client's scheduler has not heard yet; does not wait for it to arrive."""
        with self._lock:
            post = self._clients.get(client)
            if post is None:
                post = self._clients[client] = _Post()
            if post.heard < self._next:
                missed = self._missed(post.heard)
                post.heard = self._next
                post.send(client, missed)

    def tell_listener(self, listener: Listener) -> None:
        """What a recording of this process has not heard yet."""
        with self._lock:
            heard = self._listeners.get(listener, 0)
            self._listeners[listener] = self._next
            for message in self._missed(heard):
                listener(message)
            while len(self._listeners) > MAX_LISTENERS:
                self._listeners.pop(next(iter(self._listeners)))

    def forget_listener(self, listener: Listener) -> None:
        """A recording has ended."""
        with self._lock:
            self._listeners.pop(listener, None)

    def _missed(self, heard: int) -> list[Message]:
        missed: list[Message] = []
        for at, message in reversed(self._kept):
            if at < heard:
                break
            missed.append(message)
        return missed[::-1]


class _Post:
    """What goes to one scheduler, one after the other: calls may overtake each other."""

    def __init__(self) -> None:
        self.heard = 0
        self._waiting: deque[Message] = deque()
        self._is_sending = False

    def send(self, client: Any, messages: list[Message]) -> None:
        scheduler = getattr(client, "scheduler", None)
        loop = getattr(client, "loop", None)
        if scheduler is None or loop is None or getattr(client, "status", "") == "closed":
            return
        self._waiting.extend(messages)
        try:
            loop.add_callback(self._drain, scheduler)
        except RuntimeError:  # The loop has been closed.
            self._waiting.clear()

    async def _drain(self, scheduler: Any) -> None:
        """On the client's loop; a scheduler that has gone needs none of it."""
        if self._is_sending:
            return
        self._is_sending = True
        try:
            while self._waiting:
                await scheduler.log_event(topic=TOPIC, msg=self._waiting.popleft())
        except Exception:
            self._waiting.clear()
        finally:
            self._is_sending = False
