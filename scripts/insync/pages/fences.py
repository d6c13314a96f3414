"""The fences that a page may have: the one table of their kinds, and the reading of one's lines.

A new kind is an entry here and a module of its name in `rendering/kinds`, which says how it is shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from insync.pages.forms import Ref, read_ref
from insync.running.expression import Purpose

NOTE_SEPARATOR = " => "
Error = tuple[int, str, str]  # a line, what is wrong with it, and what to do about that
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
        options=("show", "title", "alt", "caption", "note"),
        texts={"title": "", "alt": "", "caption": "", "note": NOTE_SEPARATOR},
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
    count their lines in the body.
    """

    kind: str
    first: int
    last: int
    prefix: str
    refs: tuple[Ref, ...] = ()
    options: tuple[Option, ...] = ()
    errors: tuple[Error, ...] = ()
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
    first = start + 1
    errors: list[Error] = []
    if extra := opening["info"].split()[1:]:
        advice = "Put each option on a line of its own."
        errors.append((first, f"`{' '.join(extra)}` stands behind `{kind}`", advice))
    body = ((index + 1, lines[index].lstrip(" \t>").strip()) for index in range(first, close))
    found = list(_read(kind, ((number, line) for number, line in body if line)))
    name = next((each for each in found if isinstance(each, str)), "")
    refs = tuple(each for each in found if isinstance(each, Ref))
    options = tuple(each for each in found if isinstance(each, Option))
    errors += (each for each in found if isinstance(each, tuple))
    if not errors:  # else one of them may be the reason
        errors += ((first, *missing) for missing in _missing(kind, name, refs))
    return Fence(kind, first, close + 1, opening["prefix"], refs, options, tuple(errors), name)


def unclosed(kind: str, lines: list[str], start: int, opening: re.Match[str]) -> Fence:
    """A fence that is never closed: it reaches to the page's end, and holds nothing."""
    advice = f"Close it with {opening['fence']} as far in as it opens."
    error = (start + 1, f"the `{kind}` fence is never closed", advice)
    return Fence(kind, start + 1, len(lines), opening["prefix"], errors=(error,))


def _read(kind: str, lines: Iterable[tuple[int, str]]) -> Iterator[str | Ref | Option | Error]:
    """What the lines of a fence that are not blank say, one after the other; a text is its name."""
    of = KINDS[kind]
    keys: set[str] = set()
    may_name = of.named
    for number, line in lines:
        if found := _OPTION.match(line):
            key, value = found["key"], (found["value"] or "").strip()
            if key in keys and key not in of.repeatable:
                yield number, f"the option `{key}` stands twice", "Leave one."
            keys.add(key)
            yield Option(key, value, number)
            if of.named and key == CELL_OPTION and value:
                error = number, f"`{value}` names no cell", f"Write `{CELL_OPTION}: name#cell`."
                yield read_ref(value) or error
            may_name = False
        elif may_name and _NAME.match(line):
            yield line
            may_name = False
        elif of.named:
            yield number, f"`{line}` is no option of a {kind}", "Write `key: expression`."
        else:
            advice = "Write `snippet#cell` or `key: value`."
            yield read_ref(line) or (number, f"`{line}` is neither a cell nor an option", advice)


def _missing(kind: str, name: str, refs: tuple[Ref, ...]) -> Iterator[tuple[str, str]]:
    """What a fence lacks that it must have, and what to do about that."""
    of, fence = KINDS[kind], f"the `{kind}` fence"
    if of.named and not name:
        yield f"{fence} names no {kind}", "Write its name on the first line in it."
    elif of.named and not refs:
        advice = f"Name the cell that its data comes from: `{CELL_OPTION}: name#cell`."
        yield f"{fence} has no `{CELL_OPTION}:`", advice
    elif of.empty and not refs:
        yield f"{fence} names nothing to show", f"Write {of.empty} on a line in it."
