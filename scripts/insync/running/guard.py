"""Ends a worker with all that it started; as a program, when the process that started it has ended.

`python -m insync.running.guard PID SCRATCH`, for a worker that no fork server guards. A pipe on stdin tells:
a build that is killed cannot say a word, but its end of the pipe is closed, on every system.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys


def kill_group(pid: int) -> None:
    """End a process and all that it started."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Wait for a word that the worker has ended; without one, end it and remove its files."""
    if not sys.stdin.buffer.read():
        kill_group(int(sys.argv[1]))
        shutil.rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    main()
