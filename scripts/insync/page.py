"""Turns a page's directives into Markdown and HTML, by looking records up; nothing is run here."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insync.demand import Page, bound, check_refs
from insync.problem import Place, Problem, suggestion
from insync.snippet import HIDE_INPUT, HIDE_OUTPUT, Cell, Snippet
from insync.syntax import Fence, Form, Ref, Text, bad_anchor, find_forms

if TYPE_CHECKING:
    from insync.project import Project
    from insync.record import CellRecord
    from insync.words import Words

SHOWS = ("both", "code", "output")
OPTIONS = ("show", "title", "alt", "note")
TABLES = ("environment", "snippets")
NOTE_SEPARATOR = " => "
_CLASSES = {
    "stdout": "",
    "stderr": " .insync-stderr",
    "value": "",
    "warning": " .insync-warning",
    "exception": " .insync-error",
}
_BACKTICKS = re.compile(r"`+")

Stash = Callable[[str], str]


@dataclass(frozen=True)
class Number:
    """An inline number of a page, looked up. `line` is its line in the page's file."""

    text: str
    ref: Ref
    expression: str
    line: int
    failed: bool = False


@dataclass
class Rendering:
    """A page's Markdown with its directives expanded; a token in the text stands for each of `numbers`."""

    text: str = ""
    numbers: list[Number] = field(default_factory=list)


def token(index: int) -> str:
    """What stands in the Markdown for a number until the inline processor puts it in.

    A code span, so that nothing in Markdown takes it apart; U+E000 is for private use, in no author's words.
    """
    return f"`\ue000{index}\ue000`"


def render(page: Page, text: str, project: Project, words: Words, stash: Stash) -> Rendering:
    """Expand the directives in `text`, the body of `page`.

    `stash` hides a piece of HTML from Markdown and returns what stands for it. What is wrong is shown in its
    place; `page_problems` reports it.
    """
    lines = text.split("\n")
    made = Rendering()
    out: list[str] = []
    done = 0
    for part, ref, _ in bound(page.body):
        if isinstance(part, Text):
            out += lines[done : part.first - 1]
            out += _fill(part.text, part.forms, ref, page, project, made).split("\n")
            done = part.first - 1 + part.text.count("\n") + 1
            continue
        out += lines[done : part.first - 1]
        done = part.last
        block = _fence(part, ref, page, project, words, stash, made)
        out += [(part.prefix + line).rstrip() for line in ["", *block, ""]]
    out += lines[done:]
    made.text = "\n".join(out)
    return made


def plain(text: str, ref: Ref | None, project: Project) -> str:
    """A piece of text with its inline numbers put in as bare characters (front matter, alt texts)."""
    for form in reversed(find_forms(text)):
        asked = form.ref or ref
        value = project.value(asked, form.expression) if asked and not form.error else None
        shown = value.text if value and not value.error else "?"
        text = text[: form.start] + shown + text[form.end :]
    return text


def page_problems(project: Project, page: Page) -> Iterator[Problem]:
    """What is wrong with one page: syntax, references, options, its snippets, its numbers."""
    yield from page.errors
    yield from check_refs(
        page, {name: snippet for name in _asked(page) if (snippet := project.snippet(name))}
    )
    failed: set[str] = set()
    for ref, line in (*page.shown, *((question.ref, question.line) for question in page.questions)):
        if ref.snippet not in failed and (problem := project.outcome(ref.snippet).problem):
            failed.add(ref.snippet)
            yield problem.at(Place(page.path, line))
    for part in page.body.parts:
        if isinstance(part, Fence):
            yield from _fence_problems(part, page, project)
    for question in page.questions:
        snippet = project.snippet(question.ref.snippet)
        cell = _cell(snippet, question.ref)
        if snippet is None or cell is None or question.ref.snippet in failed:
            continue
        if error := project.value(question.ref, question.expression).error:
            yield Problem(
                f"`{question.expression}` gives no number: {error}",
                f"It is evaluated at the end of the cell `{cell.name}`; correct it, or name another cell.",
                Place(page.path, question.line),
                Place(snippet.path, cell.line),
            )


def anchor_problems(page: Page) -> Iterator[Problem]:
    """Headings without an explicit anchor: a live number or a translation would change their address."""
    for heading in page.body.headings:
        if wrong := bad_anchor(heading):
            advice = "Write it behind the heading, the same in all languages: { #its-anchor }"
            yield Problem(wrong, advice, Place(page.path, page.offset + heading.line))


def all_problems(project: Project) -> list[Problem]:
    """What is wrong on any page of any language, once each; waits for every run."""
    found = [*project.scan_problems()]
    for page in project.pages:
        found += [*anchor_problems(page), *page_problems(project, page)]
    return list(dict.fromkeys(found))


def notice(text: str, words: Words) -> str:
    """A problem as HTML, to stand on a page that is being served."""
    return (
        f'<div class="insync-problem" role="alert"><p><strong>{html.escape(words.problem)}</strong></p>'
        f"<pre>{html.escape(text)}</pre></div>"
    )


def fenced(text: str, attributes: str) -> list[str]:
    """A Markdown fence around text that may itself hold fences."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    mark = "`" * max(3, longest + 1)
    return [f"{mark} {{ {attributes} }}", *text.split("\n"), mark]


def cells_of(snippet: Snippet, ref: Ref) -> tuple[Cell, ...]:
    """The cells that a reference in a fence shows: one, or all."""
    if not ref.cell:
        return snippet.cells
    cell = snippet.cell(ref.cell)
    return (cell,) if cell else ()


def shows(fence: Fence, cell: Cell) -> tuple[bool, bool]:
    """Whether code and output are shown: the fence's `show:`, else the cell's own tags."""
    wanted = fence.option("show")
    if wanted in SHOWS:
        return wanted != "output", wanted != "code"
    return HIDE_INPUT not in cell.tags, HIDE_OUTPUT not in cell.tags


def _asked(page: Page) -> set[str]:
    return {ref.snippet for ref, _ in page.shown} | {question.ref.snippet for question in page.questions}


def _cell(snippet: Snippet | None, ref: Ref) -> Cell | None:
    if snippet is None:
        return None
    return snippet.cell(ref.cell) if ref.cell else snippet.cells[-1]


def _fill(
    text: str, forms: tuple[Form, ...], ref: Ref | None, page: Page, project: Project, made: Rendering
) -> str:
    """The text with a token in place of each inline number."""
    pieces = []
    done = 0
    for form in forms:
        asked = form.ref or ref or Ref("?")
        value = project.value(asked, form.expression) if not form.error and asked.snippet != "?" else None
        failed = value is None or bool(value.error)
        shown = form.expression or "{python}" if value is None or value.error else value.text
        pieces += [text[done : form.start], token(len(made.numbers))]
        made.numbers.append(Number(shown, asked, form.expression, page.offset + form.line, failed))
        done = form.end
    return "".join(pieces) + text[done:]


def _fence(
    fence: Fence, ref: Ref | None, page: Page, project: Project, words: Words, stash: Stash, made: Rendering
) -> list[str]:
    wrong = [str(problem) for problem in _all_fence_problems(fence, page, project)]
    if wrong:
        return [stash(notice("\n".join(wrong), words))]
    if fence.kind == "numbers":
        return [line for each in fence.refs for line in table(each.snippet, project, words)]
    lines: list[str] = []
    for each in fence.refs:
        snippet, record = project.snippet(each.snippet), project.outcome(each.snippet).record
        assert snippet is not None
        assert record is not None
        for cell in cells_of(snippet, each):
            code, output = shows(fence, cell)
            if code:
                lines += _code(fence, cell, ref, page, project, made)
            if output:
                lines += _outputs(fence, record.cell(cell.name), ref, project, stash)
    return lines


def _code(
    fence: Fence, cell: Cell, ref: Ref | None, page: Page, project: Project, made: Rendering
) -> list[str]:
    """The cell's code as a fence, with Material's numbered annotations where the page asks for them."""
    source = cell.source.split("\n")
    texts = []
    for option in fence.options:
        if option.key != "note":
            continue
        sought, _, text = option.value.partition(NOTE_SEPARATOR)
        for index, line in enumerate(source):
            if sought.strip() in line:
                texts.append(_fill(text, find_forms(text, option.line), ref, page, project, made))
                source[index] += f"  # ({len(texts)})!"
                break
    title = fence.option("title")
    attributes = ".python .insync-code" + (f' title="{html.escape(title)}"' if title else "")
    lines = ["", *fenced("\n".join(source), attributes), ""]
    if texts:
        lines += [f"{number}. {text}" for number, text in enumerate(texts, 1)] + [""]
    return lines


def _outputs(fence: Fence, cell: CellRecord, ref: Ref | None, project: Project, stash: Stash) -> list[str]:
    lines: list[str] = []
    for output in cell.outputs:
        if output.kind == "figure":
            alt = html.escape(plain(fence.option("alt"), ref, project))
            lines += [
                "",
                stash(f'<figure class="insync-figure" role="img" aria-label="{alt}">{output.text}</figure>'),
                "",
            ]
        else:
            lines += ["", *fenced(output.text, f".text .insync-output .no-copy{_CLASSES[output.kind]}"), ""]
    return lines


def _all_fence_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What keeps this fence from being shown, its snippet's own failure included."""
    for line, message, advice in fence.errors:
        yield Problem(message, advice, Place(page.path, page.offset + line))
    if fence.kind == "snippet":
        here = Place(page.path, page.offset + fence.first)
        for ref in fence.refs:
            if problem := project.outcome(ref.snippet).problem:
                yield problem.at(here)
            elif (snippet := project.snippet(ref.snippet)) and not cells_of(snippet, ref):
                names = [cell.name for cell in snippet.cells]
                yield Problem(
                    f"`{snippet.name}` has no cell `{ref.cell}`",
                    suggestion(ref.cell, names),
                    here,
                    Place(snippet.path),
                )
    yield from _fence_problems(fence, page, project)


