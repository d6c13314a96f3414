"""Turns a page's directives into Markdown and HTML, by looking records up; nothing is run here."""

from dataclasses import dataclass

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.scan import Page, splice
from insync.pages.syntax import Text
from insync.project.project import Project
from insync.rendering.inline import Number, Renderer, Stash, notice
from insync.rendering.kinds import shown_by
from insync.rendering.listing import Listing
from insync.rendering.problems import fence_problems
from insync.rendering.words import Words


@dataclass(frozen=True)
class Rendering:
    """A page's Markdown with its directives expanded; a token in the text stands for each of `numbers`."""

    text: str
    numbers: tuple[Number, ...]


def render(
    page: Page, text: str, project: Project, listing: Listing, words: Words, stash: Stash
) -> Rendering:
    """Expand the directives in `text`, the body of `page`.

    `stash` hides a piece of HTML from Markdown and returns what stands for it. What is wrong is shown in its
    place; `problems` reports it.
    """
    renderer = Renderer(page, project, words, listing, stash)

    def write(part: Text | Fence, ref: Ref | None) -> list[str]:
        if isinstance(part, Text):
            return renderer.fill(part.text, part.forms, ref).split("\n")
        wrong = [str(problem) for problem in fence_problems(part, page, project)]
        made = [stash(notice("\n".join(wrong), words))] if wrong else None
        lines = made or shown_by(part.kind).markdown(part, ref, renderer)
        return [(part.prefix + line).rstrip() for line in ["", *lines, ""]]

    return Rendering(splice(page.body, text, write), tuple(renderer.numbers))
