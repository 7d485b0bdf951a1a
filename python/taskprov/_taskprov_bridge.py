"""Records what a Dask scheduler does in a taskprov journal (docs/contracts.md, Journal).

One file on purpose: it travels by path, as a preload of the scheduler, and needs nothing but the
standard library and what distributed itself depends on. `taskprov run` names it in
`DASK_DISTRIBUTED__SCHEDULER__PRELOAD` and says in `TASKPROV_BRIDGE` what to record and where.

The hooks of the scheduler only append to a buffer in memory; a daemon thread encodes and writes
every 100 milliseconds. A hook never raises and never does I/O: the user's work goes on whatever
happens here.
"""

from __future__ import annotations

import asyncio
import contextvars
import fnmatch
import functools
import inspect
import json
import os
import pickle
import re
import struct
import sys
import threading
import types
import zlib
from collections import deque
from time import sleep, time
from typing import Any, Callable, Iterable

import dask
import distributed
import msgpack
from distributed import preloading
from distributed.diagnostics.plugin import SchedulerPlugin

try:
    from dask._task_spec import Alias, DataNode, Dict, List, NestedContainer, Task, TaskRef, Tuple
except ImportError:  # Older than Dask 2024.12: graphs are plain tuples there.
    Task = None  # type: ignore[assignment,misc]

SETTINGS = "TASKPROV_BRIDGE"
FLUSH_SECONDS = 0.1
MAX_BUFFERED = 500_000
MAX_FRAME_EVENTS = 2_000
MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_GRAPH_BYTES = 1024 * 1024
MAX_GRAPH_TASKS = 1_000
# A worker that said it would leave usually leaves because the cluster closes.
MAX_HELD_SECONDS = 30.0

Event = list  # [kind, time, ...]
Encoded = Any  # a scalar or a tagged list

# --- keys and values ------------------------------------------------------------------------------

MAX_SAFE = 2**53 - 1


def encode_text(text: str) -> Encoded:
    """A string as it is where UTF-8 can carry it, else as the inside of an ASCII JSON string."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return ["s", json.dumps(text)[1:-1]]
    return text


def encode_key(key: Any, depth: int = 0) -> Encoded:
    """A key: a string, or a tuple of strings, numbers and tuples."""
    kind = type(key)
    if kind is str:
        return encode_text(key)
    if kind is tuple and depth < 32:
        return ["t", [encode_key(part, depth + 1) for part in key]]
    if kind is int:
        return encode_int(key)
    if kind is float or kind is bool or key is None:
        return key
    if kind is bytes:
        return ["b", _base64(key)]
    return ["o", type_name(kind), {"head": encode_head(_safe_text(key), 200)}]


def encode_int(value: int) -> Encoded:
    return value if -MAX_SAFE <= value <= MAX_SAFE else ["i", str(value)]


def encode_head(text: str, size: int) -> str:
    return text[:size].encode("utf-8", "backslashreplace").decode()


def type_name(kind: type) -> str:
    """`int`, `numpy.ndarray`: without the module for what is built in."""
    module = getattr(kind, "__module__", "builtins")
    name = getattr(kind, "__qualname__", "object")
    return name if module == "builtins" else f"{module}.{name}"


def _base64(value: bytes) -> str:
    import base64

    return base64.b64encode(value).decode()


def _safe_text(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # A key's own code may raise; then its type has to do.
        return type_name(type(value))


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


# Only of these libraries are attributes read: those of an unknown object may run anything.
ARRAY_LIBRARIES = {"numpy", "pandas", "xarray", "scipy", "cupy", "sparse", "pyarrow", "torch"}


class Values:
    """Encodes arguments within a budget: small ones as they are, the rest described."""

    def __init__(self, policy: str, max_bytes: int, redactor: Redactor) -> None:
        self._policy = policy
        self._redactor = redactor
        full = policy == "full"
        self._budget = (100_000, 16 * 1024 * 1024, 24) if full else (64, max_bytes, 8)

    def argument(self, role: Any, value: Any, refs: dict[Any, int]) -> Encoded:
        """The value of an argument that goes by a name or position."""
        items, size, _depth = self._budget
        walk = _Walk(refs, items, size)
        return self._secret(value, walk) if self._redactor.hides(role) else self._any(value, walk, 0)

    def _any(self, value: Any, walk: _Walk, depth: int) -> Encoded:
        if isinstance(value, (Alias, TaskRef)):
            return self._reference(value, walk)
        if isinstance(value, DataNode):
            return self._any(value.value, walk, depth)
        if isinstance(value, Task):
            return self._task(value, walk, depth)
        if self._policy == "none":
            return ["x"]
        kind = type(value)
        if kind is str:
            return self._string(value, walk)
        if kind is int:
            return self._int(value, walk)
        if kind is float:
            # A whole float would come out of msgpack's other end as an integer.
            finite = value == value and value not in (float("inf"), float("-inf"))
            whole = not finite or value.is_integer()
            return ["o", "float", {"head": repr(value)}] if whole else value
        if kind is bool or value is None:
            return value
        if kind in (list, tuple, set, frozenset, dict):
            return self._container(value, walk, depth)
        if kind is bytes and self._policy == "full" and len(value) <= walk.size:
            walk.size -= len(value)
            return ["b", _base64(value)]
        return describe(value)

    def _reference(self, value: Any, walk: _Walk) -> Encoded:
        key = value.target if isinstance(value, Alias) else value.key
        number = walk.refs.get(key)
        if number is None:
            return ["o", "reference", {"head": encode_head(_safe_text(key), 200)}]
        return ["r", number]

    def _secret(self, value: Any, walk: _Walk) -> Encoded:
        # A reference names no value: without it the task would lack a dependency.
        if isinstance(value, (Alias, TaskRef)):
            return self._reference(value, walk)
        return ["x"]

    def _string(self, value: str, walk: _Walk) -> Encoded:
        size = len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
        if size > walk.size:
            head = encode_head(self._redactor.text(value[:4096]), 64)
            return ["o", "str", {"len": len(value), "nbytes": size, "head": head}]
        walk.size -= size
        return encode_text(self._redactor.text(value))

    def _int(self, value: int, walk: _Walk) -> Encoded:
        # Decimal digits of a huge integer take quadratic time.
        if value.bit_length() > 4096:
            return ["o", "int", {"nbytes": value.bit_length() // 8 + 1}]
        return encode_int(value)

    def _container(self, value: Any, walk: _Walk, depth: int) -> Encoded:
        size = len(value)
        if size > walk.items or depth >= self._budget[2]:
            return ["o", type_name(type(value)), {"len": size}]
        walk.items -= size
        if type(value) is dict:
            return ["d", [self._pair(k, v, walk, depth) for k, v in value.items()]]
        items = [self._any(item, walk, depth + 1) for item in value]
        return ["t" if type(value) is tuple else "l", items]

    def _pair(self, key: Any, value: Any, walk: _Walk, depth: int) -> list[Encoded]:
        if isinstance(key, DataNode):
            key = key.value
        name = encode_text(key) if type(key) is str else self._any(key, walk, depth + 1)
        if self._redactor.hides(key):
            return [name, self._secret(value, walk)]
        return [name, self._any(value, walk, depth + 1)]

    def _task(self, task: Any, walk: _Walk, depth: int) -> Encoded:
        """Dask's own containers, and calls inside arguments: kept open for their references."""
        args, kwargs = task.args, task.kwargs or {}
        if depth >= 32 or (not task.dependencies and self._policy == "none"):
            return ["x"] if self._policy == "none" else ["o", "omitted", {}]
        if isinstance(task, Dict):
            pairs = list(zip(args[::2], args[1::2]))
            kept = pairs[: walk.take(len(pairs))]
            return ["d", [self._pair(k, v, walk, depth) for k, v in kept]]
        kept = args[: walk.take(len(args))]
        items = [self._any(item, walk, depth + 1) for item in kept]
        if len(kept) < len(args):
            items.append(["o", "omitted", {"len": len(args) - len(kept)}])
        if kwargs and not isinstance(task, NestedContainer) and task.func is not IDENTITY_CAST:
            pairs = [self._pair(k, v, walk, depth) for k, v in kwargs.items()]
            items.append(["d", pairs])
        return ["t" if isinstance(task, Tuple) else "l", items]


class _Walk:
    """What may still be kept of an argument."""

    __slots__ = ("refs", "items", "size", "slots")

    def __init__(self, refs: dict[Any, int], items: int, size: int) -> None:
        self.refs = refs
        self.items = items
        self.size = size
        self.slots = 65_536

    def take(self, count: int) -> int:
        """How many of so many places there is room for."""
        taken = min(count, self.slots)
        self.slots -= taken
        return taken


def describe(value: Any) -> Encoded:
    """An object by its type, and by shape, type of elements and columns where reading is safe."""
    kind = type(value)
    about: dict[str, Any] = {}
    if kind in (bytes, bytearray):
        about["len"] = about["nbytes"] = len(value)
    elif isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
        about["head"] = encode_head(f"{value.__module__}.{value.__qualname__}", 200)
    elif (getattr(kind, "__module__", "") or "").split(".", 1)[0] in ARRAY_LIBRARIES:
        shape = _read(value, "shape")
        if type(shape) is tuple and all(type(n) is int and n >= 0 for n in shape):
            about["shape"] = list(shape)
        dtype = _read(value, "dtype")
        if dtype is not None:
            about["dtype"] = encode_head(_safe_text(dtype), 100)
        nbytes = _read(value, "nbytes")
        if type(nbytes) is int and nbytes >= 0:
            about["nbytes"] = nbytes
        columns = _read(value, "columns")
        if columns is not None and type(columns).__module__.startswith("pandas"):
            about["columns"] = [encode_head(_safe_text(name), 100) for name in columns[:100]]
    return ["o", type_name(kind), about]


