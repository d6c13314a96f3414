"""All that can be wrong with a page: its syntax, anchors, references, options, snippets and numbers."""

import re
from collections.abc import Iterator

from insync.pages.demand import places
from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.scan import Page, Question
from insync.pages.syntax import bad_anchor
from insync.problem import Place, Problem, suggestion
from insync.project.project import Project
from insync.rendering.kinds import shown_by
from insync.rendering.listing import asked_cell
from insync.running.expression import Purpose

_ANCHOR = "Write it behind the heading, the same in all languages: { #its-anchor }"
_INNER_HEADING = re.compile(r"(?:[ >]|[-*+][ ]|\d+[.)][ ])+#{1,6}")


def all_problems(project: Project) -> list[Problem]:
    """What is wrong on any page of any language, once each; waits for every run."""
    found = [*project.page_problems]
    for page in project.pages:
        found += [*anchor_problems(page), *page_problems(project, page)]
    return list(dict.fromkeys(found))


def anchor_problems(page: Page) -> Iterator[Problem]:
    """Headings without an explicit anchor: a live number or a translation would change their address."""
    for heading in page.body.headings:
        if wrong := bad_anchor(heading):
            yield Problem(wrong, _ANCHOR, page.at(heading.line))


def inner_anchor_problems(page: Page) -> Iterator[Problem]:
    """Headings without an anchor in a list, a block or a quotation, and comments in code that look so."""
    for line, text in enumerate(page.text.split("\n"), 1):
        if _INNER_HEADING.match(text) and "#" not in text.partition("{")[2]:
            yield Problem("the heading has no anchor of its own", _ANCHOR, page.at(line))


def page_problems(project: Project, page: Page) -> Iterator[Problem]:
    """What is wrong with one page: syntax, references, options, its snippets, its numbers and claims."""
    yield from page.errors
    asked = places(page)
    for ref, line in asked:
        yield from _missing_cell(ref, Place(page.path, line), project)
    failed: set[str] = set()
    for ref, line in asked:
        if ref.snippet not in failed and (problem := project.outcome(ref.snippet).problem):
            failed.add(ref.snippet)
            yield problem.at(Place(page.path, line))
    wrong = [problem for fence in page.fences for problem in option_problems(fence, page, project)]
    yield from wrong
    lines = {problem.page.line for problem in wrong if problem.page}  # one problem a line is enough
    for question in page.questions:
        if question.ref.snippet not in failed and question.line not in lines:
            yield from _value_problem(question, page, project)


def fence_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What keeps this fence from being shown, its snippet's own failure included."""
    here = page.at(fence.first)
    lines = range(page.offset + fence.first, page.offset + fence.last + 1)
    yield from (error for error in page.errors if error.page and error.page.line in lines)
    for ref in fence.refs if fence.of.cells else ():
        if problem := project.outcome(ref.snippet).problem:
            yield problem.at(here)
        else:
            yield from _missing_cell(ref, here, project)
    yield from option_problems(fence, page, project)
    for question in page.questions:
        if question.line in lines and question.asked.purpose != "number":
            yield from _value_problem(question, page, project)


def option_problems(fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
    """What is wrong with a fence's options and names; syntax and snippets are reported elsewhere."""
    shown = shown_by(fence.kind)
    known = shown.options(fence, project)
    for option in fence.options:
        at = page.at(option.line)
        if option.key not in known:
            advice = suggestion(option.key, known) if known else "Take it out."
            yield Problem(f"`{fence.name or fence.kind}` has no option `{option.key}`", advice, at)
        elif not option.value:
            yield Problem(f"the option `{option.key}` is empty", "Give it a value, or take it out.", at)
    yield from shown.problems(fence, page, project)


def _missing_cell(ref: Ref, here: Place, project: Project) -> Iterator[Problem]:
    """A cell that its snippet does not have; a snippet that could not be read is reported elsewhere."""
    snippet = project.snippet(ref.snippet)
    if snippet and ref.cell and snippet.cell(ref.cell) is None:
        advice = suggestion(ref.cell, [cell.name for cell in snippet.cells])
        yield Problem(f"`{snippet.name}` has no cell `{ref.cell}`", advice, here, Place(snippet.path))


def _value_problem(question: Question, page: Page, project: Project) -> Iterator[Problem]:
    snippet = project.snippet(question.ref.snippet)
    cell = asked_cell(snippet, question.ref)
    if snippet is None or cell is None:
        return  # reported with the references
    if error := project.value(question.ref, question.asked).error:
        advice = f"It is evaluated at the end of the cell `{cell.name}`; correct it, or name another cell."
        if question.asked.purpose == "claim":
            advice = "Correct the claim or the code; it is evaluated at the end of the cell."
        message = f"{_VALUE_PROBLEMS[question.asked.purpose].format(question.asked.text)}: {error}"
        yield Problem(message, advice, Place(page.path, question.line), Place(snippet.path, cell.line))


_VALUE_PROBLEMS: dict[Purpose, str] = {
    "number": "`{}` gives no number",
    "claim": "the claim `{}` fails",
    "data": "`{}` gives no data",
}
