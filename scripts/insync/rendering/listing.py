"""What fences show, and where on the pages of a language each cell's code can be read."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.project.project import Project
from insync.running.snippet import HIDE_INPUT, HIDE_OUTPUT, Cell, Snippet

SHOWS = ("both", "code", "output")


def cells_of(snippet: Snippet, ref: Ref) -> tuple[Cell, ...]:
    """The cells that a reference in a fence shows: one, or all."""
    if not ref.cell:
        return snippet.cells
    cell = snippet.cell(ref.cell)
    return (cell,) if cell else ()


def shown_cells(fence: Fence, project: Project) -> Iterator[tuple[Snippet, Cell]]:
    """The cells that a fence embeds, each with its snippet; none of a snippet that could not be read."""
    for ref in fence.shown:
        if snippet := project.snippet(ref.snippet):
            yield from ((snippet, cell) for cell in cells_of(snippet, ref))


def asked_cell(snippet: Snippet | None, ref: Ref) -> Cell | None:
    """The cell after which a number with this reference is evaluated: the named one, else the last."""
    if snippet is None:
        return None
    return snippet.cell(ref.cell) if ref.cell else snippet.cells[-1]


def shows(fence: Fence, cell: Cell) -> tuple[bool, bool]:
    """Whether code and output are shown: the fence's `show:`, else the cell's own tags."""
    wanted = fence.option("show")
    if wanted in SHOWS:
        return wanted != "output", wanted != "code"
    return HIDE_INPUT not in cell.tags, HIDE_OUTPUT not in cell.tags


def code_anchor(snippet: str, cell: str) -> str:
    """The anchor of a cell's code on a page; a cell's name has no hyphen, so no two cells share one."""
    return f"code-{snippet}-{cell}"


def address(target: Path, folder: Path) -> str:
    """A page's file as a link in a page of that folder names it: `c#.md` would else be an anchor."""
    return quote(os.path.relpath(target, folder).replace(os.sep, "/"))


class Listing:
    """Where code is shown: for each cell, the pages that show it, in the order of their names."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folders = project.settings.pages
        self._places: dict[tuple[Path, str, str], list[Path]] = {}
        for page in project.pages:
            for fence in page.fences:
                for snippet, cell in shown_cells(fence, project):
                    if shows(fence, cell)[0]:
                        place = self._folder(page.path), snippet.name, cell.name
                        self._places.setdefault(place, []).append(page.path)

    def link(self, page: Path, ref: Ref) -> str:
        """From a page to the code behind one of its numbers: on the page itself if it is there.

        A cell whose code no page of the language shows is stood for by the nearest one above it in its
        snippet that one shows. Empty if there is none.
        """
        snippet = self._project.snippet(ref.snippet)
        cell = asked_cell(snippet, ref)
        if snippet is None or cell is None:
            return ""
        for candidate in reversed(snippet.cells[: snippet.cells.index(cell) + 1]):
            if places := self._places.get((self._folder(page), snippet.name, candidate.name)):
                target = page if page in places else places[0]
                file = "" if target == page else address(target, page.parent)
                return f"{file}#{code_anchor(snippet.name, candidate.name)}"
        return ""

    def _folder(self, path: Path) -> Path:
        return next((folder for folder in self._folders if folder in path.parents), path.parent)
