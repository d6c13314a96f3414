"""The tables of the `numbers` fence: a build's own facts, and the list of everything that it published."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from insync.pages.forms import find_forms
from insync.pages.scan import Page
from insync.project.project import Project
from insync.rendering.figures import compact
from insync.rendering.listing import address
from insync.rendering.words import Words

_Row = tuple[str, ...]
# In code a pipe is no border to Python-Markdown, and a backslash before it would be shown.
_CODE_OR_PIPE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|\|")
_COUNT = re.compile(r"\d+(\u00a0ms)?")
_MOST_DATA = 48  # characters of a figure's data in the list of what was published


def table(name: str, project: Project, words: Words, here: Path) -> list[str]:
    """The Markdown of one of TABLES, for the page at `here`."""
    head, *body = TABLES[name](project, words, here)
    ruler = tuple(map(_ruler, zip(head, *body, strict=True)))
    return [_line(head), _line(ruler), *map(_line, body), ""]


def _ruler(column: _Row) -> str:
    """The side of a column; numbers stand on the right, and take no more room than they need on a phone."""
    return "---:" if all(map(_COUNT.fullmatch, column[1:])) else "---"


def _line(cells: _Row) -> str:
    def escape(found: re.Match[str]) -> str:
        return "\\|" if found[0] == "|" else found[0]

    return "| " + " | ".join(_CODE_OR_PIPE.sub(escape, cell) for cell in cells) + " |"


def versions(project: Project) -> dict[str, str]:
    """The packages that this build's records name, each with its version; where they differ, all of them."""
    environments = [record.environment for _, record in project.records()]
    names = dict.fromkeys(name for each in environments for name in each.versions)
    return {name: _distinct(each.versions.get(name, "") for each in environments) for name in names}


def _environment(project: Project, words: Words, _: Path) -> Iterator[_Row]:
    """What the records of this build were made on; where they differ, every value is named."""
    environments = [record.environment for _, record in project.records()]
    yield words.fact, words.value
    yield "Python", _distinct(each.python for each in environments)
    yield from versions(project).items()
    yield words.processor, _distinct(f"{each.cpu} ({each.platform})" for each in environments)
    yield words.instructions, _distinct(each.capability for each in environments)
    yield words.threads, "1"
    yield words.seed, "0"


def _distinct(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value))


def _snippets(project: Project, words: Words, _: Path) -> Iterator[_Row]:
    """Each snippet with its cells, the numbers that pages ask of it, and its last run."""
    cells = numbers = 0
    seconds = 0.0
    yield words.snippet, words.cells, words.numbers, words.run_time, words.run_at
    for task, record in project.records():
        asked = sum(len(cell.answers) for cell in record.cells)
        when = record.finished.replace("T", " ").removesuffix("+00:00")
        kept = words.kept if task.cached else ""
        yield f"`{record.snippet}`", str(len(record.cells)), str(asked), _ms(record.seconds), when + kept
        cells, numbers, seconds = cells + len(record.cells), numbers + asked, seconds + record.seconds
    yield words.total, str(cells), str(numbers), _ms(seconds), ""


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}\u00a0ms"


def _published(project: Project, words: Words, here: Path) -> Iterator[_Row]:
    """Every number in a page of this language: the page's part, the number, the expression, the cell."""
    yield words.place, words.number, words.expression, words.cell
    for page in _pages_beside(project, here):
        for question in page.questions:
            if question.asked.purpose != "claim":
                value = project.value(question.ref, question.asked)
                data = question.asked.purpose == "data" and not value.error
                shown = _beginning(value.text) if data else value.text
                texts = shown, question.asked.text, str(question.ref)
                yield _place(page, question.line, here, words), *map(code_span, texts)


def _beginning(data: str) -> str:
    """The first numbers of a figure's data."""
    text = compact(data)
    return text if len(text) <= _MOST_DATA else text[:_MOST_DATA].rpartition(",")[0] + ", …"


def _claims(project: Project, words: Words, here: Path) -> Iterator[_Row]:
    """Every claim of this language's pages, which all hold, or there would be no page to read this on."""
    yield words.place, words.claim, words.cell
    for page in _pages_beside(project, here):
        for question in page.questions:
            if question.asked.purpose == "claim":
                place = _place(page, question.line, here, words)
                yield place, code_span(question.asked.text), code_span(str(question.ref))


def _counts(project: Project, words: Words, here: Path) -> Iterator[_Row]:
    """How many numbers and claims each page of this language has."""
    numbers = claims = 0
    yield words.page, words.numbers, words.claims
    for page in _pages_beside(project, here):
        held = sum(question.asked.purpose == "claim" for question in page.questions)
        asked = len(page.questions) - held
        if page.questions:
            yield _place(page, 0, here, words), str(asked), str(held)
        numbers, claims = numbers + asked, claims + held
    yield words.total, str(numbers), str(claims)


TABLES = {
    "environment": _environment,
    "snippets": _snippets,
    "counts": _counts,
    "claims": _claims,
    "published": _published,
}


def _pages_beside(project: Project, here: Path) -> list[Page]:
    """The pages of the language in which the page at `here` is written."""
    folder = project.settings.language_of(here).pages
    return [page for page in project.pages if folder in page.path.parents]


def _place(page: Page, line: int, here: Path, words: Words) -> str:
    """A link to the part of a page in which a line stands."""
    anchor = next((h.anchor for h in reversed(page.body.headings) if page.offset + h.line <= line), "")
    target = address(page.path, here.parent)
    title = page_title(page) or words.page
    text = f"{title} · {anchor}" if anchor and page.body.headings[0].anchor != anchor else title
    return f"[{text}]({target}{'#' + anchor if anchor else ''})"


def page_title(page: Page) -> str:
    """A page's title as plain text: the front matter's, or else its first heading's; without live numbers."""
    title = page.meta.get("title")
    if not isinstance(title, str):
        title = page.body.headings[0].text if page.body.headings else page.path.stem
    for form in reversed(find_forms(title)):
        title = title[: form.start] + (form.expression if form.reason else "…") + title[form.end :]
    return re.sub(r"[\[\]`*|]", "", title).strip()


def code_span(text: str) -> str:
    """A code span that shows the text as it is, also where that is our own syntax; of nothing, a dash."""
    if not text.strip():
        return "–"
    mark = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{mark} {text} {mark}" if len(mark) > 1 else f"`{text}`"
