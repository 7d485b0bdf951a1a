"""What a traced task calls instead of its function, on whatever worker."""

from __future__ import annotations

import contextlib
import threading
import uuid
from typing import Any

from .action import Action, _eliot_action
from .attempt_messages import listen_to_eliot
from .destinations import open_worker_log
from .outcomes import TOPIC, Try, this_try

TASK = "eliot:remote_task"
ATTEMPT = "taskprov:attempt"
# An attribute of exceptions.
RAISED_BY = "_taskprov_key"
# Beyond the messages of a lost first try, whose number nobody knows.
FAR = 1_000_000
# Places of tasks that this process remembers.
MOST_PLACES = 100_000

_lock = threading.Lock()
# Places in the log that tasks of this process write at, and that they must leave alone.
_begun: dict[str, None] = {}
_taken: dict[str, None] = {}


def take_places(places: list[str]) -> list[str]:
    """On a worker: those at which no task of this process writes, nor will from now on."""
    with _lock:
        free = [place for place in places if place not in _begun]
        for place in free:
            _remember(_taken, place)
    return free


def _may_begin(place: str) -> bool:
    with _lock:
        if place in _taken:
            return False
        _remember(_begun, place)
    return True


def _remember(places: dict[str, None], place: str) -> None:
    if len(places) >= MOST_PLACES:
        del places[next(iter(places))]
    places[place] = None


def place_of(task_uuid: str, level: list[int]) -> str:
    """The id of a task's action, as `serialize_task_id` writes it."""
    return f"{task_uuid}@/{'/'.join(map(str, level))}"


class TracedTask:
    """Calls a function as a part of the action that submitted its task."""

    def __init__(
        self,
        function: Any,
        key: Any,
        dependencies: list[str],
        task_uuid: str,
        level: list[int],
        log_beside: str | None,
        call: str | None,
    ) -> None:
        self.function = function
        self.key = key
        self.dependencies = dependencies
        self.task_uuid = task_uuid
        self.level = level
        self.log_beside = log_beside
        # None on local schedulers.
        self.call = call
        self.uses_eliot = _eliot_action() is not None

    def __getattr__(self, name: str) -> Any:
        # Dask and the tracker ask what it is called and where it is from.
        if name in ("__wrapped__", "__name__", "__qualname__", "__doc__"):
            function = self.__dict__.get("function")
            if function is not None:
                return function if name == "__wrapped__" else getattr(function, name)
        raise AttributeError(name)

    def __dask_tokenize__(self) -> Any:
        """The function's: a scheduler that knows the task untraced need not warn."""
        from dask.base import normalize_token

        return normalize_token(self.function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        this = this_try(self.key, self.call)
        if not this.is_traced or not _may_begin(place_of(self.task_uuid, self.level)):
            return self.function(*args, **kwargs)
        open_worker_log(self.log_beside)
        try:
            if this.again:
                return self._again(args, kwargs)
            if this.number == 1 and this.retries == 0:
                return self._once(args, kwargs)
            return self._one_of_many(this, args, kwargs)
        except BaseException as error:
            self._tell_that_it_raised(error)
            raise

    def _tell_that_it_raised(self, error: BaseException) -> None:
        """Else the scheduler would not know whether the function was called at all."""
        if self.call is None:
            # A local scheduler hands on the exception, and not whose it is.
            with contextlib.suppress(AttributeError, TypeError):
                setattr(error, RAISED_BY, str(self.key))
            return
        try:
            from distributed import get_worker

            get_worker().log_event(TOPIC, {"key": str(self.key)})
        except Exception:
            # The worker is going down.
            return

    def _again(self, args: Any, kwargs: Any) -> Any:
        """Its action is over: what is logged now is a tree of its own."""
        task = Action(TASK, str(uuid.uuid4()), [])
        task.write({"taskprov:after": place_of(self.task_uuid, self.level)}, "started")
        task.log("dask:task", **self._about())
        with task:
            return self.function(*args, **kwargs)

    def _once(self, args: Any, kwargs: Any) -> Any:
        if self.uses_eliot:
            with _eliot_continued(self.task_uuid, self.level, TASK) as eliot_task:
                eliot_task.log("dask:task", **self._about())
                return self.function(*args, **kwargs)
        with self._begun():
            return self.function(*args, **kwargs)

    def _one_of_many(self, this: Try, args: Any, kwargs: Any) -> Any:
        """Each try is an action in the task's, which ends with the last one."""
        number = this.number
        task = self._begun() if number == 1 else self._action()
        task.skip_to(last_before(number, this.retries))
        try:
            with self._attempt(task.next_level(), number):
                result = self.function(*args, **kwargs)
        except BaseException as exception:
            if number > this.retries:
                task.finish(exception)
            raise
        task.finish()
        return result

    def _attempt(self, level: list[int], number: int) -> Any:
        if self.uses_eliot:
            return _eliot_continued(self.task_uuid, level, ATTEMPT, attempt=number)
        attempt = Action(ATTEMPT, self.task_uuid, level)
        attempt.write({"attempt": number}, "started")
        return attempt

    def _action(self) -> Action:
        return Action(TASK, self.task_uuid, self.level)

    def _begun(self) -> Action:
        task = self._action()
        task.write({}, "started")
        task.log("dask:task", **self._about())
        return task

    def _about(self) -> dict[str, Any]:
        return {"key": str(self.key), "dependencies": self.dependencies}


def last_before(number: int, retries: int) -> int:
    """The last place taken in a task's action before a try begins."""
    # A try that `retries` did not foresee follows one whose worker was lost.
    return 1 + number if retries > 0 or number == 1 else FAR * (number - 1)


def _eliot_continued(task_uuid: str, level: list[int], action_type: str, **fields: Any) -> Any:
    """An action of Eliot's for a program that logs with Eliot: its own calls find it."""
    import eliot

    listen_to_eliot()
    task_id = place_of(task_uuid, level)
    return eliot.Action.continue_task(task_id=task_id, action_type=action_type, **fields)
