"""What a terminal shows in the end, of bars that were overwritten and lines that were erased.

As wide as the lines are, for nothing is wrapped; a cursor is moved within 80 columns, and downwards within 24
rows or what was written. All is done in a time that grows with the text alone, whatever it asks for.
"""

import re
import unicodedata
from collections.abc import Callable

_WIDTH, _HEIGHT, _TAB = 80, 24, 8
_MOVES = re.compile(r"[\x08\r\x1b]")
# What is repeated is one token, so that a million of them cost no more than one.
_TOKEN = re.compile(
    r"(?P<plain>[ -~]+)|(?P<char>[^\x07\x1b])(?P=char)*"
    r"|(?P<csi>(?P<once>\x1b\[([0-9:;<=>?]*)[ -/]*([@-~]))(?P=once)*)"
    r"|(?P<dropped>\x07+|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?)"
    r"|\x1b[ -/]*(?P<escape>[0-~])"
)
_ARGS, _FINAL = 5, 6  # which groups they are
_MOST_MARKS = 16  # on one character; texts that have more are made to overflow


def shown(text: str) -> str:
    """The text as a terminal shows it; without overwriting and escape sequences, as it is."""
    text = text.replace("\r\n", "\n")
    if not _MOVES.search(text):
        return text.replace("\x07", "")
    screen = _Screen()
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "plain":
            screen.put(token[0])
        elif kind == "char":
            screen.characters(token["char"], len(token[0]))
        elif kind == "csi":
            screen.control(token[_FINAL], token[_ARGS], len(token[0]) // len(token["once"]))
        elif kind == "escape":
            screen.escape(token["escape"])
    return "\n".join(map(_Line.text, screen.lines))


class _Line:
    """Cells by their columns, of which those from `low` to before `high` count; all others are blank.

    An empty cell belongs to the one before it: to a wide character, or to a tab.
    """

    __slots__ = ("cells", "high", "low")

    def __init__(self) -> None:
        self.cells: dict[int, str] = {}
        self.low = self.high = 0

    def text(self) -> str:
        cells = "".join([self.cells.get(column, " ") for column in range(self.low, self.high)]).rstrip(" ")
        return " " * self.low + cells if cells else ""

    def write(self, column: int, cells: str | list[str]) -> None:
        end = column + len(cells)
        if not self.low <= column <= self.high:
            self._reach(column, end)
        if end > self.high:
            self.high = end
        self._part(column)
        self._part(end)
        self.cells.update(zip(range(column, end), cells, strict=True))

    def _reach(self, column: int, end: int) -> None:
        """Have columns count from this one on; what was erased between does not come back."""
        if self.low >= self.high:
            self.low = self.high = column
        for gap in (range(self.high, column), range(end, self.low)):
            for each in gap:
                self.cells.pop(each, None)
        self.low, self.high = min(self.low, column), max(self.high, column)

    def _part(self, column: int) -> None:
        """Make blanks of a wide character or a tab that reaches over this column's left border."""
        if self.cells.get(column) == "" and self.low <= column < self.high:
            start = end = column
            while start > self.low and self.cells.get(start) == "":
                start -= 1
            while end < self.high and self.cells.get(end) == "":
                end += 1
            self.cells.update(dict.fromkeys(range(start, end), " "))

    def erase(self, how: str, column: int) -> None:
        if how == "1":
            self._part(column + 1)
            self.low = max(self.low, column + 1)
        elif how == "2":
            self.low = self.high
        else:
            self._part(column)
            self.high = min(self.high, column)


class _Screen:
    def __init__(self) -> None:
        self.lines = [_Line()]
        self._row = self._column = 0
        self._saved = 0, 0
        self._moves: dict[str, Callable[[int], None]] = {
            "A": lambda count: self._to(self._row - count, self._column),
            "B": lambda count: self._to(self._row + count, self._column),
            "C": lambda count: self._to(self._row, self._column + count),
            "D": lambda count: self._to(self._row, self._column - count),
            "E": lambda count: self._to(self._row + count, 0),
            "F": lambda count: self._to(self._row - count, 0),
            "G": lambda count: self._to(self._row, count - 1),
            "d": lambda count: self._to(self._top() + count - 1, self._column),
        }

    def put(self, cells: str | list[str]) -> None:
        self.lines[self._row].write(self._column, cells)
        self._column += len(cells)

    def characters(self, char: str, times: int) -> None:
        """One that is not plain ASCII, so many times."""
        if char == "\n":
            self._row, self._column = self._row + times, 0
            self.lines += [_Line() for _ in range(len(self.lines), self._row + 1)]
        elif char == "\r":
            self._column = 0
        elif char == "\x08":
            self._column = max(0, self._column - times)
        elif char == "\t":
            while times and self._column < _WIDTH:
                self._tab()
                times -= 1
            self.put("\t" * times)
        elif unicodedata.category(char) in ("Mn", "Me", "Cf") and self._column:
            self._append(char * times)
        elif unicodedata.east_asian_width(char) in "WF":
            self.put([char, ""] * times)
        else:
            self.put(char * times)

    def _tab(self) -> None:
        width = _TAB - self._column % _TAB
        if self._column < self.lines[self._row].high:
            self._column += width  # it goes over what is there, and leaves it
        else:
            self.put(["\t"] + [""] * (width - 1))

    def _append(self, marks: str) -> None:
        """Put marks that have no width of their own on the character before it."""
        line, column = self.lines[self._row], self._column - 1
        while column > line.low and line.cells.get(column) == "":
            column -= 1
        if line.low <= column < line.high:
            line.cells[column] = (line.cells.get(column, " ") + marks)[:_MOST_MARKS]

    def control(self, final: str, args: str, times: int) -> None:
        """A control sequence, so many times; colours and whatever else moves nothing are passed over."""
        counts = [int(each[:6]) if each.isdecimal() else 0 for each in args.split(";")]
        if final in self._moves:
            self._moves[final](max(1, counts[0]) * (1 if final in "Gd" else times))
        elif final in "Hf":
            row, column = (max(1, each) for each in (*counts, 1)[:2])
            self._to(self._top() + row - 1, column - 1)
        elif final == "K":
            self.lines[self._row].erase(str(counts[0]), self._column)
        elif final == "J":
            self._erase(counts[0])
        elif final == "s" and not args:
            self.escape("7")
        elif final == "u" and not args:
            self.escape("8")

    def escape(self, final: str) -> None:
        if final == "7":
            self._saved = self._row, self._column
        elif final == "8":
            self._to(*self._saved)

    def _erase(self, how: int) -> None:
        """Erase what is below the cursor (0), above it (1), or all of the screen."""
        if how == 0:
            self.lines[self._row].erase("0", self._column)
            del self.lines[self._row + 1 :]
            return
        last = len(self.lines) if how > 1 else self._row
        for line in self.lines[self._top() : last]:
            line.erase("2", 0)
        if how == 1:
            self.lines[self._row].erase("1", self._column)

    def _top(self) -> int:
        return max(0, len(self.lines) - _HEIGHT)

    def _to(self, row: int, column: int) -> None:
        # No further than a screen goes: else a few bytes could ask for gigabytes of blanks.
        bottom = max(len(self.lines), _HEIGHT) - 1
        if row != self._row or column > self._column:
            column = min(column, max(_WIDTH - 1, self._column if row == self._row else 0))
        self._row, self._column = min(max(row, 0), bottom), max(column, 0)
        while self._row >= len(self.lines):
            self.lines.append(_Line())