def _read(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # Half-initialised arrays and the like: then it is not known.
        return None


# --- what a task runs -----------------------------------------------------------------------------

if Task is not None:
    from dask._task_spec import _execute_subgraph as EXECUTE_SUBGRAPH
    from dask._task_spec import _identity_cast as IDENTITY_CAST

APPLY = ("dask.utils", "apply")
# These carry the function that matters as their first argument.
CARRIERS = {
    APPLY,
    ("dask.bag.core", "map_chunk"),
    ("dask.bag.core", "empty_safe_apply"),
    ("dask.bag.core", "empty_safe_aggregate"),
}


def name_function(func: Any) -> tuple[str, str, str]:
    """Module, qualified name and kind of a function; no memory address, no code of the user's."""
    if isinstance(func, types.MethodType):
        module, name, _kind = name_function(func.__func__)
        return module, name, "method"
    if isinstance(func, types.FunctionType):
        kind = "lambda" if func.__name__ == "<lambda>" else "function"
        if func.__code__.co_flags & 0x80:
            kind = "async"
        return func.__module__ or "", func.__qualname__, kind
    if isinstance(func, type):
        return func.__module__, func.__qualname__, "class"
    if isinstance(func, (types.BuiltinFunctionType, types.MethodDescriptorType)):
        return getattr(func, "__module__", None) or "builtins", func.__qualname__, "builtin"
    return type(func).__module__, type(func).__qualname__, "callable"


def unwrap(func: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, list[Any], dict[str, Any]]:
    """Looks through partial, apply and the like for the function that was meant.

    The positional arguments come as `[role, value]`, with the parameters' names where they are
    known to go to the function as they stand.
    """
    rest = list(args)
    named = True
    for _ in range(4):
        if isinstance(func, functools.partial):
            rest = [*func.args, *rest]
            kwargs = {**func.keywords, **kwargs}
            func = func.func
            continue
        carrier = isinstance(func, types.FunctionType) and (func.__module__, func.__name__)
        if carrier not in CARRIERS or not rest or not _is_function(rest[0]):
            break
        func, *rest = rest
        applied = _applied(rest) if carrier == APPLY else None
        if applied is None:
            named = False
        else:
            rest, more = applied
            kwargs = {**kwargs, **more}
    names = parameter_names(func) if named else ()
    return func, [[names[i] if i < len(names) else i, v] for i, v in enumerate(rest)], kwargs


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, (Task, DataNode, Alias, TaskRef))


def _applied(rest: list[Any]) -> tuple[list[Any], dict[str, Any]] | None:
    """Arguments that `apply` was given as a sequence and a mapping, if they can be told apart."""
    args, kwargs = [*rest, (), {}][:2] if rest else ((), {})
    if isinstance(args, (List, Tuple)):
        args = args.args
    if isinstance(kwargs, Dict):
        kwargs = dict(zip(kwargs.args[::2], kwargs.args[1::2]))
    if type(args) not in (list, tuple) or type(kwargs) is not dict or len(rest) > 2:
        return None
    return (list(args), kwargs) if all(type(name) is str for name in kwargs) else None


def parameter_names(func: Any) -> tuple[str, ...]:
    """Names of the positional parameters, where they can be read without running anything."""
    skip = 0
    if isinstance(func, type):
        func, skip = func.__dict__.get("__init__"), 1
    elif isinstance(func, types.MethodType):
        func, skip = func.__func__, 1
    if not isinstance(func, types.FunctionType):
        return ()
    return func.__code__.co_varnames[skip : func.__code__.co_argcount]


# --- the journal ----------------------------------------------------------------------------------

MAGIC = b"TPJRNL1\n"


def _array_header(count: int) -> bytes:
    return b"\xdc" + struct.pack(">H", count) if count < 65_536 else b"\xdd" + struct.pack(">I", count)


