"""Worker processes as their starter sees them: forked by the fork server, or each a Python of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from insync.running.guard import kill_group
from insync.running.job import AS_IS, Conditions, worker_environment

# glibc puts the heap into huge pages, whose tables a fork copies sooner (11.5 ms of processor became 9.4).
_CHEAPER_FORKS = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

# -P: without the folder in which the build was started, whose files would be found as modules.
_PYTHON = (sys.executable, "-P", "-m")


def can_fork() -> bool:
    """Whether snippets are forked; elsewhere than on Linux, torch does not promise to survive it."""
    return sys.platform.startswith("linux") and os.environ.get("INSYNC_FORK", "1") != "0"


class Server:
    """The fork server's client: one process, one socket, requests from any thread.

    `scratch` is the folder for what its runs write; the server removes it when this process has ended,
    however that came. Raises OSError where there can be none.
    """

    def __init__(self, preload: tuple[str, ...], conditions: Conditions = AS_IS) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self.scratch = tempfile.mkdtemp(prefix="insync-")
        ours, theirs = socket.socketpair()
        self._socket = ours
        command = [*_PYTHON, "insync.running.server", str(theirs.fileno()), json.dumps(preload), self.scratch]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            env={**worker_environment(conditions), **_CHEAPER_FORKS},
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C in the terminal is for the build, which then closes the socket
        )
        theirs.close()
        self.alive = True
        self._sending = threading.Lock()
        self._children: dict[int, Forked] = {}
        self._last = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def spawn(self, job_file: str, preload: tuple[str, ...], stdout: int, stderr: int) -> "Forked":
        """Fork a worker for the job; blocks until it is running."""
        with self._sending:
            self._last += 1
            child = self._children[self._last] = Forked()
            request = {"id": self._last, "job": job_file, "preload": preload}
            try:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [stdout, stderr])
            except OSError:
                self._lost()
            child.started.wait()
        if not child.pid:
            raise OSError(f"the snippet server ended: {self.last_words()}")
        return child

    def close(self) -> None:
        """Let the server end; it ends its children."""
        self.alive = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def last_words(self) -> str:
        """The last line that the server printed, for an error message."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "without a word"

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._socket.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line)
                child = self._children[message["id"]]
                if "pid" in message:
                    child.pid = message["pid"]
                    child.started.set()
                else:
                    child.status = message["status"]
                    child.ended.set()
                    del self._children[message["id"]]
        self._lost()

    def _lost(self) -> None:
        """The server has ended: wake every thread that waits for it."""
        self.alive = False
        for child in list(self._children.values()):
            child.started.set()
            child.ended.set()


class Forked:
    """A child of the fork server. Without a status at its end, the server itself was lost."""

    def __init__(self) -> None:
        self.pid = 0
        self.status: int | None = None
        self.started = threading.Event()
        self.ended = threading.Event()

    def wait(self, seconds: float) -> int | None:
        """The exit status (negative: the signal), or None when the time is over."""
        if not self.ended.wait(seconds):
            return None
        return -signal.SIGKILL if self.status is None else self.status

    def kill(self) -> None:
        """End it and all that it started."""
        kill_group(self.pid)


# Ctrl-C in the terminal is for the build, which then ends them.
_APART: dict[str, Any] = (
    {"start_new_session": True}
    if os.name == "posix"
    else {"creationflags": 0x200}  # subprocess.CREATE_NEW_PROCESS_GROUP, a name that only Windows has
)


class Fresh:
    """A worker that is a Python of its own, as `Forked` is a child. Ends with this process, as that does."""

    def __init__(self, job_file: str, conditions: Conditions, stdout: int, stderr: int) -> None:
        self._process = subprocess.Popen(
            [*_PYTHON, "insync.running.worker", job_file],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=worker_environment(conditions),
            **_APART,
        )
        self.pid = self._process.pid
        scratch = str(Path(job_file).parent)
        self._guard = subprocess.Popen(
            [sys.executable, "-P", "-m", "insync.running.guard", str(self.pid), scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_APART,
        )

    def wait(self, seconds: float) -> int | None:
        """The exit status (negative: the signal), or None when the time is over."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._guard.communicate(b"ended")
        return status

    def kill(self) -> None:
        """End it and all that it started."""
        kill_group(self.pid)
