"""What a process has loaded: files mapped into its memory, and modules of installed packages."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from insync.running import installed
from insync.running.record import VERSIONED

# The C library with its tables is as much of the system as Linux itself; the rest are no files to compare.
_NOT_COMPARED = ("/usr/", "/lib/", "/lib64/", "/proc/", "/sys/", "/dev/")
_MAPPED = re.compile(rb"(/.*)$", re.MULTILINE)


def mapped_files() -> Iterator[str]:
    """The files that are mapped into memory, by whatever code; Linux alone tells."""
    with contextlib.suppress(OSError):
        for name in {os.fsdecode(each) for each in _MAPPED.findall(Path("/proc/self/maps").read_bytes())}:
            if not name.startswith(_NOT_COMPARED) and os.path.isfile(name):
                yield name


def edited_modules(before: set[str]) -> Iterator[str]:
    """The files of modules imported since, of packages that someone may edit without another version."""
    folders = installed.site_folders()
    for name in set(sys.modules) - before:
        path = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None)
        if isinstance(path, str) and path.startswith(folders) and name.partition(".")[0] not in VERSIONED:
            yield path
