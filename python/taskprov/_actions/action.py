"""Actions: something that begins, has messages and further actions in it, and ends."""

from __future__ import annotations

import functools
import inspect
import re
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from .destinations import deliver
from .encode import safe_text, type_name

_F = TypeVar("_F", bound=Callable[..., Any])

_current: ContextVar[Action | None] = ContextVar("taskprov-action", default=None)
_extractors: dict[type[BaseException], Callable[[Any], dict[str, Any]]] = {
    OSError: lambda error: {"errno": error.errno},
}


class Action:
    """An action of the log; `start_action` makes one. Use it with `with`."""

    def __init__(
        self, action_type: str, task_uuid: str, level: list[int], parent: Action | None = None
    ) -> None:
        self.action_type = action_type
        self.task_uuid = task_uuid
        self._level = level
        self._parent = parent
        self._last = 0
        self._ended = False
        self._success: dict[str, Any] = {}
        self._tokens: list[Token[Action | None]] = []
        self._lock = threading.Lock()

    def add_success_fields(self, **fields: Any) -> None:
        """Adds fields to the last message, if all goes well."""
        self._success.update(fields)

    def log(self, message_type: str, **fields: Any) -> None:
        """Writes a message into this action."""
        _write(self, message_type, fields)

    def serialize_task_id(self) -> bytes:
        """What another process needs to continue here, by `continue_task` or Eliot's; once."""
        return f"{self.task_uuid}@/{'/'.join(map(str, self.next_level()))}".encode("ascii")

    @contextmanager
    def context(self) -> Iterator[Action]:
        """Makes it the current action of a block without ending it."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)

    def finish(self, exception: BaseException | None = None) -> None:
        """Ends it, badly with an exception. A second end does nothing."""
        if self._ended:
            return
        if exception is None:
            self.write(self._success, "succeeded")
        else:
            self.write(failure_fields(exception), "failed")
        self._ended = True

    def __enter__(self) -> Action:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(self, _kind: Any, exception: BaseException | None, _trace: Any) -> None:
        _current.reset(self._tokens.pop())
        self.finish(exception)

    def open_action(self) -> Action | None:
        """This one or the nearest around it that has not ended."""
        action: Action | None = self
        while action is not None and action._ended:
            action = action._parent
        return action

    def next_level(self) -> list[int]:
        """The place of the next message or action in it."""
        with self._lock:
            self._last += 1
            return [*self._level, self._last]

    def skip_to(self, last: int) -> None:
        """Messages were written elsewhere: the next one comes after them."""
        self._last = max(self._last, last)

    def write(self, fields: dict[str, Any], status: str) -> None:
        """Writes its first or last message."""
        deliver(
            {
                **fields,
                "timestamp": time.time(),
                "task_uuid": self.task_uuid,
                "task_level": self.next_level(),
                "action_type": self.action_type,
                "action_status": status,
            }
        )


def current_action() -> Action | None:
    """The action that the code running now belongs to, also one of Eliot's; None outside any."""
    own = _current.get()
    if own is not None:
        return own
    eliot_action = _eliot_action()
    return None if eliot_action is None else _EliotAction(eliot_action)


class _EliotAction(Action):
    """An action of a program that logs with Eliot, for what is logged with us inside it."""

    def __init__(self, eliot_action: Any) -> None:
        super().__init__("eliot", "", [])
        self._eliot = eliot_action
        self.task_uuid = eliot_action.task_uuid

    def next_level(self) -> list[int]:
        return _place_of(self._eliot.serialize_task_id())[1]


def _eliot_action() -> Any:
    eliot = sys.modules.get("eliot")
    ask = getattr(eliot, "current_action", None)
    return None if ask is None else ask()


def start_action(action_type: str = "", **fields: Any) -> Action:
    """Begins an action, inside the current one if there is one; use it with `with`."""
    return _begin(action_type, fields)


def _begin(action_type: str, fields: dict[str, Any]) -> Action:
    around = current_action()
    parent = None if around is None else around.open_action()
    if parent is None:
        action = Action(action_type, str(uuid.uuid4()), [])
        action.write({**fields, **_after(around)}, "started")
        return action
    action = Action(action_type, parent.task_uuid, parent.next_level(), parent)
    action.write(fields, "started")
    return action


def start_task(action_type: str = "", **fields: Any) -> Action:
    """Begins an action that is a tree of its own."""
    action = Action(action_type, str(uuid.uuid4()), [])
    action.write(fields, "started")
    return action


def continue_task(task_id: bytes | str, action_type: str = "eliot:remote_task", **fields: Any) -> Action:
    """Continues an action of another process, by what its `serialize_task_id` gave."""
    task_uuid, level = _place_of(task_id)
    action = Action(action_type, task_uuid, level)
    action.write(fields, "started")
    return action


