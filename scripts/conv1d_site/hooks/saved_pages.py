"""Under `serve`: pages that were saved, made at once with what the last whole build knows of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.structure.files import InclusionLevel

from conv1d_site.generator import kept_to_itself
from conv1d_site.hooks import command, layout
from insync.pages.demand import collect

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from conv1d_site.hooks.built import Built
    from insync.pages.scan import Page as ScannedPage
    from insync.problem import Problem
    from insync.project.project import Project


def why_not(saved: Collection[Path], project: Project) -> str:
    """Why what was saved is no mere matter of some pages; empty if it is.

    That is for texts of pages, and for snippets and what they say in other languages.
    """
    for path in sorted(saved):
        if not path.is_file():
            return f"{path.name} is gone"
        if project.page(path) is None and not _snippet(path, project):
            return f"{path.name} is more than a page's text"
    return ""


def make(saved: Collection[Path], project: Project, built: Collection[Built], site_dir: Path) -> list[Path]:
    """Make the pages that were saved, and those that show the snippets that were; gives their paths.

    Writes into `site_dir`, and says nothing: the whole build that is to follow will. Gives none where more
    than the pages' own text has changed, so that other pages may have as well.
    """
    before = {path: project.page(path) for path in saved}
    paths = [page.path for page in project.pages]
    project.reading.find = lambda: tuple(paths)  # there are no others
    project.start()
    problems: list[Problem] = []
    project.on_problem = problems.append
    if any(old and not _same_front(old, project.page(path)) for path, old in before.items()):
        return []
    snippets = {name for path in saved if (name := _snippet(path, project))}
    made = []
    for scanned in project.pages:
        shows = snippets & collect([scanned]).expressions.keys()
        if (scanned.path in before or shows) and not _lists_all(scanned):
            made += [scanned.path for each in built if _make(scanned, each, site_dir)]
    return made


def _snippet(path: Path, project: Project) -> str:
    """The name of the snippet whose file that is, or whose words in a language; empty if it is neither."""
    folder, known = project.settings.snippets, project.snippet(path.stem)
    codes = {language.code for language in project.settings.languages}
    is_code = path.suffix == ".py" and path.parent == folder
    is_words = path.suffix == ".po" and path.parent.parent == folder and path.parent.name in codes
    return path.stem if known and (is_code or is_words) else ""


def _same_front(old: ScannedPage, new: ScannedPage | None) -> bool:
    return new is not None and new.front == old.front


def _lists_all(page: ScannedPage) -> bool:
    """Whether it has a table of all numbers, and so waits for every snippet."""
    return any(fence.kind == "numbers" for fence in page.fences)


def _make(scanned: ScannedPage, built: Built, site_dir: Path) -> bool:
    """Make one page, if it is of that language; whether it was made."""
    page, run = built.page(scanned), command.run
    if page is None:
        return False
    run.notebooks, run.made_with = built.notebooks, built.made_with
    run.nested = bool(layout.language(built.config).configuration)
    file = page.file
    file.abs_dest_path = str(site_dir / layout.language(built.config).folder / file.dest_uri)
    try:
        with kept_to_itself():
            _populate_page(page, built.config, built.files)
            pages = built.files.documentation_pages(inclusion=InclusionLevel.is_in_serve)
            draft = file.inclusion.value <= InclusionLevel.DRAFT.value
            _build_page(page, built.config, pages, built.nav, built.env, excluded=draft)
    finally:
        run.nested = False
    return True
