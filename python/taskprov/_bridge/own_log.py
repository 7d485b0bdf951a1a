"""What taskprov itself has to tell: lines on standard error, by level.

`TASKPROV_LOG` and `TASKPROV_LOG_FORMAT` mean what they mean for the command; Python's `logging`
is left alone.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone

LEVELS = ("debug", "info", "warning", "error", "none")


def tell(line: str, level: str = "info", **facts: str | int | float | bool) -> None:
    """Tells the user something, if that level is shown; never raises."""
    least = os.environ.get("TASKPROV_LOG", "").lower()
    if LEVELS.index(level) < LEVELS.index(least if least in LEVELS else "info"):
        return
    try:
        print(_shown(line, level, facts), file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        pass  # Standard error is closed: there is nobody to tell it to.


def _shown(line: str, level: str, facts: dict[str, str | int | float | bool]) -> str:
    if os.environ.get("TASKPROV_LOG_FORMAT", "").lower() == "json":
        time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return json.dumps({**facts, "time": time, "level": level, "message": line})
    told = ", ".join(f"{name}={json.dumps(value)}" for name, value in facts.items())
    return f"taskprov: {line} ({told})" if told else f"taskprov: {line}"
