"""The list of kinds of fault, REPORTS.md: each has its reports, and the tests that hold it are there."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

ROWS = re.findall(
    r"^\| (?!what is wrong|---)(.*) \|$",
    (ROOT / "tests/REPORTS.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_the_list_is_not_empty() -> None:
    assert len(ROWS) > 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.partition(" | ")[0])
def test_a_kind_has_reports_and_its_tests_are_there(row: str) -> None:
    _, reports, holds, tests = row.split(" | ")
    assert re.findall(r"\]\(https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/\d+\)", reports)
    assert holds
    for file, names in re.findall(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)", tests):
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert f"def {name}(" in text, f"{file} has no {name}"
    assert len(re.findall(r"`[\w/]+\.py`: `", tests)) == len(tests.split("<br>"))
