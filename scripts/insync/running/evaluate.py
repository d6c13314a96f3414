"""Evaluates an expression of a page after a cell: it may look at everything and change nothing."""

import ast
import contextlib
import json
import math
import random
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from insync.running.expression import Expression, Purpose, f_string
from insync.running.record import Value

MOST_DATA = 200_000  # characters of JSON; a page with more is no page any more


class _RefusedError(Exception):
    """A claim of a page is not true, or what a figure asks for cannot be had as JSON."""


def evaluate(asked: Expression, namespace: dict[str, Any]) -> Value:
    """An expression's value as one line of text; it may look at everything and change nothing."""
    before = _state(namespace)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = _EVALUATED[asked.purpose](asked.text, dict(namespace))
    except _RefusedError as error:
        return Value(error=str(error))
    except BaseException as error:  # noqa: BLE001 - an expression can raise anything
        return Value(error="".join(traceback.format_exception_only(error)).strip())
    changed = [name for name, state in _state(namespace).items() if before.get(name) != state]
    if changed:
        return Value(error=f"it changes {', '.join(changed)}; an inline number may only look")
    if "\n" in text:
        return Value(error=f"it gives {text.count(chr(10)) + 1} lines, and a sentence has room for one")
    return Value(text)


def _eval(expression: str, namespace: dict[str, Any]) -> Any:
    return eval(compile(expression, "<page>", "eval", dont_inherit=True), namespace)


def _number(text: str, namespace: dict[str, Any]) -> str:
    """The value as an f-string formats it."""
    return str(_eval(f_string(text), namespace))


def _data(text: str, namespace: dict[str, Any]) -> str:
    """The value as one line of JSON; every float as its shortest text that reads back as the same number."""
    data = json.dumps(_plain(_eval(text, namespace)), allow_nan=False)
    if len(data) > MOST_DATA:
        raise _RefusedError(f"it has {len(data)} characters as JSON, and {MOST_DATA} are the most")
    return data


def _hold(claim: str, namespace: dict[str, Any]) -> str:
    """Nothing more than "holds", if the claim does; else an error that shows both its sides."""
    value = _eval(claim, namespace)
    answer = value
    with contextlib.suppress(Exception):
        answer = value.item()  # a tensor or an array of one truth value
    if not isinstance(answer, bool):
        raise _RefusedError(f"it is {type(value).__name__} {value!r}, and neither true nor false")
    if answer:
        return "holds"
    body = ast.parse(claim, mode="eval").body
    sides = [body.left, *body.comparators] if isinstance(body, ast.Compare) else []
    values = [f"{ast.unparse(side)} is {_eval(ast.unparse(side), namespace)!r}" for side in sides]
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


_EVALUATED: dict[Purpose, Callable[[str, dict[str, Any]], str]] = {
    "number": _number,
    "claim": _hold,
    "data": _data,
}


def _state(namespace: dict[str, Any]) -> dict[str, object]:
    """What an expression could change and would move another number by: generators, names, tensors."""
    state: dict[str, object] = {"Python's random state": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        kind, keys, *rest = numpy.random.get_state()
        state["NumPy's random state"] = (kind, keys.tobytes(), *rest)
    if torch := sys.modules.get("torch"):
        state["torch's random state"] = torch.get_rng_state().numpy().tobytes()
        for name, value in namespace.items():
            if isinstance(value, torch.Tensor):
                state[f"`{name}`"] = _tensor_state(value)
            elif isinstance(value, torch.nn.Module):
                state[f"`{name}`"] = tuple(map(_tensor_state, (*value.parameters(), *value.buffers())))
            elif isinstance(value, torch.Generator):
                state[f"`{name}`"] = value.get_state().numpy().tobytes()
    for name, value in namespace.items():
        if name.startswith("__"):  # Python's own, such as the register of warnings that were shown
            continue
        if isinstance(value, list | set):
            state[f"`{name}`"] = tuple(map(id, value))
        elif isinstance(value, dict) and value is not namespace:
            state[f"`{name}`"] = tuple((id(key), id(each)) for key, each in value.items())
        elif isinstance(value, random.Random):
            state[f"`{name}`"] = value.getstate()
        elif numpy and isinstance(value, numpy.ndarray):
            state[f"`{name}`"] = value.tobytes()
        elif numpy and isinstance(value, numpy.random.Generator):
            state[f"`{name}`"] = repr(value.bit_generator.state)
    return state


def _tensor_state(tensor: Any) -> tuple[object, ...]:
    gradient = tensor.grad if tensor.is_leaf else None
    return id(tensor), tensor._version, None if gradient is None else (id(gradient), gradient._version)
