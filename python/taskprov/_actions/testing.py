"""For tests of what a program logs: a logger in memory, and what to ask of it."""

from __future__ import annotations

import functools
import inspect
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from .destinations import Message, captured
from .encode import encode

TRACEBACK = "eliot:traceback"


class UnflushedTracebacks(AssertionError):
    """An exception was logged with `write_traceback` that the test did not ask for."""


class MemoryLogger:
    """Keeps messages for a test to look at; `capture_logging` makes one."""

    def __init__(self) -> None:
        #: Everything that was logged, in order.
        self.messages: list[Message] = []
        #: What `write_traceback` logged and nobody asked for.
        self.traceback_messages: list[Message] = []
        self._exceptions: list[tuple[type[BaseException] | None, Message]] = []
        self._lock = threading.Lock()

    def write(self, message: Mapping[str, Any], exception: BaseException | None = None) -> None:
        """Takes a message, and the exception that it tells of."""
        kept = dict(message)
        with self._lock:
            self.messages.append(kept)
            if kept.get("message_type") == TRACEBACK:
                self.traceback_messages.append(kept)
                self._exceptions.append((type(exception) if exception is not None else None, kept))

    def flush_tracebacks(self, exception_type: type[BaseException]) -> list[Message]:
        """The logged exceptions of a class, from now on expected: others fail the test."""
        with self._lock:
            asked = [told for kind, told in self._exceptions if _is(kind, told, exception_type)]
            self._exceptions = [each for each in self._exceptions if each[1] not in asked]
            self.traceback_messages = [told for _, told in self._exceptions]
        return asked

    def serialize(self) -> list[Message]:
        """The messages as they would stand in a file, read back."""
        return [json.loads(encode(message)) for message in self.messages]

    def validate(self) -> None:
        """Raises TypeError for a message whose fields have no names."""
        for message in self.messages:
            wrong = [name for name in message if not isinstance(name, str)]
            if wrong:
                raise TypeError(f"Expected names of fields to be str, got {wrong[0]!r}.")

    def reset(self) -> None:
        """Forgets everything."""
        with self._lock:
            self.messages.clear()
            self.traceback_messages.clear()
            self._exceptions.clear()


def _is(kind: type[BaseException] | None, told: Message, asked: type[BaseException]) -> bool:
    if kind is not None:
        return issubclass(kind, asked)
    return told.get("exception") == f"{asked.__module__}.{asked.__qualname__}"


@dataclass(frozen=True)
class LoggedMessage:
    """A message as a test finds it."""

    message: Message

    @classmethod
    def of_type(cls, messages: Iterable[Message], message_type: str) -> list[LoggedMessage]:
        """Those of a type, in order."""
        return [cls(each) for each in messages if each.get("message_type") == message_type]


@dataclass(frozen=True)
class LoggedAction:
    """An action as a test finds it."""

    start_message: Message
    #: None while it is open.
    end_message: Message | None
    #: Actions and messages in it, in order.
    children: list[LoggedAction | LoggedMessage] = field(default_factory=list)

    @classmethod
    def of_type(cls, messages: Iterable[Message], action_type: str) -> list[LoggedAction]:
        """Those of a type, in the order in which they began."""
        all_messages = list(messages)
        return [
            _logged_action(all_messages, each)
            for each in all_messages
            if each.get("action_type") == action_type and each.get("action_status") == "started"
        ]

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.end_message is not None and self.end_message["action_status"] == "succeeded"

    def descendants(self) -> Iterable[LoggedAction | LoggedMessage]:
        """All that is in it, at any depth."""
        for child in self.children:
            yield child
            if isinstance(child, LoggedAction):
                yield from child.descendants()

    def type_tree(self) -> dict[str, list[Any]]:
        """The types of it and of what is in it: `{"main": ["note", {"inner": []}]}`."""
        inside = [
            child.type_tree() if isinstance(child, LoggedAction) else child.message["message_type"]
            for child in self.children
        ]
        return {self.start_message["action_type"]: inside}


def _logged_action(messages: list[Message], start: Message) -> LoggedAction:
    level = start["task_level"][:-1]
    depth = len(level)
    own = [
        each
        for each in messages
        if each["task_uuid"] == start["task_uuid"] and each["task_level"][:depth] == level
    ]
    own.sort(key=lambda each: each["task_level"][depth])
    end: Message | None = None
    children: list[LoggedAction | LoggedMessage] = []
    for each in own:
        deeper = len(each["task_level"]) - depth
        status = each.get("action_status")
        if deeper == 1 and status in ("succeeded", "failed"):
            end = each
        elif deeper == 1 and status is None:
            children.append(LoggedMessage(each))
        elif deeper == 2 and status == "started":
            children.append(_logged_action(messages, each))
    return LoggedAction(start, end, children)