class Journal:
    """The file: frames of events, each with sequence number and checksum."""

    def __init__(self, path: str, header: dict[str, Any]) -> None:
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o600)
        self._sequence = 0
        self._length = 0
        self._write(MAGIC + self._frame(msgpack.packb(header)))

    def append(self, events: list[bytes]) -> int:
        """Writes packed events; returns how many of them were lost because writing failed."""
        lost = 0
        batch: list[bytes] = []
        size = 0
        for event in events:
            if batch and (len(batch) == MAX_FRAME_EVENTS or size + len(event) > MAX_FRAME_BYTES):
                lost += self._append_frame(batch)
                batch, size = [], 0
                sleep(0)  # Gives the scheduler its turn.
            batch.append(event)
            size += len(event)
        return lost + (self._append_frame(batch) if batch else 0)

    def close(self) -> None:
        os.close(self._fd)

    def _append_frame(self, batch: list[bytes]) -> int:
        self._sequence += 1
        try:
            self._write(self._frame(_array_header(len(batch)) + b"".join(batch)))
        except OSError:
            self._sequence -= 1
            return len(batch)
        return 0

    def _frame(self, payload: bytes) -> bytes:
        sequence = struct.pack("<I", self._sequence)
        checksum = zlib.crc32(payload, zlib.crc32(sequence))
        return struct.pack("<I", len(payload)) + sequence + struct.pack("<I", checksum) + payload

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            os.ftruncate(self._fd, self._length)  # Half a frame would spoil what follows.
            raise
        self._length += len(data)


SPAN_CODES = {
    "compute": "c",
    "transfer": "t",
    "deserialize": "d",
    "disk-read": "r",
    "disk-write": "w",
}


def encode_spans(startstops: Any) -> list[Encoded] | None:
    """What a worker did and when; Dask gives the times on the scheduler's clock."""
    if not startstops:
        return None
    spans = []
    for span in startstops:
        action = span["action"]
        encoded = [SPAN_CODES.get(action, f"={action}"), span["start"], span["stop"]]
        if span.get("source"):
            encoded.append(str(span["source"]))
        spans.append(encoded)
    return spans


class Writer(threading.Thread):
    """Takes what the hooks saw, encodes it and appends it to the journal."""

    def __init__(self, journal: Journal, values: Values, limit: int) -> None:
        super().__init__(name="taskprov", daemon=True)
        self._journal = journal
        self._values = values
        self._limit = limit
        self._waiting: deque[Any] = deque()
        self._dropped = 0
        self._reported = 0
        self._wake = threading.Event()
        self.finished = threading.Event()
        self._packer = msgpack.Packer(unicode_errors="backslashreplace")
        self._functions: dict[tuple[str, str, str], int] = {}
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
                else:
                    packed.append(self._packer.pack(entry))
            except Exception as error:  # One event must not take the others with it.
                self._packer = msgpack.Packer(unicode_errors="backslashreplace")
                text = f"An event could not be recorded: {type_name(type(error))}: {error}"
                packed.append(self._packer.pack(["error", time(), text[:500], "ERR_EVENT_INVALID"]))
                self._dropped += 1
        dropped = self._dropped
        if dropped > self._reported:
            packed.append(self._packer.pack(["dropped", time(), dropped - self._reported]))
        # Kept longer, it would keep alive what the functions close over.
        self._described.clear()
        if packed:
            lost = self._journal.append(packed)
            if lost == 0:
                self._reported = dropped
            else:
                self._dropped += lost

    def _pack_graph(
        self,
        packed: list[bytes],
        when: float,
        graph: int,
        client: int | None,
        stimulus: str | None,
        parent: int | None,
        tasks: list[tuple[int, Any, str, Any, dict[Any, int]]],
    ) -> None:
        pack = self._packer.pack
        fields = ["graph", when, graph, client, stimulus, parent, None, None]
        head = b"\x99" + b"".join(pack(field) for field in fields)
        chunk: list[bytes] = []
        size = 0
        for task in tasks:
            body = pack(self._task(packed, when, *task))
            chunk.append(body)
            size += len(body)
            if len(chunk) == MAX_GRAPH_TASKS or size > MAX_GRAPH_BYTES:
                packed.append(head + _array_header(len(chunk)) + b"".join(chunk))
                chunk, size = [], 0
                sleep(0)
        if chunk:
            packed.append(head + _array_header(len(chunk)) + b"".join(chunk))

    def _task(
        self, packed: list[bytes], when: float, n: int, key: Any, group: str, spec: Any, refs: dict
    ) -> list[Encoded]:
        """`[n, key, group, f, arguments, dependencies, inner steps]` of a task."""
        own = [n, encode_key(key), None if group == key else encode_head(group, 1000)]
        numbers = sorted(refs.values())
        try:
            if isinstance(spec, DataNode):
                return [*own, None, [[0, self._values.argument(0, spec.value, refs)]], numbers]
            if not isinstance(spec, Task):  # An alias, or data that a client put in.
                return [*own, None, [], numbers]
            if spec.func is EXECUTE_SUBGRAPH:
                return [*own, *self._fused(packed, when, spec, refs, numbers)]
            func, arguments = self._call(packed, when, spec, refs)
            return [*own, func, arguments, numbers]
        except Exception as error:  # The task is there, whatever its arguments are made of.
            text = f"The arguments of a task could not be recorded: {type_name(type(error))}"
            packed.append(self._packer.pack(["error", when, text, "ERR_EVENT_INVALID"]))
            func = self._function(packed, when, spec.func) if isinstance(spec, Task) else None
            return [*own, func, [], numbers]

    def _call(
        self, packed: list[bytes], when: float, spec: Any, refs: dict[Any, int]
    ) -> tuple[int, list[list[Encoded]]]:
        func, args, kwargs = unwrap(spec.func, spec.args, dict(spec.kwargs or {}))
        number = self._function(packed, when, func)
        arguments = [[role, self._values.argument(role, value, refs)] for role, value in args]
        for name, value in kwargs.items():
            role = encode_head(str(name), 200)
            arguments.append([role, self._values.argument(role, value, refs)])
        return number, arguments

    def _fused(
        self, packed: list[bytes], when: float, spec: Any, refs: dict[Any, int], numbers: list[int]
    ) -> list[Encoded]:
        """Tasks that Dask joined into one: the last one's function, and every step."""
        inner, outkey, _inkeys, *inputs = spec.args
        steps = []
        last = None
        for key, step in inner.items():
            number = None
            if isinstance(step, Task):
                number = self._function(packed, when, unwrap(step.func, step.args, {})[0])
                if key == outkey:
                    last = number
            needs = sorted(step.dependencies, key=str)
            steps.append([encode_key(key), number, [encode_key(need) for need in needs]])
        if last is None:
            last = self._function(packed, when, spec.func)
        # A literal inside belongs to a step, not to the task: only references are inputs.
        arguments = [
            [i, self._values.argument(i, value, refs)]
            for i, value in enumerate(inputs)
            if not isinstance(value, DataNode)
        ]
        return [last, arguments, numbers, steps]

    def _function(self, packed: list[bytes], when: float, func: Any) -> int:
        """Number of a function, announced the first time."""
        known = self._described.get(id(func))
        if known is not None and known[0] is func:
            return known[1]
        named = name_function(func)
        number = self._functions.get(named)
        if number is None:
            number = self._functions[named] = len(self._functions)
            module, name, kind = (encode_head(text, 1000) for text in named)
            about = {"module": module, "name": name, "kind": kind}
            packed.append(self._packer.pack(["fn", when, number, about]))
        self._described[id(func)] = (func, number)
        return number


