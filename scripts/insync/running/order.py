"""Keeps the order of a run's outputs: a numbered mark goes into both streams before whatever comes next.

The two streams stay two pipes, and what a child process or C code writes goes into them unseen; it is known
all the same between which two marks it came (`streams` puts all together again). Nothing is held back, as
with `python -u`: what a process said before it crashed is not lost.
"""

import contextlib
import ctypes
import functools
import gc
import io
import os
import sys
import threading
from typing import Any

from insync.running.job import Job

_STREAMS = ((1, "stdout", "strict"), (2, "stderr", "backslashreplace"))
_STARTED_BY = "_insync_cell"  # an attribute of threads
_UNBUFFERED = 2  # C's _IONBF


class _Stream(io.FileIO):
    """A stream of this process; each write is marked once the process has an order."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.name = f"<{name}>"
        self.order: Order | None = None

    def write(self, data: Any) -> int:
        """All of the data, where one call of the system may take less."""
        if self.order is None or not self.order.own():
            return self._whole(data)
        with self.order.lock:
            self.order.mark(first=self.fileno())
            return self._whole(data)

    def _whole(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        while left:
            left = left[super().write(left) or 0 :]
        return size


def install() -> None:
    """Give this process its streams; a fork server does so before it imports what remembers them."""
    for descriptor, name, errors in _STREAMS:
        raw: Any = _Stream(descriptor, name)
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors=errors, newline="\n", write_through=True)
        stream.mode = "w"  # type: ignore[misc]
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    with contextlib.suppress(ValueError, OSError, TypeError):  # where C's own stream cannot be found
        libc = ctypes.CDLL(None)
        name = "__stdoutp" if sys.platform == "darwin" else "stdout"
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, name), None, _UNBUFFERED, 0)


class Order:
    """The marks of one run; only the process that made it writes any, none that it forks."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._owner = os.getpid()
        self._count = 0
        # Of its own: a snippet may send 1 and 2 elsewhere for a while, and no mark may go there.
        self._ends = os.dup(1), os.dup(2)
        self._pipes = self._where()
        self.lock = threading.RLock()
        self.cell = ""  # that is run now; none while its expressions are asked
        self.late = ""  # a cell one of whose threads wrote when it was over
        self._know_threads()
        for stream in (sys.__stdout__, sys.__stderr__):
            stream.buffer.order = self  # type: ignore[union-attr]

    def own(self) -> bool:
        """Whether this is the process whose outputs are kept in order."""
        return os.getpid() == self._owner

    def mark(self, first: int = 1) -> int:
        """Mark this place in both streams; its number. `first` is the stream that is written to next."""
        with self.lock:
            # Where it would be shown is chance.
            started_by = getattr(threading.current_thread(), _STARTED_BY, self.cell)
            self.late = self.late or (started_by if started_by != self.cell else "")
            self._count += 1
            for end in self._ends:
                with contextlib.suppress(OSError):
                    os.write(end, self._job.marker(self._count, first))
            return self._count

    def whole(self) -> bool:
        """Whether the two streams, and the marks, still lead to where they led at first."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()  # a snippet may have put another in its place, or made it hold back
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)
        if self._pipes is None or self._where() != self._pipes:
            return False
        for each in gc.get_objects():  # streams of the snippet's own that lead to the same places
            if issubclass(type(each), io.TextIOWrapper | io.BufferedWriter):
                with contextlib.suppress(Exception):
                    if _place(each.fileno()) in self._pipes:
                        each.flush()
        return True

    def _know_threads(self) -> None:
        """Remember of each thread which cell it is of; one that a thread starts is of the same."""
        real = threading.Thread.start

        @functools.wraps(real)
        def start(thread: threading.Thread) -> None:
            setattr(thread, _STARTED_BY, getattr(threading.current_thread(), _STARTED_BY, self.cell))
            real(thread)

        threading.Thread.start = start  # type: ignore[method-assign, assignment]

    def _where(self) -> list[tuple[int, int]] | None:
        try:
            return [_place(each) for each in (1, 2, *self._ends)]
        except OSError:
            return None


def _place(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino
