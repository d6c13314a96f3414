"""What all pages together ask of the snippets: which cells, and which expressions after which cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insync.pages.syntax import (
    CLAIM,
    DATA,
    FIGURE_TEXTS,
    Body,
    Fence,
    Form,
    Ref,
    Text,
    check_bare,
    check_expression,
    find_forms,
    parse_body,
    split_front_matter,
)
from insync.problem import InsyncError, Place, Problem, suggestion
from insync.rendering.figures import FIGURES

if TYPE_CHECKING:
    from pathlib import Path

    from insync.running.snippet import Snippet

_Report = Callable[[int, str, str], None]
LAST = ""  # stands for a snippet's last cell in a reference


@dataclass(frozen=True)
class Question:
    """An expression, and the cell after which it is to be evaluated (LAST: after the last one)."""

    ref: Ref
    expression: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page file, scanned. Lines of `body` count from its own start; `offset` lines stand before it."""

    path: Path
    front: str
    body: Body
    offset: int
    questions: tuple[Question, ...]
    shown: tuple[tuple[Ref, int], ...]
    errors: tuple[Problem, ...] = ()


@dataclass
class Demand:
    """What is asked of each snippet: the expressions after each cell, and who asks (for messages)."""

    expressions: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def __le__(self, other: Demand) -> bool:
        """Whether the other demand asks for all that this one does."""
        return all(
            snippet in other.expressions and asked <= other.expressions[snippet].get(cell, set())
            for snippet, cells in self.expressions.items()
            for cell, asked in (cells or {LAST: set()}).items()
        )

    def of(self, snippet: Snippet) -> dict[str, tuple[str, ...]]:
        """Cell name → the expressions asked after it, sorted; LAST is resolved to the last cell."""
        asked: dict[str, set[str]] = {}
        for cell, expressions in self.expressions.get(snippet.name, {}).items():
            asked.setdefault(cell or snippet.cells[-1].name, set()).update(expressions)
        return {cell.name: tuple(sorted(asked[cell.name])) for cell in snippet.cells if cell.name in asked}


def scan_page(path: Path) -> Page:
    """Read and scan a page file; raises InsyncError when it cannot be read."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InsyncError(
            Problem(f"the page is not UTF-8 (byte {error.start})", "Save it as UTF-8.", Place(path))
        ) from None
    except OSError as error:
        raise InsyncError(
            Problem(f"the page cannot be read: {error.strerror}", "Make it readable.", Place(path))
        ) from None
    return scan_text(path, source)


def scan_text(path: Path, source: str) -> Page:
    """Scan a page's whole text, front matter included."""
    front, text, offset = split_front_matter(source)
    return scan_body(path, text, offset, front)


def scan_body(path: Path, text: str, offset: int, front: str = "") -> Page:
    """Scan a page's text without front matter; `offset` is the number of lines that stand before it."""
    body = parse_body(text)
    questions: list[Question] = []
    shown: list[tuple[Ref, int]] = []
    errors: list[Problem] = []

    def problem(line: int, message: str, advice: str) -> None:
        errors.append(Problem(message, advice, Place(path, line)))

    if "{python" in front:
        for form in find_forms(front, 2):
            asked = _question(form, None, form.line, problem)
            if asked:
                questions.append(asked)
    for part, ref, forms in bound(body):
        if isinstance(part, Fence):
            for line, message, advice in part.errors:
                problem(offset + line, message, advice)
            if part.kind == "snippet":
                shown += [(each, offset + part.first) for each in part.refs]
        for form in forms:
            asked = _question(form, ref, offset + form.line, problem)
            if asked:
                questions.append(asked)
        if isinstance(part, Fence) and part.kind == "claim":
            asked = _claim(part, ref, offset, problem)
            if asked:
                questions.append(asked)
        elif isinstance(part, Fence) and part.kind == "figure":
            questions += _data(part, offset, problem)
    return Page(path, front, body, offset, tuple(questions), tuple(shown), tuple(errors))


