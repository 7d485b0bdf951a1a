"""What a run says of the process, the user and the code."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .redact import REDACTED, Redactor


# Libraries that decide results, by the names of their packages.
LIBRARIES = (
    "bokeh", "cupy", "dask-expr", "dask-ml", "fsspec", "geopandas", "h5netcdf", "h5py", "joblib",
    "lightgbm", "netCDF4", "numba", "numpy", "pandas", "polars", "pyarrow", "s3fs", "scikit-learn",
    "scipy", "sparse", "tensorflow", "torch", "xarray", "xgboost", "zarr",
)
# Settings of Dask's that decide how tasks are made, placed and kept. No addresses, no paths.
SETTINGS = (
    "array.chunk-size",
    "array.query-planning",
    "array.rechunk.method",
    "dataframe.backend",
    "dataframe.convert-string",
    "dataframe.query-planning",
    "dataframe.shuffle.method",
    "distributed.comm.compression",
    "distributed.scheduler.active-memory-manager.start",
    "distributed.scheduler.allowed-failures",
    "distributed.scheduler.worker-saturation",
    "distributed.scheduler.worker-ttl",
    "distributed.scheduler.work-stealing",
    "distributed.worker.lifetime.duration",
    "distributed.worker.memory.pause",
    "distributed.worker.memory.recent-to-old-time",
    "distributed.worker.memory.spill",
    "distributed.worker.memory.target",
    "distributed.worker.memory.terminate",
    "distributed.worker.resources",
    "optimization.fuse.active",
    "optimization.tune.active",
    "pool",
    "scheduler",
)


def library_versions() -> dict[str, str]:
    """Versions of the main libraries that are installed here."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in LIBRARIES:
        try:
            found[name] = str(version(name))
        except (PackageNotFoundError, OSError, KeyError, TypeError, ValueError):
            continue  # Not installed, or so badly that nobody can say.
    return found


def configuration() -> dict[str, Any]:
    """What is configured here of Dask; plain values only."""
    import dask

    found: dict[str, Any] = {}
    for name in SETTINGS:
        value = dask.config.get(name, default=None)
        if type(value) in (bool, int, str) or (type(value) is float and value - value == 0):
            found[name] = value if type(value) is not str else value[:200]
        elif type(value) is float:
            found[name] = str(value)
    return found


def run_facts(redact: list[str], looks_for_changes: bool = False) -> dict[str, Any]:
    """Host, user, command line and commit; of the environment only the trace context is kept.

    `looks_for_changes` runs git, so it is not for the thread of a scheduler.
    """
    facts: dict[str, Any] = {
        "host": socket.gethostname(),
        "user": _user(),
        "argv": redact_argv(getattr(sys, "orig_argv", sys.argv), Redactor(redact)),
    }
    context = trace_context(os.environ)
    if context is not None:
        facts["traceContext"] = context
    commit = git_commit(Path.cwd())
    if commit is not None:
        facts["git"] = {"commit": commit}
        changed = _has_changes() if looks_for_changes else None
        if changed is not None:
            facts["git"]["dirty"] = changed
    return facts


def trace_context(environment: Mapping[str, str]) -> dict[str, str] | None:
    """The W3C trace context of the caller, from `TRACEPARENT` and `TRACESTATE`."""
    parent = environment.get("TRACEPARENT", "").strip()
    form = re.fullmatch(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", parent)
    if form is None:
        return None
    version, trace, span, more = form.groups()
    if version == "ff" or (version == "00" and more) or not (trace.strip("0") and span.strip("0")):
        return None
    state = environment.get("TRACESTATE", "").strip()
    if not re.fullmatch(r"[\x20-\x7e]{1,512}", state):
        return {"traceparent": parent}
    return {"traceparent": parent, "tracestate": state}


def _has_changes() -> bool | None:
    """Whether files of the repository were changed; None without git, or when it takes long."""
    import subprocess

    quiet = ["git", "-c", "core.fsmonitor=false", "--no-optional-locks"]
    status = [*quiet, "status", "--porcelain", "--untracked-files=no"]
    try:
        told = subprocess.run(status, capture_output=True, stdin=subprocess.DEVNULL, timeout=1)
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() != b"" if told.returncode == 0 else None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # No entry for the user id, as in some containers.
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def redact_argv(argv: list[str], redactor: Redactor) -> list[str]:
    """A command line without the values of secret options."""
    told = []
    is_secret = False
    for word in argv:
        if is_secret and not word.startswith("-"):
            told.append(REDACTED)
            is_secret = False
            continue
        told.append(redactor.text(word))
        is_secret = word.startswith("-") and "=" not in word and redactor.hides(word.lstrip("-"))
    return told


def git_commit(folder: Path) -> str | None:
    """The commit that HEAD names, read from the files of the nearest repository; no git is run."""
    for place in (folder, *folder.parents):
        git = place / ".git"
        pointed = re.search(r"^gitdir: (.+)$", _text(git) or "", re.MULTILINE)
        if pointed is not None:  # In a worktree `.git` is a file that names the real folder.
            git = place / pointed.group(1)
        head = _text(git / "HEAD")
        if head is not None:
            ref = re.match(r"ref: (.+)", head.strip())
            commit = head.strip() if ref is None else _resolve(git, ref.group(1))
            return commit if commit and re.fullmatch("[0-9a-f]{40,64}", commit) else None
    return None


def _resolve(git: Path, ref: str) -> str | None:
    shared = _text(git / "commondir")
    for base in (git,) if shared is None else (git, git / shared.strip()):
        loose = _text(base / ref)
        if loose is not None:
            return loose.strip()
        for line in (_text(base / "packed-refs") or "").splitlines():
            if line.endswith(f" {ref}"):
                return line.split(" ", 1)[0]
    return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # Not there, or a folder: then this place does not say it.
        return None
