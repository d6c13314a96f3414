"""An expression of a page: what it is asked for, and whether it is one that could be evaluated."""

import ast
from dataclasses import dataclass
from typing import Literal

# For an inline number, for a claim that must be true, or for a figure's data as JSON.
Purpose = Literal["number", "claim", "data"]
_SHOWN_AS: dict[Purpose, str] = {"number": "", "claim": "claim: ", "data": "as JSON: "}


@dataclass(frozen=True)
class Expression:
    """A Python expression and its purpose; a number's may have a format behind it, as in an f-string."""

    text: str
    purpose: Purpose = "number"

    def __str__(self) -> str:
        """As the outputs file lists it; no Python expression begins as a claim or as data does there."""
        return _SHOWN_AS[self.purpose] + self.text


def f_string(text: str) -> str:
    """The f-string whose braces hold the text; the blank keeps a set or dict from doubling a brace."""
    return f'f"""{{ {text}}}"""'


def expression_error(text: str) -> str:
    """Why the text could not stand between the braces of an f-string, or an empty string."""
    try:
        parsed = ast.parse(f_string(text), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or str(error)
        return f"`{text}` is no Python expression ({reason.removeprefix('f-string: ')})"
    values = parsed.values if isinstance(parsed, ast.JoinedStr) else []
    fields = [value for value in values if isinstance(value, ast.FormattedValue)]
    if len(fields) != 1 or values != fields:  # more than a field: `total=`, which prints its own text as well
        return f"`{text}` is not one expression"
    if any(
        isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for node in ast.walk(parsed)
    ):
        return f"`{text}` would change what it looks at"
    return ""


def bare_error(text: str) -> str:
    """Why the text, without a format behind it, could not be evaluated, or an empty string."""
    if error := expression_error(text):
        return error
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return f"`{text}` is not an expression alone"
    return ""
