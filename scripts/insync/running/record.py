"""The data that one run of a snippet leaves behind; everything that renders reads only this."""

from __future__ import annotations

import contextlib
import importlib.metadata
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

# Packages whose upgrade can change a number.
VERSIONED = ("torch", "numpy", "matplotlib")

OutputKind = Literal["stdout", "stderr", "value", "warning", "figure", "exception"]


@dataclass(frozen=True)
class Output:
    """One piece of a cell's output. `text` is what a terminal would show; for a figure, the SVG element."""

    kind: OutputKind
    text: str


@dataclass(frozen=True)
class Value:
    """What an expression of a page gave: one line of text, or the reason why it gave none."""

    text: str = ""
    error: str = ""


@dataclass(frozen=True)
class CellRecord:
    """What one cell printed, returned, drew or raised, and the values that pages asked of it."""

    name: str
    outputs: tuple[Output, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)


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

    `seconds` is the run's own time, without the start of the process. `inputs` names every local file
    that the run opened, listed or looked for, with its fingerprint then (see `trace`).
    """

    snippet: str
    cells: tuple[CellRecord, ...]
    seconds: float
    finished: str
    environment: Environment
    inputs: dict[str, str]

    def cell(self, name: str) -> CellRecord:
        """The cell of that name; KeyError if the run had none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise KeyError(name)


def to_json(record: Record) -> dict[str, Any]:
    """The record as plain data for `json.dump`."""
    return asdict(record)


def from_json(data: dict[str, Any]) -> Record:
    """The record that `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
    cells = tuple(
        CellRecord(
            name=str(cell["name"]),
            outputs=tuple(_output(output["kind"], output["text"]) for output in cell["outputs"]),
            values={str(key): _value(**value) for key, value in cell["values"].items()},
        )
        for cell in data["cells"]
    )
    return Record(
        snippet=str(data["snippet"]),
        cells=cells,
        seconds=float(data["seconds"]),
        finished=str(data["finished"]),
        environment=Environment(**data["environment"]),
        inputs={str(key): str(value) for key, value in data["inputs"].items()},
    )


def _output(kind: OutputKind, text: str) -> Output:
    if kind not in get_args(OutputKind):
        raise ValueError(kind)
    return Output(kind, _string(text))


def _value(text: str, error: str) -> Value:
    return Value(_string(text), _string(error))


def _string(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(text)
    return text


def installed_versions() -> dict[str, str]:
    """Versions of the packages whose upgrade can change a number, without importing them."""
    versions = {}
    for name in VERSIONED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions
