"""What all pages together ask of the snippets: which cells, and which expressions after which cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from insync.pages.fences import CELL_OPTION
from insync.pages.forms import Ref
from insync.pages.scan import Page
from insync.running.expression import Expression
from insync.running.job import Questions
from insync.running.snippet import Snippet

LAST = ""  # stands for a snippet's last cell in a reference


@dataclass
class Demand:
    """What is asked of each snippet: the expressions after each cell, and who asks (for messages)."""

    expressions: dict[str, dict[str, set[Expression]]] = field(default_factory=dict)

    def add(self, snippet: str, questions: Questions) -> None:
        """Ask these as well."""
        cells = self.expressions.setdefault(snippet, {})
        for cell, asked in questions.items():
            cells.setdefault(cell, set()).update(asked)

    def __le__(self, other: "Demand") -> bool:
        """Whether the other demand asks for all that this one does."""
        return all(
            snippet in other.expressions and asked <= other.expressions[snippet].get(cell, set())
            for snippet, cells in self.expressions.items()
            for cell, asked in (cells or {LAST: set()}).items()
        )

    def of(self, snippet: Snippet) -> Questions:
        """The expressions asked after each cell, sorted; LAST is resolved to the last cell."""
        asked: dict[str, set[Expression]] = {}
        for cell, expressions in self.expressions.get(snippet.name, {}).items():
            asked.setdefault(cell or snippet.cells[-1].name, set()).update(expressions)
        return {
            cell.name: tuple(sorted(asked[cell.name], key=str))
            for cell in snippet.cells
            if cell.name in asked
        }


def collect(pages: Iterable[Page]) -> Demand:
    """The union of what the pages ask."""
    demand = Demand()
    for page in pages:
        for ref, _ in (*page.shown, *_script(page)):
            demand.expressions.setdefault(ref.snippet, {})
        for question in page.questions:
            cells = demand.expressions.setdefault(question.ref.snippet, {})
            cells.setdefault(question.ref.cell, set()).add(question.asked)
    return demand


def places(page: Page) -> list[tuple[Ref, int]]:
    """Every reference of a page with its line, each once; that of a named fence stands in an option."""
    lines: dict[tuple[Ref, int], int] = {}
    for fence in page.fences:
        if fence.of.named and fence.refs:
            line = next(option.line for option in fence.options if option.key == CELL_OPTION)
            for option in fence.options:
                lines[fence.refs[-1], page.offset + option.line] = page.offset + line
    asked = [*_script(page), *page.shown, *((question.ref, question.line) for question in page.questions)]
    return list(dict.fromkeys((ref, lines.get((ref, line), line)) for ref, line in asked))


def _script(page: Page) -> tuple[tuple[Ref, int], ...]:
    """What the page offers as a file is run as well: code that fails is not handed out."""
    return (page.script,) if page.script else ()
