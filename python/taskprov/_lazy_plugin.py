"""A scheduler plugin that does not import distributed before Dask itself has."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any


def _plugin_class() -> type | None:
    module = sys.modules.get("distributed.diagnostics.plugin")
    return getattr(module, "SchedulerPlugin", None)


if TYPE_CHECKING:
    from distributed.diagnostics.plugin import SchedulerPlugin as LazyPlugin
else:

    class LazyPlugin:
        """Says that it is a SchedulerPlugin once there is that class.

        Importing distributed takes half a second, which a program that only uses local schedulers
        need not pay. Dask asks with `isinstance` and dispatches on `__class__`.
        """

        @property
        def __class__(self) -> type:
            return _plugin_class() or type(self)

        def __getattr__(self, name: str) -> Any:
            plugin = _plugin_class()
            hook = None if name.startswith("_") else getattr(plugin, name, None)
            if hook is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return functools.partial(hook, self)


__all__ = ["LazyPlugin"]