def _fence_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What is wrong with a fence's options and names; syntax and snippets are reported elsewhere."""

    def at(line: int) -> Place:
        return Place(page.path, page.offset + line)

    if fence.kind == "numbers":
        for ref in fence.refs:
            if ref.snippet not in TABLES or ref.cell:
                yield Problem(f"there is no table `{ref}`", suggestion(ref.snippet, TABLES), at(fence.first))
        for option in fence.options:
            yield Problem(f"`numbers` has no option `{option.key}`", "Take it out.", at(option.line))
        return
    sources: list[str] = []
    figures = False
    for ref in fence.refs:
        snippet, record = project.snippet(ref.snippet), project.outcome(ref.snippet).record
        for cell in cells_of(snippet, ref) if snippet else ():
            code, shown = shows(fence, cell)
            if code:
                sources += cell.source.split("\n")
            if shown and record:
                figures |= any(output.kind == "figure" for output in record.cell(cell.name).outputs)
    for option in fence.options:
        if option.key not in OPTIONS:
            yield Problem(
                f"`snippet` has no option `{option.key}`", suggestion(option.key, OPTIONS), at(option.line)
            )
        elif not option.value:
            yield Problem(
                f"the option `{option.key}` is empty", "Give it a value, or take it out.", at(option.line)
            )
        elif option.key == "show" and option.value not in SHOWS:
            yield Problem(
                f"`show: {option.value}` is not known", suggestion(option.value, SHOWS), at(option.line)
            )
        elif option.key == "note" and sources:
            sought, found, text = option.value.partition(NOTE_SEPARATOR)
            count = sum(sought.strip() in line for line in sources)
            if not found or not sought.strip() or not text.strip():
                yield Problem(
                    "the note has no text",
                    f"Write `note: part of a line{NOTE_SEPARATOR}explanation`.",
                    at(option.line),
                )
            elif count != 1:
                advice = "Quote a part that stands in exactly one line of the code that is shown."
                yield Problem(
                    f"`{sought.strip()}` is in {count} lines of the code, not in one", advice, at(option.line)
                )
    if figures and not fence.option("alt"):
        advice = "Say what it shows, in the page's language: `alt: Bars for …`."
        yield Problem("the figure has no alternative text", advice, at(fence.first))


def table(name: str, project: Project, words: Words) -> list[str]:
    """A table of this build's own facts: `environment` or `snippets`."""
    rows = _environment(project, words) if name == "environment" else _snippets(project, words)
    head, *body = rows
    return [_row(head), "|" + " --- |" * len(head), *map(_row, body), ""]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _environment(project: Project, words: Words) -> Iterator[tuple[str, ...]]:
    """What the records of this build were made on; where they differ, every value is named."""
    yield words.fact, words.value
    environments = [record.environment for _, record in project.records()]

    def distinct(values: list[str]) -> str:
        return ", ".join(dict.fromkeys(value for value in values if value))

    yield "Python", distinct([each.python for each in environments])
    for package in dict.fromkeys(name for each in environments for name in each.versions):
        yield package, distinct([each.versions.get(package, "") for each in environments])
    yield words.processor, distinct([f"{each.cpu} ({each.platform})" for each in environments])
    yield words.instructions, distinct([each.capability for each in environments])
    yield words.threads, "1"
    yield words.seed, "0"


def _snippets(project: Project, words: Words) -> Iterator[tuple[str, ...]]:
    """Each snippet with its cells, the numbers that pages ask of it, and its last run."""
    yield words.snippet, words.cells, words.numbers, words.run_time, words.run_at
    cells = numbers = 0
    seconds = 0.0
    for task, record in project.records():
        asked = sum(len(cell.values) for cell in record.cells)
        when = record.finished.replace("T", " ").removesuffix("+00:00")
        kept = f" ({words.kept})" if task.cached else ""
        yield (
            f"`{record.snippet}`",
            str(len(record.cells)),
            str(asked),
            f"{record.seconds * 1000:.0f} ms",
            when + kept,
        )
        cells, numbers, seconds = cells + len(record.cells), numbers + asked, seconds + record.seconds
    yield words.total, str(cells), str(numbers), f"{seconds * 1000:.0f} ms", ""
