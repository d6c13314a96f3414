"""Inline numbers and quotations, looked up and put into a text."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from insync.pages.forms import Form, Ref, find_forms
from insync.pages.labels import put_in
from insync.pages.scan import Page
from insync.project.project import Project
from insync.rendering.listing import Listing
from insync.rendering.translation import Translation, translation_of
from insync.rendering.words import Words
from insync.running.expression import Expression

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


def token(index: int) -> str:
    """What stands in the Markdown for a number until the inline processor puts it in.

    A code span, so that nothing in Markdown takes it apart; U+E000 is for private use, in no author's words.
    """
    return f"`\ue000{index}\ue000`"


@dataclass(frozen=True)
class OnPage:
    """The page that something stands on, with what is needed to show it."""

    page: Page
    project: Project
    words: Words

    def translation(self, snippet: str) -> Translation:
        """What a snippet says, in the page's language."""
        return translation_of(self.project, self.project.settings.language_of(self.page.path), snippet)

    def numbered(self, name: str) -> str:
        """What a figure or an equation is called, such as `Figure 2`; empty if the page has none such."""
        number = self._number(name)
        words = self.words.equation if name.startswith("eq-") else self.words.figure
        return words.replace("{number}", number) if number else ""

    def tagged(self, name: str) -> str:
        """The end of a numbered equation, as TeX has it."""
        return rf"\tag{{{self._number(name)}}}$$"

    def _number(self, name: str) -> str:
        return next((str(label.number) for label in self.page.labels if label.name == name), "")


@dataclass(frozen=True)
class Renderer(OnPage):
    """A page on its way to Markdown; `numbers` are those that it has by now, `anchors` those of its code.

    `plots` are those that it shows by now. `stash` hides a piece of HTML from Markdown and returns what
    stands for it.
    """

    listing: Listing
    stash: Stash
    numbers: list[Number] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    plots: list[str] = field(default_factory=list)

    def fill(self, text: str, forms: Sequence[Form], ref: Ref | None) -> str:
        """The text with a token in place of each inline number."""
        pieces = []
        done = 0
        for form in forms:
            pieces += [self._refer(text[done : form.start]), token(len(self.numbers))]
            self.numbers.append(self.look_up(form, form.ref or ref))
            done = form.end
        return "".join(pieces) + self._refer(text[done:])

    def _refer(self, text: str) -> str:
        """The text with links in place of references, and numbers on equations."""

        def link(name: str) -> str:
            called = self.numbered(name)
            return f"[{called}](#{name})" if called else f"@{name}"

        return put_in(text, link, lambda name: f"{self.tagged(name)} {{ #{name} }}")

    def fill_option(self, text: str, line: int, ref: Ref | None) -> str:
        """An option's text with a token in place of each inline number."""
        return self.fill(text, find_forms(text, line), ref)

    def look_up(self, form: Form, ref: Ref | None) -> Number:
        """The number or quotation of an inline form; `ref` is the cell that it asks."""
        line = self.page.offset + form.line
        if form.reason:
            return Number(form.expression, Ref("?"), form.reason, line, failed=bool(form.error), quoted=True)
        value = self.project.value(ref, Expression(form.expression)) if ref and not form.error else None
        if ref is None or value is None or value.error:
            return Number(form.expression or "{python}", ref or Ref("?"), form.expression, line, failed=True)
        return Number(value.text, ref, form.expression, line, link=self.listing.link(self.page.path, ref))


@dataclass(frozen=True)
class OnNotebook(OnPage):
    """A page on its way to a notebook; `values` are what stands at the marks in its text."""

    values: list[str] = field(default_factory=list)

    def fill(self, text: str, ref: Ref | None) -> str:
        """The text with a mark in place of each inline number; what it refers to is named."""
        text = put_in(text, lambda name: self.numbered(name) or f"@{name}", self.tagged)
        return _filled(text, ref, self.project, self.literal)

    def literal(self, text: str) -> str:
        """A mark for a text whose characters are to be shown as they are."""
        self.values.append(text)
        return f"\ue000{len(self.values) - 1}\ue000"


def plain(text: str, ref: Ref | None, project: Project) -> str:
    """A piece of text with its inline numbers put in as bare characters (front matter, alt texts)."""
    return _filled(text, ref, project, str)


def _filled(text: str, ref: Ref | None, project: Project, put: Callable[[str], str]) -> str:
    """The text with what `put` makes of each inline number in its place."""
    pieces = []
    done = 0
    for form in find_forms(text):
        asked = form.ref or ref
        shown = "?"
        if form.reason:
            shown = form.expression
        elif asked and not form.error:
            value = project.value(asked, Expression(form.expression))
            shown = shown if value.error else value.text
        pieces += [text[done : form.start], put(shown)]
        done = form.end
    return "".join(pieces) + text[done:]


def notice(text: str, words: Words) -> str:
    """A problem as HTML, to stand on a page that is being served."""
    return (
        f'<div class="insync-problem" role="alert"><p><strong>{html.escape(words.problem)}</strong></p>'
        f"<pre>{html.escape(text)}</pre></div>"
    )
