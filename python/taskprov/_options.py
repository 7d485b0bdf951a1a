"""The options of `ProvTracker`: names, defaults, what they must be."""

from __future__ import annotations

import difflib
import os
from typing import Any, Callable, NamedTuple

FORMATS = (
    "prov-json",
    "prov-n",
    "prov-xml",
    "turtle",
    "trig",
    "prov-jsonld",
    "nquads",
    "dot",
    "svg",
    "png",
)


class Option(NamedTuple):
    """What an option is when it is not given, and what it may be."""

    default: Any
    words: str
    accepts: Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_path(value: Any) -> bool:
    try:
        text = os.fspath(value)
    except TypeError:
        return False
    return isinstance(text, str) and text != "" and "\0" not in text


def _is_file_name(value: Any) -> bool:
    if not _is_text(value) or value in (".", "..") or any(sign in value for sign in "/\\\0"):
        return False
    return len(value.encode("utf-8", "replace")) <= 200 and stem_of(value) != ""


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_seconds(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= value < float("inf"))


def _seconds(least: float) -> Option:
    words = f"0 or a number of seconds from {least} to 86400, or None"
    return Option(
        None,
        words,
        lambda value: value is None or (_is_seconds(value) and (value == 0 or least <= value <= 86400)),
    )


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**30


def _are_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(_is_text(item) for item in value)


def _texts(default: tuple[str, ...] = ()) -> Option:
    words = "a list of non-empty strings, or None"
    return Option(list(default), words, lambda value: value is None or _are_texts(value))


# docs/notebooks.md, Strict mode: what may be removed.
GENERATING = frozenset(
    "apply_ufunc compute fire_and_forget get hvplot load persist plot submit "
    "store to_hdf5 to_netcdf to_tiledb to_zarr".split()
)


def _are_name_changes(value: Any) -> bool:
    """`"foo"` or `"+foo"` adds a name, `"-get"` removes one of the list; not both."""
    if value is None:
        return True
    if not _are_texts(value):
        return False
    removed = {item[1:] for item in value if item.startswith("-")}
    added = {item.removeprefix("+") for item in value if not item.startswith("-")}
    return removed <= GENERATING and not added & removed and all(map(str.isidentifier, added))


def _one_of(default: str, *others: str) -> Option:
    allowed = (default, *others)
    words = "one of " + ", ".join(f'"{word}"' for word in allowed)
    return Option(default, words, lambda value: isinstance(value, str) and value in allowed)


def _are_formats(value: Any) -> bool:
    return _are_texts(value) and len(value) > 0 and all(item in FORMATS for item in value)


def _flag(default: bool) -> Option:
    return Option(default, "True or False", _is_bool)


# The least level of log records that are recorded.
RECORDS = ("none", "debug", "info", "warning", "error", "critical")

OPTIONS: dict[str, Option] = {
    "destination": Option("./output", "a path (a non-empty string without NUL)", _is_path),
    "file_name": Option(
        "yprov4wfs.json",
        'the name of a file without "/" or "\\" (the folder goes into `destination`)',
        _is_file_name,
    ),
    "name": Option("workflow", "a non-empty string", _is_text),
    "keep_traceback": _flag(False),
    "rich_types": _flag(False),
    "error_tracking": _flag(False),
    "include_groups": _texts(),
    "exclude_groups": _texts(),
    "execution_source": Option(
        None, "a path, or None", lambda value: value is None or _is_path(value)
    ),
    "jupyter_tracking": _flag(False),
    "jupyter_timeout": Option(1, "a number of seconds from 0 up, or None", _is_seconds),
    "dialect": _one_of("shared", "portable", "yprov"),
    "formats": Option(
        ["prov-json"],
        "a list with at least one of " + ", ".join(f'"{word}"' for word in FORMATS),
        _are_formats,
    ),
    "values": _one_of("summary", "none", "full"),
    "max_value_bytes": Option(1024, "an integer from 0 to 1073741824", _is_size),
    "redact": _texts(("*password*", "*secret*", "*token*", "*api_key*")),
    "derivations": _flag(True),
    "expand_fused": _flag(False),
    "file_tracking": _flag(False),
    "digest": _flag(False),
    "capture_output": _flag(False),
    "sample_seconds": _seconds(0.05),
    "record_logs": Option(
        None,
        "one of " + ", ".join(f'"{word}"' for word in RECORDS) + ", or None",
        lambda value: value is None or value in RECORDS,
    ),
    "profile_seconds": _seconds(1),
    "notebook_mode": _one_of("semantic", "strict"),
    "generating_names": Option(
        [], 'names to add ("foo", "+foo") or to remove ("-get", of the list), or None', _are_name_changes
    ),
    "journal": _flag(True),
    "overwrite": _flag(False),
}


# What only the workers of a cluster can see.
CLUSTER_ONLY = (
    "file_tracking",
    "capture_output",
    "sample_seconds",
    "record_logs",
    "profile_seconds",
)


def local_notices(options: dict[str, Any]) -> list[str]:
    """A line for each given option that Dask's local schedulers cannot fulfil."""
    given = [name for name in CLUSTER_ONLY if options[name]]
    return [f"option `{name}` has no effect on Dask's local schedulers." for name in given]


def settle_options(given: dict[str, Any]) -> dict[str, Any]:
    """Every option with its value, those not given with their default.

    Raises ValueError for an unknown name and for a value that does not fit.
    """
    for name, value in given.items():
        option = OPTIONS.get(name)
        if option is None:
            raise ValueError(f"ProvTracker has no option `{name}`. {_hint(name)}")
        if not option.accepts(value):
            raise ValueError(
                f"Expected `{name}` to be {option.words}, got {_shown(value)} "
                f"({type(value).__name__})."
            )
    settled = {name: given.get(name, option.default) for name, option in OPTIONS.items()}
    for name in ("destination", "execution_source"):
        if settled[name] is not None:
            settled[name] = os.fspath(settled[name])
    for name, option in OPTIONS.items():
        if isinstance(option.default, list):
            settled[name] = list(settled[name] or ())
    return settled


def options_as_json(options: dict[str, Any]) -> dict[str, Any]:
    """The options as a journal carries them: names of the API, no secrets of `redact`."""
    told = {_camel_case(name): value for name, value in options.items()}
    hidden = [text if any(sign in text for sign in "*?[") else "[redacted]" for text in told["redact"]]
    return {**told, "redact": hidden}


def stem_of(file_name: str) -> str:
    """The file's name without its last ending."""
    stem, dot, _ending = file_name.rpartition(".")
    return stem if dot else file_name


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _hint(name: str) -> str:
    folded = {known.replace("_", ""): known for known in OPTIONS}
    wanted = name.lower().replace("_", "").replace("-", "")
    close = difflib.get_close_matches(wanted, list(folded), n=1, cutoff=0.7)
    if close:
        return f"Did you mean `{folded[close[0]]}`?"
    return f"Options: {', '.join(OPTIONS)}."


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # The value's own code; its type follows anyway.
        text = "a value"
    return text if len(text) <= 80 else f"{text[:77]}..."