# --- the scheduler's plugin -----------------------------------------------------------------------

SUBMITTING: contextvars.ContextVar[Any] = contextvars.ContextVar("taskprov_parent", default=None)

LOST_REASONS = (
    ("handle-worker-cleanup", "worker-died"),
    ("client-restart", "restart"),
    ("cancel-key", "cancelled"),
    ("client-releases-keys", "cancelled"),
    ("remove-client", "cancelled"),
)


def lost_reason(stimulus: str) -> str:
    for prefix, reason in LOST_REASONS:
        if stimulus.startswith(prefix):
            return reason
    return "rescheduled"


def guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook that never raises: what goes wrong is recorded, once for each hook."""

    @functools.wraps(hook)
    def wrapper(self: TaskprovBridge, *args: Any, **kwargs: Any) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:
            self.broken(hook.__name__, error)

    return wrapper


class TaskprovBridge(SchedulerPlugin):
    """Hears what the scheduler does and hands it to the writer."""

    name = "taskprov"

    def __init__(self, scheduler: Any, writer: Writer, settings: dict[str, Any]) -> None:
        self._scheduler = scheduler
        self._writer = writer
        self._redactor = Redactor(settings["redact"])
        self._keep_traceback = bool(settings["options"].get("keepTraceback"))
        self._numbers: dict[Any, int] = {}
        self._next = 0
        self._graphs = 0
        self._tasks = 0
        self._clients: dict[str, int] = {}
        self._client_count = 0
        self._workers: dict[str, int] = {}
        self._worker_count = 0
        self._broken: set[str] = set()
        self._retried: set[int] = set()
        self._closing = False
        # Workers that said they leave, and what their leaving set off: see `_emit`.
        self._leaving: set[str] = set()
        self._intended: set[str] = set()
        self._limbo: set[int] = set()
        self._held: list[Event] = []
        self._held_since = 0.0

    def broken(self, where: str, error: Exception) -> None:
        """A hook raised: the record says so and counts it as something missing."""
        self._writer.drop()
        if where in self._broken:
            return
        self._broken.add(where)
        text = f"The hook {where} failed with {type_name(type(error))}: {_safe_text(error)[:300]}"
        self._writer.put(["error", time(), text])

    # Hooks that Dask's plugins do not have: failed attempts before a retry, scattered data, and
    # the task that submitted a graph.

    def wrap_handlers(self) -> None:
        """Listens in on three entry points of the scheduler; each keeps its kind and its result."""
        scheduler = self._scheduler
        handlers = scheduler.stream_handlers
        update_graph = handlers.get("update-graph")
        task_erred = handlers.get("task-erred")
        if not inspect.iscoroutinefunction(update_graph) or task_erred is None:
            self.broken("wrap_handlers", TypeError("this version of Dask has other handlers"))
            return

        @functools.wraps(update_graph)
        async def taskprov_update_graph(*args: Any, **kwargs: Any) -> Any:
            token = SUBMITTING.set(kwargs.get("submitting_task"))
            try:
                return await update_graph(*args, **kwargs)
            finally:
                SUBMITTING.reset(token)

        @functools.wraps(task_erred)
        def taskprov_task_erred(*args: Any, **kwargs: Any) -> Any:
            self._attempt_failed(*args, **kwargs)
            return task_erred(*args, **kwargs)

        update_data = scheduler.update_data

        @functools.wraps(update_data)
        def taskprov_update_data(*args: Any, **kwargs: Any) -> Any:
            result = update_data(*args, **kwargs)
            self._scattered(*args, **kwargs)
            return result

        handlers["update-graph"] = taskprov_update_graph
        handlers["task-erred"] = taskprov_task_erred
        scheduler.update_data = taskprov_update_data
        if "update_data" in scheduler.handlers:
            scheduler.handlers["update_data"] = taskprov_update_data
        if "update-data" in handlers:
            handlers["update-data"] = taskprov_update_data

    @guarded
    def _attempt_failed(self, key: Any = None, run_id: Any = None, **msg: Any) -> None:
        ts = self._scheduler.tasks.get(key)
        n = self._numbers.get(key)
        # Stale messages come too; and the last failure comes as a transition.
        if ts is None or n is None or ts.state != "processing" or ts.run_id != run_id:
            return
        if ts.retries > 0:
            self._retried.add(n)
            self._emit(n, self._failure(n, ts, msg, ts.retries), settled=True)

    @guarded
    def _scattered(
        self, who_has: Any = None, nbytes: Any = None, client: Any = None, **_more: Any
    ) -> None:
        when = time()
        for key, workers in (who_has or {}).items():
            if key in self._numbers:
                continue
            n = self._number(key)
            numbers = [self._workers[w] for w in workers if w in self._workers]
            size = (nbytes or {}).get(key)
            size = size if type(size) is int and size >= 0 else None
            self._writer.put(
                ["scatter", when, n, encode_key(key), self._client(client), size, numbers]
            )

    # Dask's hooks.

    @guarded
    def add_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        self._client(client)

    @guarded
    def remove_client(self, scheduler: Any = None, client: str = "", **_more: Any) -> None:
        number = self._clients.pop(client, None)
        if number is not None and not self._closing:
            self._writer.put(["client-", time(), number])

    @guarded
    def add_worker(self, scheduler: Any = None, worker: str = "", **_more: Any) -> None:
        state = self._scheduler.workers.get(worker)
        about: dict[str, Any] = {"address": worker}
        if state is not None:
            about["name"] = encode_head(str(state.name), 200)
            about["threads"] = state.nthreads
            if state.memory_limit:
                about["memoryLimit"] = int(state.memory_limit)
            for name in ("host", "pid"):
                value = getattr(state, name, None)
                if value:
                    about[name] = value
        number = self._workers[worker] = self._worker_count
        self._worker_count += 1
        self._leaving.discard(worker)
        self._writer.put(["worker+", time(), number, about], always=True)

    @guarded
    def remove_worker(self, scheduler: Any = None, worker: str = "", **_more: Any) -> None:
        number = self._workers.get(worker)
        if number is not None:
            reason = "closed" if worker in self._leaving else "died"
            self._writer.put(["worker-", time(), number, reason])

    @guarded
    def log_event(self, topic: Any, msg: Any) -> None:
        if type(msg) is not dict:
            return
        action = msg.get("action")
        if action == "closing-worker":
            self._leaving.add(topic)
        elif action == "remove-worker" and msg.get("worker") in self._leaving:
            self._intended.add(str(msg.get("stimulus_id")))

    @guarded
    def update_graph(
        self,
        scheduler: Any = None,
        *,
        client: str | None = None,
        tasks: Iterable[Any] = (),
        stimulus_id: str | None = None,
        **_more: Any,
    ) -> None:
        known = self._numbers
        states = self._scheduler.tasks
        new = []
        for key in tasks:
            if key not in known and key in states:
                new.append((self._number(key), states[key]))
        if not new:
            return
        entries = [self._entry(n, ts) for n, ts in new]
        parent = known.get(SUBMITTING.get())
        graph = self._graphs
        self._graphs += 1
        self._tasks += len(new)
        entry = (time(), graph, self._client(client), stimulus_id, parent, entries)
        if not self._writer.put(entry):
            # What nobody was told about must not be named later.
            for n, ts in new:
                known.pop(ts.key, None)

    @guarded
    def transition(
        self, key: Any, start: str, finish: str, *_args: Any, stimulus_id: str = "", **facts: Any
    ) -> None:
        settles = start == "processing" and finish in ("memory", "erred")
        if self._closing and not settles:
            return
        n = self._numbers.get(key)
        if n is None:
            if finish not in ("processing", "memory", "erred"):
                return
            n = self._announce(key)
        if stimulus_id in self._intended:
            if not self._held:
                self._held_since = time()
            self._limbo.add(n)
        ts = self._scheduler.tasks.get(key)
        if finish == "processing":
            worker = self._worker(getattr(ts.processing_on, "address", None))
            if worker is not None:
                self._emit(n, ["assign", time(), n, worker, *_run_id(ts)])
        elif finish == "memory":
            self._done(n, ts, facts)
        elif finish == "erred":
            self._erred(n, ts, start, facts)
        elif start == "processing" and finish == "released":
            if n in self._retried:
                self._retried.discard(n)
            else:
                self._emit(n, ["lost", time(), n, None, lost_reason(stimulus_id)])
        elif start == "memory":
            self._released(n, stimulus_id)
        if finish == "forgotten":
            self._emit(n, ["forget", time(), n])
            del self._numbers[key]

    async def before_close(self) -> None:
        """What happens from here on is the noise of shutting down."""
        self._closing = True
        self._held.clear()
        self._limbo.clear()
        self._writer.put(["closing", time()], always=True)

    async def close(self) -> None:
        """Ends the record; waits a moment for the writer without blocking the event loop."""
        self._writer.put(["end", time(), {"tasks": self._tasks}], always=True)
        self._writer.finish()
        for _ in range(400):
            if self._writer.finished.is_set():
                break
            await asyncio.sleep(0.005)

    # What the hooks share.

    def _number(self, key: Any) -> int:
        n = self._numbers[key] = self._next
        self._next += 1
        return n

    def _entry(self, n: int, ts: Any) -> tuple[int, Any, str, Any, dict[Any, int]]:
        refs = {}
        for needed in ts.dependencies:
            number = self._numbers.get(needed.key)
            refs[needed.key] = self._announce(needed.key) if number is None else number
        return n, ts.key, ts.group_key, ts.run_spec, refs

    def _announce(self, key: Any) -> int:
        """A task that came by another way than a graph."""
        n = self._number(key)
        when = time()
        spec = self._scheduler.tasks[key].run_spec
        group = self._scheduler.tasks[key].group_key
        self._writer.put((when, self._graphs, None, None, None, [(n, key, group, spec, {})]))
        self._graphs += 1
        if self._scheduler.tasks[key].state == "memory":
            self._writer.put(["known", when, n, encode_key(key)])
        return n

    def _client(self, name: str | None) -> int | None:
        if not name:
            return None
        number = self._clients.get(name)
        if number is None:
            number = self._clients[name] = self._client_count
            self._client_count += 1
            self._writer.put(["client+", time(), number, {"name": name}], always=True)
        return number

    def _worker(self, address: Any) -> int | None:
        return None if address is None else self._workers.get(address)

    def _emit(self, n: int, event: Event, settled: bool = False) -> None:
        """Records an event of a task.

        A cluster that closes first stops its workers, and the scheduler then plans to compute
        again what they held. Such events are kept aside until the scheduler closes (then they
        never mattered), or a task of theirs really ends, or nothing else follows for a while.
        """
        is_late = self._held and time() - self._held_since > MAX_HELD_SECONDS
        if is_late or (settled and n in self._limbo):
            for held in self._held:
                self._writer.put(held)
            self._held.clear()
            self._limbo.clear()
        if n in self._limbo:
            self._held.append(event)
        else:
            self._writer.put(event)

    def _done(self, n: int, ts: Any, facts: dict[str, Any]) -> None:
        worker = self._worker(facts.get("worker"))
        if worker is None:
            return
        thread = facts.get("thread")
        size = facts.get("nbytes")
        typename = facts.get("typename")
        event = [
            "done",
            time(),
            n,
            *(_run_id(ts) or (None,)),
            worker,
            thread if type(thread) is int and 0 <= thread <= MAX_SAFE else None,
            encode_spans(facts.get("startstops")),
            size if type(size) is int and size >= 0 else None,
            str(typename) if typename else None,
        ]
        self._emit(n, event, settled=True)

    def _erred(self, n: int, ts: Any, start: str, facts: dict[str, Any]) -> None:
        if start == "processing":
            self._emit(n, self._failure(n, ts, facts, 0), settled=True)
            return
        blame = getattr(ts.exception_blame, "key", None)
        blamed = self._numbers.get(blame)
        self._emit(n, ["failed", time(), n, *[None] * 7, blamed])

    def _failure(self, n: int, ts: Any, facts: dict[str, Any], retries: int) -> Event:
        text = facts.get("exception_text")
        exception = facts.get("exception")
        kind = None
        if text is None and type(exception) is bytes:
            # The scheduler itself made these bytes when a worker died: nothing of the user's.
            error = pickle.loads(exception)
            kind, text = type_name(type(error)), str(error)
        text = self._redactor.text(str(text or ""))
        if kind is None:
            found = re.match(r"([A-Za-z_][\w.]*)\(", text)
            kind = found.group(1) if found else "Exception"
        traceback = facts.get("traceback_text")
        keep = self._keep_traceback and traceback
        return [
            "failed",
            time(),
            n,
            *(_run_id(ts) or (None,)),
            self._worker(facts.get("worker")),
            kind,
            text,
            self._redactor.text(str(traceback)) if keep else None,
            encode_spans(facts.get("startstops")),
            retries,
        ]

    def _released(self, n: int, stimulus: str) -> None:
        reason = lost_reason(stimulus)
        if reason in ("worker-died", "restart"):
            self._emit(n, ["lost", time(), n, None, reason])
        else:
            self._emit(n, ["release", time(), n])


def _run_id(ts: Any) -> tuple[int, ...]:
    """Dask's number of the attempt, if it has one."""
    value = getattr(ts, "run_id", None)
    return (value,) if type(value) is int and value >= 0 else ()


