"""Reads the lines inside one of our fences: its name, its references and its options."""

import re
from dataclasses import dataclass, field

from insync.pages.fences import KINDS, Fence, Kind, Option
from insync.pages.forms import Ref, read_ref

CELL_OPTION = "snippet"  # names the cell of a named fence
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_OPTION = re.compile(r"^(?P<key>[a-z]+):(?:\s+(?P<value>.*))?$")


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
    return Fence(
        kind,
        start + 1,
        close + 1,
        opening["prefix"],
        tuple(reading.refs),
        tuple(reading.options),
        tuple(reading.errors),
        reading.name,
    )


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
            self.errors.append(
                (number, f"`{line}` is no option of a {self.kind}", "Write `key: expression`.")
            )
        elif ref := read_ref(line):
            self.refs.append(ref)
        else:
            advice = "Write `snippet#cell` or `key: value`."
            self.errors.append((number, f"`{line}` is neither a cell nor an option", advice))

    def _option(self, option: Option) -> None:
        key = option.key
        if key not in self.of.repeatable and any(known.key == key for known in self.options):
            self.errors.append((option.line, f"the option `{key}` stands twice", "Leave one."))
        self.options.append(option)
        if self.of.named and key == CELL_OPTION and option.value:
            if ref := read_ref(option.value):
                self.refs.append(ref)
            else:
                message = f"`{option.value}` names no cell"
                self.errors.append((option.line, message, f"Write `{CELL_OPTION}: name#cell`."))

    def end(self, first: int) -> None:
        """Complain about what is not there; `first` is the fence's first line."""
        if self.of.named:
            if not self.name and not self.errors:
                advice = "Write its name on the first line in it."
                self.errors.append((first, f"the `{self.kind}` fence names no {self.kind}", advice))
            if not self.refs and not self.errors:
                advice = f"Name the cell that its data comes from: `{CELL_OPTION}: name#cell`."
                self.errors.append((first, f"the `{self.kind}` fence has no `{CELL_OPTION}:`", advice))
        elif self.of.empty and not self.refs:
            advice = f"Write {self.of.empty} on a line in it."
            self.errors.append((first, f"the `{self.kind}` fence names nothing to show", advice))
