"""In words and a table: which published numbers moved, from what to what, and on which pages."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from insync.pages.scan import Page
from insync.problem import Place, Problem
from insync.project.project import Project
from insync.project.queue import Task
from insync.publishing.moves import Move, MoveKind, moves
from insync.publishing.outputs import head_of, published
from insync.rendering.listing import asked_cell, shown_cells, shows
from insync.rendering.tables import code_span
from insync.running.record import OutputKind

MOST_ROWS = 200  # a summary longer than this is not read; the diff of snippets/outputs has it all
# The words for each kind of move, in the order in which they are listed.
_TOLD: dict[MoveKind, str] = {
    "changed": "changed",
    "rounding": "changed in the last digit only",
    "added": "new",
    "removed": "gone",
}


@dataclass(frozen=True)
class Row(Move):
    """One published line that moved, and the pages that show it."""

    pages: tuple[str, ...]


def summary_rows(project: Project, task: Task, committed: str) -> list[Row]:
    """What moved between an outputs file as it was committed and what the snippet gives now."""
    if task.outcome.record is None:
        return []
    found = moves(task.snippet.name, committed, published(task.snippet, task.outcome.record))
    return [Row(**vars(move), pages=_pages(project, move)) for move in found]


def gone_rows(name: str, committed: str) -> list[Row]:
    """All that was published of a snippet that no page asks for any more."""
    return [Row(**vars(move), pages=()) for move in moves(name, committed, "")]


def summary(rows: Sequence[Row], failed: dict[str, Problem]) -> str:
    """The Markdown of the summary; `failed` has the problem of each snippet that gives no numbers."""
    lines = ["## Published numbers", ""]
    for name, problem in failed.items():
        lines += [f"**`{name}` does not run:** {code_span(problem.message)}", ""]
    if not rows:
        return "\n".join([*lines, f"No {'other' if failed else 'published'} number moves.", ""])
    kinds = Counter(row.kind for row in rows)
    told = ", ".join(f"{kinds[kind]} {word}" for kind, word in _TOLD.items() if kinds[kind])
    pages = sorted({page for row in rows for page in row.pages})
    where = f" They stand on {_count(len(pages), 'page')}." if pages else ""
    differ = "differs" if len(rows) == 1 else "differ"
    lines += [f"{_count(len(rows), 'published line')} {differ}: {told}.{where}", ""]
    lines += ["| Where | Was | Is | Pages |", "| --- | --- | --- | --- |"]
    for row in rows[:MOST_ROWS]:
        texts = f"{row.snippet}#{row.what}", row.old.strip(), row.new.strip()
        cells = [*map(code_span, texts), "<br>".join(row.pages)]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if len(rows) > MOST_ROWS:
        lines += ["", f"… and {len(rows) - MOST_ROWS} more, in the diff of `snippets/outputs`."]
    return "\n".join([*lines, ""])


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _pages(project: Project, move: Move) -> tuple[str, ...]:
    """The pages that show a line."""
    line = move.snippet, move.what
    return tuple(str(Place(page.path)) for page in project.pages if line in _shown_on(page, project))


def _shown_on(page: Page, project: Project) -> Iterator[tuple[str, str]]:
    """What a page shows, named as moves are: snippet, and cell with kind of output or expression."""
    for fence in page.fences:
        for snippet, cell in shown_cells(fence, project):
            if shows(fence, cell)[1]:
                yield from ((snippet.name, f"{cell.name}: {head_of(kind)}") for kind in get_args(OutputKind))
    for question in page.questions:
        if asked := asked_cell(project.snippet(question.ref.snippet), question.ref):
            yield question.ref.snippet, f"{asked.name}: {question.asked}"
