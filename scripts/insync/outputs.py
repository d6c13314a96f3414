"""What is published: each snippet's outputs and numbers as text that is committed and reviewed.

`snippets/outputs/NAME.txt` is written by `insync update` and held to the code by `insync check`. A line of it
is a line that readers see, so a pull request shows every published number that it moves.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from insync.problem import InsyncError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insync.record import CellRecord, Output, Record
    from insync.snippet import Cell, Snippet

ARROW = "  →  "
NORMALISED = "…"
_HEAD = "# Made by `insync update`: what the pages publish of this snippet. Change that or a page, not this."
_TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w.]*\w)|[-+]?\b(?:nan|inf)\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")

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
    """The differences between two texts of an outputs file, as a reader of numbers sees them."""
    old_lines, new_lines = _located(old), _located(new)
    matcher = difflib.SequenceMatcher(
        None,
        [(where, line) for where, line in old_lines],
        [(where, line) for where, line in new_lines],
        autojunk=False,
    )
    found: list[Move] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        before, after = old_lines[a:b], new_lines[c:d]
        pairs, gone, come = _pair(before, after)
        found += [_move(snippet, where, was, now) for where, was, now in pairs]
        found += [Move(snippet, where, "removed", line, "") for where, line in gone]
        found += [Move(snippet, where, "added", "", line) for where, line in come]
    return found


def only_rounding(old: str, new: str) -> bool:
    """Whether two printed texts differ in nothing but last digits of decimals, by one unit."""
    old_numbers, new_numbers = _NUMBER.findall(old), _NUMBER.findall(new)
    if len(old_numbers) != len(new_numbers) or _frame(old) != _frame(new):
        return False
    return all(was == now or _neighbours(was, now) for was, now in zip(old_numbers, new_numbers, strict=True))


def unrepeatable(cell: Cell, record: CellRecord, again: CellRecord) -> Iterator[str]:
    """Lines of a cell that another run prints otherwise, or that cannot be the same elsewhere."""
    first, second = list(_cell_lines(cell, record)), list(_cell_lines(cell, again))
    for line in first:
        if _ADDRESS.search(line):
            yield line.strip()
    if first != second:
        yield from (line.strip() for line in first if line not in second)


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
        yield "asked by pages:"
        for expression, value in sorted(record.values.items()):
            yield f"    {expression}{ARROW}{_normalise(value.text, cell)}"


def _output_text(output: Output) -> str:
    """A figure stands for itself by its texts: its curves may differ in a sixth decimal that no one sees."""
    if output.kind != "figure":
        return output.text
    texts = [" ".join(_TAG.sub("", text).split()) for text in _TEXT.findall(output.text)]
    return "texts: " + " | ".join(text for text in texts if text)


def _normalise(line: str, cell: Cell) -> str:
    for pattern in cell.normalise:
        line = re.sub(pattern, NORMALISED, line)
    return line


def _located(text: str) -> list[tuple[str, str]]:
    """The lines of an outputs file, each with the cell (and the expression, of a page's number) it is of."""
    cell = kind = ""
    located = []
    for line in text.split("\n"):
        if line.startswith("["):
            cell = line.strip("[]")
        elif line.endswith(":") and not line.startswith(" "):
            kind = line.removesuffix(":")
        elif line.startswith("    "):
            expression, arrow, value = line.strip().rpartition(ARROW)
            if kind == "asked by pages" and arrow:
                located.append((f"{cell}: {expression}", value))
            else:
                located.append((f"{cell}: {kind}", line[4:]))
    return located


_Located = tuple[str, str]


def _pair(
    before: list[_Located], after: list[_Located]
) -> tuple[list[tuple[str, str, str]], list[_Located], list[_Located]]:
    """Lines of the same place, in order, are the same line before and after."""
    pairs = []
    left = list(after)
    gone = []
    for where, line in before:
        match = next((each for each in left if each[0] == where), None)
        if match:
            left.remove(match)
            pairs.append((where, line, match[1]))
        else:
            gone.append((where, line))
    return pairs, gone, left


def _move(snippet: str, where: str, old: str, new: str) -> Move:
    return Move(snippet, where, "rounding" if only_rounding(old, new) else "changed", old, new)


def _frame(text: str) -> str:
    """What stands around the numbers; how many blanks line them up does not matter."""
    return " ".join(_NUMBER.sub("#", text).split())


def _neighbours(old: str, new: str) -> bool:
    """Whether two printed decimals are one unit of their last digit apart."""
    if not (set(".eE") & set(old) and set(".eE") & set(new)) or "n" in (old + new).lower():
        return False
    was, now = Decimal(old), Decimal(new)
    unit = Decimal(1).scaleb(int(was.as_tuple().exponent))
    return was.as_tuple().exponent == now.as_tuple().exponent and abs(was - now) == unit
