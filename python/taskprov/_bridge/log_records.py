"""Log records of Dask, heard where they are made.

Only listened to: levels, handlers and propagation of loggers stay as they are. The root logger is
left alone, because a handler there would change what `logging.basicConfig` does.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any, Callable

TOP = "distributed"
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
MAX_TEXT = 10_000
# So many records at once, and so many a second after that.
BURST = 1_000
RATE = 100

# [created, level, logger, text, text of the exception or None, thread, records left out before]
Entry = list


class LogListener(logging.Handler):
    """Hands on every record of Dask's loggers, but not more than can be borne."""

    def __init__(self, level: int, take: Callable[[Entry], Any]) -> None:
        super().__init__(level)
        self._take = take
        self._loggers: list[logging.Logger] = []
        self._allowed = float(BURST)
        self._at = monotonic()
        self._omitted = 0

    def start(self) -> None:
        self._loggers = _loggers()
        for logger in self._loggers:
            logger.addHandler(self)

    def stop(self) -> None:
        for logger in self._loggers:
            logger.removeHandler(self)
        self._loggers = []

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if not self._may_pass():
                self._omitted += 1
                return
            omitted, self._omitted = self._omitted, 0
            self._take(
                [
                    record.created,
                    level_name(record.levelno),
                    record.name,
                    record.getMessage()[:MAX_TEXT],
                    _exception(record),
                    record.thread,
                    omitted,
                ]
            )
        except Exception:  # Whoever logs must not suffer from who listens.
            pass

    def _may_pass(self) -> bool:
        now = monotonic()
        self._allowed = min(BURST, self._allowed + (now - self._at) * RATE)
        self._at = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True


def _loggers() -> list[logging.Logger]:
    """Dask's logger, and those below it whose records it does not get."""
    found = [logging.getLogger(TOP)]
    for name, logger in list(logging.Logger.manager.loggerDict.items()):
        if name.startswith(f"{TOP}.") and isinstance(logger, logging.Logger):
            if not logger.propagate:
                found.append(logger)
    return found


def level_name(number: int) -> str:
    """The nearest of the five levels, not above it."""
    named = [name for name, least in LEVELS.items() if number >= least]
    return named[-1] if named else "debug"


def _exception(record: logging.LogRecord) -> str | None:
    if not record.exc_info or record.exc_info[0] is None:
        return None
    return logging.Formatter().formatException(record.exc_info)[-MAX_TEXT:]


# Dask's report of a failed task; what follows these words is a value of the user's.
VALUES = ("Function:", "args:", "kwargs:", "Task:")


def log_text(text: str, exception: str | None, keep_traceback: bool, keep_values: bool) -> str:
    """What is recorded of a message: no traceback, and no values, where they are not wanted."""
    if text.startswith("Compute Failed"):
        hidden = (() if keep_traceback else ("Traceback:",)) + (() if keep_values else VALUES)
        text = "\n".join(line for line in text.splitlines() if not line.startswith(hidden))
    if exception:
        shown = exception if keep_traceback else exception.strip().rpartition("\n")[2]
        text = f"{text}\n{shown}"
    return text.rstrip("\n")
