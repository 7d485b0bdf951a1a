"""Files among the arguments of tasks: paths, and objects of libraries that stand for files."""

from __future__ import annotations

import os
import re
from typing import Any, Iterator, NamedTuple

from .specs import CALLS, DATA, DICTS, form_of, is_fused, needs

MAX_DEPTH = 8
MAX_VISITS = 1_000
MAX_PLACES = 100
MAX_PATH = 1_024


class Place(NamedTuple):
    """Where data lies."""

    path: str
    """A path, or a URL without user, password and query."""
    mode: str | None
    """`read` or `write`, None where nobody says."""
    part: str | None
    """The variable or array inside."""
    is_sure: bool
    """Whether it stands for a file; else it is a text that may be the name of one."""


# A text is looked at when it has a folder, or an ending.
_LOOKS_LIKE_PATH = re.compile(r"[^\n\0]*?(?:[/\\]|\.[A-Za-z][A-Za-z0-9]{0,9}$)")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*::)?([a-z][a-z0-9+.-]{1,20})://", re.IGNORECASE)
_SCHEMES = frozenset(
    "abfs abfss adl az dropbox file ftp gcs gdrive gs hdfs hf http https ipfs oci oss r2 s3 s3a "
    "sftp smb ssh swift wasb wasbs webdav webhdfs".split()
)
# Functions of Dask that put arrays into the targets they are given.
WRITERS = frozenset({"store_chunk", "load_store_chunk", "insert_to_ooc"})
PARQUET_WRITER = "ToParquetFunctionWrapper"
_WRITES = re.compile(r"(?:^|[_.-])(?:to|write|save|savez|store|dump|export)(?=[_.-]|$)", re.IGNORECASE)


def says_write(name: str) -> bool:
    """Whether a function's name says that it writes."""
    return _WRITES.search(name) is not None


def places_in(node: Any) -> list[Place]:
    """The files that a task, or a value, names at any depth; looks at a fixed number of things."""
    found: dict[Place, None] = {}
    for place in _walk(node):
        found[place] = None
        if len(found) == MAX_PLACES:
            break
    return list(found)


def names_nothing(node: Any, depth: int = 0) -> bool:
    """Whether there is surely no file in a task: plain values and results of others; the usual case."""
    kind = type(node)
    if kind in _PLAIN:
        return True
    form = form_of(kind)
    if form is None or depth > MAX_DEPTH:
        return False
    if form == "ref":
        return True
    if form == "data":
        return _is_plain(node.value)
    if is_fused(node) or may_write(node.func):
        return False
    for value in node.args:
        if type(value) not in _PLAIN and not names_nothing(value, depth + 1):
            return False
    return not node.kwargs or all(names_nothing(value, depth + 1) for value in node.kwargs.values())


def inside_names_nothing(inner: dict[Any, Any]) -> bool:
    """The same of the steps of a fused task, without what they are given."""
    nodes = list(inner.values())
    writes = any(isinstance(node, CALLS) and may_write(node.func) for node in nodes)
    return not writes and not places_in(nodes)


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return len(value) < MAX_VISITS and all(type(item) in _PLAIN for item in value)
    return type(value) in _PLAIN


def may_write(func: Any) -> bool:
    """Whether a function has a name, or is of a type, that says that it writes a file."""
    return _mode_of(func) is not None or type(func).__name__ == PARQUET_WRITER


