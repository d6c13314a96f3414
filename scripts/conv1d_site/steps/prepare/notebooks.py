"""The notebooks of a language's pages, as files: NAME.ipynb and NAME.py in a folder of their own."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from insync.rendering import notebook
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from insync.pages.scan import Page
    from insync.project.project import Project

FOLDER = "notebooks/"  # of the site
SUFFIXES = (".ipynb", ".py")

_DATE = re.compile(r"^date:\s*(\d{4}-\d{2}-\d{2})", re.MULTILINE)
_POST = re.compile(r"^blog/posts/(?P<name>[^/]+)\.md$")


@dataclass
class Notebooks:
    """The notebooks that one build makes of one language's pages.

    `pages` is the language's folder of pages, `folder` that of its notebooks, `site_url` the address of its
    site. Without one, notebooks link to pages as one does that is itself a page, at notebooks/NAME/.
    """

    project: Project
    language: str
    pages: Path
    folder: Path
    site_url: str | None
    _unwritten: dict[str, Page] = field(default_factory=dict)

    def keep_places(self) -> None:
        """Sees to it that there is a file for every notebook, and none for what is no longer one.

        What a notebook holds is written when its snippets have run; nothing waits here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for page in self.project.pages:
            name = notebook.notebook_name(page)
            if name and self.pages in page.path.parents:
                self._unwritten[name] = page
                for suffix in SUFFIXES:
                    (self.folder / f"{name}{suffix}").touch()
        for left in self.folder.glob("*"):
            if left.is_file() and left.stem not in self._unwritten:
                left.unlink(missing_ok=True)  # another build may be at it too

    def write(self, name: str) -> None:
        """Makes a page's notebook, if this was not done yet; waits for its snippets' records."""
        page = self._unwritten.pop(name, None)
        if page is None:
            return
        words = words_of(self.project.settings.language(self.language))
        made = notebook.build(page, self.project, words, lambda target: self.address(page.path, target))
        notebook.write(made, self.folder, name)

    def write_all(self) -> None:
        """Makes all that are not made yet."""
        for name in list(self._unwritten):
            self.write(name)

    def address(self, page: Path, target: str) -> str:
        """Where a page's link to another page, a file or a folder leads from its notebook.

        Absolute where the site's address is known, since a notebook is downloaded; else from the notebook's
        page.
        """
        here = page.relative_to(self.pages).as_posix()
        return (self.site_url or "../../") + quote(self._leads(here, unquote(target)))

    def _leads(self, here: str, target: str) -> str:
        """What a page's link names, beneath its language's site.

        As MkDocs does: it finds files from the page's own; what it finds none for it leaves as it was typed
        (raw HTML as well), and a browser goes on from the page's address.
        """
        named, followed = (
            posixpath.normpath(posixpath.join(start, target))
            for start in (posixpath.dirname(here), self._url(here))
        )
        if named.endswith(".md"):
            return self._url(named)
        found = next((path for path in (named, followed) if (self.pages / path).is_file()), "")
        if found or (posixpath.splitext(named)[1] and not named.startswith("..")):
            return found or named
        folder = "/" if target.endswith("/") else ""
        return "" if followed == "." else followed + folder

    def _url(self, path: str) -> str:
        """The address of a page, by its path, beneath its language's site; a post's has its date."""
        if post := _POST.match(path):
            source = self.pages / path
            date = _DATE.search(source.read_text(encoding="utf-8")) if source.is_file() else None
            return f"blog/{date[1] if date else ''}/{post['name']}/"
        folder, name = posixpath.split(path.removesuffix(".md"))
        return posixpath.join(folder, "" if name in {"index", "README"} else f"{name}/")


def notebook_files(folder: Path) -> list[Path]:
    """The notebooks in a folder and their scripts, in the order of their names."""
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
