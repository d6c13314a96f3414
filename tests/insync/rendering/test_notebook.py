"""Notebooks made of pages: they run in Jupyter and give what the page shows, with the page's own prose."""

from __future__ import annotations

import ast
import json
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import jupytext
import nbformat
import pytest
from conftest import CHINESE, ENGLISH, ROOT, CountingRunner, markdown_config
from mkdocs.structure.files import File, Files
from nbclient import NotebookClient

from conv1d_site.hooks import command
from conv1d_site.hooks import notebooks as notebook_hooks
from insync.pages.scan import scan_page
from insync.project.project import Project
from insync.rendering import notebook
from insync.running.record import Record, from_text, to_text
from insync.running.snippet import read_snippet
from insync.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

    from insync.running.runner import Runner

NOTE = "blog/posts/conv1d-note.md"


def build(project: Project, path: Path, language: str = "en") -> dict[str, Any]:
    """A page's notebook; links lead to `to:` the file."""
    words = ENGLISH if language == "en" else CHINESE
    return notebook.build(scan_page(path), project, words, lambda target: f"to:{target}")


def prose(cells: list[dict[str, Any]]) -> str:
    return "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")


def code(cells: list[dict[str, Any]]) -> list[str]:
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def made(site: Site, page: str, snippet: str) -> list[dict[str, Any]]:
    site.snippet(snippet)
    path = site.page(page)
    site.project.start()
    cells: list[dict[str, Any]] = build(site.project, path)["cells"]
    return cells