# --- start ----------------------------------------------------------------------------------------


def read_settings() -> dict[str, Any] | None:
    """What `taskprov run` asks for; nothing when the file was loaded by somebody else."""
    text = os.environ.get(SETTINGS)
    return None if text is None else json.loads(text)


def open_journal(
    settings: dict[str, Any], versions: dict[str, str], when: float
) -> tuple[Journal, str]:
    """A new journal; the run ids of a launch sort by the time their schedulers started."""
    milliseconds = int(when * 1000)
    while True:
        run_id = f"{settings['launch']}-{milliseconds:012x}"
        header = {
            "producer": f"taskprov {settings['version']}",
            "versions": versions,
            "runId": run_id,
            "created": when,
        }
        path = os.path.join(settings["folder"], f"{settings['stem']}.{run_id}.journal")
        try:
            return Journal(path, header), run_id
        except FileExistsError:
            milliseconds += 1  # Two schedulers in one millisecond.


def start_bridge(scheduler: Any, settings: dict[str, Any]) -> TaskprovBridge:
    """Opens the journal and listens to the scheduler from now on."""
    versions = {
        "taskprov": settings["version"],
        "python": sys.version.split()[0],
        "dask": dask.__version__,
        "distributed": distributed.__version__,
    }
    when = time()
    journal, run_id = open_journal(settings, versions, when)
    run = {
        **settings["run"],
        "runId": run_id,
        "engine": "dask",
        "versions": versions,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "options": settings["options"],
    }
    try:
        run["address"] = scheduler.address
    except ValueError:  # Not listening yet.
        pass
    options = settings["options"]
    values = Values(options["values"], options["maxValueBytes"], Redactor(settings["redact"]))
    writer = Writer(journal, values, settings.get("bufferedEvents", MAX_BUFFERED))
    writer.put(["run", when, run], always=True)
    bridge = TaskprovBridge(scheduler, writer, settings)
    for address in list(scheduler.workers):
        bridge.add_worker(scheduler, address)
    bridge.wrap_handlers()
    scheduler.add_plugin(bridge, name=bridge.name)
    writer.start()
    return bridge


