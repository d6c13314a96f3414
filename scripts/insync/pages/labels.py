"""What a page numbers, its figures and its equations, and where its text refers to them, as Quarto has it.

`@fig-NAME` refers to a figure: NAME is that of a `figure` fence, or the cell of a `snippet` fence with a
`caption:`. `@eq-NAME` refers to an equation whose closing dollars name it: `$$ { #eq-NAME }`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from insync.pages.fences import Error, Fence
from insync.pages.forms import CODE_SPAN
from insync.pages.syntax import Body, Text
from insync.problem import suggestion

_NAME = r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*"
_EQUATION = re.compile(rf"(?<!\\)\$\$[ \t]*\{{:?[ \t]*#(?P<label>eq-{_NAME})[ \t]*\}}[ \t]*$", re.MULTILINE)
_REFERENCE = re.compile(rf"{CODE_SPAN}|(?<![\w\\@./-])@(?P<label>(?:fig|eq)-{_NAME})", re.DOTALL)


@dataclass(frozen=True)
class Label:
    """A figure or an equation: its name (`fig-NAME`, `eq-NAME`), its number among its like, its line."""

    name: str
    number: int
    line: int


def label_of(fence: Fence) -> str:
    """The name under which a fence is numbered, or an empty string."""
    if fence.name:
        return f"fig-{fence.name}"
    if fence.refs and fence.option("caption"):
        return f"fig-{fence.refs[-1].cell or fence.refs[-1].snippet}"
    return ""


def labels_of(body: Body) -> tuple[Label, ...]:
    """All labels of a page in order, each kind numbered from 1. Lines count from the body's start."""
    found: list[Label] = []
    for name, line in _named(body):
        kind = name.partition("-")[0]
        number = 1 + sum(label.name.startswith(f"{kind}-") for label in found)
        found.append(Label(name, number, line))
    return tuple(found)


def references(text: str, first: int = 1) -> Iterator[tuple[str, int]]:
    """The names to which a text refers outside of its code spans, each with its line."""
    for found in _REFERENCE.finditer(text):
        if found["label"]:
            yield found["label"], first + text.count("\n", 0, found.start())


def equations(text: str, first: int = 1) -> Iterator[tuple[str, int]]:
    """The equations that are named in a text, each with the line on which it ends."""
    for found in _EQUATION.finditer(text):
        yield found["label"], first + text.count("\n", 0, found.start())


def label_errors(body: Body, labels: tuple[Label, ...]) -> Iterator[Error]:
    """References that name nothing on the page, and names that two things on it have."""
    names = [label.name for label in labels]
    for index, label in enumerate(labels):
        if label.name in names[:index]:
            advice = "Name the equation otherwise, or leave the caption to one of the figures."
            yield label.line, f"`{label.name}` stands twice on the page", advice
    for part in body.parts:
        texts = [(part.text, part.first)] if isinstance(part, Text) else []
        if isinstance(part, Fence):
            texts = [(option.value, option.line) for option in part.options if option.key in part.of.texts]
        for text, first in texts:
            for name, line in references(text, first):
                if name not in names:
                    yield line, f"`@{name}` refers to nothing on this page", suggestion(name, names)


def put_in(text: str, reference: Callable[[str], str], equation: Callable[[str], str]) -> str:
    """The text with what these make of the names, in place of references and of equations' endings."""
    text = _EQUATION.sub(lambda found: equation(found["label"]), text)
    return _REFERENCE.sub(lambda found: reference(found["label"]) if found["label"] else found[0], text)


def _named(body: Body) -> Iterator[tuple[str, int]]:
    for part in body.parts:
        if isinstance(part, Text):
            yield from equations(part.text, part.first)
        elif name := label_of(part):
            yield name, part.first
