"""Makes the bridge out of the texts of its modules, wherever it arrives.

This file stands alone: it is run as text (see the package's docstring), so it imports nothing of
the package.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import sys
from types import ModuleType
from typing import Any


class _Texts(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds the modules of one package among texts."""

    def __init__(self, package: str, sources: dict[str, str]) -> None:
        self._package = package
        self._sources = sources

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if self._name(fullname) not in self._sources:
            return None
        is_package = fullname == self._package
        return importlib.machinery.ModuleSpec(
            fullname, self, origin=f"<{fullname}>", is_package=is_package
        )

    def is_package(self, fullname: str) -> bool:
        return fullname == self._package

    def get_source(self, fullname: str) -> str:
        return self._sources[self._name(fullname)]

    def exec_module(self, module: ModuleType) -> None:
        text = self.get_source(module.__name__)
        exec(compile(text, f"<{module.__name__}>", "exec"), module.__dict__)

    def _name(self, fullname: str) -> str:
        if fullname == self._package:
            return "__init__"
        package, _, name = fullname.rpartition(".")
        return name if package == self._package else ""


def load(sources: dict[str, str], name: str) -> ModuleType:
    """The package of this name made of these texts, with its modules in `sys.modules`.

    `sources` has the text of each module by its name, `__init__` too. Modules that are there
    already are taken as they are.
    """
    finder = _Texts(name, sources)
    sys.meta_path.append(finder)
    try:
        package = importlib.import_module(name)
        for module in sources:
            if module not in ("__init__", "loader"):
                importlib.import_module(f"{name}.{module}")
        return package
    except BaseException:
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]
        raise
    finally:
        sys.meta_path.remove(finder)


def package_name(sources: dict[str, str]) -> str:
    """A name that no other version of the bridge has."""
    text = json.dumps(sources, sort_keys=True)
    return f"_taskprov_bridge_{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def make(cfg: str) -> Any:
    """What a pickle of the bridge turns into: a plugin. `cfg` is JSON: sources, settings, entry."""
    given = json.loads(cfg)
    sources = given["sources"]
    name = package_name(sources)
    load(sources, name)
    entry = given.get("entry", "start")
    return sys.modules[f"{name}.{entry}"].make(given["settings"])
