"""Tasks of a traced graph that no worker logs, told by the program that submitted them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from typing import Any

from .action import Action
from .outcomes import OPERATION
from .traced_task import RAISED_BY, TASK, last_before, place_of, take_places

# After an error the scheduler needs a moment to let go of what nobody wants any more.
SETTLE_SECONDS = 2.0
# A scheduler or worker that does not answer is not waited for.
ANSWER_SECONDS = 30.0


class TracedCall:
    """One graph as it was traced: where in the log each of its tasks has its place."""

    def __init__(self, action: Action, name: str | None) -> None:
        self.action = action
        # None on local schedulers.
        self.name = name
        self._places: dict[Any, tuple[list[int], list[str]]] = {}
        #: Tasks of the graph.
        self.count = 0
        #: What `dask.compute` raised.
        self.error: BaseException | None = None

    def place(self, key: Any, dependencies: list[str]) -> list[int]:
        """The place of a task's action, the next one in the caller's."""
        level = self.action.next_level()
        self._places[key] = level, dependencies
        return level

    @property
    def keys(self) -> list[Any]:
        """Of the tasks that nothing was told of yet."""
        return list(self._places)

    def place_text(self, key: Any) -> str:
        """Its place as text."""
        return place_of(self.action.task_uuid, self._places[key][0])

    def dependencies(self, key: Any) -> list[str]:
        """Keys that it needs, as text."""
        return self._places[key][1]

    def has(self, key: Any) -> bool:
        """Whether it was traced, and not told yet."""
        return key in self._places

    def never_ran(self, key: Any, exception: str, reason: str, number: int = 1) -> None:
        """Its action, which failed; after tries that were made, only the end of it."""
        level, needs = self._places.pop(key)
        task = Action(TASK, self.action.task_uuid, level)
        if number == 1:
            _begin(task, key, needs)
        else:
            task.skip_to(last_before(number, 1))
        task.write({"exception": exception, "reason": reason}, "failed")

    def was_known(self, key: Any, state: str) -> None:
        """Its action, in which nothing had to be done."""
        level, needs = self._places.pop(key)
        task = Action(TASK, self.action.task_uuid, level)
        _begin(task, key, needs)
        task.write({"taskprov:known": state}, "succeeded")


def _begin(task: Action, key: Any, needs: list[str]) -> None:
    task.write({}, "started")
    task.log("dask:task", key=str(key), dependencies=needs)


# On a cluster.


def new_name() -> str:
    """Of a call: the scheduler knows its tasks by it."""
    return uuid.uuid4().hex


async def tell_outcomes(
    client: Any, call: TracedCall, *, last: bool, seconds: float | None, arrival: float = 0
) -> None:
    """Writes the actions of tasks that no worker writes. Never raises.

    Args:
        last: what is not decided by then will not be logged by workers either.
        seconds: how long tasks may stay undecided; None: as long as it takes.
        arrival: seconds in which the scheduler may still get the graph.
    """
    try:
        ask = getattr(client.scheduler, OPERATION)
        asked = ask(
            call=call.name,
            count=call.count,
            arrival=arrival,
            seconds=seconds,
            last=last,
            probe=call.keys[-1:],
        )
        wait = None if seconds is None else arrival + seconds + ANSWER_SECONDS
        answer = await asyncio.wait_for(asked, wait)
        await _tell_never(client, call, answer["never"])
        if not answer["all"] and (answer["open"] == 0 or last):
            for key, state, blame in await ask(call=call.name, keys=call.keys):
                if call.has(key):
                    _tell_known(call, key, state, blame)
    except (OSError, asyncio.TimeoutError, AttributeError):
        # The scheduler is gone: there is nobody to ask.
        return


async def _tell_never(client: Any, call: TracedCall, never: Iterable[Any]) -> None:
    unsure: dict[str, list[tuple[Any, int]]] = {}
    for key, happened, number, about in never:
        if not call.has(key):
            continue
        if happened == "blocked":
            call.never_ran(key, "taskprov.Blocked", about, number)
        elif happened == "erred":
            call.never_ran(key, "taskprov.NotRun", about, number)
        elif about is None:
            call.never_ran(key, "taskprov.Cancelled", CANCELLED, number)
        else:
            unsure.setdefault(about, []).append((key, number))
    for worker, tasks in unsure.items():
        free = await _free_places(client, worker, [call.place_text(key) for key, _ in tasks])
        for key, number in tasks:
            if call.place_text(key) in free:
                call.never_ran(key, "taskprov.Cancelled", CANCELLED, number)


CANCELLED = "nobody waits for it"


async def _free_places(client: Any, worker: str, places: list[str]) -> set[str]:
    """Only the worker knows whether it began what it was sent."""
    try:
        asked = client._run(take_places, places, workers=[worker])
        answers = await asyncio.wait_for(asked, ANSWER_SECONDS)
    except Exception:
        # It died, and took with it what it knew.
        return set()
    return {place for free in answers.values() for place in free}


def _tell_known(call: TracedCall, key: Any, state: str | None, blame: str | None) -> None:
    if state == "erred":
        call.never_ran(key, "taskprov.Blocked", f"{blame or key} failed before")
    elif state is None and call.error is not None:
        reason = f"the scheduler never had it: {type(call.error).__name__}"
        call.never_ran(key, "taskprov.Cancelled", reason)
    else:
        call.was_known(key, state or "not needed")


# On a local scheduler of Dask.


def tell_unbegun(
    call: TracedCall, begun: set[Any], ended: set[Any], error: BaseException
) -> None:
    """After an error: tasks that a local scheduler did not come to any more."""
    raised_by = getattr(error, RAISED_BY, None)
    failed = {str(key) for key in begun - ended} if raised_by is None else {str(raised_by)}
    blocked = _descendants(call, failed)
    culprit = next(iter(failed)) if len(failed) == 1 else "an input"
    for key in call.keys:
        if key in begun:
            continue
        if str(key) in blocked:
            call.never_ran(key, "taskprov.Blocked", f"{culprit} failed")
        else:
            reason = f"the computation ended with {type(error).__name__}"
            call.never_ran(key, "taskprov.Cancelled", reason)


def _descendants(call: TracedCall, failed: set[str]) -> set[str]:
    found: set[str] = set()
    # Tasks were placed after what they need.
    for key in call.keys:
        if any(each in failed or each in found for each in call.dependencies(key)):
            found.add(str(key))
    return found
