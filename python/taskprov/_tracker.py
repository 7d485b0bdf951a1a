"""`ProvTracker`: one object for Dask clusters and for Dask's local schedulers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Generator, Literal, Sequence

from ._bridge.own_log import tell
from ._call_sites import install as install_call_sites
from ._command import find_command
from ._launch import bridge_settings
from ._lazy_plugin import LazyPlugin
from ._options import local_notices, settle_options
from ._shipping import by_value, make

if TYPE_CHECKING:
    from ._local.session import Session

Path = str | os.PathLike[str]


class _Started:
    """What `start` returns: may be awaited, which Dask does, and need not be."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


class ProvTracker(LazyPlugin):
    """Records what Dask does, as one W3C PROV document.

    On a cluster, `client.register_plugin(tracker)`: the document is written when the cluster
    closes, by the scheduler, where it runs. On Dask's local schedulers (threads, sync, processes),
    `with tracker.register():`. Options mean what they mean in yProv4DASK, and for the TypeScript
    tracker; docs/python.md lists them.

    Raises ValueError for an option that does not exist or does not fit.
    """

    name = "taskprov"
    idempotent = True

    def __init__(
        self,
        *,
        destination: Path = "./output",
        file_name: str = "yprov4wfs.json",
        name: str = "workflow",
        keep_traceback: bool = False,
        rich_types: bool = False,
        error_tracking: bool = False,
        include_groups: Sequence[str] | None = None,
        exclude_groups: Sequence[str] | None = None,
        execution_source: Path | None = None,
        jupyter_tracking: bool = False,
        jupyter_timeout: float | None = 1,
        dialect: Literal["shared", "portable", "yprov"] = "shared",
        formats: Sequence[str] = ("prov-json",),
        values: Literal["summary", "none", "full"] = "summary",
        max_value_bytes: int = 1024,
        redact: Sequence[str] | None = ("*password*", "*secret*", "*token*", "*api_key*"),
        derivations: bool = True,
        expand_fused: bool = False,
        file_tracking: bool = False,
        digest: bool = False,
        capture_output: bool = False,
        sample_seconds: float | None = None,
        record_logs: Literal["none", "debug", "info", "warning", "error", "critical"] | None = None,
        profile_seconds: float | None = None,
        notebook_mode: Literal["semantic", "strict"] = "semantic",
        generating_names: Sequence[str] | None = None,
        journal: bool = True,
        overwrite: bool = False,
        **unknown: Any,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in _NAMES}
        self._options = settle_options({**unknown, **given})
        self._settings: dict[str, Any] | None = None
        # Of the record that was begun last.
        self._begun: dict[str, Any] | None = None
        self._session: Session | None = None
        if self._options["jupyter_tracking"]:
            from ._notebook.hook import install

            if install() is None:
                tell("`jupyter_tracking` has no effect here: this is no IPython.", "warning")

    @property
    def document(self) -> str | None:
        """Path of the document of local schedulers, once it is written."""
        return None if self._session is None else self._session.document

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, str]:
        """In a notebook: the run, its tasks by state, what failed, and where the document is."""
        from ._notebook.summary import as_html, as_text, summary_of

        summary = summary_of(self._begun)
        return {"text/plain": as_text(summary), "text/html": as_html(summary)}

    def _repr_html_(self) -> str:
        """For front ends that ask for HTML only."""
        return self._repr_mimebundle_()["text/html"]

    # On a cluster.

    def start(self, scheduler: Any = None) -> Any:
        """Needs not be called: registering starts the tracker; calling it is harmless.

        A scheduler of this process to which the tracker was not registered is recorded from now.
        """
        if _is_scheduler(scheduler):
            scheduler.loop.add_callback(self._attach, scheduler)
        return _Started()

    async def _attach(self, scheduler: Any) -> None:
        if self.name not in scheduler.plugins:
            bridge = make(self._ready())
            await bridge.start(scheduler)
            scheduler.add_plugin(bridge, name=self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels to the scheduler as the text of a plugin that needs nothing of this package."""
        _is_launched()
        _tell_lines()
        return by_value(self._ready())

    # On local schedulers.

    def register(self) -> ProvTracker:
        """Records Dask's local schedulers in this process, from now until `unregister`.

        Also a context manager: `with tracker.register(): ...`. Raises OSError when the
        destination cannot be written.
        """
        from ._local.session import Session

        if _is_launched():
            return self
        if self._session is None or self._session.has_ended:
            for line in local_notices(self._options):
                tell(line)
            self._session = Session(self._ready())
            self._settings = None  # The next record is another run.
        return self

    def unregister(self) -> None:
        """Ends the record of local schedulers and writes the document; twice is harmless."""
        if self._session is not None:
            self._session.end()

    def __enter__(self) -> ProvTracker:
        return self.register()

    def __exit__(self, *_error: object) -> None:
        self.unregister()

    def _ready(self) -> dict[str, Any]:
        if self._settings is None:
            command = find_command()
            self._settings = self._begun = bridge_settings(self._options, command)
            if command.missing is not None:
                tell(f"only a journal will be written, no document: {command.missing}.", "warning")
        return self._settings


_NAMES = frozenset(ProvTracker.__init__.__kwdefaults__ or ())


def _tell_lines() -> None:
    """From now on clients of this process tell from which line of the program work comes."""
    module = sys.modules.get("distributed.client")
    if module is not None:
        install_call_sites(module)


def _is_launched() -> bool:
    """Whether `taskprov run` records this program anyway; says so."""
    if "TASKPROV_BRIDGE" not in os.environ:
        return False
    tell("this program runs under `taskprov run`, whose options apply, not ProvTracker's.")
    return True


def _is_scheduler(value: Any) -> bool:
    module = sys.modules.get("distributed.scheduler")
    return module is not None and isinstance(value, module.Scheduler)
