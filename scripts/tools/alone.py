"""Runs a command when no other that was started so is at work: flock(1), which macOS and Windows do not have.

    python scripts/tools/alone.py FILE COMMAND...

The lock is the system's, on FILE, which stays as it is. It is given back when the last process that has it
ends, however it ends, so none is ever left over. The command inherits it: killing this alone frees nothing.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def take(file: int) -> None:
        """Locks a byte beyond the end, for a locked one cannot be read; raises PermissionError."""
        os.lseek(file, 1 << 30, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(file: int) -> None:
        """Locks the file; raises BlockingIOError."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def main(path: str, command: Sequence[str]) -> int:
    """Waits for the lock, says once that it does, and gives the command's exit status."""
    with Path(path).open("r+b") as file:
        waiting = False
        while True:
            try:
                take(file.fileno())
                break
            except (BlockingIOError, PermissionError):
                if not waiting:
                    print("Another make is at work here; waiting for it.", flush=True)
                waiting = True
                time.sleep(0.2)
        os.set_inheritable(file.fileno(), True)
        return subprocess.run(command, close_fds=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
