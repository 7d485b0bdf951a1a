"""`%taskprov COMMAND …`: the command line in a notebook, with reports shown in place."""

from __future__ import annotations

import base64
import html
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from .._command import find_command

# A larger page would make the notebook file itself hard to open.
MAX_EMBEDDED_BYTES = 8_000_000


class Report:
    """A report, shown in a notebook as a page of its own inside the cell."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Report({self.path!r})"

    def _repr_html_(self) -> str:
        link = f'<a href="{html.escape(self.path, quote=True)}">{html.escape(self.path)}</a>'
        page = Path(self.path).read_bytes()
        if len(page) > MAX_EMBEDDED_BYTES:
            return f"<p>The report has {len(page) / 1e6:.0f} MB: open {link} in a browser.</p>"
        data = base64.b64encode(page).decode("ascii")
        # Sandboxed: the page needs its script, and nothing of the notebook.
        return (
            '<iframe title="taskprov report" sandbox="allow-scripts" width="100%" height="640" '
            f'style="border:1px solid #8888" src="data:text/html;base64,{data}"></iframe>'
            f"<p>{link}</p>"
        )


def taskprov(line: str) -> Report | None:
    """`%taskprov report [FILE] [-o PATH]` shows a report; other commands print what they say.

    For example `%taskprov why KEY` or `%taskprov blame`.
    """
    command = find_command()
    if command.missing is not None:
        print(f"taskprov: {command.missing}.", file=sys.stderr)
        return None
    arguments = shlex.split(line, posix=os.name != "nt")
    is_report = arguments[:1] == ["report"] and not {"--help", "-h", "--json"} & set(arguments)
    asked = [*arguments, "--json"] if is_report else arguments
    done = subprocess.run([*command.words, *asked], capture_output=True, text=True)
    if done.stderr:
        print(done.stderr, end="", file=sys.stderr)
    if is_report and done.returncode == 0:
        return Report(json.loads(done.stdout)["path"])
    print(done.stdout, end="")
    return None


def add_magic(ipython: Any) -> None:
    """Makes `%taskprov` known, where an IPython is to know it."""
    if ipython is not None:
        ipython.register_magic_function(taskprov, "line", "taskprov")
