"""The glossary's words: what a language's texts must not say, wherever its readers meet them."""

import re
from collections.abc import Iterator

from insync.pages.scan import scan_page
from insync.problem import Place, Problem
from insync.project.project import Project
from insync.publishing.prose import Prose, prose_of
from insync.rendering.figures import figures_of, texts_of
from insync.settings import Language


def term_problems(project: Project) -> Iterator[Problem]:
    """Avoided words on pages, in files beside them such as README.zh.md, and in the texts of figures.

    What snippets say in a language is looked at with the rest of it, in `phrasebook`.
    """
    for language in project.settings.languages:
        if not language.avoid:
            continue
        pages = [page for page in project.pages if language.pages in page.path.parents]
        pages += [scan_page(path) for path in sorted(project.settings.root.glob(f"*.{language.code}.md"))]
        for page in pages:
            for prose in prose_of(page):
                for found, better, line in _avoided(prose, language):
                    quoted = f"`{{quoted {language.quoting}}} {found}`"
                    advice = f"Write {better}, or mark the word as one that is quoted: {quoted}."
                    yield _problem(found, "", advice, Place(page.path, line))
        for name, figure in figures_of(project).items():
            for key, text in texts_of(figure, language.code).items():
                for found, better, _ in _avoided(Prose(text, 1), language):
                    yield _problem(found, f" (`{key}` of the figure {name})", f"Write {better}.", None)


def _avoided(prose: Prose, language: Language) -> Iterator[tuple[str, str, int]]:
    """Each avoided word, what stands for it, and its line."""
    for avoided, better in language.avoid.items():
        for match in re.finditer(avoided, prose.text):
            yield match[0], better, prose.line + prose.text.count("\n", 0, match.start())


def _problem(found: str, where: str, advice: str, place: Place | None) -> Problem:
    return Problem(f"{found} is not this site's word{where}", advice, place)
