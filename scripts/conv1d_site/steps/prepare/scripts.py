"""The code that a page offers as a file: one cell of a snippet, under the snippet's name, beside the page."""

from __future__ import annotations

import posixpath
from importlib.metadata import version
from typing import TYPE_CHECKING

from insync.rendering.translation import translation_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insync.pages.scan import Page
    from insync.project.project import Project


def offered(project: Project, pages: Path, site: str) -> Iterator[tuple[str, str]]:
    """For each page of a folder that offers one: the file's path in there, and what the file holds.

    `site` says where the code is from. A cell that is not there is a problem of its page, told elsewhere.
    """
    for page in project.pages:
        if pages in page.path.parents and (found := _code(page, project)):
            name, code = found
            page_path = page.path.relative_to(pages).as_posix()
            torch = version("torch").partition("+")[0]  # whatever it was built for
            head = f"# From {site}\n# MIT License. Checked with torch {torch}.\n\n"
            yield script_path(page_path, name), f"{head}{code}\n"


def script_path(page: str, snippet: str) -> str:
    """Where the file lies, by the path of its page: beside it."""
    return posixpath.join(posixpath.dirname(page), f"{snippet}.py")


def _code(page: Page, project: Project) -> tuple[str, str] | None:
    """The name of the snippet, and its cell's code."""
    if page.script is None:
        return None
    ref, _ = page.script
    snippet = project.snippet(ref.snippet)
    cell = snippet.cell(ref.cell) if snippet else None
    language = project.settings.language_of(page.path)
    return (ref.snippet, translation_of(project, language, ref.snippet).code(cell.source)) if cell else None
