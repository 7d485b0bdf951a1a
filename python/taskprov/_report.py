"""`performance_report`: what Dask did in a block, as one HTML page that needs no network."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Callable

from ._bridge.own_log import tell
from ._command import Command, find_command
from ._launch import bridge_settings
from ._lazy_plugin import LazyPlugin
from ._options import settle_options
from ._shipping import by_value

if TYPE_CHECKING:
    from ._local.session import Session

Path = str | os.PathLike[str]


class _BlockPlugin(LazyPlugin):
    """Records a scheduler into a folder; travels by value like the tracker."""

    idempotent = False

    def __init__(self, folder: str) -> None:
        self.name = f"taskprov-report-{uuid.uuid4()}"
        self._settings = {**_settings(folder), "plugin": self.name}

    def __reduce__(self) -> tuple[Any, ...]:
        return by_value(self._settings)


def _settings(folder: str) -> dict[str, Any]:
    """Of a journal alone: the page is made here, from that."""
    options = settle_options({"destination": folder, "file_name": "report.json"})
    settings = bridge_settings(options, Command([]))
    del settings["publish"]
    return settings


class performance_report:
    """Writes an HTML report of what Dask does in a block, and of nothing else.

        with performance_report(filename="dask-report.html"):
            x.compute()

    With a current `Client` its cluster is recorded, else Dask's local schedulers in this process.
    Works with `async with` too. The page is written as well when the block raises. What goes wrong
    with the report is told on standard error and never raised.
    """

    def __init__(self, filename: Path = "dask-report.html") -> None:
        self._filename = os.path.abspath(filename)
        self._folder = ""
        self._client: Any = None
        self._plugin: _BlockPlugin | None = None
        self._session: Session | None = None

    def __enter__(self) -> performance_report:
        self._begin()
        if self._plugin is not None:
            self._client.register_plugin(self._plugin)
        return self

    def __exit__(self, *_error: object) -> None:
        self._guard(self._end_here)

    async def __aenter__(self) -> performance_report:
        self._begin()
        if self._plugin is not None:
            await self._client.register_plugin(self._plugin)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            self._session.end()
        elif self._plugin is not None:
            try:
                await self._client.run_on_scheduler(_detaching(self._plugin.name))
            except Exception as error:
                tell(f"the record of the report could not be ended: {error}")
        await asyncio.to_thread(self._guard, self._write)

    def _begin(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="taskprov-report-")
        self._client = _current_client()
        if self._client is not None:
            self._plugin = _BlockPlugin(self._folder)
        elif "TASKPROV_BRIDGE" in os.environ:
            tell("this program runs under `taskprov run`: make the report from its journal.")
        else:
            from ._local.session import Session

            self._session = Session(_settings(self._folder))

    def _end_here(self) -> None:
        if self._session is not None:
            self._session.end()
        elif self._plugin is not None:
            self._client.run_on_scheduler(_detaching(self._plugin.name))
        self._write()

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # A report is never worth the user's results.
            tell(f"no report was written: {type(error).__name__}: {error}")

    def _write(self) -> None:
        if self._session is None and self._plugin is None:
            return
        journals = sorted(FilePath(self._folder).glob("*.journal"), key=os.path.getsize)
        if not journals:
            tell(
                "no report was written: the record is where the scheduler runs, in "
                f"{self._folder}. Make the report there with `taskprov report`."
            )
            return
        command = find_command()
        told = "" if command.missing is None else f"{command.missing}."
        if command.missing is None:
            words = [*command.words, "report", str(journals[-1]), "--no-index"]
            made = subprocess.run(
                [*words, "-o", self._filename], capture_output=True, text=True, check=False
            )
            if made.returncode == 0:
                shutil.rmtree(self._folder, ignore_errors=True)
                return
            told = made.stderr.strip()
        tell(f"no report was written; its record is {journals[-1]}. {told}")


def _current_client() -> Any:
    module = sys.modules.get("distributed")
    if module is None:
        return None
    try:
        return module.Client.current()
    except ValueError:  # There is none.
        return None


def _detaching(name: str) -> Callable[..., Any]:
    """A function that travels by value: the scheduler may be without this package."""

    async def detach(dask_scheduler: Any) -> None:
        plugin = dask_scheduler.plugins.get(name)
        if plugin is not None:
            await plugin.detach()

    return detach
