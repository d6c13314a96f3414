"""The notebooks of a language's pages, as files: NAME.ipynb and NAME.py in a folder of their own."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

from conv1d_site.steps.addresses import seen_from
from conv1d_site.steps.pieces import once
from insync.problem import InsyncError, Problem
from insync.rendering import notebook
from insync.rendering.made_of import digest, notebook_digest
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from conv1d_site.steps.pieces import Pieces
    from insync.pages.scan import Page
    from insync.project.project import Project

FOLDER = "notebooks/"  # of the site
SUFFIXES = (".ipynb", ".py")


@dataclass
class Notebooks:
    """The notebooks that one build makes of one language's pages.

    `pages` is the language's folder of pages, `folder` that of its notebooks, `scripts` one in which scripts
    are kept between builds, `site_url` the address of its site. Without one, links lead from the notebook's
    own page, or where it has none, from the notebook.
    """

    project: Project
    language: str
    pages: Path
    folder: Path
    scripts: Path
    site_url: str | None
    # What the site has: the address, beneath the language's own, of each file (its path in `pages`).
    urls: Mapping[str, str] = field(default_factory=dict)
    by_name: dict[str, Page] = field(default_factory=dict)
    # Those of earlier builds, and a digest of what all of the language depend on; None: there are none.
    pieces: Pieces | None = None
    made_with: str | None = None
    _unwritten: dict[str, Page] = field(default_factory=dict)

    def keep_places(self, published: Container[str]) -> None:
        """Sees to it that there is a file for every notebook, and none for what is no longer one.

        What a notebook holds is written when its snippets have run; nothing waits here. `published`
        are the paths of what the site will have. Raises InsyncError where a name cannot be a
        notebook's, or two pages ask for the same.
        """
        pages = [page for page in self.project.pages if self.pages in page.path.parents]
        self.by_name = named([page for page in pages if self._inside(page) in published])
        self._unwritten = dict(self.by_name)
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in self.by_name:
            for suffix in SUFFIXES:
                (self.folder / f"{name}{suffix}").touch()
        for left in self.folder.glob("*"):
            if left.stem not in self.by_name:
                left.unlink()

    def leave_out(self, drafts: Container[str]) -> list[str]:
        """Makes no notebooks of the pages of these paths; their names."""
        names = [name for name, page in self.by_name.items() if self._inside(page) in drafts]
        for name in names:
            del self.by_name[name], self._unwritten[name]
        return names

    def name_of(self, path: str) -> str:
        """The name of the notebook that is made of the page of that path; empty where there is none."""
        return next((name for name, page in self.by_name.items() if self._inside(page) == path), "")

    def write(self, name: str) -> None:
        """Makes a page's notebook, if this was not done yet; waits for its snippets' records."""
        page = self._unwritten.pop(name, None)
        if page is None:
            return
        words = words_of(self.project.settings.language(self.language))
        # Where its links lead to is a part of it.
        where = digest(self.made_with, name, self.site_url, dict(self.urls))
        key = digest(where, notebook_digest(page, self.project, words))

        def make() -> notebook.Texts:
            built = notebook.build(page, self.project, words, lambda target: self.address(name, target))
            return notebook.texts(built, self.scripts)

        pieces = self.pieces if self.made_with else None
        notebook.write(once(pieces, notebook.Texts, key, make), self.folder, name)

    def write_all(self) -> None:
        """Makes all that are not made yet."""
        for name in list(self._unwritten):
            self.write(name)

    def address(self, name: str, target: str) -> str:
        """Where a link of a notebook's page, to another page or file, leads from the notebook.

        Absolute where the site's address is known, since a notebook is downloaded. A link to what the site
        has not stays as it is; the page itself is warned of for it.
        """
        page = self._inside(self.by_name[name])
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(target)))
        url = self.urls.get(path) or self._followed(page, target)
        if url is None:
            return target
        if self.site_url:
            return self.site_url + url.removeprefix("./")
        return seen_from(self.urls[f"{FOLDER}{name}.ipynb"], url)

    def _followed(self, page: str, target: str) -> str | None:
        """Where a browser goes from the page's address: MkDocs leaves raw HTML and folders as typed."""
        url = urljoin(f"/{self.urls.get(page, '')}", quote(unquote(target))).removeprefix("/")
        return url if url in self.urls.values() else "./" if not url and "./" in self.urls.values() else None

    def _inside(self, page: Page) -> str:
        """A page's path in the language's folder of pages."""
        return page.path.relative_to(self.pages).as_posix()


def named(pages: list[Page]) -> dict[str, Page]:
    """The pages that have a notebook, by its name; raises InsyncError for names that cannot be."""
    problems: list[Problem] = []
    by_name: dict[str, Page] = {}
    folded: dict[str, Page] = {}
    for page in pages:
        if not (name := notebook.notebook_name(page)):
            continue
        # Not only the same: files whose names differ in case are one file on Windows and macOS.
        if other := folded.get(name.lower()):
            there = notebook.name_place(other)
            message = f"the notebook's name `{name}` is that of {there} as well"
            problems.append(Problem(message, "Give each a name of its own.", notebook.name_place(page)))
        folded[name.lower()] = by_name[name] = page
    if problems:
        raise InsyncError(*problems)
    return by_name


def notebook_files(folder: Path) -> list[Path]:
    """The notebooks in a folder and their scripts, in the order of their names."""
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
