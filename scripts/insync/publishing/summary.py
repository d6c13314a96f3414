"""In words and a table: which published numbers moved, from what to what, and on which pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from insync.pages.scan import Page
from insync.problem import Place, Problem
from insync.project.project import Project
from insync.project.queue import Task
from insync.publishing.moves import Move, moves
from insync.publishing.outputs import head_of, published
from insync.rendering.listing import asked_cell, cells_of, shows
from insync.rendering.tables import code_span
from insync.running.record import OutputKind

MOST_ROWS = 200  # a summary longer than this is not read; the diff of snippets/outputs has it all


@dataclass(frozen=True)
class Row:
    """One published line that moved, and the pages that show it."""

    snippet: str
    what: str
    kind: str
    old: str
    new: str
    pages: tuple[str, ...]


def summary_rows(project: Project, task: Task, committed: str) -> list[Row]:
    """What moved between an outputs file as it was committed and what the snippet gives now."""
    if task.outcome.record is None:
        return []
    found = moves(task.snippet.name, committed, published(task.snippet, task.outcome.record))
    return [
        Row(move.snippet, move.what, move.kind, move.old, move.new, _pages(project, move)) for move in found
    ]


def gone_rows(name: str, committed: str) -> list[Row]:
    """All that was published of a snippet that no page asks for any more."""
    return [
        Row(move.snippet, move.what, move.kind, move.old, move.new, ()) for move in moves(name, committed, "")
    ]


def summary(rows: Sequence[Row], failed: dict[str, Problem]) -> str:
    """The Markdown of the summary; `failed` has the problem of each snippet that gives no numbers."""
    lines = ["## Published numbers", ""]
    for name, problem in failed.items():
        lines += [f"**`{name}` does not run:** {code_span(problem.message)}", ""]
    if not rows:
        return "\n".join(
            [*lines, "No published number moves." if not failed else "No other number moves.", ""]
        )
    counts = {
        kind: sum(row.kind == kind for row in rows) for kind in ("changed", "rounding", "added", "removed")
    }
    words = {
        "changed": "changed",
        "rounding": "changed in the last digit only",
        "added": "new",
        "removed": "gone",
    }
    told = ", ".join(f"{count} {words[kind]}" for kind, count in counts.items() if count)
    pages = sorted({page for row in rows for page in row.pages})
    where = f" They stand on {_count(len(pages), 'page')}." if pages else ""
    differ = "differs" if len(rows) == 1 else "differ"
    lines += [f"{_count(len(rows), 'published line')} {differ}: {told}.{where}", ""]
    lines += ["| Where | Was | Is | Pages |", "| --- | --- | --- | --- |"]
    for row in rows[:MOST_ROWS]:
        cells = (
            code_span(f"{row.snippet}#{row.what}"),
            _shown(row.old),
            _shown(row.new),
            "<br>".join(row.pages),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if len(rows) > MOST_ROWS:
        lines += ["", f"… and {len(rows) - MOST_ROWS} more, in the diff of `snippets/outputs`."]
    return "\n".join([*lines, ""])


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _shown(text: str) -> str:
    return code_span(text.strip())


def _pages(project: Project, move: Move) -> tuple[str, ...]:
    """The pages that show a line: those that ask for the number, or that show the cell's output."""
    cell, _, rest = move.what.partition(": ")
    output = rest in map(head_of, get_args(OutputKind))  # else an expression
    found = []
    for page in project.pages:
        asks = not output and any(
            question.ref.snippet == move.snippet
            and str(question.asked) == rest
            and (known := asked_cell(project.snippet(move.snippet), question.ref))
            and known.name == cell
            for question in page.questions
        )
        if asks or (output and _shows_output(project, page, move.snippet, cell)):
            found.append(str(Place(page.path)))
    return tuple(found)


def _shows_output(project: Project, page: Page, snippet_name: str, cell_name: str) -> bool:
    snippet = project.snippet(snippet_name)
    for fence in page.fences if snippet else ():
        for ref in fence.shown:
            cells = cells_of(snippet, ref) if snippet and ref.snippet == snippet_name else ()
            if any(cell.name == cell_name and shows(fence, cell)[1] for cell in cells):
                return True
    return False
