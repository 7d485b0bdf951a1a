"""Records the local schedulers of this process between `register` and `unregister`."""

from __future__ import annotations

import atexit
from typing import Any

from .._bridge.publish import Build, settle_folder
from . import hook
from .recording import Recording


class Session:
    """One journal, and the document made of it.

    Raises OSError when the journal cannot be written.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        settings = settle_folder(settings)
        self._publish = settings.get("publish")  # Without it only the journal is written.
        self._recording = Recording(settings)
        self.document: str | None = None
        self.has_ended = False
        hook.listen(self)
        atexit.register(self.end)

    def current(self) -> Recording | None:
        return None if self.has_ended else self._recording

    def forked(self) -> None:
        """The child's computations are its own; the parent writes the document."""
        self._recording.abandon()
        self.has_ended = True

    def end(self) -> None:
        """Writes the document; a second call does nothing."""
        if self.has_ended:
            return
        self.has_ended = True
        atexit.unregister(self.end)
        hook.stop(self)
        self._recording.close()
        journal = self._recording.journal
        if journal is not None and self._publish is not None:
            build = Build(self._publish, journal)
            build.start()
            build.wait()
            self.document = build.report()
