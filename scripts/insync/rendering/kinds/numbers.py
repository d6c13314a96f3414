"""The `numbers` fence: tables of what the build was made on, and of what it published."""

from collections.abc import Iterator

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.scan import Page
from insync.problem import Problem, suggestion
from insync.project.project import Project
from insync.rendering.inline import OnNotebook, OnPage, Renderer
from insync.rendering.kinds import NotebookPart, Shown
from insync.rendering.tables import TABLES, table


class _Numbers(Shown):
    def problems(self, fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
        here = page.at(fence.first)
        for ref in fence.refs:
            if ref.snippet not in TABLES or ref.cell:
                yield Problem(f"there is no table `{ref}`", suggestion(ref.snippet, TABLES), here)

    def markdown(self, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
        return _tables(fence, renderer)

    def notebook(self, fence: Fence, ref: Ref | None, on: OnNotebook) -> NotebookPart:
        return NotebookPart(above=tuple(_tables(fence, on)))


def _tables(fence: Fence, on: OnPage) -> list[str]:
    return [line for ref in fence.refs for line in table(ref.snippet, on.project, on.words, on.page.path)]


SHOWN = _Numbers()
