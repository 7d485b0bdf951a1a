"""Events that may be the noise of a cluster that closes."""

from __future__ import annotations

from time import time
from typing import Any, Callable

# A worker that said it would leave usually leaves because the cluster closes.
MAX_HELD_SECONDS = 30.0


class Limbo:
    """Keeps aside what the leaving of workers sets off until it is known what it meant.

    A cluster that closes first stops its workers, and the scheduler then plans to compute again
    what they held. Such events are kept aside until the scheduler closes (then they never
    mattered), or a task of theirs really ends, or nothing else follows for a while.
    """

    def __init__(self, put: Callable[[Any], Any]) -> None:
        self._put = put
        # Before a worker has left on purpose there is nothing to keep aside.
        self.is_open = False
        # Workers that said they leave, and the stimuli their leaving set off.
        self._leaving: set[str] = set()
        self._intended: set[str] = set()
        self._tasks: set[int] = set()
        self._held: list[Any] = []
        self._held_since = 0.0

    def worker_leaves(self, worker: str) -> None:
        self._leaving.add(worker)

    def worker_came(self, worker: str) -> None:
        self._leaving.discard(worker)

    def leaves(self, worker: str) -> bool:
        return worker in self._leaving

    def hear(self, topic: str, msg: Any) -> None:
        """Listens to the scheduler's log for who leaves on purpose."""
        action = msg.get("action")
        if action == "closing-worker":
            self._leaving.add(topic)
        elif action == "remove-worker" and msg.get("worker") in self._leaving:
            self._intended.add(str(msg.get("stimulus_id")))
            self.is_open = True

    def enter(self, n: int, stimulus: str) -> None:
        """A task changes because of this stimulus."""
        if stimulus in self._intended:
            if not self._held:
                self._held_since = time()
            self._tasks.add(n)

    def concerns(self, n: int) -> bool:
        """Whether events of the task may be kept aside."""
        return n in self._tasks

    def emit(self, n: int, event: Any, settled: bool = False) -> None:
        """Records an event of a task, or keeps it aside."""
        if self._tasks:
            is_late = self._held and time() - self._held_since > MAX_HELD_SECONDS
            if is_late or (settled and n in self._tasks):
                self.let_go()
            elif n in self._tasks:
                self._held.append(event)
                return
        self._put(event)

    def let_go(self) -> None:
        """The events mattered."""
        for held in self._held:
            self._put(held)
        self.forget()

    def forget(self) -> None:
        self._held.clear()
        self._tasks.clear()
