"""Waiting for what the journal says: the bridge writes at its own pace."""

import time
from pathlib import Path


def journal_says(word, times=1, output="output"):
    """Returns when a journal in a folder has some bytes, so many times."""
    deadline = time.monotonic() + 100
    while sum(path.read_bytes().count(word) for path in Path(output).glob("*.journal")) < times:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no journal in {output} says {word} {times} times after 100 s")
        time.sleep(0.02)