# --- The note's, for real -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["en", "zh"])
def note(request: pytest.FixtureRequest, runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The note's notebook in a language, and the project that it was made in."""
    real = read_settings(ROOT)
    settings = replace(real, cache=tmp_path_factory.mktemp("cache"))
    project = Project(settings, CountingRunner(runner))
    project.start()
    return build(project, ROOT / "docs" / request.param / NOTE, request.param), request.param


def outputs(cell: dict[str, Any]) -> list[tuple[str, str]]:
    """The texts that a cell printed and returned, as Jupyter stores them."""
    found: list[tuple[str, str]] = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            # A slow kernel sends what a cell prints in pieces, some of them a bare line end.
            before = found.pop()[1] if found and found[-1][0] == output["name"] else ""
            found.append((output["name"], before + "".join(output["text"])))
        elif output["output_type"] == "execute_result":
            found.append(("value", "".join(output["data"]["text/plain"])))
        elif output["output_type"] == "error":
            found.append(("error", f"{output['ename']}: {output['evalue']}"))
    return [(kind, text.rstrip("\n")) for kind, text in found]


def test_the_notes_notebook_is_valid_and_holds_every_cell_of_its_snippet_once(note: Any) -> None:
    data, _ = note
    nbformat.validate(nbformat.from_dict(data))
    shown = code(data["cells"])
    assert shown == [cell.source for cell in read_snippet(ROOT / "snippets/note.py").cells][: len(shown)]
    assert len({cell["id"] for cell in data["cells"]}) == len(data["cells"])


def test_the_notes_notebook_has_its_pages_prose_with_the_numbers_in_it(note: Any) -> None:
    data, language = note
    text = prose(data["cells"])
    assert {"en": "Here the note ends.", "zh": "笔记"}[language] in text
    for figure in ("0.2545", "0.3290", "-0.1095", "0.4385"):
        assert figure in text
    assert "{python" not in text
    assert "```snippet" not in text
    assert not re.search(r"^(!!!|\?\?\?|===)", text, re.MULTILINE)
    assert not re.search("[\ue000\ue001]", text)
    assert not re.search(r"\{ ?[#.]", text)
    assert '<a id="formula"></a>' in text
    assert "to:../../guide/one-output.md" in text


@pytest.mark.parametrize("note", ["en"], indirect=True)  # the other's code is the same, as a test below holds
def test_the_notes_notebook_runs_in_jupyter_and_gives_the_stored_outputs(note: Any, tmp_path: Path) -> None:
    data, _ = note
    executed = nbformat.from_dict(json.loads(json.dumps(data)))
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(
        executed, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    pairs = [(old, new) for old, new in zip(data["cells"], executed.cells, strict=True) if "outputs" in old]
    assert [outputs(new) for _, new in pairs] == [outputs(old) for old, _ in pairs]
    assert sum(map(len, (outputs(old) for old, _ in pairs))) >= 10


def test_both_languages_have_the_same_code_and_outputs(runner: Runner, tmp_path: Path) -> None:
    real = read_settings(ROOT)
    project = Project(replace(real, cache=tmp_path), CountingRunner(runner))
    project.start()
    english, chinese = (
        [cell for cell in build(project, ROOT / "docs" / language / NOTE)["cells"] if "outputs" in cell]
        for language in ("en", "zh")
    )
    assert [(cell["source"], outputs(cell)) for cell in english] == [
        (cell["source"], outputs(cell)) for cell in chinese
    ]


def test_the_script_has_the_notebooks_code(note: Any, tmp_path: Path) -> None:
    data, _ = note
    assert notebook.write(notebook.texts(data), tmp_path, "note")
    script = (tmp_path / "note.py").read_text(encoding="utf-8")
    ast.parse(script)
    again = jupytext.reads(script, fmt="py:percent")
    assert [cell.source for cell in again.cells if cell.cell_type == "code"] == code(data["cells"])
    assert json.loads((tmp_path / "note.ipynb").read_text(encoding="utf-8")) == data
    assert not notebook.write(notebook.texts(data), tmp_path, "note")  # nothing changed: nothing to rebuild


# --- How a page becomes a notebook --------------------------------------------------------------------------

SNIPPET = "# %% one\na = 1\n# %% two\nb = 2\nprint(b)\n# %% three\nc = 3\nc\n"


def test_cells_come_in_their_own_order_each_once_also_those_that_the_page_leaves_out(site: Site) -> None:
    cells = made(site, "Start\n\n```snippet\nmade#three\n```\n\nText\n\n```snippet\nmade#one\n```\n", SNIPPET)
    assert [(cell["cell_type"], cell["source"]) for cell in cells] == [
        ("markdown", "Start"),
        ("code", "a = 1"),
        ("code", "b = 2\nprint(b)"),
        ("code", "c = 3\nc"),
        ("markdown", "Text"),
    ]
    assert [outputs(cell) for cell in cells if "outputs" in cell] == [[], [("stdout", "2")], [("value", "3")]]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("## Head { #head }\n\ntext", '<a id="head"></a>\n\n## Head\n\ntext'),
        (
            '!!! warning "Mind `{python made#one} a`"\n    First.\n\n    Second.\n\nafter',
            "> **Mind 1**\n>\n> First.\n>\n> Second.\n\nafter",
        ),
        ("!!! note\n    text", "> **Note**\n>\n> text"),
        ('!!! note ""\n    text', "> text"),
        ('??? question "Why?"\n    Because.', "<details>\n<summary>Why?</summary>\n\nBecause.\n\n</details>"),
        ('=== "A"\n    one\n=== "B"\n    two', "**A**\n\none\n\n**B**\n\ntwo"),
        ("[x](other.md#bias)", "[x](to:other.md#bias)"),
        ("[y](https://example.org/a.md)", "[y](https://example.org/a.md)"),
        ("*word*{ .class } end", "*word* end"),
        ("```text\n!!! note\n    {#kept }\n```", "```text\n!!! note\n    {#kept }\n```"),
        ("a\n\n<!-- more -->\n\nb", "a\n\nb"),
        ("is `{python made#two} b:.2f`, ``{python} b``", "is 2.00, ``{python} b``"),
        ("$x = `{python made#two} b`$", "$x = 2$"),
    ],
)
def test_a_pages_blocks_become_markdown_that_jupyter_knows(site: Site, page: str, expected: str) -> None:
    cells = made(site, page, SNIPPET)
    assert [cell["source"] for cell in cells] == [expected]


def test_a_block_with_cells_in_it_is_no_quote(site: Site) -> None:
    page = '!!! note "Look"\n    Before.\n\n    ```snippet\n    made#one\n    ```\n\n    After.\n'
    cells = made(site, page, SNIPPET)
    assert [cell["source"] for cell in cells] == ["**Look**\n\nBefore.", "a = 1", "After."]


def test_annotations_follow_their_cell(site: Site) -> None:
    cells = made(site, "```snippet\nmade#one\nnote: a = 1 => It is `{python} a`.\n```\n", SNIPPET)
    assert [cell["source"] for cell in cells] == ["a = 1", "- `a = 1`: It is 1."]


