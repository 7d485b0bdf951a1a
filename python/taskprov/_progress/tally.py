"""How many tasks there are, and how many of them are done, by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Group:
    """Tasks of one kind."""

    total: int = 0
    done: int = 0
    failed: int = 0


@dataclass
class Tally:
    """Tasks of all kinds at one moment."""

    groups: dict[str, Group] = field(default_factory=dict)
    #: Seconds since it began.
    elapsed: float = 0.0
    #: Nothing will change any more.
    is_over: bool = False
    #: It ended with an exception.
    has_failed: bool = False

    @classmethod
    def of(cls, counts: Mapping[str, Iterable[int]]) -> Tally:
        """From total, done and failed of each group."""
        return cls({name: Group(*numbers) for name, numbers in counts.items()})

    @property
    def total(self) -> int:
        """Tasks of all groups."""
        return sum(group.total for group in self.groups.values())

    @property
    def done(self) -> int:
        """Those that succeeded."""
        return sum(group.done for group in self.groups.values())

    @property
    def failed(self) -> int:
        """Those that failed, or could not run."""
        return sum(group.failed for group in self.groups.values())

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return (self.done + self.failed) / self.total if self.total else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that the rest will take if it goes on like this."""
        if self.is_over or not 0 < self.fraction < 1:
            return None
        return self.elapsed * (1 - self.fraction) / self.fraction


def group_of(key: Any) -> str:
    """The kind of a task, as Dask sees it."""
    from dask.utils import key_split

    return str(key_split(key))
