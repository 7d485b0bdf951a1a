"""Graphs as the journal carries them: each task with its function, arguments and dependencies."""

from __future__ import annotations

import json
from typing import Any, Iterable, Iterator, NamedTuple

from .annotations import annotations_json
from .encode import MAX_SAFE, Encoded, encode_head, encode_key, type_name
from .files import Files
from .functions import is_direct, name_function, parameter_names, unwrap
from .fused import FusedForm, told_step
from .journal import array_header
from .pack import Packer
from .places import may_write, names_nothing
from .source_digest import source_digest
from .specs import CALLS, DATA, REFS, Names, is_fused, specification
from .steps import Step
from .values import PLAIN, Values

MAX_GRAPH_BYTES = 256 * 1024
MAX_GRAPH_TASKS = 1_000
MAX_FORMS = 256
# Of this version's form; not what is derived from them.
TASK, REF = CALLS[0], REFS[0]

# Number, key, group, specification and inputs of a task.
Task = tuple[int, Any, str, Any, dict[Any, int]]


class Graph(NamedTuple):
    """Tasks that came together, as a hook has seen them."""

    when: float
    graph: int
    client: int | None
    stimulus: str | None
    parent: int | None
    tasks: Iterable[Task]
    """Looked at once."""
    notes: dict[Any, dict[str, Any]] = {}
    """What users annotated, by task."""
    sites: dict[Any, int] | int | None = None
    """The place in a program or a notebook, of all or by task."""


class Callee(NamedTuple):
    """What is known of a function that tasks call."""

    func: Any
    """Kept, so that nothing else gets its place in memory."""
    number: int
    names: tuple[str, ...] | None
    """Of its parameters; None when each call has to be looked through for what it means."""
    is_open: bool
    """Whether its arguments are told as they are where they are plain: none is secret or a file."""


