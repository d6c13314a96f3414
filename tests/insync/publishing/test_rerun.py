"""Runs without the cache: what a second one may not print otherwise, and what another processor may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import answered

from insync.problem import Place, Problem
from insync.project.project import Project
from insync.project.queue import Task
from insync.project.store import NoStore
from insync.publishing import rerun as fresh
from insync.publishing.rerun import differences, other_conditions, repeat_problems, run_again
from insync.running.job import Conditions
from insync.running.record import CellRecord, Environment, Output, Record
from insync.running.runner import Outcome
from insync.running.snippet import Cell, Snippet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

SEVERAL = "# %% {0}\nimport os\nprint('{0}', os.environ.get('ATEN_CPU_CAPABILITY'))\n"


def begun(site: Site, *names: str) -> list[Task]:
    """The tasks of a project with a snippet of each name, finished."""
    for name in names:
        site.snippet(SEVERAL.format(name), name)
    site.page("```snippet\n" + "\n".join(names) + "\n```\n")
    site.project.start()
    return site.project.tasks()


def task(
    path: Path, *outputs: str, again: tuple[str, ...] | None, **options: object
) -> tuple[Task, dict[str, Outcome]]:
    """A snippet of one cell that printed `outputs`, and what it printed again (None: it failed)."""
    cell = Cell("a", "print()", 2, **options)  # type: ignore[arg-type]
    snippet = Snippet("made", path / "snippets" / "made.py", (cell,))
    ran = Task(snippet, {}, {}, 0, outcome=Outcome(record(*outputs)))
    problem = Problem("it broke", "Mend it.", snippet=Place(snippet.path, 2))
    return ran, {"made": Outcome(problem=problem) if again is None else Outcome(record(*again))}


def record(*outputs: str) -> Record:
    cells = CellRecord("a", tuple(Output("stdout", text) for text in outputs), answered({"x": "1"}))
    return Record("made", (cells,), 0.1, "2026-11-23T00:00:00+00:00", Environment("", "", "", "", {}), {})


# --- Running again -----------------------------------------------------------------------------------------


def test_a_store_that_keeps_nothing(site: Site) -> None:
    for _ in range(2):
        project = Project(site.settings, site.runner, NoStore())
        site.snippet("# %% a\nx = 1\n")
        site.page("```snippet\nmade\n```\n")
        project.start()
        assert project.outcome("made").record
    assert site.runner.names == ["made", "made"]
    assert not site.settings.cache.exists()


def test_every_snippet_runs_again_once_under_the_conditions_given_and_is_counted(site: Site) -> None:
    tasks = begun(site, "one", "two", "three")
    ticks: list[int] = []
    again = run_again(tasks, Conditions("avx2"), site.settings.limits, lambda: ticks.append(1))
    assert len(ticks) == 3
    printed = {
        name: outcome.record.cells[0].outputs[0].text for name, outcome in again.items() if outcome.record
    }
    assert printed == {name: f"{name} avx2" for name in ("one", "two", "three")}


def test_nothing_to_run_is_nothing(site: Site) -> None:
    assert run_again([], Conditions(), site.settings.limits, lambda: None) == {}


@pytest.mark.parametrize(
    ("features", "names"),
    [
        ("fpu sse avx avx2 fma avx512f avx512bw avx512vl avx512dq", ["default", "avx2", "avx512"]),
        ("fpu sse avx avx2 fma", ["default", "avx2"]),
        ("fpu sse avx", ["default"]),
        ("", ["default"]),
    ],
)
def test_every_capability_of_the_processor_is_tried_with_onednn_and_without_but_for_its_own(
    monkeypatch: pytest.MonkeyPatch, features: str, names: list[str]
) -> None:
    monkeypatch.setattr(fresh, "cpu_features", lambda: features)
    assert [str(conditions) for conditions in other_conditions()] == [
        f"{name}, {onednn} oneDNN" for name in names for onednn in ("with", "without")
        if (name, onednn) != (names[-1], "with")
    ]  # fmt: skip


@pytest.mark.slow
def test_torch_runs_under_what_was_asked_for(site: Site) -> None:
    asked = "torch.backends.cpu.get_cpu_capability(), torch.backends.mkldnn.enabled"
    site.snippet(f"# %% a\nimport torch\nprint({asked})\n")
    site.page("```snippet\nmade\n```\n")
    site.project.start()
    for onednn in (True, False):
        conditions = Conditions("default", onednn)
        outcome = run_again(site.project.tasks(), conditions, site.settings.limits, lambda: None)["made"]
        assert outcome.record
        assert outcome.record.cell("a").outputs[0].text == f"DEFAULT {onednn}"


# --- What cannot repeat ------------------------------------------------------------------------------------


def test_what_repeats_is_no_problem(tmp_path: Path) -> None:
    one, again = task(tmp_path, "a\nb", again=("a\nb",))
    assert list(repeat_problems([one], again)) == []


def test_what_does_not_repeat_is_shown_with_its_cell_and_advice(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(9)]
    one, again = task(tmp_path, "\n".join(["same", *lines, lines[0]]), again=("same",))
    (problem,) = repeat_problems([one], again)
    assert problem.message == "the cell `a` prints what cannot repeat"
    assert problem.snippet == Place(tmp_path / "snippets" / "made.py", 2)
    assert problem.detail.splitlines() == lines[:5], "a few lines, each once, are enough"
    assert '# %% a normalise=["' in problem.advice


def test_a_second_run_that_fails_is_a_problem(tmp_path: Path) -> None:
    one, again = task(tmp_path, "a", again=None)
    (problem,) = repeat_problems([one], again)
    assert problem.message == "a second run fails: it broke"


def test_a_first_run_that_failed_is_reported_elsewhere(tmp_path: Path) -> None:
    one, again = task(tmp_path, "a", again=("a",))
    one.outcome = Outcome(problem=Problem("it broke", "Mend it."))
    assert list(repeat_problems([one], again)) == []
    assert differences([one], Conditions("avx2"), again) == []


# --- What differs elsewhere --------------------------------------------------------------------------------


def test_each_line_that_differs_is_named_with_both_values(tmp_path: Path) -> None:
    one, again = task(tmp_path, "same\nx 0.1\nsame\ny 0.3", again=("same\nx 0.2\nsame\ny 0.4",))
    found = differences([one], Conditions("avx2", onednn=False), again)
    assert [(each.cell, each.conditions, each.here, each.there) for each in found] == [
        ("a", "avx2, without oneDNN", "x 0.1", "x 0.2"),
        ("a", "avx2, without oneDNN", "y 0.3", "y 0.4"),
    ]


@pytest.mark.parametrize("again", [("same", "more"), ("same\nmore",), ()])
def test_more_or_fewer_lines_are_a_difference(tmp_path: Path, again: tuple[str, ...]) -> None:
    one, ran = task(tmp_path, "same", again=again)
    found = differences([one], Conditions("avx2"), ran)
    assert found
    assert found[0].here.endswith(" lines")
    assert found[0].here != found[0].there


def test_a_run_that_fails_elsewhere_is_a_difference(tmp_path: Path) -> None:
    one, again = task(tmp_path, "same", again=None)
    (found,) = differences([one], Conditions("avx2"), again)
    assert (found.snippet, found.here, found.there) == ("made", "runs to its end", "it broke")


def test_a_cell_that_says_why_may_differ(tmp_path: Path) -> None:
    one, again = task(tmp_path, "0.1", again=("0.2",), not_portable="training amplifies rounding")
    assert differences([one], Conditions("avx2"), again) == []


def test_what_is_normalised_may_differ(tmp_path: Path) -> None:
    one, again = task(tmp_path, "0.1 ms", again=("0.2 ms",), normalise=("[0-9.]+ ms",))
    assert differences([one], Conditions("avx2"), again) == []
    assert list(repeat_problems([one], again)) == []
