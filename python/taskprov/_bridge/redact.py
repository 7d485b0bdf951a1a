"""What must not reach the journal: the values of secret names, and secret texts inside values."""

from __future__ import annotations

import fnmatch
import re
from typing import Any, Iterable

REDACTED = "[redacted]"


class Redactor:
    """Hides the values of secret names, and secret texts inside values."""

    def __init__(self, entries: Iterable[str]) -> None:
        entries = [entry for entry in entries if entry]
        pattern = "|".join(fnmatch.translate(entry.casefold()) for entry in entries)
        self._names = re.compile(pattern) if entries else None
        texts = sorted((e for e in entries if not re.search(r"[*?\[]", e)), key=len, reverse=True)
        secrets = "|".join(re.escape(text) for text in texts)
        self._texts = re.compile(secrets, re.IGNORECASE) if texts else None
        self._known: dict[str, bool] = {}

    def hides(self, name: Any) -> bool:
        """Whether the value that goes by this name is hidden."""
        if self._names is None or type(name) is not str or len(name) > 1000:
            return False
        known = self._known.get(name)
        if known is None:
            if len(self._known) > 4096:
                self._known.clear()
            folded = name.casefold()
            found = self._names.match(folded) or self._names.match(folded.replace("-", "_"))
            known = self._known[name] = found is not None
        return known

    _assignment = re.compile(
        r"""([\w.-]+)(\\?["']?\]?\s*[=:]\s*|(?<=\w)\s+(?=[^\s-]))"""
        r"""(\\?"[^"]*"|\\?'[^']*'|[^\s,;&)\]}]+)"""
    )

    def text(self, text: str) -> str:
        """A text without the secrets themselves and without what it assigns to secret names."""
        if self._texts is not None:
            text = self._texts.sub(REDACTED, text)
        if self._names is None or not any(sign in text for sign in "=:-"):
            return text
        parts: list[str] = []
        at = copied = 0
        while (found := self._assignment.search(text, at)) is not None:
            name, between, _value = found.groups()
            is_flag = name.startswith("-")
            name = name.lstrip("-")
            assigns = is_flag or not between.isspace()
            if assigns and (self.hides(name) or self.hides(name.rsplit(".", 1)[-1])):
                parts += [text[copied : found.start(3)], REDACTED]
                at = copied = found.end()
            else:
                at = found.end(1)
        return "".join(parts) + text[copied:]