class GraphEncoder:
    """Turns graphs into packed events; knows which functions were told."""

    def __init__(self, values: Values, files: Files) -> None:
        self._values = values
        self._files = files
        self._packer = Packer(unicode_errors="backslashreplace")
        self._function_names: dict[tuple[tuple[str, str, str], str | None], int] = {}
        self._functions = 0
        # Events that must come before the tasks that are encoded now.
        self._ahead: list[bytes] = []
        # By place in memory, which holds as long as what they are of is kept.
        self._described: dict[int, tuple[Any, int]] = {}
        self._callees: dict[int, Callee] = {}
        self._forms: dict[Any, FusedForm] = {}
        self._groups: dict[str, str] = {}

    def let_go(self) -> None:
        """Forgets objects of the user's: kept longer, what functions close over would stay alive."""
        self._described.clear()
        self._callees.clear()
        self._forms.clear()
        self._groups.clear()

    def forget_functions(self) -> None:
        """Some may have been told in vain."""
        self._function_names.clear()
        self.let_go()

    def encode(self, graph: Graph) -> Iterator[bytes]:
        """The events of a graph, in pieces of a limited size."""
        for site, there in _by_site(graph.tasks, graph.sites):
            for told, chosen in self._by_annotations(there, graph.notes):
                fields = ["graph", *graph[:5], told, site]
                yield from self._events(graph.when, fields, chosen)

    def _by_annotations(
        self, tasks: Iterable[Task], notes: dict[Any, dict[str, Any]]
    ) -> Iterable[tuple[dict[str, Any] | None, Iterable[Task]]]:
        """Tasks that have the same annotations, together: an event has one set of them."""
        if not notes:
            return [(None, tasks)]
        groups: dict[str, tuple[dict[str, Any] | None, list[Task]]] = {}
        for task in tasks:
            given = notes.get(task[1])
            told = annotations_json(given, self._values.redactor) if given else {}
            _, chosen = groups.setdefault(json.dumps(told), (told or None, []))
            chosen.append(task)
        return groups.values()

    def _events(self, when: float, fields: list[Any], tasks: Iterable[Task]) -> Iterator[bytes]:
        pack = self._packer.pack
        head = b"\x99" + b"".join(pack(field) for field in fields)
        chunk: list[bytes] = []
        size = 0
        for task in tasks:
            body = self._task(when, *task)
            chunk.append(body)
            size += len(body)
            if len(chunk) == MAX_GRAPH_TASKS or size > MAX_GRAPH_BYTES:
                yield from self._take_ahead()
                yield head + array_header(len(chunk)) + b"".join(chunk)
                chunk, size = [], 0
        yield from self._take_ahead()
        if chunk:
            yield head + array_header(len(chunk)) + b"".join(chunk)

    def _take_ahead(self) -> list[bytes]:
        ahead, self._ahead = self._ahead, []
        return ahead

    def _task(
        self, when: float, n: int, key: Any, group: str, spec: Any, refs: dict[Any, int]
    ) -> bytes:
        """`[n, key, group, f, arguments, dependencies, inner steps]` of a task."""
        pack = self._packer.pack
        own = [n, encode_key(key), None if group == key else self._group(group)]
        numbers = sorted(refs.values()) if refs else []
        try:
            if type(spec) is TASK:
                told = self._plain_call(spec, refs)
                if told is not None:
                    return pack([*own, *told, numbers])
            spec = specification(spec, refs)
            if isinstance(spec, CALLS) and is_fused(spec):
                return self._fused(when, own, spec, refs, numbers)
            if not names_nothing(spec):
                self._files.look(n, spec, refs)
            if isinstance(spec, DATA):
                return pack([*own, None, [[0, self._values.argument(0, spec.value, refs)]], numbers])
            if not isinstance(spec, CALLS):  # An alias, or data that a client put in.
                return pack([*own, None, [], numbers])
            func, arguments = self._call(when, spec, refs)
            return pack([*own, func, arguments, numbers])
        except Exception as error:  # The task is there, whatever its arguments are made of.
            text = f"The arguments of a task could not be recorded: {type_name(type(error))}"
            self._ahead.append(pack(["error", when, text, "ERR_EVENT_INVALID"]))
            func = self._function(when, spec.func) if isinstance(spec, CALLS) else None
            return pack([*own, func, [], numbers])

    def _plain_call(self, spec: Any, refs: dict[Any, int]) -> tuple[int, list[Any]] | None:
        """Function and arguments of what most tasks are; None where there is more to look at."""
        callee = self._callees.get(id(spec.func))
        if callee is None or not callee.is_open or spec.kwargs:
            return None
        names, count = callee.names, len(callee.names)
        arguments: list[Any] = []
        for at, value in enumerate(spec.args):
            kind = type(value)
            if kind is REF:
                value = refs.get(value.key)
                if value is None:
                    return None
                value = ["r", value]
            elif kind not in PLAIN or (kind is int and not -MAX_SAFE <= value <= MAX_SAFE):
                return None
            arguments.append([names[at] if at < count else at, value])
        return callee.number, arguments

    def _group(self, name: str) -> str:
        told = self._groups.get(name)
        if told is None:
            if len(self._groups) >= MAX_GRAPH_TASKS:
                self._groups.clear()
            told = self._groups[name] = encode_head(name, 1000)
        return told

    def _call(
        self,
        when: float,
        spec: Any,
        refs: dict[Any, int],
        names: Names | None = None,
        inputs: Any = (),
    ) -> tuple[int, list[list[Encoded]]]:
        argument = self._values.argument
        callee = self._callee(when, spec.func)
        kwargs = spec.kwargs
        if callee.names is None:
            func, args, kwargs = unwrap(spec.func, spec.args, dict(kwargs or {}))
            number = self._function(when, func)
        else:
            number = callee.number
            args = _named(callee.names, spec.args)
        arguments = [[role, argument(role, value, refs, names, inputs)] for role, value in args]
        if kwargs:
            for name, value in kwargs.items():
                role = encode_head(str(name), 200)
                arguments.append([role, argument(role, value, refs, names, inputs)])
        return number, arguments

    def _callee(self, when: float, func: Any) -> Callee:
        known = self._callees.get(id(func))
        if known is None:
            names = parameter_names(func) if is_direct(func) else None
            number = self._function(when, func) if names is not None else -1
            is_open = names is not None and self._values.tells(names) and not may_write(func)
            known = self._callees[id(func)] = Callee(func, number, names, is_open)
        return known

    def _fused(
        self, when: float, own: list[Any], spec: Any, refs: dict[Any, int], numbers: list[int]
    ) -> bytes:
        """Tasks that Dask joined into one: the last one's function, the inputs, and every step."""
        pack = self._packer.pack
        inner, outkey, inkeys, *inputs = spec.args
        # A literal belongs to a step, not to the task: only references are inputs.
        arguments = [
            [i, self._values.argument(i, value, refs)]
            for i, value in enumerate(inputs)
            if not isinstance(value, DATA)
        ]
        form = self._form(spec, inner, (id(inner), outkey, inkeys))
        if not (form.names_nothing and all(map(names_nothing, inputs))):
            self._files.look(own[0], spec, refs)
        if form.steps is None:
            return pack([*own, self._function(when, spec.func), arguments, numbers])
        steps = form.told(
            inputs, lambda step: pack(self._step(when, step, form.steps, refs, inputs))
        )
        number = self._step_function(when, form.steps[-1])
        # The array of six becomes one of seven.
        return b"\x97" + pack([*own, number, arguments, numbers])[1:] + steps

    def _form(self, spec: Any, inner: Any, which: Any) -> FusedForm:
        form = self._forms.get(which)
        if form is None:
            if len(self._forms) >= MAX_FORMS:
                self._forms.clear()
            form = self._forms[which] = FusedForm(spec, inner)
        return form

    def _step_function(self, when: float, step: Step) -> int | None:
        if not isinstance(step.node, CALLS):
            return None
        callee = self._callee(when, step.node.func)
        if callee.names is not None:
            return callee.number
        func, _, _ = unwrap(step.node.func, step.node.args, dict(step.node.kwargs or {}))
        return self._function(when, func)

    def _step(
        self, when: float, step: Step, steps: list[Step], refs: dict[Any, int], inputs: Any
    ) -> list[Encoded]:
        if not isinstance(step.node, CALLS):
            return [encode_key(step.key), None, [], []]
        number, arguments = self._call(when, step.node, refs, step.names, inputs)
        needed = [encode_key(key) for key in told_step(step, steps, inputs)]
        return [encode_key(step.key), number, needed, arguments]

    def _function(self, when: float, func: Any) -> int:
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
            self._ahead.append(self._packer.pack(["fn", when, number, about]))
        self._described[id(func)] = (func, number)
        return number


def _named(names: tuple[str, ...], values: tuple[Any, ...]) -> Iterable[tuple[str | int, Any]]:
    """Values with the names of their parameters; those beyond by their position."""
    if len(values) <= len(names):
        return zip(names, values)
    rest = enumerate(values[len(names) :], len(names))
    return [*zip(names, values), *rest]


def _by_site(
    tasks: Iterable[Task], sites: dict[Any, int] | int | None
) -> Iterable[tuple[int | None, Iterable[Task]]]:
    """Tasks that were submitted at the same place, together."""
    if type(sites) is not dict:
        return [(sites, tasks)]
    groups: dict[int | None, list[Task]] = {}
    for task in tasks:
        groups.setdefault(sites.get(task[1]), []).append(task)
    return groups.items()
