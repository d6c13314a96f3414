"""What a run gives beside what it prints is held to the same limit of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.amount import shortened

if TYPE_CHECKING:
    from conftest import Run

    from insync.running.runner import Runner

TOO_MUCH = {
    "a last value": ("# %% one\n'x' * 2000\n", "the last value of the cell `one`"),
    "an exception": (
        '# %% one tags=["raises-exception"]\nraise ValueError("x" * 2000)\n',
        "the exception of the cell `one`",
    ),
    "a warning": ("# %% one\nimport warnings\nwarnings.warn('x' * 2000)\n", "a warning of the cell `one`"),
    "small values together": (
        "# %% one\n'x' * 600\n# %% two\n'x' * 600\n",
        "the last value of the cell `two`",
    ),
    "no ASCII": ("# %% one\n'界' * 400\n", "the last value of the cell `one`"),
}


@pytest.mark.parametrize(("source", "what"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_takes_too_many_bytes_is_refused_and_named(
    run: Run, strict_runner: Runner, source: str, what: str
) -> None:
    problem = run(source, by=strict_runner).problem
    assert problem is not None
    assert problem.message == f"with {what}, the snippet gives more than 1,000 bytes"
    assert problem.snippet is not None
    assert problem.snippet.line


def test_an_answer_to_a_page_counts_with_its_error(run: Run, strict_runner: Runner) -> None:
    problem = run("# %% one\na = 1\n", by=strict_runner, one=["a", "'x' * 2000"]).problem
    assert problem is not None
    assert "the expression `'x' * 2000` after the cell `one`" in problem.message
    assert run("# %% one\na = {}\n", by=strict_runner, one=["a['x' * 2000]"]).problem is not None


def test_a_figure_of_many_points_gets_the_advice_to_draw_an_image(run: Run) -> None:
    source = "# %% one\nimport matplotlib.pyplot as plt\nplt.plot([i % 7 for i in range(30_000)], '.'{});\n"
    problem = run(source.format("")).problem
    assert problem is not None
    assert "a figure of the cell `one`" in problem.message
    assert "rasterized=True" in problem.advice
    assert run(source.format(", rasterized=True")).record is not None


def test_a_failure_that_quotes_all_its_data_is_told_without_its_middle(run: Run) -> None:
    problem = run("# %% one\nassert False, 'x' * 100_000\n").problem
    assert problem is not None
    assert problem.message.startswith("the cell `one` raises AssertionError: xxx")
    assert len(str(problem)) < 6000
    assert shortened("short") == "short"
