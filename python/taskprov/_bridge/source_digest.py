"""SHA-256 of a function's source, where the text is certainly that function's.

The text is found by the place that the code names, and taken only when compiling it gives the very
same code: a file that was changed since, or another file of that name on this machine, says nothing.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import inspect
import linecache
import os
import sysconfig
import tokenize
import types
import warnings
from typing import Any, Iterator

MAX_REMEMBERED = 10_000
MAX_FILES = 16
# Compiling holds the interpreter: what would hold up the scheduler is left alone.
MAX_BYTES = 256 * 1024

# What the compiler warns of was said when the program was imported; see `_be_quiet`.
NAME = "<taskprov source>"
# Instructions around those of a lambda's body, which stand nowhere in its text.
_PLACELESS = (
    "COPY_FREE_VARS",
    "MAKE_CELL",
    "POP_TOP",
    "RESUME",
    "RETURN_GENERATOR",
    "RETURN_VALUE",
)

_LIBRARIES = tuple(
    path
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib") and path
)
_Digests = dict[types.CodeType, str]
_known: dict[tuple[str, types.CodeType], str | None] = {}
_files: dict[str, tuple[Any, _Digests]] = {}


def source_digest(func: Any) -> str | None:
    """Of a function of the program's own; None for libraries, whose version says as much.

    Nothing of the user's runs: the text is read from the file that the code names.
    """
    while isinstance(func, functools.partial):
        func = func.func
    if isinstance(func, types.MethodType):
        func = func.__func__
    if not isinstance(func, types.FunctionType):
        return None
    code = func.__code__
    # Codes are equal when all is that they do and where they stand, but for the file's name.
    name = (code.co_filename, code)
    try:
        return _known[name]
    except KeyError:
        pass
    if len(_known) >= MAX_REMEMBERED:
        _known.clear()
    digest = _known[name] = _look_up(code)
    return digest


def _look_up(code: types.CodeType) -> str | None:
    file = code.co_filename
    if file.startswith(_LIBRARIES) or "site-packages" in file:
        return None
    try:
        stamp = _stamp(file)
        if stamp is None:
            return None
        known = _files.get(file)
        if known is None or known[0] != stamp:
            if len(_files) >= MAX_FILES:
                _files.clear()
            _files[file] = known = (stamp, {})  # What cannot be read is not tried each time.
            known[1].update(_digests_in(_text(file)))
        return known[1].get(code)
    except Exception:  # It cannot be read or is no Python: then the source is not known.
        return None


def _stamp(file: str) -> Any:
    """What changes when the text does; None where there is none, or too much."""
    if os.path.isfile(file):
        state = os.stat(file)
        return (state.st_mtime_ns, state.st_size, state.st_ino) if state.st_size <= MAX_BYTES else None
    # The cell of a notebook, when this is its kernel: its name has the hash of its text.
    cell = linecache.cache.get(file)
    return cell[0] if cell is not None and len(cell) == 4 and cell[0] <= MAX_BYTES else None


def _text(file: str) -> str:
    if os.path.isfile(file):
        with tokenize.open(file) as lines:
            return lines.read(MAX_BYTES)
    return "".join(linecache.cache[file][2])


def _be_quiet() -> None:
    # `catch_warnings` would change what other threads hear.
    warnings.filterwarnings("ignore", module=NAME)


def _digests_in(text: str) -> _Digests:
    """The digest of each function's text, by the code that it compiles to."""
    _be_quiet()
    tree = ast.parse(text, NAME)
    places = _functions_in(tree)
    lines = text.split("\n")
    digests = {}
    for code in _codes_in(compile(tree, NAME, "exec", dont_inherit=True)):
        node = _node_of(code, places.get((code.co_firstlineno, code.co_name), []))
        if node is not None:
            source = _source(lines, code.co_firstlineno, node)
            digests[code] = hashlib.sha256(source).hexdigest()
    return digests


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def _functions_in(tree: ast.AST) -> dict[tuple[int, str], list[_Function]]:
    """Functions by first line and name, as code names them; lambdas may share both."""
    found: dict[tuple[int, str], list[_Function]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            place = (node.lineno, "<lambda>")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            place = (min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.name)
        else:
            continue
        found.setdefault(place, []).append(node)
    return found


def _codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """The codes of all functions in a module's, at any depth."""
    waiting = [code]
    while waiting:
        for const in waiting.pop().co_consts:
            if isinstance(const, types.CodeType):
                waiting.append(const)
                if const.co_flags & inspect.CO_OPTIMIZED:
                    yield const


def _node_of(code: types.CodeType, nodes: list[_Function]) -> _Function | None:
    """The function with this code; None where it cannot be told from another of its line."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    spans = []
    for step in dis.get_instructions(code):
        at = getattr(step, "positions", None)
        if step.opname in _PLACELESS:
            continue
        if at is None or None in at:  # Python 3.10 knows lines only.
            return None
        spans.append(((at.lineno, at.col_offset), (at.end_lineno, at.end_col_offset)))
    fitting = []
    for node in nodes:
        if isinstance(node, ast.Lambda):
            start, end = _span(node.body)
            if spans and all(start <= first and last <= end for first, last in spans):
                fitting.append((end, start, node))
    # The body of a lambda is around those of the lambdas in it.
    innermost = [
        node
        for end, start, node in fitting
        if all(other <= start and end <= last for last, other, _ in fitting)
    ]
    return innermost[0] if len(innermost) == 1 else None


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _source(lines: list[str], first: int, node: _Function) -> bytes:
    start = node.col_offset if isinstance(node, ast.Lambda) else 0
    kept = [line.encode("utf-8", "surrogatepass") for line in lines[first - 1 : node.end_lineno]]
    kept[-1] = kept[-1][: node.end_col_offset]
    kept[0] = kept[0][start:]
    return b"\n".join(kept)
