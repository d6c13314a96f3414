"""A lock that the operating system holds: it ends with its holder, however that ends.

A process id in a file would not do: another container counts its processes for itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except PermissionError:  # another holds it
                if not wait:
                    return False
                time.sleep(0.05)
            else:
                return True
else:
    import fcntl

    def _lock(file: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lock:
    """A lock that this process holds, and the file that stands for it."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    def release(self) -> None:
        """Let the next one have it, and remove the file."""
        with contextlib.suppress(OSError):
            if sys.platform == "win32":  # removes no file that is open
                self._file.close()
            self._path.unlink()
        self._file.close()


def take(path: Path, *, wait: bool = False) -> Lock | None:
    """Lock a file, which is made if need be; None if another holds it, unless that is waited for.

    Raises OSError where the file cannot be made, or where there are no locks.
    """
    while True:
        file = path.open("ab")
        try:
            if not _lock(file, wait=wait):
                file.close()
                return None
            # Whoever held it before may have removed it; the lock is then on no file that others see.
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return Lock(path, file)
        except FileNotFoundError:
            pass
        except BaseException:
            file.close()
            raise
        file.close()
