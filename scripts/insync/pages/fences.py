"""The kinds of fences that a page may have: the one table of them.

A new kind is an entry here and a module of its name in `rendering/kinds`, which says how it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from insync.pages.forms import Ref
from insync.running.expression import Purpose

NOTE_SEPARATOR = " => "


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

    def text(self, option: Option) -> str:
        """What a reader is shown of an option; empty where that is nothing."""
        separator = self.of.texts.get(option.key)
        if separator is None:
            return ""
        return option.value.partition(separator)[2] if separator else option.value
