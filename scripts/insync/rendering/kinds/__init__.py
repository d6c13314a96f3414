"""How each kind of fence is checked and shown: a module for each kind of `pages.fences`, of the same name."""

import functools
import importlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.scan import Page
from insync.problem import Problem
from insync.project.project import Project
from insync.rendering.inline import OnNotebook, Renderer


@dataclass(frozen=True)
class NotebookPart:
    """What a notebook has of a fence: prose that goes on with what stands above, cells, and prose below them.

    Without cells (None) the prose around it stays one.
    """

    above: tuple[str, ...] = ()
    cells: tuple[Ref, ...] | None = None
    below: tuple[str, ...] = ()


class Shown:
    """How fences of one kind are checked and shown; each kind's module has one as SHOWN."""

    def options(self, fence: Fence, project: Project) -> Collection[str]:
        """The options that the fence may have."""
        return fence.of.options

    def problems(self, fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
        """What is wrong with the fence beyond its lines, its cells, unknown and empty options, and values."""
        yield from ()

    def markdown(self, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
        """The lines of Markdown that stand in its place; nothing is wrong with it. `ref` is its cell."""
        raise NotImplementedError

    def notebook(self, fence: Fence, ref: Ref | None, on: OnNotebook) -> NotebookPart:
        """What a notebook has in its place."""
        raise NotImplementedError


@functools.cache
def shown_by(kind: str) -> Shown:
    """How fences of that kind are checked and shown."""
    shown: Shown = importlib.import_module(f"{__name__}.{kind}").SHOWN
    return shown
