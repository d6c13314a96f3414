"""A page on its way from directives to Markdown: what the kinds of fences have to work with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from insync.pages.forms import Form, Ref, find_forms
from insync.pages.scan import Page
from insync.project.project import Project
from insync.rendering.inline import Number, look_up, token
from insync.rendering.listing import Listing
from insync.rendering.words import Words

Stash = Callable[[str], str]


@dataclass
class Renderer:
    """One page; `numbers` are those that it has by now, `anchors` those of its code.

    `stash` hides a piece of HTML from Markdown and returns what stands for it.
    """

    page: Page
    project: Project
    listing: Listing
    words: Words
    stash: Stash
    numbers: list[Number] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def fill(self, text: str, forms: tuple[Form, ...], ref: Ref | None) -> str:
        """The text with a token in place of each inline number."""
        pieces = []
        done = 0
        for form in forms:
            pieces += [text[done : form.start], token(len(self.numbers))]
            number = look_up(form, form.ref or ref, self.page, self.project, self.listing)
            self.numbers.append(number)
            done = form.end
        return "".join(pieces) + text[done:]

    def fill_option(self, text: str, line: int, ref: Ref | None) -> str:
        """An option's text with a token in place of each inline number."""
        return self.fill(text, find_forms(text, line), ref)
