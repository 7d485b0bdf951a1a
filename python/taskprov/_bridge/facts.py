"""What a run says of the process, the user and the code."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

from .redact import REDACTED, Redactor


def run_facts(redact: list[str]) -> dict[str, Any]:
    """Host, user, command line and commit; the environment is not recorded at all."""
    facts: dict[str, Any] = {
        "host": socket.gethostname(),
        "user": _user(),
        "argv": redact_argv(getattr(sys, "orig_argv", sys.argv), Redactor(redact)),
    }
    commit = git_commit(Path.cwd())
    if commit is not None:
        facts["git"] = {"commit": commit}
    return facts


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