def users_preloads(settings: dict[str, Any]) -> Any:
    """What the user has configured as preload: our environment variable hides it."""
    given = settings.get("preload")
    if given is not None:
        return dask.config.interpret_value(given)
    files = dask.config.merge(*dask.config.collect_yaml(dask.config.paths))
    return dask.config.get("distributed.scheduler.preload", default=[], config=files)


async def dask_setup(scheduler: Any) -> None:
    """Called by Dask when a scheduler starts."""
    settings = read_settings()
    if settings is None:
        return
    try:
        if Task is None:
            raise RuntimeError(f"Dask {dask.__version__} is too old, 2024.12 is the first that can be")
        if "taskprov" not in scheduler.plugins:
            start_bridge(scheduler, settings)
    except Exception as error:
        line = f"taskprov: this Dask scheduler is not recorded: {_safe_text(error)}"
        print(line, file=sys.stderr, flush=True)
    # Last: an error in them is the user's, and Dask reports it as it does without us.
    preload = users_preloads(settings)
    if preload:
        argv = dask.config.get("distributed.scheduler.preload-argv", default=[])
        scheduler.taskprov_preloads = preloading.process_preloads(scheduler, preload, argv)
        await scheduler.taskprov_preloads.start()


async def dask_teardown(scheduler: Any) -> None:
    """Called by Dask when a scheduler stops: the user's own preloads hear of it too."""
    preloads = getattr(scheduler, "taskprov_preloads", None)
    if preloads is not None:
        await preloads.teardown()
