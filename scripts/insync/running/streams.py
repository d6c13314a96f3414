"""What a run writes to its two output streams: read within a budget, cut at the cells' ends, cleaned."""

import os
import re
import threading
from collections.abc import Callable
from dataclasses import replace

from insync.running.job import Job
from insync.running.record import CellRecord, Output

# Beside control characters, what no file can hold (surrogates) and what the engine marks places with.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Budget:
    """How many bytes a run may still print; `end` is called when nothing is left."""

    def __init__(self, size: int, end: Callable[[], None]) -> None:
        self._left = size
        self._end = end
        self._lock = threading.Lock()
        self.spent = False

    def take(self, size: int) -> bool:
        """Whether so many bytes are still within it."""
        with self._lock:
            self._left -= size
            if self._left < 0 and not self.spent:
                self.spent = True
                self._end()
            return not self.spent


class Reader(threading.Thread):
    """Reads a pipe to its end; what comes after the budget is spent is dropped."""

    def __init__(self, descriptor: int, budget: Budget) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self._budget = budget
        self._chunks: list[bytes] = []
        self.start()

    def run(self) -> None:
        """What the thread does."""
        while chunk := os.read(self._descriptor, 65536):
            if self._budget.take(len(chunk)):
                self._chunks.append(chunk)
        os.close(self._descriptor)

    def read(self) -> bytes:
        """All that came. A process that escaped its group may hold the pipe open; it is not waited for."""
        self.join(2)
        return b"".join(self._chunks)


def split(stream: bytes, job: Job) -> list[str]:
    """A stream cut at the job's markers; an odd piece is what expressions printed."""
    pieces = []
    for index in range(2 * len(job.cells)):
        piece, found, stream = stream.partition(job.marker(index))
        if not found:
            break
        pieces.append(clean(piece.decode("utf-8", "replace")))
    return pieces


def clean(text: str) -> str:
    """What a terminal would show in the end: no colours, no control characters, no overwritten lines."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("\ufffd", "\n".join(lines))


def with_streams(cell: CellRecord, stdout: str, stderr: str) -> CellRecord:
    """The cell with what it printed put before what it returned."""
    printed = [Output("stdout", stdout.rstrip("\n"))] if stdout.strip("\n") else []
    if stderr.strip("\n"):
        printed.append(Output("stderr", stderr.rstrip("\n")))
    cleaned = (
        output if output.kind == "plot" else replace(output, text=clean(output.text))
        for output in cell.outputs
    )
    answers = (
        replace(answer, value=replace(answer.value, text=clean(answer.value.text))) for answer in cell.answers
    )
    return replace(cell, outputs=(*printed, *cleaned), answers=tuple(answers))


def tail(streams: list[bytes], job: Job) -> str:
    """The last lines that a run printed."""
    text = b"\n".join(streams).decode("utf-8", "replace")
    text = re.sub(f"\x1e{job.mark}:\\d+\x1e", "", text)
    lines = [clean(line)[:200] for line in text[-4000:].split("\n") if line.strip()]
    return "\n".join(lines[-5:])
