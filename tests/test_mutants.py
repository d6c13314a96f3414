"""The list of mutants is of today's code: each can be made, and the tests that must find it are there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tools.mutants import Mutant, copy_project, found, outdated, passes, read_mutants

if TYPE_CHECKING:
    from pathlib import Path

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_can_be_made(mutant: Mutant) -> None:
    assert outdated(mutant) == ""
    assert mutant.old != mutant.new


def test_there_are_thirty_of_engine_site_and_figures() -> None:
    assert len(MUTANTS) >= 30
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    for part in ("scripts/insync", "scripts/conv1d_site", "docs/theme"):
        assert sum(mutant.file.startswith(part) for mutant in MUTANTS) >= 8


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project of one function, and its test."""
    (tmp_path / "half.py").write_text("def half(x):\n    return x / 2\n")
    test = "from half import half\n\ndef test_half():\n    assert half(4) == 2\n"
    (tmp_path / "test_half.py").write_text(test)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return tmp_path


def test_one_that_a_test_sees_is_found_and_the_copy_is_whole_again(copy: Path) -> None:
    before = (copy / "half.py").read_bytes()
    assert passes(copy, ["test_half.py"])
    assert found(Mutant("a third", "half.py", "x / 2", "x / 3", ("test_half.py",)), copy)
    assert (copy / "half.py").read_bytes() == before


def test_one_that_changes_nothing_is_missed(copy: Path) -> None:
    assert not found(Mutant("the same", "half.py", "x / 2", "x * 0.5", ("test_half.py",)), copy)


def test_what_has_moved_is_told(copy: Path) -> None:
    gone = Mutant("gone", "half.py", "x / 9", "x", ("test_half.py",))
    assert outdated(gone, copy) == "`x / 9` stands 0 times in half.py"
    untested = Mutant("untested", "half.py", "x / 2", "x", ("test_gone.py::test_a",))
    assert outdated(untested, copy) == "there is no test_gone.py::test_a"


def test_a_copy_has_what_is_not_committed_and_nothing_that_is_ignored(tmp_path: Path) -> None:
    copy_project(tmp_path / "copy")
    assert (tmp_path / "copy/scripts/tools/mutants.py").is_file()
    assert not (tmp_path / "copy/.venv").exists()


def test_a_name_that_nobody_has_is_an_error() -> None:
    command = [sys.executable, "-m", "tools.mutants", "--only", "no such name"]
    ran = subprocess.run(command, capture_output=True, text=True, env=None)
    assert ran.returncode == 1
    assert "no mutant's name has" in ran.stderr
