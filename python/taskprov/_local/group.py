"""The group of a key, as distributed's `key_split_group` has it, without importing distributed."""

from __future__ import annotations

import re
from typing import Any


def group_of(key: Any) -> str:
    """`('x-2', 1)` is of the group `x-2`, `inc-32dc…` of `inc`."""
    from dask.utils import key_split

    if isinstance(key, tuple) and key:
        return str(key[0])
    if not isinstance(key, str) or not key:
        return "Other"
    if key[0] == "(":
        return key.split(",", 1)[0].strip("()\"'")
    if re.fullmatch("[a-f0-9]{32}", key):
        return "data"
    if key[0] == "<":
        return key.strip("<>").split()[0].split(".")[-1]
    return str(key_split(key))
