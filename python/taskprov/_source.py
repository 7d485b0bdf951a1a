"""Copies the source of a run beside its document (`execution_source`)."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, Iterator

# Folders that hold no source: version control, packages, caches.
LEFT_OUT = {
    ".git",
    ".hg",
    ".svn",
    ".cache",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".venv",
    "__pycache__",
    "node_modules",
    "venv",
}


def copy_source(source: str, folder: str, reserved: set[str]) -> dict[str, Any]:
    """Copies a file, or what a folder holds, and says what was copied.

    Links are not followed and not copied; a copy replaces the one of an earlier run. Raises
    ValueError when there is no such source or a name clashes, before anything is copied; OSError
    when copying fails.
    """
    root = Path(source)
    if root.is_symlink() or not (root.is_file() or root.is_dir()):
        raise ValueError(f"Expected `execution_source` to be a file or a folder, {source} is neither.")
    is_file = root.is_file()
    destination = Path(folder).resolve()
    names = [root.name] if is_file else sorted(_files(root, destination))
    for name in names:
        if name in reserved:
            raise ValueError(
                f'`execution_source` {source} holds a file "{name}", the name of what the tracker '
                f"writes into {folder}. Choose another `file_name` or `destination`."
            )
    files = [_copy(root if is_file else root / name, destination / name, name) for name in names]
    return {"path": source, "files": files}


def _files(root: Path, destination: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name not in LEFT_OUT
            and not (here / name / "pyvenv.cfg").exists()
            and not (here / name).is_symlink()
            and (here / name).resolve() != destination
        ]
        for name in names:
            path = here / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _copy(origin: Path, target: Path, name: str) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.resolve() != target.resolve():
        shutil.copyfile(origin, target)
    content = target.read_bytes()
    return {"path": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
