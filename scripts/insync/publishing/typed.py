"""No typed numbers: a decimal, a shape or a tensor in prose must come from code, or say why it does not."""

import re
from collections.abc import Iterator

from insync.pages.scan import Page
from insync.problem import Place, Problem
from insync.project.project import Project
from insync.publishing.prose import prose_of

_SIGN = r"(?:(?<![\w)\]])[-−])?"
_ALONE = r"(?<![^\W_])(?<![^\W_]_)(?<!\.)"  # `_0.5_` is emphasis, `x_0.5` is a name
# Not what is a format (`8.4f`), an attribute (`layer.0.weight`) or a part of a name (`x0`).
_FORMAT = r"[\d.]*[defg]\b(?![-+]?\d)"
_DECIMAL = rf"{_SIGN}{_ALONE}(?:v?\d+(?:\.\d+)+(?!{_FORMAT})(?:e[-+]?\d+)?|\d+e[-+]?\d+(?!\w))"
_POINT_FIRST = rf"{_SIGN}{_ALONE}(?<![:*/])\.\d+(?:e[-+]?\d+)?(?!\w)"
# Behind a name or a bracket it is a call or an index, and names no shape.
_LIST = r"[-−\d ,，]*\d\s*[,，]\s*[-−]?\d[-−\d ,，]*|\s*\d+\s*,\s*"
_SHAPE = rf"(?<![\w\])])[\[(（](?:{_LIST})[\])）]"
_ASCII = str.maketrans("−，（）", "-,()")
# ASCII: a Chinese character beside a number is no part of it.
_TYPED = re.compile(f"{_SHAPE}|{_DECIMAL}|{_POINT_FIRST}", re.ASCII | re.IGNORECASE)


def typed_numbers(project: Project) -> Iterator[Problem]:
    """Every typed decimal, version or shape on a page, and the expression that would give it, if one does."""
    for page in project.pages:
        yield from typed_on(page, project)


def typed_on(page: Page, project: Project) -> Iterator[Problem]:
    """The typed numbers of one page."""
    known = _values(project, page)
    for prose in prose_of(page):
        for match in _TYPED.finditer(prose.text):
            found = match[0]
            line = prose.line + prose.text.count("\n", 0, match.start())
            asked = known.get(_bare(found)) or known.get(_bare(found).lstrip("-v"))
            advice = f"Write `{{python {asked[0]}}} {asked[1]}`" if asked else "Compute it: `{python} …`"
            advice += ", or say why it is typed: " + f"`{{quoted reason}} {found}`."
            yield Problem(f"`{found}` is typed, not computed", advice, Place(page.path, line))


def _values(project: Project, page: Page) -> dict[str, tuple[str, str]]:
    """What the page's own numbers print, without blanks → cell and expression."""
    values: dict[str, tuple[str, str]] = {}
    for question in page.questions:
        if question.asked.purpose != "claim":
            value = project.value(question.ref, question.asked)
            values.setdefault(_bare(value.text), (str(question.ref), question.asked.text))
    return values


def _bare(text: str) -> str:
    """A number without its blanks and in ASCII, as code prints it."""
    return re.sub(r"\s", "", text).translate(_ASCII)
