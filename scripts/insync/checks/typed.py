"""No typed numbers: a decimal, a shape or a tensor in prose must come from code, or say why it does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from insync.checks.prose import prose_of
from insync.problem import Place, Problem
from insync.syntax import CLAIM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insync.demand import Page
    from insync.project import Project

_DECIMAL = r"(?<![\w.])\d+(?:\.\d+)+(?:[eE][-+]?\d+)?(?!\w)|(?<![\w.])\d+[eE][-+]?\d+(?!\w)"
# Behind a name or a bracket it is a call or an index, and names no shape.
_SHAPE = r"(?<![\w\])])[\[(][ \d,]*\d\s*,\s*\d[ \d,]*[\])]"
_TYPED = re.compile(f"{_SHAPE}|{_DECIMAL}")


def typed_numbers(project: Project, page: Page) -> Iterator[Problem]:
    """Every typed decimal, version or shape of a page, and the expression that would give it, if one does."""
    known = _values(project, page)
    for prose in prose_of(page):
        for match in _TYPED.finditer(prose.text):
            found = match[0]
            line = prose.line + prose.text.count("\n", 0, match.start())
            asked = known.get(re.sub(r"\s", "", found))
            advice = f"Write `{{python {asked[0]}}} {asked[1]}`" if asked else "Compute it: `{python} …`"
            advice += ", or say why it is typed: " + f"`{{quoted reason}} {found}`."
            yield Problem(f"`{found}` is typed, not computed", advice, Place(page.path, line))


def _values(project: Project, page: Page) -> dict[str, tuple[str, str]]:
    """What the page's own numbers print, without blanks → cell and expression."""
    values: dict[str, tuple[str, str]] = {}
    for question in page.questions:
        if not question.expression.startswith(CLAIM):
            value = project.value(question.ref, question.expression)
            values.setdefault(re.sub(r"\s", "", value.text), (str(question.ref), question.expression))
    return values
