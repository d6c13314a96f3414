"""The data that one run of a snippet leaves behind; everything that renders reads only this."""

import contextlib
import importlib.metadata
import json
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from insync.running.expression import Expression

# The packages that most numbers come from, whose versions pages may tell.
VERSIONED = ("torch", "numpy", "matplotlib")

OutputKind = Literal["stdout", "stderr", "value", "warning", "plot", "exception"]
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Output:
    """One piece of a cell's output. `text` is what a terminal would show; for a plot, the SVG element."""

    kind: OutputKind
    text: str


@dataclass(frozen=True)
class Value:
    """What an expression of a page gave: one line of text, or the reason why it gave none."""

    text: str = ""
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """What was asked after a cell, and what it gave."""

    asked: Expression
    value: Value


@dataclass(frozen=True)
class CellRecord:
    """What one cell printed, returned, drew or raised, and the answers to what pages asked of it."""

    name: str
    outputs: tuple[Output, ...] = ()
    answers: tuple[Answer, ...] = ()

    def value(self, asked: Expression) -> Value:
        """What the expression gave; KeyError if it was not asked."""
        return {answer.asked: answer.value for answer in self.answers}[asked]


@dataclass(frozen=True)
class Environment:
    """Where a record was made.

    `versions` by distribution name; `cpu` as the processor names itself; `capability` what torch chose
    of its instructions ("AVX2", …; empty when torch was not imported).
    """

    python: str
    platform: str
    cpu: str
    capability: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Record:
    """One finished run of a snippet.

    `seconds` is the run's own time, without the start of the process. `inputs` names all that the run
    looked at, with its fingerprint then (see `inputs`).
    """

    snippet: str
    cells: tuple[CellRecord, ...]
    seconds: float
    finished: str
    environment: Environment
    inputs: dict[str, str]

    def cell(self, name: str) -> CellRecord:
        """The cell of that name; KeyError if the run had none."""
        return {cell.name: cell for cell in self.cells}[name]


@dataclass(frozen=True)
class Failure:
    """A cell did what it may not, or did not do what its tags announce; `line` is one of the snippet's."""

    cell: str
    line: int
    message: str
    advice: str
    detail: str = ""


@dataclass(frozen=True)
class RunAnswer:
    """What a worker leaves: a record or a failure, and the files that it looked at either way.

    What was printed is not in the record yet. `marks` has for each cell the numbers of the marks (see
    `order`) at its start, at each of its outputs, and at its end.
    """

    inputs: dict[str, str]
    record: Record | None = None
    failure: Failure | None = None
    marks: tuple[tuple[int, ...], ...] = ()


def to_text(data: object) -> str:
    """Any of the engine's dataclasses as JSON; text that no file can hold (lone surrogates) is escaped."""
    return json.dumps(msgspec.to_builtins(data))


def from_text(text: str, kind: type[_Kind]) -> _Kind:
    """What `to_text` wrote, its types checked; ValueError (msgspec's is one) for anything else."""
    return msgspec.convert(json.loads(text), kind)


def installed_versions() -> dict[str, str]:
    """Versions of the packages that most numbers come from, without importing them."""
    versions = {}
    for name in VERSIONED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions
