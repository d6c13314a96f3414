"""Turns a page's directives into Markdown and HTML, by looking records up; nothing is run here."""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import tokenize
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insync.pages.demand import bound
from insync.pages.syntax import Fence, Form, Ref, Text, find_forms
from insync.rendering.figures import FIGURES, figure_data, texts_of
from insync.rendering.listing import cells_of, code_anchor, shows
from insync.rendering.problems import NOTE_SEPARATOR, fence_problems
from insync.rendering.tables import code_span, table

if TYPE_CHECKING:
    from insync.pages.demand import Page
    from insync.project.project import Project
    from insync.rendering.listing import Listing
    from insync.rendering.words import Words
    from insync.running.record import CellRecord
    from insync.running.snippet import Cell

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
    """An inline number of a page, looked up.

    `line` is its line in the page's file; `link` leads to the code behind it, if any page shows that. A
    quotation was typed; in place of the expression it has the reason for that.
    """

    text: str
    ref: Ref
    expression: str
    line: int
    failed: bool = False
    link: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class Rendering:
    """A page's Markdown with its directives expanded; a token in the text stands for each of `numbers`."""

    text: str
    numbers: tuple[Number, ...]


def token(index: int) -> str:
    """What stands in the Markdown for a number until the inline processor puts it in.

    A code span, so that nothing in Markdown takes it apart; U+E000 is for private use, in no author's words.
    """
    return f"`\ue000{index}\ue000`"


def render(
    page: Page, text: str, project: Project, listing: Listing, words: Words, stash: Stash
) -> Rendering:
    """Expand the directives in `text`, the body of `page`.

    `stash` hides a piece of HTML from Markdown and returns what stands for it. What is wrong is shown in its
    place; `faults` reports it.
    """
    return _Renderer(page, project, listing, words, stash).render(text)


def plain(text: str, ref: Ref | None, project: Project) -> str:
    """A piece of text with its inline numbers put in as bare characters (front matter, alt texts)."""
    for form in reversed(find_forms(text)):
        if form.reason:
            text = text[: form.start] + form.expression + text[form.end :]
            continue
        asked = form.ref or ref
        value = project.value(asked, form.expression) if asked and not form.error else None
        shown = value.text if value and not value.error else "?"
        text = text[: form.start] + shown + text[form.end :]
    return text


def notice(text: str, words: Words) -> str:
    """A problem as HTML, to stand on a page that is being served."""
    return (
        f'<div class="insync-problem" role="alert"><p><strong>{html.escape(words.problem)}</strong></p>'
        f"<pre>{html.escape(text)}</pre></div>"
    )


def interactive(fence: Fence, project: Project, words: Words) -> str:
    """The tables of a `figure` fence, as HTML: all that the figure shows, for readers without scripts."""
    figure, data = FIGURES[fence.name], figure_data(fence, project)
    return figure.table(data, texts_of(fence.name, words)) if data is not None else ""


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


