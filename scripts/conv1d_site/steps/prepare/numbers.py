"""The numbers of all pages: have their snippets run, and say together what is wrong with them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conv1d_site.steps.prepare.notebooks import FOLDER
from insync.problem import InsyncError, Problem
from insync.rendering.problems import all_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from insync.project.project import Project


def start(project: Project, names: Sequence[str]) -> list[Problem]:
    """Starts whatever has to run, in the order in which the pages are read; waits for nothing.

    `names` are paths of pages, as seen from a language's folder. Gives the list into which the problems of
    pages come as they are rendered.
    """
    found: list[Problem] = []
    project.on_problem = found.append
    project.reading_order = tuple(folder / name for folder in project.settings.pages for name in names)
    project.start()
    return found


def problems(project: Project, found: Sequence[Problem]) -> list[Problem]:
    """All that is wrong in any language, once each, and what rendering has `found`; waits for every run."""
    return list(dict.fromkeys([*all_problems(project), *found]))


def report(problems: Sequence[Problem]) -> str:
    """The problems as the message that ends a build."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{count} with the numbers of these pages:\n{InsyncError(*problems)}"


def reading_order(names: Sequence[str], late: Sequence[str]) -> Callable[[str], int]:
    """The place of a page, by its path, in the order in which pages are best converted.

    That is the order in which their snippets run: whoever takes a folder's pages first waits at once for the
    list of all numbers, which needs every snippet. A notebook needs no more than the page that it was made
    of, and comes right behind it. The pages that are `late`, which wait for the longest snippet, come last.
    """
    ordered = sorted(names, key=lambda path: path in late)
    rank = {path: index for index, path in enumerate(ordered)}
    pages = {PurePosixPath(path).stem: index for path, index in rank.items() if path.endswith(".md")}

    def place(path: str) -> int:
        made_of = pages.get(PurePosixPath(path).stem) if path.startswith(FOLDER) else None
        return rank.get(path, len(rank)) if made_of is None else made_of

    return place
