"""Makes the document when a record has ended, where the `taskprov` command is at hand.

Only records of `ProvTracker` have the setting `publish`; `taskprov run` and `attach` build
themselves.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import tempfile
from typing import IO, Any

from .own_log import tell

# A client that closes its cluster gives up waiting after a minute.
MAX_WAIT_SECONDS = 40.0
# Its output is read here: what it says of itself must look as it always does.
NOT_HANDED_ON = ("TASKPROV_BRIDGE", "TASKPROV_LOG")
STATUSES = ("ok", "error", "lost", "cancelled", "blocked", "running", "pending", "unknown")


def is_same_host(publish: dict[str, Any]) -> bool:
    return bool(publish["host"] == socket.gethostname())


def settle_folder(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with a folder of this machine.

    Raises OSError when there is none to write into.
    """
    publish = settings.get("publish")
    if publish is None:
        return settings
    folders = [settings["folder"]]
    if not is_same_host(publish):
        # A shared file system has the client's folder, or the one it is to be made in, here too.
        if not os.path.isdir(os.path.dirname(settings["folder"])):
            folders.clear()
        folders.append(os.path.abspath(publish["destination"]))
        folders.append(os.path.join(tempfile.gettempdir(), "taskprov"))
    problem: OSError | None = None
    for folder in folders:
        try:
            os.makedirs(folder, exist_ok=True)
            if os.access(folder, os.W_OK):
                return {**settings, "folder": folder}
            problem = PermissionError(f"no permission to write into {folder}")
        except OSError as error:
            problem = error
    raise OSError(f"taskprov cannot use {folders[0]} as destination: {problem}")


def command_here(publish: dict[str, Any]) -> list[str]:
    """The words that start `taskprov` on this machine; none when it is not there."""
    if is_same_host(publish):
        return list(publish["command"])
    path = os.environ.get("TASKPROV_COMMAND") or shutil.which("taskprov")
    return [path] if path else []


def whereabouts(settings: dict[str, Any], journal: str) -> str | None:
    """What the user should know when the scheduler is not in the user's own process."""
    publish = settings["publish"]
    folder = os.path.dirname(journal)
    if is_same_host(publish) and publish["pid"] == os.getpid():
        return None
    host = socket.gethostname()
    document = os.path.join(folder, settings["options"]["fileName"])
    if is_same_host(publish):
        if not publish["command"]:
            return None  # Said already, in the user's own process.
        return (
            f"the scheduler runs in another process ({os.getpid()}); "
            f"when the cluster closes it writes {document}"
        )
    if command_here(publish):
        return f"the scheduler runs on {host}; there, when the cluster closes, it writes {document}"
    return (
        f"the scheduler runs on {host}, without a `taskprov` command; there it keeps a journal in "
        f"{folder}, which `taskprov build JOURNAL` turns into the document. To have it "
        "here instead: taskprov attach, with the scheduler's address"
    )


async def publish_record(publish: dict[str, Any], journal: str) -> None:
    """Builds the document beside a scheduler that goes on; waits for it, but not for ever."""
    build = Build(publish, journal)
    build.start()
    for _ in range(int(MAX_WAIT_SECONDS / 0.02)):
        if build.has_ended:
            break
        await asyncio.sleep(0.02)
    build.report()


class Build:
    """`taskprov build` of one journal, as a process of its own."""

    def __init__(self, publish: dict[str, Any], journal: str) -> None:
        self._publish = publish
        self._journal = journal
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None
        self._problem = publish.get("missing") or "there is no `taskprov` command"

    def start(self) -> None:
        words = command_here(self._publish)
        if not words:
            return
        out = self._out = tempfile.TemporaryFile()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_HANDED_ON)}
        try:
            self._process = subprocess.Popen(
                [*words, "build", "--json", self._journal],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        except OSError as error:
            self._problem = f"{words[0]} cannot be started ({error})"

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def wait(self) -> None:
        if self._process is not None:
            self._process.wait()

    def report(self) -> str | None:
        """Says what came of it; the document's path, if there is one."""
        journal = self._journal
        if self._process is None or self._out is None:
            tell(f"no document, only the journal {journal}: {self._problem}.", "warning")
            return None
        if not self.has_ended:
            tell(f"still building the document of {journal}; it will be written beside it.")
            return None
        self._out.seek(0)
        text = self._out.read().decode("utf-8", "replace")
        try:
            summary = json.loads(text)
            document = str(summary["document"])
        except (ValueError, KeyError, TypeError):
            lines = text.strip().splitlines() or [f"exit status {self._process.returncode}"]
            telling = [line for line in lines if "Error" in line or line.startswith("taskprov:")]
            tell(f"no document, only the journal {journal}: {[*telling, lines[-1]][0][:300]}", "warning")
            return None
        tell(told(summary))
        if not self._publish["keepJournal"] and summary.get("journal"):
            os.unlink(summary["journal"])
        return document


def told(summary: dict[str, Any]) -> str:
    """What a run came to, in one line."""
    counts = summary.get("counts", {})
    tasks = counts.get("tasks", 0)
    statuses = ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts.get(name))
    what = f"wrote {summary['document']}: {tasks} {'task' if tasks == 1 else 'tasks'}"
    if statuses:
        what += f" (attempts: {statuses})"
    for other in summary.get("others", ()):
        for text in (other.get("path"), other.get("problem")):
            if text:
                what += f"; {text.removesuffix('.')}"
    if summary.get("incomplete"):
        return f"{what}; incomplete: {'; '.join(summary.get('problems', ()))}."
    if tasks == 0:
        return (
            f"{what}. The scheduler received no task; usual causes: the work ran without it, or "
            "xarray opened its data without `chunks`."
        )
    return f"{what}."
