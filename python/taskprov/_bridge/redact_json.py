"""Messages of the action log without secrets, each one a text of JSON."""

from __future__ import annotations

import json
from typing import Any, Iterable

from .encode import encode_head
from .redact import REDACTED, Redactor

MOST_MESSAGES = 100
LONGEST = 8_192


def messages_told(texts: Iterable[Any], redactor: Redactor) -> list[str]:
    """What a worker sent, as far as it has the form and the size that the journal wants."""
    told = []
    for text in list(texts)[:MOST_MESSAGES]:
        if type(text) is not str or len(text) > LONGEST:
            continue
        try:
            clean = redacted_json(text, redactor)
        except (ValueError, RecursionError):
            continue
        told.append(encode_head(clean, len(clean)))
    return told


def redacted_json(text: str, redactor: Redactor) -> str:
    """A text without secrets stays as it is, to the letter.

    Raises ValueError for what is no object in JSON.
    """
    message = json.loads(text)
    if type(message) is not dict:
        raise ValueError("no message")
    clean = _redacted(message, redactor)
    return text if clean == message else json.dumps(clean, separators=(",", ":"))


def _redacted(value: Any, redactor: Redactor) -> Any:
    if type(value) is str:
        return redactor.text(value)
    if type(value) is list:
        return [_redacted(each, redactor) for each in value]
    if type(value) is dict:
        return {
            name: REDACTED if redactor.hides(name) else _redacted(each, redactor)
            for name, each in value.items()
        }
    return value
