"""The `snippet` fence: cells of a snippet, their code and what they gave."""

import ast
import contextlib
import html
import io
import re
import tokenize
import zlib
from collections.abc import Iterator

from insync.pages.fences import NOTE_SEPARATOR, Fence, Option
from insync.pages.forms import Ref
from insync.pages.labels import label_of
from insync.pages.scan import Page
from insync.problem import Place, Problem, suggestion
from insync.project.project import Project
from insync.rendering.inline import OnNotebook, Renderer, plain
from insync.rendering.kinds import NotebookPart, Shown
from insync.rendering.listing import SHOWS, address, code_anchor, shown_cells, shows
from insync.rendering.tables import code_span
from insync.running.record import CellRecord
from insync.running.snippet import Cell

_CLASSES = {
    "stdout": "",
    "stderr": " .insync-stderr",
    "value": "",
    "warning": " .insync-warning",
    "exception": " .insync-error",
}
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_BACKTICKS = re.compile(r"`+")


class _Snippet(Shown):
    def problems(self, fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
        for option in fence.options:
            at = page.at(option.line)
            if option.key == "show" and option.value and option.value not in SHOWS:
                yield Problem(f"`show: {option.value}` is not known", suggestion(option.value, SHOWS), at)
            elif option.key == "note" and option.value:
                yield from _note_problem(option, fence, at, project)
        if fence.option("show") == "output" and _silent(fence, project):
            advice = "Show the code as well, or have the cell print something."
            yield Problem("the fence shows output, and there is none", advice, page.at(fence.first))
        plots = _plots(fence, project)
        if fence.option("caption") and plots not in {None, 1}:
            advice = "Give each plot a fence of its own, and a caption there."
            yield Problem(
                f"the caption is of one plot, and the fence shows {plots}", advice, page.at(fence.first)
            )
        if plots and not fence.option("alt"):
            advice = "Say what it shows, in the page's language: `alt: Bars for …`."
            yield Problem("the figure has no alternative text", advice, page.at(fence.first))

    def markdown(self, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
        lines: list[str] = []
        for snippet, cell in shown_cells(fence, renderer.project):
            record = renderer.project.outcome(snippet.name).record
            assert record is not None
            code, output = shows(fence, cell)
            if code:
                lines += _code(fence, cell, snippet.name, ref, renderer)
            if output:
                lines += _outputs(fence, snippet.name, record.cell(cell.name), ref, renderer)
        return lines

    def notebook(self, fence: Fence, ref: Ref | None, on: OnNotebook) -> NotebookPart:
        colon = on.words.colon
        notes = (f"- {code_span(sought)}{colon}{on.fill(text, ref)}" for sought, text, _ in _notes(fence))
        caption = on.fill(fence.option("caption"), ref)
        below = [f"**{on.numbered(label_of(fence))}** {caption}", ""] if caption else []
        return NotebookPart(cells=fence.refs, below=(*below, *notes))


def _notes(fence: Fence) -> Iterator[tuple[str, str, int]]:
    """Each annotation: the part of a line that it is about, its text, and the line on which it stands."""
    for option in fence.options:
        if option.key == "note":
            sought, text = fence.parted(option)
            yield sought.strip(), text.strip(), option.line


def _note_problem(option: Option, fence: Fence, at: Place, project: Project) -> Iterator[Problem]:
    """An annotation must have a text, and name exactly one line of the code that is shown."""
    sought, text = map(str.strip, fence.parted(option))
    if not sought or not text:
        advice = f"Write `note: part of a line{NOTE_SEPARATOR}explanation`."
        yield Problem("the note has no text", advice, at)
        return
    if not all(project.snippet(ref.snippet) for ref in fence.refs):
        return
    shown = [cell.source for _, cell in shown_cells(fence, project) if shows(fence, cell)[0]]
    places = [
        (source, index) for source in shown for index, line in enumerate(source.split("\n")) if sought in line
    ]
    if len(places) != 1:
        advice = "Quote a part that stands in exactly one line of the code that is shown."
        yield Problem(f"`{sought}` is in {len(places)} lines of the code, not in one", advice, at)
    elif not _takes_comment(*places[0]):
        advice = "Quote a part of a line that ends outside of strings and without a backslash."
        yield Problem(f"no comment can stand on the line of `{sought}`, nor a note", advice, at)


def _takes_comment(source: str, index: int) -> bool:
    """Whether the code stays what it is with a comment behind that line."""
    lines = source.split("\n")
    continued = lines[index].endswith("\\")
    lines[index] += "  # a note"
    try:
        meant = ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):  # a cell may be there to show a syntax error
        return not continued
    try:
        return ast.dump(ast.parse("\n".join(lines))) == meant
    except SyntaxError:
        return False


def _silent(fence: Fence, project: Project) -> bool:
    """Whether cells are shown that have run, and none of them has given anything."""
    records = [
        record.cell(cell.name)
        for snippet, cell in shown_cells(fence, project)
        if (record := project.outcome(snippet.name).record)
    ]
    return bool(records) and not any(record.outputs for record in records)


def _plots(fence: Fence, project: Project) -> int | None:
    """How many plots a fence shows; None where its snippet gave no record."""
    count = 0
    for snippet, cell in shown_cells(fence, project):
        record = project.outcome(snippet.name).record
        if record is None:
            return None
        outputs = record.cell(cell.name).outputs if shows(fence, cell)[1] else ()
        count += sum(output.kind == "plot" for output in outputs)
    return count


def _code(fence: Fence, cell: Cell, snippet: str, ref: Ref | None, renderer: Renderer) -> list[str]:
    """The cell's code as a fence, with Material's numbered annotations where the page asks for them."""
    source = renderer.translation(snippet).code(cell.source).split("\n")
    texts = []
    for sought, text, at in _notes(fence):
        for index, (written, line) in enumerate(zip(cell.source.split("\n"), source, strict=True)):
            if sought in written:
                texts.append(renderer.fill_option(text, at, ref))
                # The theme puts a number with `!` in place of the comment, one without into it.
                source[index] += f" ({len(texts)})" if _has_comment(line) else f"  # ({len(texts)})!"
                break
    title = plain(fence.option("title"), ref, renderer.project)
    anchor = code_anchor(snippet, cell.name)
    identity = "" if anchor in renderer.anchors else f" #{anchor}"  # a page may show a cell twice
    renderer.anchors.add(anchor)
    attributes = f".python .insync-code{identity}" + (f" title={_quoted(title)}" if title else "")
    lines = ["", *fenced("\n".join(source), attributes), ""]
    if texts:
        lines += [f"{number}. {text}" for number, text in enumerate(texts, 1)] + [""]
    return lines


def _outputs(fence: Fence, snippet: str, cell: CellRecord, ref: Ref | None, renderer: Renderer) -> list[str]:
    lines: list[str] = []
    translation = renderer.translation(snippet)
    for output in map(translation.output, cell.outputs):
        if output.kind == "plot":
            lines += ["", *_plot(output.text, fence, ref, renderer), ""]
        else:
            attributes = f".text .insync-output .no-copy{_CLASSES[output.kind]}"
            lines += ["", *fenced(output.text, attributes), ""]
    return lines


def _plot(svg: str, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
    """A plot with its alternative text, and with a number where it has a caption, which is Markdown."""
    alt = html.escape(plain(fence.option("alt"), ref, renderer.project))
    drawn = f'role="img" aria-label="{alt}">{_own_ids(svg, renderer)}'
    caption = next((option for option in fence.options if option.key == "caption"), None)
    if caption is None:
        return [renderer.stash(f'<figure class="insync-figure" {drawn}</figure>')]
    name = label_of(fence)
    opening = f'<figure class="insync-figure" id="{name}"><div {drawn}</div><figcaption>'
    words = f"**{renderer.numbered(name)}** {renderer.fill_option(caption.value, caption.line, ref)}"
    return [renderer.stash(opening), "", words, "", renderer.stash("</figcaption></figure>")]


def _own_ids(svg: str, renderer: Renderer) -> str:
    """A plot with ids that no other plot has, though the same cell may be shown again on this page.

    Or on one in whose company it is read: a blog's list has the beginnings of many.
    """
    page = zlib.crc32(address(renderer.page.path, renderer.project.settings.root).encode())
    again = renderer.plots.count(svg)
    renderer.plots.append(svg)
    own = f"p{page:x}" + (f"-{again}" if again else "")
    return _ID.sub(rf"\g<1>{own}-\g<2>", svg)


def fenced(text: str, attributes: str) -> list[str]:
    """A Markdown fence around text that may itself hold fences."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    mark = "`" * max(3, longest + 1)
    return [f"{mark} {{ {attributes} }}", *text.split("\n"), mark]


def _quoted(title: str) -> str:
    """A title as a value in an attribute list, which knows no escapes."""
    if '"' not in title:
        return f'"{title}"'
    return f"'{title}'" if "'" not in title else '"{}"'.format(title.replace('"', "\u201d"))


def _has_comment(line: str) -> bool:
    """Whether a line of code ends in a comment, as far as the line alone can tell."""
    found = False
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
            found |= token.type == tokenize.COMMENT
    return found


SHOWN = _Snippet()
