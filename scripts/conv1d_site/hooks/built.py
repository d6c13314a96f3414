"""What a build leaves behind with which a page can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.pages import Page

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

    from conv1d_site.steps.prepare.notebooks import Notebooks
    from insync.pages.scan import Page as ScannedPage


@dataclass(frozen=True)
class Built:
    """What a build of one language leaves behind with which a page of it can be made again.

    `of_others` has the paths of pages that plugins have filled in when all pages had been converted.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: Environment
    notebooks: Notebooks | None
    made_with: str | None
    of_others: frozenset[str] = frozenset()

    def page(self, scanned: ScannedPage) -> Page | None:
        """MkDocs' page for a scanned one; None where it is no plain page, such as a post of the blog."""
        docs = Path(self.config.docs_dir)
        if docs not in scanned.path.parents:
            return None
        file = self.files.get_file_from_path(scanned.path.relative_to(docs).as_posix())
        page = file.page if file else None
        return page if type(page) is Page and page.file.src_uri not in self.of_others else None
