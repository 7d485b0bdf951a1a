"""What a tracker shows of itself in a notebook: its run, its tasks, what failed, its files."""

from __future__ import annotations

import glob
import json
import os
import subprocess
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

STATES = ("done", "running", "waiting", "failed", "blocked", "cancelled")
MOST_FAILURES = 5
MOST_CHARACTERS = 200
# A notebook does not wait longer for a look at a journal.
SECONDS = 30


class Summary(NamedTuple):
    """What is known of a run here."""

    #: What `taskprov top --json` tells; None when there is no journal here.
    overview: dict[str, Any] | None
    #: Path of the document; None until it is written.
    document: str | None
    #: Where it is, or will be.
    folder: str
    #: Why there is nothing to tell.
    why: str


def summary_of(settings: dict[str, Any] | None) -> Summary:
    """Of the record that was made from these settings; never raises."""
    if settings is None:
        return Summary(None, None, "", "nothing is recorded yet")
    folder, stem = settings["folder"], settings["stem"]
    words = settings["publish"]["command"]
    if not words:
        return Summary(None, None, folder, str(settings["publish"]["missing"]))
    document = os.path.join(folder, settings["options"]["fileName"])
    growing = glob.glob(
        os.path.join(glob.escape(folder), f"{glob.escape(stem)}.{settings['launch']}-*.journal")
    )
    for journal in [*sorted(growing, reverse=True), os.path.join(folder, f"{stem}.journal")]:
        overview = _look(words, journal) if os.path.exists(journal) else None
        # Another run may have written its files since.
        if overview is not None and str(overview.get("runId", "")).startswith(settings["launch"]):
            is_written = journal not in growing and os.path.exists(document)
            return Summary(overview, document if is_written else None, folder, "")
    return Summary(None, None, folder, "nothing of this record is on this machine")


def _look(words: list[str], journal: str) -> dict[str, Any] | None:
    asked = [*words, "top", journal, "--once", "--json"]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=SECONDS)
        overview = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        # A journal of which nothing is there yet, for example.
        return None
    return overview if isinstance(overview, dict) else None


def as_text(summary: Summary) -> str:
    """In one line."""
    if summary.overview is None:
        return f"ProvTracker: {summary.why}"
    where = summary.document or f"{_state(summary)}, to be written in {summary.folder}"
    return f"ProvTracker: {_counts(summary.overview)}; {where}"


def as_html(summary: Summary) -> str:
    """As a small table, in which nothing of the run is taken for HTML."""
    overview = summary.overview
    rows: list[tuple[str, str]] = []
    if overview is None:
        rows.append(("record", escape(summary.why)))
    else:
        name = f"{overview.get('name', '')} · {overview.get('runId', '')}"
        rows += [
            ("run", escape(_short(name))),
            ("state", escape(_state(summary))),
            ("tasks", escape(_counts(overview))),
        ]
        failures = [_failure(each) for each in overview.get("failures", [])[:MOST_FAILURES]]
        if failures:
            rows.append(("failures", "<br>".join(failures)))
        if overview.get("droppedEvents"):
            rows.append(("missing", f"{int(overview['droppedEvents'])} events"))
    if summary.document is not None:
        rows.append(("document", _link(summary.document)))
    elif summary.folder:
        rows.append(("folder", _link(summary.folder)))
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left">{head}</th>'
        f'<td style="text-align:left">{cell}</td></tr>'
        for head, cell in rows
    )
    return f"<table><caption>ProvTracker</caption><tbody>{cells}</tbody></table>"


def _state(summary: Summary) -> str:
    is_over = bool(summary.overview and summary.overview.get("isOver"))
    return "over" if is_over else "being recorded"


def _counts(overview: dict[str, Any]) -> str:
    tasks = overview.get("tasks", {})
    states = [f"{tasks[state]} {state}" for state in STATES if tasks.get(state)]
    total = tasks.get("total", 0)
    head = f"{total} {'task' if total == 1 else 'tasks'}"
    return f"{head}: {', '.join(states)}" if states else head


def _failure(failure: dict[str, Any]) -> str:
    count = int(failure.get("count", 1))
    many = f" ({count} times)" if count > 1 else ""
    text = escape(_short(str(failure.get("text") or failure.get("type"))))
    return f"<code>{escape(_short(str(failure.get('key'))))}</code>: {text}{many}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def _link(path: str) -> str:
    """A link where the notebook can follow it: below the folder it runs in."""
    shown = escape(path)
    try:
        below = os.path.relpath(path)
    except ValueError:
        # On another drive.
        return f"<code>{shown}</code>"
    if below.startswith(os.pardir) or os.path.isabs(below):
        return f"<code>{shown}</code>"
    return f'<a href="{escape(quote(below.replace(os.sep, "/")), quote=True)}">{shown}</a>'
