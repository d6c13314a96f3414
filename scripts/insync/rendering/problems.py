"""All that can be wrong with a page: its syntax, anchors, references, options, snippets and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insync.pages.demand import check_refs, places
from insync.pages.syntax import CLAIM, DATA, FIGURE_TEXTS, Fence, bad_anchor
from insync.problem import Place, Problem, suggestion
from insync.rendering.figures import FIGURES, figure_data
from insync.rendering.listing import SHOWS, asked_cell, cells_of, shows
from insync.rendering.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insync.pages.demand import Page, Question
    from insync.pages.syntax import Option
    from insync.project.project import Project

OPTIONS: dict[str, tuple[str, ...]] = {
    "snippet": ("show", "title", "alt", "note"),
    "claim": ("says", "holds"),
    "numbers": (),
}
NOTE_SEPARATOR = " => "


def all_problems(project: Project) -> list[Problem]:
    """What is wrong on any page of any language, once each; waits for every run."""
    found = [*project.scan_problems()]
    for page in project.pages:
        found += [*anchor_problems(page), *page_problems(project, page)]
    return list(dict.fromkeys(found))


def anchor_problems(page: Page) -> Iterator[Problem]:
    """Headings without an explicit anchor: a live number or a translation would change their address."""
    for heading in page.body.headings:
        if wrong := bad_anchor(heading):
            advice = "Write it behind the heading, the same in all languages: { #its-anchor }"
            yield Problem(wrong, advice, Place(page.path, page.offset + heading.line))


def page_problems(project: Project, page: Page) -> Iterator[Problem]:
    """What is wrong with one page: syntax, references, options, its snippets, its numbers and claims."""
    yield from page.errors
    asked = places(page)
    names = dict.fromkeys(ref.snippet for ref, _ in asked)
    yield from check_refs(page, {name: snippet for name in names if (snippet := project.snippet(name))})
    failed: set[str] = set()
    for ref, line in asked:
        if ref.snippet not in failed and (problem := project.outcome(ref.snippet).problem):
            failed.add(ref.snippet)
            yield problem.at(Place(page.path, line))
    for part in page.body.parts:
        if isinstance(part, Fence):
            yield from option_problems(part, page, project)
    for question in page.questions:
        if question.ref.snippet not in failed:
            yield from _value_problem(question, page, project)


def fence_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What keeps this fence from being shown, its snippet's own failure included."""
    here = Place(page.path, page.offset + fence.first)
    lines = range(page.offset + fence.first, page.offset + fence.last + 1)
    yield from (error for error in page.errors if error.page and error.page.line in lines)
    if fence.kind == "numbers":
        yield from option_problems(fence, page, project)
        return
    for ref in fence.refs:
        if problem := project.outcome(ref.snippet).problem:
            yield problem.at(here)
        elif (snippet := project.snippet(ref.snippet)) and not cells_of(snippet, ref):
            names = [cell.name for cell in snippet.cells]
            message = f"`{snippet.name}` has no cell `{ref.cell}`"
            yield Problem(message, suggestion(ref.cell, names), here, Place(snippet.path))
    yield from option_problems(fence, page, project)
    if fence.kind == "figure":
        own = {page.offset + option.line for option in fence.options}
        for question in page.questions:
            if question.line in own and question.expression.startswith(DATA):
                yield from _value_problem(question, page, project)
    if fence.kind == "claim":
        line = page.offset + fence.first
        for question in page.questions:
            if question.line == line and question.expression.startswith(CLAIM):
                yield from _value_problem(question, page, project)