def serialize_task_id() -> bytes | None:
    """What another process needs to continue the current action; None outside any."""
    action = current_action()
    parent = None if action is None else action.open_action()
    return None if parent is None else parent.serialize_task_id()


def _place_of(task_id: bytes | str) -> tuple[str, list[int]]:
    text = task_id.decode("ascii", "replace") if isinstance(task_id, bytes) else task_id
    found = re.fullmatch(r"([^@\s]{1,200})@((?:/[1-9][0-9]{0,14})+)", text)
    if found is None:
        raise ValueError(f"Expected the id of a task such as UUID@/2/3, got {text[:80]!r}.")
    return found[1], [int(part) for part in found[2][1:].split("/")]


def log_message(message_type: str, **fields: Any) -> None:
    """Writes a message into the current action; outside any it stands by itself."""
    _write(current_action(), message_type, fields)


def write_traceback(exception: BaseException | None = None) -> None:
    """Writes an exception, by default the one being handled, with its traceback."""
    exception = sys.exc_info()[1] if exception is None else exception
    if exception is None:
        return
    trace = "".join(traceback.format_exception(exception))
    fields = {**failure_fields(exception), "traceback": trace}
    _write(current_action(), "eliot:traceback", fields, exception)


def register_exception_extractor(
    kind: type[BaseException], extractor: Callable[[Any], dict[str, Any]]
) -> None:
    """Has fields written for exceptions of a class, or one below it; the nearest class wins."""
    _extractors[kind] = extractor


def failure_fields(exception: BaseException) -> dict[str, Any]:
    """`exception`, `reason`, and what an extractor finds; never raises."""
    own = {"exception": type_name(type(exception)), "reason": safe_text(exception)}
    for kind in type(exception).__mro__:
        if kind in _extractors:
            try:
                return {**_extractors[kind](exception), **own}
            except Exception:
                # An extractor that fails has no fields to give.
                return own
    return own


def preserve_context(function: Callable[..., Any]) -> Callable[..., Any]:
    """Binds a function to the current action, for one call in any thread."""
    task_id = serialize_task_id()
    if task_id is None:
        return function
    calls: list[None] = []

    @functools.wraps(function)
    def bound(*args: Any, **kwargs: Any) -> Any:
        calls.append(None)
        if len(calls) > 1:
            raise RuntimeError("A function made by preserve_context was called twice.")
        with continue_task(task_id):
            return function(*args, **kwargs)

    return bound


def log_call(
    function: _F | None = None,
    *,
    action_type: str | None = None,
    include_args: list[str] | None = None,
    include_result: bool = True,
) -> Any:
    """Makes every call of a function an action with its arguments and its result.

    Args:
        action_type: by default the module and qualified name of the function.
        include_args: only these arguments; by default all but `self`.
        include_result: whether the result stands in the last message.
    """
    if function is None:
        return lambda given: log_call(
            given,
            action_type=action_type,
            include_args=include_args,
            include_result=include_result,
        )
    name = action_type or f"{function.__module__}.{function.__qualname__}"
    signature = inspect.signature(function)
    unknown = sorted(set(include_args or ()) - set(signature.parameters))
    if unknown:
        raise ValueError(f"{name} has no argument {unknown[0]!r}, which include_args names.")

    def begin(args: Any, kwargs: Any) -> Action:
        fields = _arguments(signature, args, kwargs)
        if include_args is not None:
            fields = {each: fields[each] for each in include_args if each in fields}
        return _begin(name, fields)

    def end(action: Action, result: Any) -> Any:
        if include_result:
            action.add_success_fields(result=result)
        return result

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def logged_async(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as action:
                return end(action, await function(*args, **kwargs))

        return logged_async

    @functools.wraps(function)
    def logged(*args: Any, **kwargs: Any) -> Any:
        with begin(args, kwargs) as action:
            return end(action, function(*args, **kwargs))

    return logged


def _arguments(signature: inspect.Signature, args: Any, kwargs: Any) -> dict[str, Any]:
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        # The call itself will say what is wrong.
        return {}
    bound.apply_defaults()
    fields = dict(bound.arguments)
    fields.pop("self", None)
    return fields


def _write(
    around: Action | None,
    message_type: str,
    fields: dict[str, Any],
    exception: BaseException | None = None,
) -> None:
    action = None if around is None else around.open_action()
    deliver(
        {
            **fields,
            **(_after(around) if action is None else {}),
            "timestamp": time.time(),
            "task_uuid": str(uuid.uuid4()) if action is None else action.task_uuid,
            "task_level": [1] if action is None else action.next_level(),
            "message_type": message_type,
        },
        exception,
    )


def _after(action: Action | None) -> dict[str, Any]:
    """Everything around was over: says where it would have stood."""
    if action is None:
        return {}
    level = "/".join(map(str, action._level))
    return {"taskprov:after": f"{action.task_uuid}@/{level}"}
