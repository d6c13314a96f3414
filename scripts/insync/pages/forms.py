"""Inline forms in a text: numbers, `{python} total:.4f`, and quotations, `{quoted reason} 2.13.0`."""

import re
from dataclasses import dataclass

from insync.running.expression import expression_error

# Python-Markdown's own pattern for code spans (inlinepatterns.BACKTICK_RE), so that both see the same ones.
CODE_SPAN = r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)(`+)(.+?)(?<!`)\2(?!`))"
_CODE_SPAN = re.compile(CODE_SPAN, re.DOTALL)
_ESCAPED = re.compile(r"(?<!\\)(?:\\{2})+(?=`)")
_NUMBER = re.compile(r"^\{python(?P<ref>[^}]*)\}(?P<expression>.*)$", re.DOTALL)
_QUOTED = re.compile(r"^\{quoted(?P<reason>[^}]*)\}(?P<text>.*)$", re.DOTALL)
_REF = re.compile(r"^(?P<snippet>[\w-]+)(?:#(?P<cell>\w+))?$")


@dataclass(frozen=True)
class Ref:
    """A snippet, and one of its cells; without a cell, the snippet as a whole (for a number: its end)."""

    snippet: str
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.snippet}#{self.cell}" if self.cell else self.snippet


@dataclass(frozen=True)
class Form:
    """An inline form: where it stands in its text (`start`, `end`) and its line.

    A number has the expression that it asks for; a quotation has its text in place of that, and the `reason`
    why it is typed and not computed.
    """

    start: int
    end: int
    line: int
    expression: str
    ref: Ref | None = None
    error: str = ""
    reason: str = ""


def read_ref(text: str) -> Ref | None:
    """`snippet#cell` or `snippet` as a reference; None for anything else."""
    found = _REF.match(text)
    return Ref(found["snippet"], found["cell"] or "") if found else None


def find_forms(text: str, first_line: int = 1) -> tuple[Form, ...]:
    """The inline numbers and quotations in a piece of text, in order."""
    if "{python" not in text and "{quoted" not in text:
        return ()
    forms = []
    # Markdown has taken out escaped backslashes before it looks at what stands behind them.
    for match in _CODE_SPAN.finditer(_ESCAPED.sub(lambda found: "\0" * len(found[0]), text)):
        if match[2] == "`":
            line = first_line + text.count("\n", 0, match.start())
            content = match[3].strip()
            if quoted := _QUOTED.match(content):
                forms.append(_quotation(match, line, quoted))
            elif number := _NUMBER.match(content):
                forms.append(_number(match, line, number))
    return tuple(forms)


def _quotation(span: re.Match[str], line: int, found: re.Match[str]) -> Form:
    reason, typed = found["reason"].strip(), " ".join(found["text"].split())
    error = "" if reason and typed else "the quotation has no reason or no text"
    return Form(span.start(), span.end(), line, typed, error=error, reason=reason or "?")


def _number(span: re.Match[str], line: int, found: re.Match[str]) -> Form:
    expression = " ".join(found["expression"].split("\n")).strip()
    named = found["ref"].strip()
    ref = read_ref(named) if found["ref"][:1].isspace() else None
    if named and ref is None:
        error = f"`{{python{found['ref']}}}` names no cell"
    elif not expression:
        error = "the inline number has no expression"
    else:
        error = expression_error(expression)
    return Form(span.start(), span.end(), line, expression, ref, error)