def test_every_kind_of_output_is_in_the_notebook(site: Site) -> None:
    snippet = """
        # %% one
        import sys, warnings
        print("err", file=sys.stderr)
        warnings.warn("w")
        # %% two
        import matplotlib.pyplot as plt
        plt.plot([1, 2]);
        # %% three tags=["raises-exception"]
        raise ValueError("of: colons")
        """
    cells = made(site, "```snippet\nmade\nalt: A line.\n```\n", snippet)
    nbformat.validate(
        nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    one, two, three = (cell["outputs"] for cell in cells)
    assert [(each["name"], each["text"]) for each in one] == [
        ("stderr", "err\n"),
        ("stderr", "UserWarning: w\n"),
    ]
    assert two[0]["data"]["image/svg+xml"].startswith("<svg")
    assert (three[0]["ename"], three[0]["evalue"]) == ("ValueError", "of: colons")
    assert cells[2]["metadata"] == {"tags": ["raises-exception"]}


@pytest.mark.parametrize(
    ("front", "name"),
    [
        ("notebook: one-two", "one-two"),
        ('notebook: "x"', "x"),
        ("notebook: x  # as before", "x"),
        ("notebook:", ""),
        ("title: x", ""),
        ("notebook: ../x", ""),
        ("notebook: con", ""),
        ("notebook: a#b", ""),
        ("notebook: x # y", "x"),
        ('"notebook": x', "x"),
    ],
)
def test_the_front_matter_names_the_notebook(site: Site, front: str, name: str) -> None:
    assert notebook.notebook_name(scan_page(site.page(f"---\n{front}\n---\ntext\n"))) == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[a](b.md)", "[a](to:b.md)"),
        ("[a](b.md#c) ![d](e.png?1 'f')", "[a](to:b.md#c) ![d](to:e.png?1 'f')"),
        ("[a](<b c.md#d>)", "[a](<to:b c.md#d>)"),
        ("[a](b(1).md), [c](d%20e.md)", "[a](<to:b(1).md>), [c](to:d%20e.md)"),
        ("[a][x]\n\n[x]: b.md#c", "[a][x]\n\n[x]: to:b.md#c"),
        ("[a](#b) [c](https://d.example/e.md) [f](/g.md) [h](mailto:i)", None),
        ("Write `[a](b.md)`, or ``[`](b.md)``.", None),
        ("~~~text\n[a](b.md)\n~~~", None),
    ],
)
def test_links_lead_there_from_the_notebook_and_code_stays(
    site: Site, written: str, read: str | None
) -> None:
    (cell,) = made(site, f"{written}\n", "# %% one\nx = 1\n")
    assert cell["source"] == (read or written)


def test_a_record_read_back_makes_the_same_notebook(site: Site) -> None:
    cells = made(site, "```snippet\nmade\n```\n", SNIPPET)
    (task,) = site.project.tasks()
    assert task.outcome.record is not None
    assert from_text(to_text(task.outcome.record), Record) == task.outcome.record
    path = site.root / "docs/en/page.md"
    project = site.new_project()
    project.start()
    assert build(project, path)["cells"] == cells
    assert site.runner.names == ["made"]


def test_pages_are_read_while_the_snippets_of_their_notebooks_still_run(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, run_it = threading.Event(), site.runner.run

    def run(*asked: Any) -> Any:
        gate.wait(600)
        return run_it(*asked)

    monkeypatch.setattr(site.runner, "run", run)
    site.snippet("# %% one\nprint('done')\n")
    site.page("---\nnotebook: kept\n---\n\n```snippet\nmade\n```\n")
    site.project.on_problem = [].append
    site.project.start()
    config = markdown_config(site.root, "en")
    monkeypatch.setattr(command.run, "folder", site.root / "own")
    kept = site.root / "own/notebooks/en/kept.ipynb"
    left = kept.with_name("left.py")
    kept.parent.mkdir(parents=True)
    left.touch()
    add, _ = notebook_hooks.on_files.methods
    add(Files([File("page.md", config.docs_dir, config.site_dir, use_directory_urls=True)]), config)
    assert not gate.is_set()
    assert kept.exists()  # so that links to it are known to be good
    assert not left.exists()
    gate.set()
    notebook_hooks.on_env(cast("Any", None), config, Files([]))
    assert "done" in kept.read_text(encoding="utf-8")
    assert "print" in kept.with_suffix(".py").read_text(encoding="utf-8")
