"""The thread that encodes what the hooks saw and appends it to the journal."""

from __future__ import annotations

import json
import threading
from collections import deque
from time import sleep, time
from typing import Any, Iterable

from .annotations import annotations_json
from .announcements import Announcements
from .encode import Encoded, encode_head, encode_key, type_name
from .files import Files
from .functions import name_function, unwrap
from .journal import Journal, array_header
from .pack import Packer
from .source_digest import source_digest
from .specs import CALLS, DATA, is_fused, needs, specification
from .steps import Step, steps_of
from .values import Names, Values

FLUSH_SECONDS = 0.1
MAX_GRAPH_BYTES = 1024 * 1024
MAX_GRAPH_TASKS = 1_000


class Writer(threading.Thread):
    """Takes what the hooks saw, encodes it and appends it to the journal."""

    def __init__(
        self, journal: Journal, values: Values, files: Files, limit: int, unwritten_bytes: int
    ) -> None:
        """At most `limit` events wait, and `unwritten_bytes` of what the journal did not take."""
        super().__init__(name="taskprov", daemon=True)
        self._journal = journal
        self._values = values
        self._files = files
        self._limit = limit
        self._waiting: deque[Any] = deque()
        self._dropped = 0
        self._reported = 0
        self._wake = threading.Event()
        self.finished = threading.Event()
        self._packer = Packer(unicode_errors="backslashreplace")
        self._function_names: dict[tuple[tuple[str, str, str], str | None], int] = {}
        self._functions = 0
        self._unwritten: list[bytes] = []
        self._is_dropping = False
        self._announcements = Announcements()
        self._has_lost_files = False
        self._unwritten_bytes = unwritten_bytes
        self._described: dict[int, tuple[Any, int]] = {}

    def put(self, entry: Any, *, always: bool = False) -> bool:
        """Called by hooks: keeps an event, or counts it when there are too many.

        `always` is for the few events without which the others cannot be understood.
        """
        if len(self._waiting) >= self._limit and not always:
            self._dropped += 1
            return False
        self._waiting.append(entry)
        return True

    @property
    def dropped(self) -> int:
        """Events that are lost so far."""
        return self._dropped

    def drop(self) -> None:
        """Counts an event that could not even be made."""
        self._dropped += 1

    def finish(self) -> None:
        """No more events come: writes what is left and closes the file."""
        self._wake.set()

    def run(self) -> None:
        while not self._wake.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()
        self._journal.close()
        self.finished.set()

    def _flush(self) -> None:
        packed: list[bytes] = []
        for _ in range(len(self._waiting)):
            entry = self._waiting.popleft()
            try:
                if type(entry) is tuple:
                    self._pack_graph(packed, *entry)
                elif callable(entry):
                    packed.extend(map(self._packer.pack, entry()))
                else:
                    problem = self._complete(entry)
                    packed.append(self._packer.pack(entry))
                    if problem is not None:
                        packed.append(self._packer.pack(problem))
            except Exception as error:  # One event must not take the others with it.
                self._packer = Packer(unicode_errors="backslashreplace")
                text = f"An event could not be recorded: {type_name(type(error))}: {error}"
                packed.append(self._packer.pack(["error", time(), text[:500], "ERR_EVENT_INVALID"]))
                self._dropped += 1
        # Kept longer, it would keep alive what the functions close over.
        self._described.clear()
        self._write(packed)
        self._report_dropped()

    def _complete(self, event: list[Any]) -> list[Any] | None:
        """Adds the files of an attempt; the event stands without them too, and what went wrong."""
        try:
            self._files.complete(event)
        except Exception as error:
            if not self._has_lost_files:
                self._has_lost_files = True
                self._dropped += 1
                text = f"Files could not be recorded: {type_name(type(error))}: {error}"
                return ["error", time(), text[:500]]
        return None

    def _write(self, packed: list[bytes]) -> None:
        """Writes what was packed; what a full disk does not take waits for the next time."""
        if self._is_dropping and not self._resume():
            self._drop(packed)
            return
        packed = [*self._unwritten, *packed] if self._unwritten else packed
        if not packed:
            return
        rest = packed[self._journal.append(packed) :]
        size = 0
        for kept, event in enumerate(rest):
            size += len(event)
            if size > self._unwritten_bytes:
                self._is_dropping = True
                self._drop(rest[kept:])
                del rest[kept:]
                break
        self._unwritten = rest

    def _drop(self, packed: list[bytes]) -> None:
        self._dropped += len(packed)
        is_missed = True
        for event in packed:
            try:
                self._announcements.miss(event)
            except Exception:  # Then what follows it is counted as unknown.
                is_missed = False
        if not is_missed or self._announcements.is_full:
            self._function_names.clear()  # Some were told in what is dropped.

    def _resume(self) -> bool:
        """Whether the disk takes events again: then first what was told in vain and still counts."""
        self._unwritten = self._unwritten[self._journal.append(self._unwritten) :]
        if self._unwritten:
            return False
        self._is_dropping = False
        told, same = self._announcements.take()
        self._dropped -= same
        self._unwritten = told[self._journal.append(told) :]
        self._report_dropped()
        return True

    def _report_dropped(self) -> None:
        """Says how many events are missing, once there is room for saying it."""
        dropped = self._dropped
        if dropped == self._reported or self._unwritten:
            return
        event = self._packer.pack(["dropped", time(), dropped - self._reported])
        if self._journal.append([event]) == 1:
            self._reported = dropped

    def _pack_graph(
        self,
        packed: list[bytes],
        when: float,
        graph: int,
        client: int | None,
        stimulus: str | None,
        parent: int | None,
        tasks: list[tuple[int, Any, str, Any, dict[Any, int]]],
        notes: dict[Any, dict[str, Any]] | None = None,
        sites: dict[Any, int] | None = None,
    ) -> None:
        for site, there in _by_site(tasks, sites):
            for told, chosen in self._by_annotations(there, notes):
                fields = ["graph", when, graph, client, stimulus, parent, told, site]
                self._pack_tasks(packed, when, fields, chosen)

    def _by_annotations(
        self, tasks: list[tuple], notes: dict[Any, dict[str, Any]] | None
    ) -> list[tuple[dict[str, Any] | None, list[tuple]]]:
        """Tasks that have the same annotations, together: an event has one set of them."""
        if not notes:
            return [(None, tasks)]
        groups: dict[str, tuple[dict[str, Any] | None, list[tuple]]] = {}
        for task in tasks:
            given = notes.get(task[1])
            told = annotations_json(given, self._values.redactor) if given else {}
            _, chosen = groups.setdefault(json.dumps(told), (told or None, []))
            chosen.append(task)
        return list(groups.values())

    def _pack_tasks(
        self, packed: list[bytes], when: float, fields: list[Any], tasks: list[tuple]
    ) -> None:
        pack = self._packer.pack
        head = b"\x99" + b"".join(pack(field) for field in fields)
        chunk: list[bytes] = []
        size = 0
        for task in tasks:
            body = pack(self._task(packed, when, *task))
            chunk.append(body)
            size += len(body)
            if len(chunk) == MAX_GRAPH_TASKS or size > MAX_GRAPH_BYTES:
                packed.append(head + array_header(len(chunk)) + b"".join(chunk))
                chunk, size = [], 0
                sleep(0)
        if chunk:
            packed.append(head + array_header(len(chunk)) + b"".join(chunk))

    def _task(
        self, packed: list[bytes], when: float, n: int, key: Any, group: str, spec: Any, refs: dict
    ) -> list[Encoded]:
        """`[n, key, group, f, arguments, dependencies, inner steps]` of a task."""
        own = [n, encode_key(key), None if group == key else encode_head(group, 1000)]
        numbers = sorted(refs.values())
        try:
            spec = specification(spec, refs)
            self._files.look(n, spec, refs)
            if isinstance(spec, DATA):
                return [*own, None, [[0, self._values.argument(0, spec.value, refs)]], numbers]
            if not isinstance(spec, CALLS):  # An alias, or data that a client put in.
                return [*own, None, [], numbers]
            if is_fused(spec):
                return [*own, *self._fused(packed, when, spec, refs, numbers)]
            func, arguments = self._call(packed, when, spec, refs)
            return [*own, func, arguments, numbers]
        except Exception as error:  # The task is there, whatever its arguments are made of.
            text = f"The arguments of a task could not be recorded: {type_name(type(error))}"
            packed.append(self._packer.pack(["error", when, text, "ERR_EVENT_INVALID"]))
            func = self._function(packed, when, spec.func) if isinstance(spec, CALLS) else None
            return [*own, func, [], numbers]

    def _call(
        self,
        packed: list[bytes],
        when: float,
        spec: Any,
        refs: dict[Any, int],
        names: Names | None = None,
    ) -> tuple[int, list[list[Encoded]]]:
        func, args, kwargs = unwrap(spec.func, spec.args, dict(spec.kwargs or {}))
        number = self._function(packed, when, func)
        argument = self._values.argument
        arguments = [[role, argument(role, value, refs, names)] for role, value in args]
        for name, value in kwargs.items():
            role = encode_head(str(name), 200)
            arguments.append([role, argument(role, value, refs, names)])
        return number, arguments

    def _fused(
        self, packed: list[bytes], when: float, spec: Any, refs: dict[Any, int], numbers: list[int]
    ) -> list[Encoded]:
        """Tasks that Dask joined into one: the last one's function, the inputs, and every step."""
        steps = steps_of(spec)
        _inner, _outkey, _inkeys, *inputs = spec.args
        # A literal belongs to a step, not to the task: only references are inputs.
        arguments = [
            [i, self._values.argument(i, value, refs)]
            for i, value in enumerate(inputs)
            if not isinstance(value, DATA)
        ]
        if steps is None:
            return [self._function(packed, when, spec.func), arguments, numbers]
        told = [self._step(packed, when, step, steps, refs) for step in steps]
        return [told[-1][1], arguments, numbers, told]

    def _step(
        self, packed: list[bytes], when: float, step: Step, steps: list[Step], refs: dict[Any, int]
    ) -> list[Encoded]:
        if not isinstance(step.node, CALLS):
            return [encode_key(step.key), None, [], []]
        number, arguments = self._call(packed, when, step.node, refs, step.names)
        needed = []
        for name in sorted(needs(step.node), key=str):
            meaning, what, *_ = step.names.get(name, ("key", name))
            if meaning != "value":
                needed.append(encode_key(steps[what].key if meaning == "step" else what))
        return [encode_key(step.key), number, needed, arguments]

    def _function(self, packed: list[bytes], when: float, func: Any) -> int:
        """Number of a function, announced the first time."""
        known = self._described.get(id(func))
        if known is not None and known[0] is func:
            return known[1]
        named = name_function(func)
        digest = source_digest(func)
        number = self._function_names.get((named, digest))
        if number is None:
            number = self._function_names[named, digest] = self._functions
            self._functions += 1
            module, name, kind = (encode_head(text, 1000) for text in named)
            about = {"module": module, "name": name, "kind": kind}
            if digest is not None:
                about["sourceHash"] = digest
            packed.append(self._packer.pack(["fn", when, number, about]))
        self._described[id(func)] = (func, number)
        return number


def _by_site(
    tasks: list[tuple], sites: dict[Any, int] | None
) -> Iterable[tuple[int | None, list[tuple]]]:
    """Tasks that were submitted at the same place, together."""
    if not sites:
        return [(None, tasks)]
    groups: dict[int | None, list[tuple]] = {}
    for task in tasks:
        groups.setdefault(sites.get(task[1]), []).append(task)
    return groups.items()
