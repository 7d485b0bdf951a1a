"""What becomes of tasks: a change of state as an event, with what is known of the attempt."""

from __future__ import annotations

from time import time
from typing import Any

from .attempt_events import Assigned, Done, Event, checked_run_id
from .encode import encode_head, encode_spans
from .equipment import Equipment, Note
from .failures import exception_facts, lost_reason
from .gone import Leaving
from .limbo import Limbo
from .members import Members
from .redact import Redactor
from .redact_json import messages_told
from .tasks import Tasks
from .writer import Writer

# States in which there is something new to tell of a task.
ENDS = frozenset({"memory", "erred"})
TELLING = frozenset({"processing", *ENDS})


class Changes:
    """Tells what the scheduler says of its tasks."""

    def __init__(
        self,
        scheduler: Any,
        tasks: Tasks,
        members: Members,
        equipment: Equipment,
        limbo: Limbo,
        writer: Writer,
        redactor: Redactor,
        keep_traceback: bool,
    ) -> None:
        self._scheduler = scheduler
        self._tasks = tasks
        self._numbers = tasks.numbers
        self._members = members
        self._near = members.near
        self._equipment = equipment
        self._shifts = equipment.shifts
        self._limbo = limbo
        self._writer = writer
        self._redactor = redactor
        self._keep_traceback = keep_traceback
        self.leaving = Leaving(writer.put, writer.drop)
        # Tasks whose failed attempt was told before the scheduler plans the next.
        self._retried: set[int] = set()
        # What released data last, and what that means.
        self._stimulus: str | None = None
        self._reason = ""
        # When the cluster closes, only what ends still counts.
        self.is_closing = False

    def changed(
        self, key: Any, start: str, finish: str, stimulus: str, facts: dict[str, Any]
    ) -> None:
        """A task went from one of Dask's states to another."""
        if self.is_closing and (start != "processing" or finish not in ENDS):
            return
        if self.leaving.waiting and finish in TELLING:
            self.leaving.tell()
        n = self._numbers.get(key)
        if n is None:
            if self.is_closing or finish not in TELLING:
                return
            n = self._tasks.announce(key)
        if self._limbo.is_open:
            self._limbo.enter(n, stimulus)
        elif finish == "forgotten" and start == "memory" and not self.is_loss(stimulus):
            self._tasks.forget(key)
            self.leaving.add(n)
            return
        if finish == "processing":
            self._assigned(n, self._scheduler.tasks.get(key))
        elif finish == "memory":
            self._done(n, self._scheduler.tasks.get(key), facts)
        elif finish == "erred":
            self._erred(n, self._scheduler.tasks.get(key), start, facts)
        else:
            self._left(n, start, stimulus, is_forgotten=finish == "forgotten")
            if finish == "forgotten":
                self._tasks.forget(key)

    def _left(self, n: int, start: str, stimulus: str, is_forgotten: bool) -> None:
        """An attempt, or a result, is not there any more."""
        if start == "processing" and not is_forgotten:
            if n in self._retried:
                self._retried.discard(n)
            else:
                self._emit(n, ["lost", time(), n, None, lost_reason(stimulus)])
            return
        if start == "memory":
            if self.is_loss(stimulus):
                self._emit(n, ["lost", time(), n, None, self._reason])
            elif self._limbo.concerns(n):
                self._emit(n, ["release", time(), n])
            else:
                self.leaving.release(n)
        if is_forgotten and not self.leaving.forget(n):
            self._emit(n, ["forget", time(), n])

    def attempt_failed(self, key: Any, run_id: Any, facts: dict[str, Any]) -> None:
        """A worker says that an attempt failed: told here if there will be another."""
        ts = self._scheduler.tasks.get(key)
        n = self._tasks.number(key)
        # Stale messages come too; and the last failure comes as a transition.
        if ts is None or n is None or ts.state != "processing" or ts.run_id != run_id:
            return
        if ts.retries > 0:
            self._retried.add(n)
            self._emit(n, self._failure(n, ts, facts, ts.retries), settled=True)

    def tell_all(self) -> None:
        """Nothing is kept back any longer."""
        self.leaving.tell()

    def close(self) -> None:
        """The cluster closes: what happens from here on is the noise of that."""
        self.leaving.tell()
        self.is_closing = True

    def _emit(self, n: int, event: Event | Assigned | Done, settled: bool = False) -> None:
        if self._limbo.is_open:
            self._limbo.emit(n, event, settled)
        else:
            self._writer.put(event)

    def _assigned(self, n: int, ts: Any) -> None:
        worker = self._members.worker(getattr(ts.processing_on, "address", None))
        if worker is not None:
            self._emit(n, (time(), n, worker, getattr(ts, "run_id", None)))

    def _done(self, n: int, ts: Any, facts: dict[str, Any]) -> None:
        worker = self._members.worker(facts.get("worker"))
        if worker is None:
            return
        note = None
        metadata = facts.get("metadata")
        if metadata and self._equipment.takes_notes:
            note = self._equipment.of_success(ts, metadata)
            if note is not None:
                self._put_output(n, note)
        named = (time(), n, worker, getattr(ts, "run_id", None))
        made = (facts.get("thread"), facts.get("nbytes"), facts.get("typename"))
        spans = (self._shift(worker, facts), facts.get("startstops"))
        self._emit(n, (*named, *made, *spans, note), settled=True)

    def _erred(self, n: int, ts: Any, start: str, facts: dict[str, Any]) -> None:
        if start == "processing":
            self._emit(n, self._failure(n, ts, facts, 0), settled=True)
            return
        blame = getattr(ts.exception_blame, "key", None)
        blamed = self._tasks.number(blame)
        self._emit(n, ["failed", time(), n, *[None] * 7, blamed])

    def _failure(self, n: int, ts: Any, facts: dict[str, Any], retries: int) -> Event:
        kind, text = exception_facts(facts)
        traceback = facts.get("traceback_text")
        keep = self._keep_traceback and traceback
        note = self._equipment.of_failure(ts.key) or {}
        self._put_output(n, note)
        worker = self._members.worker(facts.get("worker"))
        return [
            "failed",
            time(),
            n,
            checked_run_id(getattr(ts, "run_id", None)),
            worker,
            kind,
            self._redactor.text(text),
            self._redactor.text(str(traceback)) if keep else None,
            encode_spans(facts.get("startstops"), self._shift(worker, facts)),
            retries,
            None,
            note.get("files"),
        ]

    def _shift(self, worker: int | None, facts: dict[str, Any]) -> float:
        """What takes a worker's times back to this machine's clock, where it is the worker's too."""
        return self._shifts.get(facts.get("worker"), 0.0) if worker in self._near else 0.0

    def _put_output(self, n: int, note: Note) -> None:
        """What an attempt printed comes before its end, and what could not be told of it."""
        for stream, text in note.get("output", ()):
            told = encode_head(self._redactor.text(text), len(text))
            self._emit(n, ["output", time(), n, stream, told, note.get("unsaid", 0)])
        if note.get("messages") or note.get("unkept"):
            texts = messages_told(note.get("messages", ()), self._redactor)
            self._emit(n, ["messages", time(), n, texts, max(0, note.get("unkept", 0))])
        if note.get("omitted"):
            text = f"An attempt used {note['omitted']} files more than are recorded"
            self._writer.put(["error", time(), text])

    def is_loss(self, stimulus: str) -> bool:
        """Whether data is dropped because of a mishap."""
        if stimulus != self._stimulus:  # Thousands of tasks are released by one.
            self._stimulus = stimulus
            self._reason = lost_reason(stimulus)
        return self._reason in ("worker-died", "restart")
