"""What moved between two texts of an outputs file, as a reader of numbers sees it."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Literal

ARROW = "  →  "  # between an expression and its value
ASKED = "asked by pages"  # over a cell's expressions
# ASCII: a Chinese character beside a number is no part of it.
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d{1,5})?j?(?![\w.]*\w)|[-+]?\b(?:nan|inf)j?\b",
    re.IGNORECASE | re.ASCII,
)
_FRACTION = re.compile(r"\.(\d+)")

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


def differing(before: list[str], after: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """The opcodes between two lists of lines, but for what is equal."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return (opcode for opcode in matcher.get_opcodes() if opcode[0] != "equal")


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
    for _, a, b, c, d in differing(before, after):
        for was, now in zip_longest(before[a:b], after[c:d]):
            if now is None:
                yield Move(snippet, where, "removed", was, "")
            elif was is None:
                yield Move(snippet, where, "added", "", now)
            else:
                yield Move(snippet, where, "rounding" if only_rounding(was, now) else "changed", was, now)


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