def bound(body: Body) -> Iterator[tuple[Text | Fence, Ref | None, tuple[Form, ...]]]:
    """Each part of a page with the cell to which its unnamed inline numbers belong, and those numbers.

    That cell is the one last embedded above; inside a fence, the fence's own last.
    """
    last: Ref | None = None
    for part in body.parts:
        if isinstance(part, Text):
            yield part, last, part.forms
            continue
        if part.kind == "snippet" and part.refs:
            last = part.refs[-1]
        lost = part.kind == "figure" and not part.refs  # its own error is enough
        options = () if lost else part.options
        forms = tuple(form for option in options for form in find_forms(option.value, option.line))
        yield part, part.refs[-1] if part.kind in {"claim", "figure"} and part.refs else last, forms


def collect(pages: Iterable[Page]) -> Demand:
    """The union of what the pages ask."""
    demand = Demand()
    for page in pages:
        for ref, _ in page.shown:
            demand.expressions.setdefault(ref.snippet, {})
        for question in page.questions:
            cells = demand.expressions.setdefault(question.ref.snippet, {})
            cells.setdefault(question.ref.cell, set()).add(question.expression)
    return demand


def places(page: Page) -> list[tuple[Ref, int]]:
    """Every reference of a page with its line, each once; a figure's stands in its `snippet:` line."""
    lines: dict[tuple[Ref, int], int] = {}
    for part in page.body.parts:
        if isinstance(part, Fence) and part.kind == "figure" and part.refs:
            line = next(option.line for option in part.options if option.key == "snippet")
            for option in part.options:
                lines[part.refs[-1], page.offset + option.line] = page.offset + line
    asked = [*page.shown, *((question.ref, question.line) for question in page.questions)]
    return list(dict.fromkeys((ref, lines.get((ref, line), line)) for ref, line in asked))


def check_refs(page: Page, snippets: dict[str, Snippet]) -> Iterator[Problem]:
    """Problems with what the page refers to; a snippet that could not be read is not reported again."""
    for ref, line in places(page):
        snippet = snippets.get(ref.snippet)
        if snippet and ref.cell and snippet.cell(ref.cell) is None:
            yield Problem(
                f"`{snippet.name}` has no cell `{ref.cell}`",
                suggestion(ref.cell, [cell.name for cell in snippet.cells]),
                Place(page.path, line),
                Place(snippet.path),
            )


def _claim(fence: Fence, ref: Ref | None, offset: int, problem: _Report) -> Question | None:
    """What a `claim` fence asks: that its `holds:` be true after its cell."""
    line = offset + fence.first
    for key in ("says", "holds"):
        if not fence.option(key):
            problem(
                line, f"the claim has no `{key}:`", "Write `says: a sentence` and `holds: an expression`."
            )
            return None
    holds = fence.option("holds")
    if error := check_expression(holds):
        problem(line, error, "Write what must be true, such as `holds: error.max() <= 1e-6`.")
        return None
    if ref is None:
        problem(
            line,
            "no cell is embedded above the claim",
            "Embed it above, or name it in the fence: `snippet#cell`.",
        )
        return None
    return Question(ref, CLAIM + holds, line)


def _data(fence: Fence, offset: int, problem: _Report) -> Iterator[Question]:
    """What a `figure` fence asks: the data that its figure knows, by the options' expressions."""
    known = FIGURES[fence.name].keys if fence.name in FIGURES else ()
    for option in fence.options:
        if option.key in FIGURE_TEXTS or option.key not in known or not option.value or not fence.refs:
            continue  # what is wrong with those is found where options are looked at
        if error := check_bare(option.value):
            advice = f"Write what gives the data, such as `{option.key}: x[0]`."
            problem(offset + option.line, error, advice)
        else:
            yield Question(fence.refs[-1], DATA + option.value, offset + option.line)


def _question(form: Form, ref: Ref | None, line: int, problem: _Report) -> Question | None:
    if form.reason:
        if form.error:
            problem(line, form.error, "Write it as `{quoted the release notes} 2.13.0`.")
        return None
    if form.error:
        problem(
            line,
            form.error,
            "Write it as `{python} total:.4f`: what could stand between the braces of an f-string.",
        )
        return None
    ref = form.ref or ref
    if ref is None:
        advice = "Embed the cell above it, or name it: `{python snippet#cell} …`."
        problem(line, f"no cell is embedded above `{form.expression}`", advice)
        return None
    return Question(ref, form.expression, line)
