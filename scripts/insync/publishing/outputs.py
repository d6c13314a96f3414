"""What is published: each snippet's outputs and numbers as text that is committed and reviewed.

`snippets/outputs/NAME.txt` is written by `insync update` and held to the code by `insync check`. A line of it
is a line that readers see, so a pull request shows every published number that it moves.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from insync.pages.syntax import DATA
from insync.problem import InsyncError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insync.running.record import CellRecord, Output, Record
    from insync.running.snippet import Cell, Snippet

ARROW = "  →  "
ASKED = "asked by pages"
NORMALISED = "…"
PLACES = 4  # decimals of a figure's floats in the outputs file; the page has them whole
_HEAD = "# Made by `insync update`: what the pages publish of this snippet. Change that or a page, not this."
_TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
# ASCII: a Chinese character beside a number is no part of it.
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d{1,5})?j?(?![\w.]*\w)|[-+]?\b(?:nan|inf)j?\b",
    re.IGNORECASE | re.ASCII,
)
_FRACTION = re.compile(r"\.(\d+)")
# As Python prints it, or as long as addresses are; `hex(seed)` is shorter.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}|\b0x[0-9a-fA-F]{9,12}\b")

MoveKind = Literal["changed", "rounding", "added", "removed"]


@dataclass(frozen=True)
class Move:
    """A published line that is not as it was. `what` is the cell, and the expression of a page's number.

    "rounding": all that differs are last printed digits, by one unit; then the digits are not portable.
    """

    snippet: str
    what: str
    kind: MoveKind
    old: str
    new: str


def published(snippet: Snippet, record: Record) -> str:
    """The text of a snippet's outputs file."""
    lines = [_HEAD]
    for cell in snippet.cells:
        body = list(_cell_lines(cell, record.cell(cell.name)))
        if body:
            lines += ["", f"[{cell.name}]", *body]
    return "\n".join(lines) + "\n"


def moves(snippet: str, old: str, new: str) -> list[Move]:
    """The differences between two texts of an outputs file, as a reader of numbers sees them.

    What only stands elsewhere (a cell that was moved) and blank lines are no differences.
    """
    before, after = _located(old), _located(new)
    return [
        move
        for where in dict.fromkeys([*after, *before])
        for move in _moves_at(snippet, where, before.get(where, []), after.get(where, []))
    ]


def only_rounding(old: str, new: str) -> bool:
    """Whether two printed texts differ in nothing but last digits of decimals, by one unit."""
    old_numbers, new_numbers = _NUMBER.findall(old), _NUMBER.findall(new)
    if not old_numbers:
        return old == new
    if len(old_numbers) != len(new_numbers) or _frame(old) != _frame(new):
        return False
    return all(was == now or _neighbours(was, now) for was, now in zip(old_numbers, new_numbers, strict=True))


def unrepeatable(cell: Cell, record: CellRecord, again: CellRecord) -> Iterator[str]:
    """Lines of a cell that another run prints otherwise, or that cannot be the same elsewhere."""
    first, second = list(_cell_lines(cell, record)), list(_cell_lines(cell, again))
    for line in first:
        if _ADDRESS.search(line):
            yield line.strip()
    for _, a, b, c, d in _differing(first, second):
        yield from (line.strip() for line in first[a:b] or second[c:d])


def read_published(path: Path) -> str:
    """The committed text, or an empty string when there is none."""
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        advice = "Restore it from the repository, or make it anew: insync update."
        raise InsyncError(
            Problem(f"the outputs file cannot be read: {error}", advice, snippet=Place(path))
        ) from None


def _cell_lines(cell: Cell, record: CellRecord) -> Iterator[str]:
    for output in record.outputs:
        yield f"{output.kind}:"
        yield from (f"    {_normalise(line, cell)}".rstrip() for line in _output_text(output).split("\n"))
    if record.values:
        yield f"{ASKED}:"
        for expression, value in sorted(record.values.items()):
            text = compact(value.text) if expression.startswith(DATA) and not value.error else value.text
            shown = f"(no value: {value.error})" if value.error else _normalise(text, cell)
            yield f"    {expression}{ARROW}{shown}"


def _output_text(output: Output) -> str:
    """A figure stands for itself by its texts: its curves may differ in a sixth decimal that no one sees."""
    if output.kind != "figure":
        return output.text
    texts = [" ".join(_TAG.sub("", text).split()) for text in _TEXT.findall(output.text)]
    return "texts: " + " | ".join(text for text in texts if text)


def compact(data: str) -> str:
    """A figure's data as it is reviewed: its floats rounded to PLACES, so that another CPU's are the same."""
    return _compact(json.loads(data))


def _compact(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_compact, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_compact(key)}: {_compact(each)}" for key, each in value.items()) + "}"
    if isinstance(value, float):
        text = f"{value:.{PLACES}f}"
        return text.removeprefix("-") if float(text) == 0 else text  # the sign of a rounding error is noise
    return json.dumps(value, ensure_ascii=False)


def _normalise(line: str, cell: Cell) -> str:
    for pattern in cell.normalise:
        line = re.sub(pattern, NORMALISED, line)
    return line


def _located(text: str) -> dict[str, list[str]]:
    """The lines of an outputs file by the cell and the expression, of a page's number, or kind of output."""
    cell = kind = ""
    located: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if line.startswith("["):
            cell = line.strip("[]")
        elif line.endswith(":") and not line.startswith(" "):
            kind = line.removesuffix(":")
        elif line.startswith("    "):
            expression, arrow, value = line[4:].rpartition(ARROW)
            if kind == ASKED and arrow:
                located.setdefault(f"{cell}: {expression}", []).append(value)
            else:
                located.setdefault(f"{cell}: {kind}", []).append(line[4:])
    return located


def _moves_at(snippet: str, where: str, before: list[str], after: list[str]) -> Iterator[Move]:
    """The differences between an output's lines, or a number's one line, and what they were."""
    for _, a, b, c, d in _differing(before, after):
        for was, now in zip_longest(before[a:b], after[c:d]):
            if now is None:
                yield Move(snippet, where, "removed", was, "")
            elif was is None:
                yield Move(snippet, where, "added", "", now)
            else:
                yield Move(snippet, where, "rounding" if only_rounding(was, now) else "changed", was, now)


def _differing(before: list[str], after: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """The opcodes between two lists of lines, but for what is equal."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return (opcode for opcode in matcher.get_opcodes() if opcode[0] != "equal")


def _frame(text: str) -> str:
    """What stands around the numbers; how many blanks line them up, or none, does not matter."""
    return " ".join(_NUMBER.sub(" # ", text).split())


def _neighbours(old: str, new: str) -> bool:
    """Whether two printed decimals are one unit of their last digit apart, also across a power of ten."""
    old, new = old.lower(), new.lower()
    if "n" in old + new or any((sign in old) != (sign in new) for sign in "ej"):
        return False
    was, now = old.rstrip("j"), new.rstrip("j")
    places = [len(found[1]) if (found := _FRACTION.search(each)) else 0 for each in (was, now)]
    if places[0] != places[1] or not (places[0] or "e" in was):  # `1.` is a whole number's float
        return False
    units = [Decimal(1).scaleb(_exponent(each) - places[0]) for each in (was, now)]
    return abs(Decimal(was) - Decimal(now)) == min(units)


def _exponent(number: str) -> int:
    return int(number.partition("e")[2] or 0)
