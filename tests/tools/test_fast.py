"""The tests that a change touches are found by its files' names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ROOT

from tools.fast import choose

TESTS = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    {
        "scripts/insync/pages/syntax.py": "tests/insync/pages/test_syntax.py",
        "scripts/conv1d_site/figures/trace.json": "tests/conv1d_site/test_figures.py",
        "scripts/conv1d_site/hooks/whole_site.py": "tests/conv1d_site/hooks/test_whole_site.py",
        "scripts/tools/venv.sh": "tests/tools/test_venv.py",
        "snippets/recipe_causal.py": "tests/recipes/test_causal.py",
        "tests/insync/test_looking.py": "tests/insync/test_looking.py",
        "docs/theme/assets/javascripts/figures/trace/show.js": "tests/browser/test_trace.py",
        "docs/theme/assets/stylesheets/figures/groups-matrix.css": "tests/browser/test_groups_matrix.py",
        "docs/zh/guide/padding.md": "tests/test_project.py",
        "mkdocs.yml": "tests/test_project.py",
        "README.md": "tests/test_project.py",
    }.items(),
)
def test_a_files_own_tests_are_chosen(changed: str, wanted: str) -> None:
    chosen = choose([changed], TESTS, [changed])
    assert wanted in (chosen.named if wanted.startswith("tests/browser") else chosen.tests)
    assert len(chosen.tests + chosen.named) <= 3


def test_only_what_is_there_is_linted_and_only_pages_build_the_site() -> None:
    gone, there = "scripts/insync/gone.py", "docs/theme/assets/javascripts/site.js"
    chosen = choose([gone, there], TESTS, [there])
    assert chosen.python == ()
    assert chosen.scripts == (there,)
    assert chosen.site
    assert not choose([gone], TESTS, []).site
    assert choose(["docs/zh/关于.md"], TESTS, []).site


def fast(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/tools/fast.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_a_commit_that_is_none_is_said_to_be_none() -> None:
    done = fast("no-such-commit")
    assert done.returncode == 1
    assert "no-such-commit" in done.stderr
    assert "Traceback" not in done.stderr
