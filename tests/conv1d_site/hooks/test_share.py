"""Outcomes for a second process, which renders pages and runs nothing."""

from __future__ import annotations

import threading
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from conv1d_site.hooks import share
from insync.pages.forms import Ref
from insync.rendering.problems import all_problems
from insync.running.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site

    from insync.project.project import Project


@pytest.fixture
def projects(site: Site) -> Iterator[tuple[Project, Project]]:
    """The project of the process that runs snippets, and that of the one that asks."""
    site.snippet("# %% add\ntotal = 1 + 1\n", "sum")
    site.snippet("# %% fail\n1 / 0\n", "lost")
    site.page("```snippet\nsum#add\n```\n\n`{python} total`\n\n```snippet\nlost#fail\n```\n")
    ours, theirs = Pipe()
    running = site.new_project()
    running.start()
    threading.Thread(target=share.answer, args=(ours, running), daemon=True).start()
    asking = share.asking(theirs, site.settings)
    yield running, asking
    theirs.close()


def test_the_second_process_has_the_same_records_and_problems_and_runs_nothing(
    site: Site, projects: tuple[Project, Project]
) -> None:
    running, asking = projects
    asking.start()
    for name in ("sum", "lost", "nowhere"):
        assert asking.outcome(name) == running.outcome(name)
    assert asking.value(Ref("sum", "add"), Expression("total")).text == "2"
    assert all_problems(asking) == all_problems(running)
    assert sorted(site.runner.names) == ["lost", "sum"]


def test_a_snippet_that_was_edited_in_between_is_told(site: Site, projects: tuple[Project, Project]) -> None:
    _, asking = projects
    site.snippet("# %% add\ntotal = 1 + 2\n", "sum")
    asking.start()
    problem = asking.outcome("sum").problem
    assert problem
    assert "`sum` was edited while the site was being built" in str(problem)


def test_a_page_that_asks_more_than_its_file_does_is_answered(
    site: Site, projects: tuple[Project, Project]
) -> None:
    """As one that a plugin has changed, or made; all else stays as it was."""
    running, asking = projects
    site.snippet("# %% late\nx = 1\n", "late")
    site.page("```snippet\nlate#late\n```\n\n`{python sum#add} total + 1`\n", "more")
    asking.start()
    assert asking.value(Ref("sum", "add"), Expression("total + 1")).text == "3"
    assert asking.value(Ref("sum", "add"), Expression("total")).text == "2"
    assert asking.outcome("late").record
    assert running.value(Ref("sum"), Expression("total")).text == "2"
