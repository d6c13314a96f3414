"""Where a run is: kept in a file, so that it is known even of a run that was killed."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

_CODE = -1


@dataclass(frozen=True)
class Where:
    """Cell `cell` of the snippet: its code, or the question `asked` after it, both counted from 0."""

    cell: int = 0
    asked: int = _CODE


class Whereabouts:
    """Tells where the run in that scratch directory is, and can be asked from any process."""

    def __init__(self, scratch: str) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(_path(scratch), flags)

    def tell(self, cell: int, asked: int = _CODE) -> None:
        """The run has come to this place."""
        with contextlib.suppress(OSError):
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, f"{cell} {asked}".ljust(24).encode())


def whereabouts(scratch: str) -> Where:
    """The last place that was told; the beginning, if none was."""
    try:
        cell, asked = _path(scratch).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return Where()
    return Where(int(cell), int(asked))


def signal_name(number: int) -> str:
    """What the signal that ended a process is called."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _path(scratch: str) -> Path:
    return Path(scratch, "where")
