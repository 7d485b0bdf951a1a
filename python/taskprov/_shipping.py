"""Makes the bridge travel: what arrives needs neither this package nor Node."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

# Turns the loader's text and a configuration into a plugin; docs in `_bridge/__init__.py`.
EXPRESSION = (
    "lambda src,cfg:(lambda ns:(exec(compile(src,'<taskprov-bridge>','exec'),ns),"
    "ns['make'](cfg))[1])({'__name__':'taskprov_bridge'})"
)


class _Maker:
    """Unpickles as the function of the expression above."""

    def __call__(self, loader: str, config: str) -> Any:
        return eval(EXPRESSION)(loader, config)

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (EXPRESSION,)


def sources() -> dict[str, str]:
    """The text of each module of the bridge by its name."""
    folder = files(__package__).joinpath("_bridge")
    return {
        entry.name[:-3]: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".py")
    }


def by_value(settings: dict[str, Any]) -> tuple[Any, ...]:
    """What `__reduce__` gives of a plugin that is made where it is unpickled."""
    texts = sources()
    return _Maker(), (texts["loader"], json.dumps({"sources": texts, "settings": settings}))


def make(settings: dict[str, Any]) -> Any:
    """The plugin, made here."""
    maker, given = by_value(settings)
    return maker(*given)