@dataclass
class _Renderer:
    """One page on its way from directives to Markdown."""

    page: Page
    project: Project
    listing: Listing
    words: Words
    stash: Stash
    numbers: list[Number] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def render(self, text: str) -> Rendering:
        lines = text.split("\n")
        out: list[str] = []
        done = 0
        for part, ref, _ in bound(self.page.body):
            out += lines[done : part.first - 1]
            if isinstance(part, Text):
                out += self.fill(part.text, part.forms, ref).split("\n")
                done = part.first + part.text.count("\n")
            else:
                block = ["", *self.fence(part, ref), ""]
                out += [(part.prefix + line).rstrip() for line in block]
                done = part.last
        return Rendering("\n".join(out + lines[done:]), tuple(self.numbers))

    def fill(self, text: str, forms: tuple[Form, ...], ref: Ref | None) -> str:
        """The text with a token in place of each inline number."""
        pieces = []
        done = 0
        for form in forms:
            pieces += [text[done : form.start], token(len(self.numbers))]
            self.numbers.append(self.number(form, form.ref or ref))
            done = form.end
        return "".join(pieces) + text[done:]

    def number(self, form: Form, ref: Ref | None) -> Number:
        line = self.page.offset + form.line
        if form.reason:
            return Number(form.expression, Ref("?"), form.reason, line, failed=bool(form.error), quoted=True)
        value = self.project.value(ref, form.expression) if ref and not form.error else None
        if ref is None or value is None or value.error:
            return Number(form.expression or "{python}", ref or Ref("?"), form.expression, line, failed=True)
        return Number(value.text, ref, form.expression, line, link=self.listing.link(self.page.path, ref))

    def fence(self, fence: Fence, ref: Ref | None) -> list[str]:
        wrong = [str(problem) for problem in fence_problems(fence, self.page, self.project)]
        if wrong:
            return [self.stash(notice("\n".join(wrong), self.words))]
        if fence.kind == "numbers":
            return [
                line
                for each in fence.refs
                for line in table(each.snippet, self.project, self.words, self.page.path)
            ]
        if fence.kind == "claim":
            return self.claim(fence, ref)
        if fence.kind == "figure":
            return self.interactive(fence)
        lines: list[str] = []
        for each in fence.refs:
            snippet, record = self.project.snippet(each.snippet), self.project.outcome(each.snippet).record
            assert snippet is not None
            assert record is not None
            for cell in cells_of(snippet, each):
                code, output = shows(fence, cell)
                if code:
                    lines += self.code(fence, cell, each.snippet, ref)
                if output:
                    lines += self.outputs(fence, record.cell(cell.name), ref)
        return lines

    def code(self, fence: Fence, cell: Cell, snippet: str, ref: Ref | None) -> list[str]:
        """The cell's code as a fence, with Material's numbered annotations where the page asks for them."""
        source = cell.source.split("\n")
        texts = []
        for option in fence.options:
            if option.key != "note":
                continue
            sought, _, text = option.value.partition(NOTE_SEPARATOR)
            for index, line in enumerate(source):
                if sought.strip() in line:
                    texts.append(self.fill(text, find_forms(text, option.line), ref))
                    # The theme puts a number with `!` in place of the comment, one without into it.
                    source[index] += f" ({len(texts)})" if _has_comment(line) else f"  # ({len(texts)})!"
                    break
        title = plain(fence.option("title"), ref, self.project)
        anchor = code_anchor(snippet, cell.name)
        identity = "" if anchor in self.anchors else f" #{anchor}"  # a page may show a cell twice
        self.anchors.add(anchor)
        attributes = f".python .insync-code{identity}" + (f" title={_quoted(title)}" if title else "")
        lines = ["", *fenced("\n".join(source), attributes), ""]
        if texts:
            lines += [f"{number}. {text}" for number, text in enumerate(texts, 1)] + [""]
        return lines

    def outputs(self, fence: Fence, cell: CellRecord, ref: Ref | None) -> list[str]:
        lines: list[str] = []
        for output in cell.outputs:
            if output.kind == "figure":
                alt = html.escape(plain(fence.option("alt"), ref, self.project))
                figure = f'<figure class="insync-figure" role="img" aria-label="{alt}">{output.text}</figure>'
                lines += ["", self.stash(figure), ""]
            else:
                attributes = f".text .insync-output .no-copy{_CLASSES[output.kind]}"
                lines += ["", *fenced(output.text, attributes), ""]
        return lines

    def interactive(self, fence: Fence) -> list[str]:
        """A figure that can be held: its tables, which need no script, and what its script is given."""
        given = {"texts": texts_of(fence.name, self.words), "data": figure_data(fence, self.project)}
        # In an attribute, not in a script element of a type of its own: the theme's instant navigation makes
        # every script element of a page anew, without its type, and so runs the data as if it were a program.
        payload = html.escape(json.dumps(given, ensure_ascii=False), quote=False).replace("'", "&#39;")
        alt = html.escape(plain(fence.option("alt"), fence.refs[-1], self.project))
        figure = (
            f"""<figure class="insync-interactive" data-figure="{fence.name}" data-given='{payload}'>"""
            f"<figcaption>{alt}</figcaption>{interactive(fence, self.project, self.words)}</figure>"
        )
        return ["", self.stash(figure), ""]

    def claim(self, fence: Fence, ref: Ref | None) -> list[str]:
        """A sentence, and under it what was checked."""
        says = next(option for option in fence.options if option.key == "says")
        checked = code_span(fence.option("holds"))
        return [
            self.fill(says.value, find_forms(says.value, says.line), ref),
            f'<span class="insync-checked">✓ {self.words.checked}{self.words.colon}{checked}</span>',
            "{: .insync-claim }",
        ]
