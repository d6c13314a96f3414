"""Inline numbers and quotations, looked up and put into a text."""

import html
from dataclasses import dataclass

from insync.pages.forms import Form, Ref, find_forms
from insync.pages.scan import Page
from insync.project.project import Project
from insync.rendering.listing import Listing
from insync.rendering.words import Words
from insync.running.expression import Expression


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


def look_up(form: Form, ref: Ref | None, page: Page, project: Project, listing: Listing) -> Number:
    """The number or quotation of an inline form; `ref` is the cell that it asks."""
    line = page.offset + form.line
    if form.reason:
        return Number(form.expression, Ref("?"), form.reason, line, failed=bool(form.error), quoted=True)
    value = project.value(ref, Expression(form.expression)) if ref and not form.error else None
    if ref is None or value is None or value.error:
        return Number(form.expression or "{python}", ref or Ref("?"), form.expression, line, failed=True)
    return Number(value.text, ref, form.expression, line, link=listing.link(page.path, ref))


def plain(text: str, ref: Ref | None, project: Project) -> str:
    """A piece of text with its inline numbers put in as bare characters (front matter, alt texts)."""
    for form in reversed(find_forms(text)):
        if form.reason:
            text = text[: form.start] + form.expression + text[form.end :]
            continue
        asked = form.ref or ref
        value = project.value(asked, Expression(form.expression)) if asked and not form.error else None
        shown = value.text if value and not value.error else "?"
        text = text[: form.start] + shown + text[form.end :]
    return text


def notice(text: str, words: Words) -> str:
    """A problem as HTML, to stand on a page that is being served."""
    return (
        f'<div class="insync-problem" role="alert"><p><strong>{html.escape(words.problem)}</strong></p>'
        f"<pre>{html.escape(text)}</pre></div>"
    )