def assert_has_message(
    test_case: Any, logger: MemoryLogger, message_type: str, fields: Mapping[str, Any] | None = None
) -> LoggedMessage:
    """Checks that a message of a type was logged, the first one with these fields at least.

    Args:
        test_case: a `unittest.TestCase`, or None. It is not needed, and has the place that it has
            with Eliot.
    """
    found = LoggedMessage.of_type(logger.messages, message_type)
    if not found:
        raise AssertionError(_absent("message", message_type, logger, "message_type"))
    _assert_contains(found[0].message, fields)
    return found[0]


def assert_has_action(
    test_case: Any,
    logger: MemoryLogger,
    action_type: str,
    succeeded: bool,
    start_fields: Mapping[str, Any] | None = None,
    end_fields: Mapping[str, Any] | None = None,
) -> LoggedAction:
    """Checks that the first action of a type ended as expected, with these fields at least.

    Args:
        test_case: as for `assert_has_message`.
    """
    found = LoggedAction.of_type(logger.messages, action_type)
    if not found:
        raise AssertionError(_absent("action", action_type, logger, "action_type"))
    action = found[0]
    if action.end_message is None:
        raise AssertionError(f"The action {action_type} has not ended.")
    if action.succeeded != succeeded:
        end = action.end_message
        how = f"failed with {end.get('exception')}: {end.get('reason')}"
        raise AssertionError(f"The action {action_type} {'succeeded' if action.succeeded else how}.")
    _assert_contains(action.start_message, start_fields)
    _assert_contains(action.end_message, end_fields)
    return action


def _assert_contains(message: Message, fields: Mapping[str, Any] | None) -> None:
    for name, expected in (fields or {}).items():
        if name not in message:
            raise AssertionError(f"There is no field {name} in {message!r}.")
        if message[name] != expected:
            raise AssertionError(f"The field {name} is {message[name]!r}, not {expected!r}.")


def _absent(what: str, kind: str, logger: MemoryLogger, name: str) -> str:
    found = dict.fromkeys(str(each[name]) for each in logger.messages if name in each)
    return f"No {what} of type {kind} was logged; there are {', '.join(found) or 'none'}."


class capture_logging:  # noqa: N801 - used like a function
    """Has everything logged in a test go to a `MemoryLogger` instead of the destinations.

    As a decorator, like Eliot's, it gives the test an argument `logger`; as a context manager
    it gives the logger::

        @capture_logging(assert_has_message, "checked", {"ok": True})
        def test_checks(self, logger): ...

        with capture_logging() as logger: ...

    At the end `assertion(test_case, logger, *args, **kwargs)` is called, if given. An exception
    that was logged with `write_traceback`, and that the test did not ask for with
    `logger.flush_tracebacks`, fails the test. It goes for all threads of the process.
    """

    def __init__(
        self, assertion: Callable[..., Any] | None = None, *args: Any, **kwargs: Any
    ) -> None:
        self._assertion = assertion
        self._args = args
        self._kwargs = kwargs
        self._entered: list[tuple[MemoryLogger, Any]] = []

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def captured_async(*args: Any, **kwargs: Any) -> Any:
                with self._for(args) as logger:
                    return await function(*args, logger=logger, **kwargs)

            return _without_logger(captured_async, function)

        @functools.wraps(function)
        def captured_test(*args: Any, **kwargs: Any) -> Any:
            with self._for(args) as logger:
                return function(*args, logger=logger, **kwargs)

        return _without_logger(captured_test, function)

    def _for(self, args: tuple[Any, ...]) -> _Capture:
        test_case = args[0] if args else None
        return _Capture(test_case, self._assertion, self._args, self._kwargs)

    def __enter__(self) -> MemoryLogger:
        capture = self._for(())
        logger = capture.__enter__()
        self._entered.append((logger, capture))
        return logger

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.pop()[1].__exit__(kind, error, trace)


def _without_logger(wrapper: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """pytest would take the argument for a fixture."""
    signature = inspect.signature(function)
    others = [each for name, each in signature.parameters.items() if name != "logger"]
    wrapper.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    return wrapper


class _Capture:
    def __init__(
        self,
        test_case: Any,
        assertion: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._test_case = test_case
        self._assertion = assertion
        self._args = args
        self._kwargs = kwargs
        self._logger = MemoryLogger()

    def __enter__(self) -> MemoryLogger:
        captured.append(self._logger.write)
        return self._logger

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        captured.remove(self._logger.write)
        if error is not None:
            return
        logger = self._logger
        if self._assertion is not None:
            self._assertion(self._test_case, logger, *self._args, **self._kwargs)
        logger.validate()
        for told in logger.traceback_messages:
            raise UnflushedTracebacks(
                f"An exception was logged that nobody expected: {told.get('exception')}: "
                f"{told.get('reason')}\nIf it is to be logged, ask for it with "
                "logger.flush_tracebacks()."
            )
