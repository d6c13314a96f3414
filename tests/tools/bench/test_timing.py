"""A process is timed with nothing of the caller's environment that would change what it does."""

import sys
from pathlib import Path

import click
import pytest

from tools.bench.timing import spread, timed


def test_a_build_knows_no_address_but_the_one_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://code.example/")
    monkeypatch.setenv("KEPT", "yes")
    program = """
import os, pathlib
pathlib.Path("seen").write_text(" ".join(str(os.environ.get(key)) for key in ("SITE_URL", "KEPT", "GIVEN")))
"""
    assert timed([sys.executable, "-c", program], tmp_path, GIVEN="too") > 0
    assert (tmp_path / "seen").read_text() == "None yes too"


def test_one_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="this went wrong"):
        timed([sys.executable, "-c", "raise SystemExit('this went wrong')"], tmp_path)


def test_the_spread_is_median_least_and_most() -> None:
    assert spread([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)
