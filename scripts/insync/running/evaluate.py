"""Evaluates an expression of a page after a cell: it may look at everything and change nothing."""

import ast
import contextlib
import json
import math
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from insync.running.expression import Expression, Purpose, f_string
from insync.running.record import Value

MOST_DATA = 200_000  # characters of JSON; a page with more is no page any more


@dataclass
class Session:
    """What the cells of a run share.

    `features`: the flags of the `from __future__` imports that hold from here on. `functions`: how those that
    cells define are written, by how they are compiled.
    """

    namespace: dict[str, Any] = field(default_factory=dict)
    features: int = 0
    functions: dict[types.CodeType, ast.FunctionDef] = field(default_factory=dict)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Warn of nothing, and leave no trace of that: `warnings.catch_warnings` has all warnings shown anew."""
    ignore = ("ignore", None, Warning, None, 0)
    warnings.filters.insert(0, ignore)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            warnings.filters.remove(ignore)  # type: ignore[attr-defined]


class _RefusedError(Exception):
    """A claim of a page is not true, or what a figure asks for cannot be had as JSON."""


def evaluate(asked: Expression, session: Session) -> Value:
    """An expression's value as one line of text; a name that it makes is made in a copy."""
    names = Session(dict(session.namespace), session.features)
    try:
        with silence():
            text = _EVALUATED[asked.purpose](asked.text, names)
    except _RefusedError as error:
        return Value(error=str(error))
    except BaseException as error:  # noqa: BLE001 - an expression can raise anything
        return Value(error="".join(traceback.format_exception_only(error)).strip())
    if "\n" in text:
        return Value(error=f"it gives {text.count(chr(10)) + 1} lines, and a sentence has room for one")
    return Value(text)


def _eval(expression: str, session: Session) -> Any:
    code = compile(expression, "<page>", "eval", session.features, dont_inherit=True)
    return eval(code, session.namespace)


def _number(text: str, session: Session) -> str:
    """The value as an f-string formats it."""
    return str(_eval(f_string(text), session))


def _data(text: str, session: Session) -> str:
    """The value as one line of JSON; every float as its shortest text that reads back as the same number."""
    data = json.dumps(_plain(_eval(text, session)), allow_nan=False)
    if len(data) > MOST_DATA:
        raise _RefusedError(f"it has {len(data)} characters as JSON, and {MOST_DATA} are the most")
    return data


def _hold(claim: str, session: Session) -> str:
    """Nothing more than "holds", if the claim does; else an error that shows both its sides."""
    value = _eval(claim, session)
    answer = value
    with contextlib.suppress(Exception):
        answer = value.item()  # a tensor or an array of one truth value
    if not isinstance(answer, bool):
        raise _RefusedError(f"it is {type(value).__name__} {value!r}, and neither true nor false")
    if answer:
        return "holds"
    body = ast.parse(claim, mode="eval").body
    sides = [body.left, *body.comparators] if isinstance(body, ast.Compare) else []
    values = [f"{ast.unparse(side)} is {_eval(ast.unparse(side), session)!r}" for side in sides]
    raise _RefusedError("it does not hold" + (": " + ", ".join(values) if values else ""))


def _plain(value: Any) -> Any:
    """The value in lists, dicts, strings, numbers, bools and None alone; a tensor as nested lists."""
    for module, name in (("torch", "Tensor"), ("numpy", "ndarray"), ("numpy", "generic")):
        if module in sys.modules and isinstance(value, getattr(sys.modules[module], name)):
            value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise _RefusedError(f"{value} is in it, and JSON has no such number")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(each) for key, each in value.items()}
    raise _RefusedError(f"{type(value).__name__} is in it, and JSON has nothing like it")


_EVALUATED: dict[Purpose, Callable[[str, Session], str]] = {
    "number": _number,
    "claim": _hold,
    "data": _data,
}
