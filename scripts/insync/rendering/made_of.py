"""What a page takes from its project, as one digest: whoever keeps a converted page keeps it under this."""

import hashlib
import json

import msgspec

from insync.pages.demand import collect
from insync.pages.scan import Page
from insync.project.project import Project
from insync.rendering.listing import Listing
from insync.rendering.markdown import render
from insync.rendering.translation import translation_of
from insync.rendering.words import Words


def page_digest(page: Page, project: Project, listing: Listing, words: Words) -> str:
    """A digest of the page's Markdown with all that records put into it; waits for its snippets.

    What Markdown makes of the page depends on nothing else that is the project's.
    """
    stashed: list[str] = []

    def stash(html: str) -> str:
        stashed.append(html)
        return f"\x02{len(stashed)}\x03"

    made = render(page, page.text, project, listing, words, stash)
    return digest(made.text, msgspec.to_builtins(made.numbers), stashed, msgspec.to_builtins(words))


def notebook_digest(page: Page, project: Project, words: Words) -> str:
    """A digest of what the page's notebook is made of; waits for its snippets."""
    language = project.settings.language_of(page.path)
    parts: list[object] = [page.front, page.text, msgspec.to_builtins(words)]
    for name in sorted(collect([page]).expressions):
        snippet, outcome = project.snippet(name), project.outcome(name)
        cells = [(cell.name, sorted(cell.tags), cell.source) for cell in snippet.cells] if snippet else None
        record = outcome.record and msgspec.to_builtins(outcome.record.cells)
        problem = outcome.problem and str(outcome.problem)
        parts += [name, cells, record, problem, dict(translation_of(project, language, name).texts)]
    return digest(*parts)


def digest(*parts: object) -> str:
    """A digest of plain data; TypeError for what is none."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
