"""What a run writes to its two output streams: read within a budget, put in order, cleaned."""

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from insync.running.record import CellRecord, Output, OutputKind
from insync.running.terminal import shown

# Beside control characters, what no file can hold (surrogates) and what the engine marks places with.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]")
_LAST_LINES, _LAST_CHARACTERS = 5, 4000


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
    """Reads a pipe to its end; what comes after the budget is spent is dropped, and marks cost nothing."""

    def __init__(self, descriptor: int, budget: Budget, mark: str) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self._marker = _marker(mark)
        self._budget = budget
        self._chunks: list[bytes] = []
        self.start()

    def run(self) -> None:
        """What the thread does."""
        while chunk := os.read(self._descriptor, 65536):
            if self._budget.take(len(self._marker.sub(b"", chunk))):
                self._chunks.append(chunk)
        os.close(self._descriptor)

    def read(self) -> bytes:
        """All that came. A process that escaped its group may hold the pipe open; it is not waited for."""
        self.join(2)
        return b"".join(self._chunks)


def _marker(mark: str) -> re.Pattern[bytes]:
    return re.compile(rb"\x1e%s:(\d+):([12])\x1e" % mark.encode())


@dataclass
class _Segment:
    """What came between a mark and the next: on stream 1, on stream 2, and on which of them first."""

    first: int
    pieces: dict[int, bytes]


class Printed:
    """What a run printed, in the order in which it came."""

    def __init__(self, streams: Iterable[bytes], mark: str) -> None:
        self._segments: dict[int, _Segment] = {}
        for stream, text in enumerate(streams, 1):
            before, *rest = _marker(mark).split(text)
            self._segments.setdefault(0, _Segment(1, {})).pieces[stream] = before
            for number, first, piece in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
                segment = self._segments.setdefault(int(number), _Segment(int(first), {}))
                segment.pieces[stream] = piece

    def between(self, start: int, end: int) -> list[Output]:
        """What came from one mark to another; consecutive pieces of a stream are one output."""
        gathered: list[tuple[OutputKind, list[bytes]]] = []
        for number in range(start, end):
            for stream, piece in self._pieces(number):
                kind: OutputKind = "stdout" if stream == 1 else "stderr"
                if not gathered or gathered[-1][0] != kind:
                    gathered.append((kind, []))
                gathered[-1][1].append(piece)
        # Cleaned only now: a line may be overwritten by a later piece, and a character cut in two.
        return [Output(kind, clean(b"".join(pieces).decode("utf-8", "replace"))) for kind, pieces in gathered]

    def last_words(self, hide: Callable[[str], str]) -> str:
        """The last lines that were printed; `hide` is applied before any is cut."""
        text = "\n".join(output.text for output in self.between(0, max(self._segments) + 1))
        lines = [line[:200] for line in hide(text[-_LAST_CHARACTERS:]).split("\n") if line.strip()]
        return "\n".join(lines[-_LAST_LINES:])

    def _pieces(self, number: int) -> Iterator[tuple[int, bytes]]:
        if segment := self._segments.get(number):
            for stream in (segment.first, 3 - segment.first):
                if piece := segment.pieces.get(stream):
                    yield stream, piece


def clean(text: str) -> str:
    """What a terminal would show in the end, without colours; what no file can hold is replaced."""
    return _CONTROL.sub("\ufffd", shown(text))


def with_printed(cell: CellRecord, marks: tuple[int, ...], printed: Printed) -> CellRecord:
    """The cell, cleaned, with what it printed put where it came; `marks` as in `RunAnswer`."""
    outputs = printed.between(*marks[:2])
    for output, start, end in zip(cell.outputs, marks[1:-1], marks[2:], strict=True):
        outputs.append(output if output.kind == "plot" else replace(output, text=clean(output.text)))
        outputs += printed.between(start, end)
    answers = (
        replace(answer, value=replace(answer.value, text=clean(answer.value.text))) for answer in cell.answers
    )
    return replace(cell, outputs=tuple(_joined(outputs)), answers=tuple(answers))


def _joined(outputs: Iterable[Output]) -> Iterator[Output]:
    """Without what shows nothing, such as a bar that was erased; what then stands together is one output."""
    visible: list[Output] = []
    for output in outputs:
        if output.kind not in ("stdout", "stderr"):
            visible.append(output)
        elif output.text.strip():
            before = visible.pop().text if visible and visible[-1].kind == output.kind else ""
            visible.append(replace(output, text=before + output.text))
    for output in visible:
        yield (
            replace(output, text=output.text.rstrip("\n")) if output.kind in ("stdout", "stderr") else output
        )
