"""What came of a run, and for how long it is used again within one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import CountingRunner

from insync.problem import Problem
from insync.project.project import Project
from insync.running.runner import Outcome

if TYPE_CHECKING:
    from conftest import Site

    from insync.running.job import Questions
    from insync.running.snippet import Snippet


class Littering(CountingRunner):
    """A runner whose snippets fail, and leave something beside themselves as no kernel forbids everywhere."""

    def run(self, snippet: Snippet, questions: Questions) -> Outcome:
        self.runs.append((snippet.name, questions))
        snippet.path.with_name(f"left{len(self.runs)}.db").touch()
        return Outcome(problem=Problem("it failed", "Mend it."))


def build(site: Site) -> list[str]:
    """What the same process runs when it builds once more."""
    site.runner.runs.clear()
    site.project.start()
    site.project.tasks()
    return site.runner.names


@pytest.fixture
def failing(site: Site) -> Site:
    site.snippet("# %% one\n1 / 0\n")
    site.page("```snippet\nmade\n```\n")
    site.runner = Littering(site.runner)
    site.project = Project(site.settings, site.runner)
    return site


def test_what_a_failing_run_leaves_does_not_start_it_again(failing: Site) -> None:
    assert build(failing) == ["made"]
    assert build(failing) == []


def test_a_failing_run_is_tried_again_when_anything_beside_it_changed(failing: Site) -> None:
    assert build(failing) == ["made"]
    failing.write("snippets/data.txt", "1")
    assert build(failing) == ["made"]


def test_what_no_build_can_compare_is_run_again_by_the_same_process_too(site: Site) -> None:
    site.snippet("# %% one\nimport datetime\ndatetime.date.today()\n")
    site.page("```snippet\nmade\n```\n")
    assert build(site) == ["made"]
    assert build(site) == ["made"]
