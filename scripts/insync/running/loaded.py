"""What a process has loaded: files mapped into its memory, and modules of installed packages."""

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from insync.running.record import VERSIONED

# The C library with its tables is as much of the system as Linux itself; the rest are no files to compare.
_NOT_COMPARED = ("/usr/", "/lib/", "/lib64/", "/proc/", "/sys/", "/dev/")


def mapped_files() -> set[str]:
    """The names of what is mapped into memory, by whatever code; Linux alone tells."""
    try:
        lines = Path("/proc/self/maps").read_bytes().split(b"\n")
    except OSError:
        return set()
    names = {line[start:] for line in lines if (start := line.find(b"/")) >= 0}
    return {name for name in map(os.fsdecode, names) if not name.startswith(_NOT_COMPARED)}


def imported_files(last: str) -> Iterator[str]:
    """The files of modules imported after that one, but for packages whose versions tell what is in them.

    From the newest on: to go through all of them would touch, and so copy, much memory of the fork server.
    """
    for name in list(itertools.takewhile(lambda each: each != last, reversed(sys.modules))):
        path = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None)
        if isinstance(path, str) and name.partition(".")[0] not in VERSIONED:
            yield path
