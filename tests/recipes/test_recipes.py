"""What every recipe is: one cell that is whole, short, explained, and shown on a page of both languages."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from recipe import PREFIX, load, read, recipe_files

if TYPE_CHECKING:
    from collections.abc import Iterator

# Others import the cell `code` of these by their names.
NAMES = (
    "autoencoder", "causal", "dna", "fold_batchnorm", "gradcam", "keras", "lengths", "mamba", "masked",
    "overlap_add", "receptive_field", "same_tf", "stream", "tcn", "tests", "text_classifier", "upsample",
    "windows",
)  # fmt: skip
FOUND = [path.stem.removeprefix(PREFIX) for path in recipe_files()]
WIDEST = 60  # characters; a phone shows some 45 without scrolling


def code(name: str) -> str:
    cell = read(name).cell("code")
    assert cell
    return cell.source


def defined(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node


@pytest.mark.parametrize("name", FOUND)
def test_the_code_runs_alone_and_prints_nothing(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    load.__wrapped__(name)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", FOUND)
def test_the_code_is_imports_functions_and_classes_with_docstrings_and_no_globals(name: str) -> None:
    tree = ast.parse(code(name))
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    assert [type(node).__name__ for node in tree.body if not isinstance(node, allowed)] == []
    assert [node.name for node in defined(tree) if not ast.get_docstring(node)] == []
    assert not any(isinstance(node, ast.Global) for node in ast.walk(tree))


@pytest.mark.parametrize("name", FOUND)
def test_the_code_can_be_read_in_one_go(name: str) -> None:
    lines = code(name).split("\n")
    parts = len(list(defined(ast.parse(code(name)))))
    assert max(map(len, lines)) <= WIDEST
    assert len(lines) <= 50 if parts == 1 else len(lines) / parts <= 45


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_shows_the_code_and_offers_it(name: str, language: str) -> None:
    page = ROOT / f"docs/{language}/recipes/{name.replace('_', '-')}.md"
    text = page.read_text(encoding="utf-8")
    assert f"```snippet\n{PREFIX}{name}#code\n" in text
    assert f"script: {PREFIX}{name}#code\n" in text
    for part in ("held", "limits"):
        assert f"{{ #{part} }}" in text
    assert "```claim" in text


def test_the_recipes_that_others_import_are_there() -> None:
    assert set(NAMES) <= set(FOUND)
