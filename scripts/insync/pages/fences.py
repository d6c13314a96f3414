"""The fences that a page may have: the one table of their kinds, and the reading of one's lines.

A new kind is an entry here and a module of its name in `rendering/kinds`, which says how it is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from insync.pages.forms import Ref, read_ref
from insync.running.expression import Purpose

NOTE_SEPARATOR = " => "
CELL_OPTION = "snippet"  # names the cell of a named fence
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_OPTION = re.compile(r"^(?P<key>[a-z]+):(?:\s+(?P<value>.*))?$")


@dataclass(frozen=True)
class Kind:
    """What a fence of one kind holds, and what it asks of the snippets.

    `options` it knows; those in `texts` are for readers and differ between languages (each with what parts
    the text from what stands before it and does not differ; empty: the whole value is the text). `repeatable`
    options may stand more than once, `required` ones must be there. `asks` says of an option's expression
    what it is asked for, `asks_rest` of all options that are not in `options`.

    `named`: its first line is a name, and its cell stands in the option `snippet`; else each line names one.
    `cells`: what it names are cells, after the last of which its expressions are evaluated. `shows`: it
    embeds them, so that inline numbers below it are about the last one. `empty` is what to write in one that
    names nothing; empty, if it may. `example` is what to write for an expression, `advice` how to write the
    fence.
    """

    options: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    repeatable: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    asks: Mapping[str, Purpose] = field(default_factory=dict)
    asks_rest: Purpose | None = None
    named: bool = False
    cells: bool = True
    shows: bool = False
    empty: str = ""
    example: str = ""
    advice: str = ""

    def asked_for(self, option: str) -> Purpose | None:
        """What the option's expression is asked for; None if it has none."""
        return self.asks.get(option) if option in self.options else self.asks_rest


KINDS: Mapping[str, Kind] = {
    "snippet": Kind(
        options=("show", "title", "alt", "note"),
        texts={"title": "", "alt": "", "note": NOTE_SEPARATOR},
        repeatable=("note",),
        shows=True,
        empty="`snippet#cell`",
    ),
    "claim": Kind(
        options=("says", "holds"),
        texts={"says": ""},
        required=("says", "holds"),
        asks={"holds": "claim"},
        example="Write what must be true, such as `holds: error.max() <= 1e-6`.",
        advice="Write `says: a sentence` and `holds: an expression`.",
    ),
    "figure": Kind(
        options=("snippet", "alt"),
        texts={"alt": ""},
        asks_rest="data",
        named=True,
        example="Write what gives the data, such as `{key}: x[0]`.",
    ),
    "numbers": Kind(cells=False, empty="`environment` or `snippets`"),
}


@dataclass(frozen=True)
class Option:
    """A `key: value` line of a fence."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Fence:
    """One of our fences. `first` and `last` are its lines, counted from 1; `prefix` is its indentation.

    `refs` are the cells (or tables) that it names, `name` is what a named one calls what it shows. `errors`
    are a line of the body, a message and an advice each.
    """

    kind: str
    first: int
    last: int
    prefix: str
    refs: tuple[Ref, ...] = ()
    options: tuple[Option, ...] = ()
    errors: tuple[tuple[int, str, str], ...] = ()
    name: str = ""

    @property
    def of(self) -> Kind:
        """Its kind's entry in the table."""
        return KINDS[self.kind]

    @property
    def shown(self) -> tuple[Ref, ...]:
        """The cells that it embeds."""
        return self.refs if self.of.shows else ()

    def option(self, key: str) -> str:
        """The value of an option that stands once, or an empty string."""
        return next((option.value for option in self.options if option.key == key), "")

    def parted(self, option: Option) -> tuple[str, str]:
        """An option's value: what is the same in all languages, and what readers are shown in their own."""
        separator = self.of.texts.get(option.key)
        if not separator:
            return (option.value, "") if separator is None else ("", option.value)
        same, _, text = option.value.partition(separator)
        return same, text


def read_fence(kind: str, lines: list[str], start: int, close: int, opening: re.Match[str]) -> Fence:
    """The fence of that kind whose first and last lines have the indices `start` and `close`."""
    reading = _Reading(kind, KINDS[kind])
    if extra := opening["info"].split()[1:]:
        message = f"`{' '.join(extra)}` stands behind `{kind}`"
        reading.errors.append((start + 1, message, "Put each option on a line of its own."))
    for index in range(start + 1, close):
        if line := lines[index].lstrip(" \t>").strip():
            reading.line(index + 1, line)
    reading.end(start + 1)
    parts = tuple(reading.refs), tuple(reading.options), tuple(reading.errors)
    return Fence(kind, start + 1, close + 1, opening["prefix"], *parts, reading.name)


def unclosed(kind: str, lines: list[str], start: int, opening: re.Match[str]) -> Fence:
    """A fence that is never closed: it reaches to the page's end, and holds nothing."""
    advice = f"Close it with {opening['fence']} as far in as it opens."
    error = (start + 1, f"the `{kind}` fence is never closed", advice)
    return Fence(kind, start + 1, len(lines), opening["prefix"], errors=(error,))


@dataclass
class _Reading:
    """A fence of which some lines have been read."""

    kind: str
    of: Kind
    name: str = ""
    refs: list[Ref] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)

    def line(self, number: int, line: str) -> None:
        """Take in a line that is not blank."""
        if option := _OPTION.match(line):
            self._option(Option(option["key"], (option["value"] or "").strip(), number))
        elif self.of.named and not self.name and not self.options and _NAME.match(line):
            self.name = line
        elif self.of.named:
            self._wrong(number, f"`{line}` is no option of a {self.kind}", "Write `key: expression`.")
        elif ref := read_ref(line):
            self.refs.append(ref)
        else:
            advice = "Write `snippet#cell` or `key: value`."
            self._wrong(number, f"`{line}` is neither a cell nor an option", advice)

    def _option(self, option: Option) -> None:
        key = option.key
        if key not in self.of.repeatable and any(known.key == key for known in self.options):
            self._wrong(option.line, f"the option `{key}` stands twice", "Leave one.")
        self.options.append(option)
        if self.of.named and key == CELL_OPTION and option.value:
            if ref := read_ref(option.value):
                self.refs.append(ref)
            else:
                advice = f"Write `{CELL_OPTION}: name#cell`."
                self._wrong(option.line, f"`{option.value}` names no cell", advice)

    def end(self, first: int) -> None:
        """Complain about what is not there; `first` is the fence's first line."""
        fence = f"the `{self.kind}` fence"
        if self.of.named and self.errors:
            return  # one of them may be the reason
        if self.of.named and not self.name:
            self._wrong(first, f"{fence} names no {self.kind}", "Write its name on the first line in it.")
        elif self.of.named and not self.refs:
            advice = f"Name the cell that its data comes from: `{CELL_OPTION}: name#cell`."
            self._wrong(first, f"{fence} has no `{CELL_OPTION}:`", advice)
        elif self.of.empty and not self.refs and not self.errors:
            self._wrong(first, f"{fence} names nothing to show", f"Write {self.of.empty} on a line in it.")

    def _wrong(self, line: int, message: str, advice: str) -> None:
        self.errors.append((line, message, advice))