def _walk(first: Any) -> Iterator[Place]:
    visits = MAX_VISITS
    open_nodes: list[tuple[Any, int, str | None]] = [(first, 0, None)]
    while open_nodes and visits > 0:
        visits -= 1
        value, depth, mode = open_nodes.pop()
        kind = type(value)
        if kind in _PLAIN or depth > MAX_DEPTH:
            continue
        if kind is str:
            place = place_of_text(value)
            if place is not None:
                yield place
        elif kind in (list, tuple, set, frozenset):
            open_nodes.extend((item, depth + 1, mode) for item in value)
        elif kind is dict:
            open_nodes.extend((item, depth + 1, mode) for item in value.values())
        elif (form := form_of(kind)) == "ref":
            continue
        elif form == "data":
            open_nodes.append((value.value, depth + 1, mode))
        elif form is not None:
            yield from _of_function(value)
            if is_fused(value):
                open_nodes.extend((node, depth + 1, m or mode) for node, m in _of_fused(value))
                continue
            args, mode = value.args, _mode_of(value.func) or mode
            args = args[1::2] if isinstance(value, DICTS) else args
            open_nodes.extend((item, depth + 1, mode) for item in args)
            open_nodes.extend((item, depth + 1, mode) for item in (value.kwargs or {}).values())
        else:
            place = place_of_object(value)
            if place is not None:
                yield place if place.mode is not None else place._replace(mode=mode)


_PLAIN = {int, float, bool, complex, bytes, slice, type(None), type}


def _mode_of(func: Any) -> str | None:
    name = getattr(func, "__name__", None)
    return "write" if type(name) is str and name in WRITERS else None


def _of_fused(call: Any) -> Iterator[tuple[Any, str | None]]:
    """The steps and inputs of a fused task; an input that a writing step is given is written."""
    inner, _outkey, inkeys, *inputs = call.args
    written: set[Any] = set()
    for step in inner.values():
        if isinstance(step, CALLS) and _mode_of(step.func) is not None:
            written |= needs(step)
    for name, node in (*inner.items(), *zip(inkeys, inputs)):
        yield node, "write" if name in written and isinstance(node, DATA) else None


def _of_function(call: Any) -> Iterator[Place]:
    """Files that belong to the function itself: data frames that are written to parquet."""
    func = call.func
    if type(func).__name__ != PARQUET_WRITER or len(call.args) < 2:
        return
    block = call.args[1]
    block = block.value if isinstance(block, DATA) else block
    if type(block) is not tuple or not block or type(block[0]) is not int:
        return
    number = block[0] + func.i_offset
    name = f"part.{number}.parquet" if func.name_function is None else None
    if name is not None and not func.partition_on:
        yield Place(with_protocol(func.fs, f"{func.path}/{name}"), "write", None, True)
    else:
        yield Place(with_protocol(func.fs, func.path), "write", None, True)


def place_of_text(text: str) -> Place | None:
    """What a text names, if it can be a path or a URL."""
    if len(text) > MAX_PATH or not text or not _LOOKS_LIKE_PATH.match(text):
        return None
    url = _URL.match(text)
    if url is None:
        return Place(text, None, None, False)
    scheme = url.group(1).lower()
    if scheme == "file":
        return Place(text[url.end() :], None, None, False)
    return Place(clean_url(text), None, None, True) if scheme in _SCHEMES else None


def clean_url(url: str) -> str:
    """Without user, password, query and fragment: they can hold secrets."""
    head, sign, rest = url.rpartition("://")
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    return f"{head}{sign}{host.rpartition('@')[2]}{slash}{path}"


def with_protocol(fs: Any, path: str) -> str:
    """The path of a file system of fsspec's, as a URL where it is not a local one."""
    protocol = getattr(fs, "protocol", "file")
    protocol = protocol if type(protocol) is str else next(iter(protocol or ("file",)), "file")
    return path if protocol in ("file", "local") else clean_url(f"{protocol}://{path}")


def place_of_object(value: Any) -> Place | None:
    """What an object of a known library stands for."""
    try:
        if isinstance(value, os.PathLike):
            return place_of_text(os.fsdecode(value)) if _is_path(value) else None
        reader = _READERS.get((type(value).__module__ or "").split(".", 1)[0])
        return None if reader is None else reader(value)
    except Exception:  # A library that is made otherwise: then it is not known.
        return None


def _is_path(value: Any) -> bool:
    return type(value).__module__.split(".", 1)[0] in ("pathlib", "upath", "py")