def option_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What is wrong with a fence's options and names; syntax and snippets are reported elsewhere."""
    if fence.kind == "figure" and fence.name not in FIGURES:
        if fence.name:
            here = Place(page.path, page.offset + fence.first)
            yield Problem(f"there is no figure `{fence.name}`", suggestion(fence.name, FIGURES), here)
        return
    known = OPTIONS[fence.kind] if fence.kind in OPTIONS else (*FIGURE_TEXTS, *FIGURES[fence.name].keys)
    for option in fence.options:
        at = Place(page.path, page.offset + option.line)
        if option.key not in known:
            advice = suggestion(option.key, known) if known else "Take it out."
            yield Problem(f"`{fence.name or fence.kind}` has no option `{option.key}`", advice, at)
        elif not option.value:
            yield Problem(f"the option `{option.key}` is empty", "Give it a value, or take it out.", at)
        elif option.key == "show" and option.value not in SHOWS:
            yield Problem(f"`show: {option.value}` is not known", suggestion(option.value, SHOWS), at)
        elif option.key == "note":
            yield from _note_problem(option, fence, at, project)
    here = Place(page.path, page.offset + fence.first)
    if fence.kind == "numbers":
        for ref in fence.refs:
            if ref.snippet not in TABLES or ref.cell:
                yield Problem(f"there is no table `{ref}`", suggestion(ref.snippet, TABLES), here)
    elif fence.kind == "figure":
        yield from _figure_problems(fence, here, project)
    elif _draws(fence, project) and not fence.option("alt"):
        advice = "Say what it shows, in the page's language: `alt: Bars for …`."
        yield Problem("the figure has no alternative text", advice, here)


def _figure_problems(fence: Fence, here: Place, project: Project) -> Iterator[Problem]:
    """A figure needs its alternative text and all of its data, in the form that it can draw."""
    figure = FIGURES[fence.name]
    if not any(option.key == "alt" for option in fence.options):
        advice = "Say in a sentence what it shows, in the page's language: `alt: Every output as …`."
        yield Problem(f"the figure `{fence.name}` has no alternative text", advice, here)
    given = {option.key for option in fence.options}
    missing = [key for key in figure.keys if key not in given]
    if missing and given <= {*FIGURE_TEXTS, *figure.keys}:  # else one of them is misspelt, and is named
        advice = "It needs " + ", ".join(f"`{key}:`" for key in figure.keys) + "."
        yield Problem(f"the figure `{fence.name}` has no `{missing[0]}:`", advice, here)
    data = figure_data(fence, project)
    if data is not None and (wrong := figure.wrong(data)):
        yield Problem(f"the figure `{fence.name}` cannot be drawn: {wrong}", figure.needs, here)


def _note_problem(option: Option, fence: Fence, at: Place, project: Project) -> Iterator[Problem]:
    """An annotation must have a text, and name exactly one line of the code that is shown."""
    sought, found, text = option.value.partition(NOTE_SEPARATOR)
    if not found or not sought.strip() or not text.strip():
        advice = f"Write `note: part of a line{NOTE_SEPARATOR}explanation`."
        yield Problem("the note has no text", advice, at)
        return
    lines: list[str] = []
    for ref in fence.refs:
        snippet = project.snippet(ref.snippet)
        if snippet is None:
            return
        for cell in cells_of(snippet, ref):
            lines += cell.source.split("\n") if shows(fence, cell)[0] else []
    count = sum(sought.strip() in line for line in lines)
    if count != 1:
        advice = "Quote a part that stands in exactly one line of the code that is shown."
        yield Problem(f"`{sought.strip()}` is in {count} lines of the code, not in one", advice, at)


def _draws(fence: Fence, project: Project) -> bool:
    """Whether a fence shows a figure."""
    for ref in fence.refs if fence.kind == "snippet" else ():
        snippet, record = project.snippet(ref.snippet), project.outcome(ref.snippet).record
        for cell in cells_of(snippet, ref) if snippet and record else ():
            outputs = record.cell(cell.name).outputs if record and shows(fence, cell)[1] else ()
            if any(output.kind == "figure" for output in outputs):
                return True
    return False


def _value_problem(question: Question, page: Page, project: Project) -> Iterator[Problem]:
    snippet = project.snippet(question.ref.snippet)
    cell = asked_cell(snippet, question.ref)
    if snippet is None or cell is None:
        return  # reported with the references
    error = project.value(question.ref, question.expression).error
    if not error:
        return
    if question.expression.startswith(CLAIM):
        message = f"the claim `{question.expression.removeprefix(CLAIM)}` fails: {error}"
        advice = "Correct the claim or the code; it is evaluated at the end of the cell."
    elif question.expression.startswith(DATA):
        message = f"`{question.expression.removeprefix(DATA)}` gives no data: {error}"
        advice = f"It is evaluated at the end of the cell `{cell.name}`; correct it, or name another cell."
    else:
        message = f"`{question.expression}` gives no number: {error}"
        advice = f"It is evaluated at the end of the cell `{cell.name}`; correct it, or name another cell."
    yield Problem(message, advice, Place(page.path, question.line), Place(snippet.path, cell.line))
