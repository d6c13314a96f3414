"""The page of errors: each message in its table is raised, and under each stands a cure that runs."""

from __future__ import annotations

import ast
import re

import pytest
from conftest import ROOT

SNIPPET = (ROOT / "snippets/errors.py").read_text(encoding="utf-8")
# Messages of GPUs and of older versions: no machine without a GPU can raise them.
NOT_RAISED = {"half", "device", "mps", "mps-device", "mps-float64", "half-cpu", "cudnn"}
# Raised by another page, or not at all.
ELSEWHERE = {"silent", "../reference/parameters.md#other-words"}
QUESTION = "ex_read"  # shown as the answer to a question, not as a mistake

pages = pytest.mark.parametrize("language", ["en", "zh"])


def page(language: str) -> str:
    return (ROOT / f"docs/{language}/guide/errors.md").read_text(encoding="utf-8")


def raised() -> set[str]:
    """The messages that the snippet raises for the table, from its dictionary `calls`."""
    for node in ast.walk(ast.parse(SNIPPET)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "calls":
            return set(ast.literal_eval(ast.Set(node.value.keys)))  # type: ignore[attr-defined]
    raise AssertionError("no `calls` in snippets/errors.py")


@pages
def test_each_message_of_the_table_is_raised_or_about_gpus(language: str) -> None:
    rows = re.findall(r"(?m)^\| \[(.*)\]\(#?([^)]+)\) \|", page(language))
    words = {text for text, anchor in rows if anchor not in NOT_RAISED | ELSEWHERE}
    assert len(words) > 50
    assert words - raised() == set()
    assert raised() - {text for text, _ in rows} == set()


@pages
def test_under_each_message_stands_a_cure_that_runs(language: str) -> None:
    failing = set(re.findall(r'(?m)^# %% (\w+) .*"raises-exception"', SNIPPET))
    uncured = []
    for section in re.split(r"(?m)^#+ ", page(language).split("{ #not-raised }", maxsplit=1)[0])[1:]:
        cells = re.findall(r"```snippet\n\s*errors#(\w+)", section)
        if cells and cells[-1] in failing - {QUESTION}:
            uncured.append(section.splitlines()[0])
    assert uncured == []