def _of_fsspec(value: Any) -> Place | None:
    """`OpenFile`, and files that are open."""
    path = getattr(value, "path", None)
    if type(path) is not str:
        return None
    mode = getattr(value, "mode", "rb")
    written = type(mode) is str and any(sign in mode for sign in "wax+")
    fs = getattr(value, "fs", None)
    return Place(with_protocol(fs, path), "write" if written else "read", None, True)


def _of_zarr(value: Any) -> Place | None:
    """An array or a group, by its store and its path in it."""
    store = getattr(value, "store", None)
    part = getattr(value, "path", None)
    root = getattr(store, "root", None) or getattr(store, "path", None)
    if root is None:
        return None
    fs = getattr(store, "fs", None)
    path = os.fspath(root)
    return Place(path if fs is None else with_protocol(fs, path), None, part or None, True)


def _of_xarray(value: Any) -> Place | None:
    """The wrappers that xarray puts around an array in a file, down to the file."""
    for _ in range(12):
        inner = getattr(value, "array", None)
        if inner is None:
            inner = getattr(value, "_array", None)
        if "xarray" not in type(value).__module__:
            return place_of_object(value)
        store = getattr(value, "datastore", None)
        if store is not None:
            return _of_datastore(value, store)
        if inner is None:
            return None
        value = inner
    return None


def _of_datastore(value: Any, store: Any) -> Place | None:
    part = getattr(value, "variable_name", None)
    part = part if type(part) is str else None
    group = getattr(store, "zarr_group", None)
    if group is not None:
        place = _of_zarr(group)
        return None if place is None else place._replace(part=part)
    name = getattr(store, "_filename", None)
    if type(name) is not str:
        args = getattr(getattr(store, "_manager", None), "_args", ())
        name = args[0] if args else None
    if isinstance(name, os.PathLike):
        name = os.fspath(name)
    if type(name) is not str:
        return None
    place = place_of_text(name) or Place(name, None, None, True)
    mode = getattr(store, "_mode", None) or getattr(getattr(store, "_manager", None), "_mode", None)
    written = type(mode) is str and mode in ("w", "a", "r+", "x")
    return place._replace(part=part, is_sure=True, mode="write" if written else None)


def _of_numpy(value: Any) -> Place | None:
    """An array that is a file."""
    name = getattr(value, "filename", None)
    return None if name is None else Place(os.fspath(name), None, None, True)


def _of_h5py(value: Any) -> Place | None:
    name = getattr(getattr(value, "file", None), "filename", None)
    part = getattr(value, "name", None)
    return Place(name, None, part if type(part) is str else None, True) if type(name) is str else None


def _of_netcdf(value: Any) -> Place | None:
    group = value.group() if callable(getattr(value, "group", None)) else value
    path = group.filepath()
    return Place(path, None, getattr(value, "name", None), True) if type(path) is str else None


def _of_pyarrow(value: Any) -> Place | None:
    """A fragment of a dataset."""
    path = getattr(value, "path", None)
    return Place(path, "read", None, True) if type(path) is str and path else None


def _of_dask(value: Any) -> Place | None:
    """What Dask puts around pyarrow's fragments."""
    fragment = getattr(value, "_fragment", None)
    if type(value).__name__ != "FragmentWrapper":
        return None
    if fragment is None:
        packed = getattr(value, "_fragment_packed", None)
        paths = [item for item in packed or () if type(item) is str]
        return Place(paths[0], "read", None, True) if paths else None
    return _of_pyarrow(fragment)


_READERS = {
    "dask": _of_dask,
    "fsspec": _of_fsspec,
    "h5py": _of_h5py,
    "netCDF4": _of_netcdf,
    "numpy": _of_numpy,
    "pyarrow": _of_pyarrow,
    "s3fs": _of_fsspec,
    "gcsfs": _of_fsspec,
    "adlfs": _of_fsspec,
    "xarray": _of_xarray,
    "zarr": _of_zarr,
}
