"""The engine's dataclasses as JSON and back, their types checked."""

import json
from typing import Any, TypeVar

import msgspec

_Kind = TypeVar("_Kind")


def to_text(data: object) -> str:
    """Any of the engine's dataclasses as JSON; text that no file can hold (lone surrogates) is escaped."""
    return json.dumps(msgspec.to_builtins(data))


def to_plain(data: object) -> Any:
    """Any of the engine's dataclasses as lists, dicts, strings and numbers."""
    return msgspec.to_builtins(data)


def from_text(text: str, kind: type[_Kind]) -> _Kind:
    """What `to_text` wrote; raises ValueError for anything else."""
    return from_plain(json.loads(text), kind)


def from_plain(data: object, kind: type[_Kind]) -> _Kind:
    """What `to_plain` gave; raises ValueError (msgspec.ValidationError is one) for anything else."""
    return msgspec.convert(data, kind)
