"""What a traced task calls instead of its function, on whatever worker."""

from __future__ import annotations

import sys
from typing import Any

from .action import Action, _eliot_action
from .destinations import open_worker_log
from .tries import tries_of

TASK = "eliot:remote_task"
ATTEMPT = "taskprov:attempt"
# Beyond the messages of a lost first try, whose number nobody knows.
FAR = 1_000_000


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
    ) -> None:
        self.function = function
        self.key = key
        self.dependencies = dependencies
        self.task_uuid = task_uuid
        self.level = level
        self.log_beside = log_beside
        self.uses_eliot = _eliot_action() is not None

    def __getattr__(self, name: str) -> Any:
        # Dask and the tracker ask what it is called and where it is from.
        if name in ("__wrapped__", "__name__", "__qualname__", "__doc__"):
            function = self.__dict__.get("function")
            if function is not None:
                return function if name == "__wrapped__" else getattr(function, name)
        raise AttributeError(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        open_worker_log(self.log_beside)
        number, retries = tries_of(self.key)
        if number == 1 and retries == 0:
            return self._once(args, kwargs)
        return self._one_of_many(number, retries, args, kwargs)

    def _once(self, args: Any, kwargs: Any) -> Any:
        about = {"key": str(self.key), "dependencies": self.dependencies}
        if self.uses_eliot:
            with _eliot_continued(self.task_uuid, self.level, TASK) as eliot_task:
                eliot_task.log("dask:task", **about)
                return self.function(*args, **kwargs)
        with self._begun():
            return self.function(*args, **kwargs)

    def _one_of_many(self, number: int, retries: int, args: Any, kwargs: Any) -> Any:
        """Each try is an action in the task's, which ends with the last one."""
        task = self._begun() if number == 1 else self._action()
        # A try that `retries` did not foresee follows one whose worker was lost.
        task.skip_to(1 + number if retries > 0 else FAR * (number - 1))
        try:
            with self._attempt(task.next_level(), number):
                result = self.function(*args, **kwargs)
        except BaseException as exception:
            if number > retries:
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
        task.log("dask:task", key=str(self.key), dependencies=self.dependencies)
        return task


def _eliot_continued(task_uuid: str, level: list[int], action_type: str, **fields: Any) -> Any:
    """An action of Eliot's for a program that logs with Eliot: its own calls find it."""
    import eliot

    task_id = f"{task_uuid}@/{'/'.join(map(str, level))}"
    return eliot.Action.continue_task(task_id=task_id, action_type=action_type, **fields)
