"""A tally as a line of text, in the words of `dask.diagnostics.ProgressBar`, and as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from .tally import Group, Tally

MOST_GROUPS = 20


def line(tally: Tally, width: int) -> str:
    """`[####      ] | 40% Completed | 1.20 s`."""
    bar = "#" * int(width * tally.fraction)
    percent = int(100 * tally.fraction)
    text = f"[{bar:<{width}}] | {percent}% Completed | {duration(tally.elapsed)}"
    return f"{text} | {tally.failed} failed" if tally.failed else text


def duration(seconds: float) -> str:
    """`14d 6hr`, `3hr 25m`, `20m 34s`, `1.23 s`, `1.23 ms`, `1.23 us`."""
    for above, large, first, small, second in (
        (172_800, 86_400, "d", 3_600, "hr"),
        (7_200, 3_600, "hr", 60, "m"),
        (600, 60, "m", 1, "s"),
    ):
        if seconds > above:
            rest = int(seconds % large / small)
            return f"{int(seconds / large)}{first} {rest}{second}"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.2f} us"


class Display:
    """What a notebook shows, drawn over in place."""

    def __init__(self, tally: Tally, width: int) -> None:
        self._tally = tally
        self._width = width

    def __repr__(self) -> str:
        return line(self._tally, self._width)

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": page(self._tally)}


def page(tally: Tally) -> str:
    """The bar of all tasks, and one for each kind of them."""
    rows = [_row("all tasks", Group(tally.total, tally.done, tally.failed))]
    if len(tally.groups) > 1:
        shown = list(tally.groups.items())[:MOST_GROUPS]
        rows += [_row(name, group) for name, group in shown]
        if len(tally.groups) > len(shown):
            rows.append(f"<tr><td colspan=3>{len(tally.groups) - len(shown)} more groups</td></tr>")
    return (
        f"<div><table>{''.join(rows)}</table><p>{escape(_state(tally))}</p></div>"
    )


def _state(tally: Tally) -> str:
    words = [duration(tally.elapsed)]
    if tally.elapsed > 0 and tally.done:
        words.append(f"{tally.done / tally.elapsed:.1f} tasks/s")
    if tally.remaining is not None:
        words.append(f"about {duration(tally.remaining)} to go")
    if tally.is_over:
        words.append("failed" if tally.has_failed or tally.failed else "done")
    return " · ".join(words)


def _row(name: str, group: Group) -> str:
    label = escape(name if len(name) <= 80 else f"{name[:80]}…", quote=True)
    finished = group.done + group.failed
    count = f"{finished} of {group.total}"
    if group.failed:
        count += f", <strong>{group.failed} failed</strong>"
    return (
        f'<tr><td>{label}</td><td><progress aria-label="{label}" value="{finished}" '
        f'max="{max(group.total, 1)}"></progress></td><td>{count}</td></tr>'
    )
