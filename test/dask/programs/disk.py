"""A disk that is full: no file of this process grows any more."""

import os
import resource
import time
from glob import glob

_soft, _hard = resource.getrlimit(resource.RLIMIT_FSIZE)
_write = os.write
_refused = 0


def _counting_write(*args):
    global _refused
    try:
        return _write(*args)
    except OSError:
        _refused += 1
        raise


os.write = _counting_write


def await_recorded(text):
    """Returns when a journal has a text, and so all that happened before it."""
    while not any(text in _bytes_of(path) for path in glob("output/*.journal")):
        time.sleep(0.01)


def _bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def fill():
    """From here on the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, _hard))


def make_room():
    """There is room again."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_soft, _hard))


def await_refused(times):
    """Returns when the disk has refused so many writes more."""
    enough = _refused + times
    while _refused < enough:
        time.sleep(0.01)
