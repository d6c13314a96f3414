"""Snippet files: which cells are found, what is refused, and that Jupytext reads the same."""

from __future__ import annotations

import ast
import codecs
from pathlib import Path

import jupytext
import pytest
from conftest import ROOT, make_snippet
from hypothesis import given
from hypothesis import strategies as st

from insync.problem import InsyncError
from insync.running.snippet import HIDE_INPUT, HIDE_OUTPUT, RAISES, parse_snippet, read_snippet

SNIPPETS = sorted((ROOT / "snippets").glob("*.py"))
TWO = "# %% one\na = 1\n\n# %% two\nb = a\n"


def problem_of(text: str) -> str:
    with pytest.raises(InsyncError) as caught:
        parse_snippet(Path("made.py"), text)
    (problem,) = caught.value.problems
    return str(problem)


def jupytext_cells(text: str) -> list[tuple[str, str, set[str]]]:
    """Name, source and tags of each cell as Jupytext has them."""
    notebook = jupytext.reads(text, fmt="py:percent")
    return [
        (cell.metadata.get("title", ""), cell.source, set(cell.metadata.get("tags", [])))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


# --- What is read -------------------------------------------------------------------------------------------


def test_a_cell_has_its_name_its_source_and_the_line_where_its_code_starts(tmp_path: Path) -> None:
    snippet = make_snippet(
        tmp_path,
        """
        # A comment above the first cell.

        # %% first

        a = 1


        # %% second  tags=["raises-exception", 'hide-input']
        # its own comment
        raise ValueError

        """,
    )
    first, second = snippet.cells
    assert (first.name, first.source, first.line, first.tags) == ("first", "a = 1", 5, frozenset())
    assert (second.name, second.line, second.tags) == ("second", 9, {RAISES, HIDE_INPUT})
    assert second.source == "# its own comment\nraise ValueError"
    assert snippet.name == "made"
    assert snippet.cell("second") is second
    assert snippet.cell("third") is None


def test_the_line_of_each_cell_of_the_project_is_where_its_code_stands() -> None:
    for path in SNIPPETS:
        lines = path.read_text(encoding="utf-8").splitlines()
        for cell in read_snippet(path).cells:
            size = len(cell.source.split("\n"))
            assert "\n".join(lines[cell.line - 1 : cell.line - 1 + size]) == cell.source


@pytest.mark.parametrize(
    "data",
    [
        TWO.encode(),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        codecs.BOM_UTF8 + TWO.encode(),
        TWO.rstrip("\n").encode(),
        (TWO + "\n\n  \n").encode(),
    ],
    ids=["unix", "windows", "old mac", "byte order mark", "no last newline", "blank end"],
)
def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "made.py"
    path.write_bytes(data)
    assert [(cell.name, cell.source, cell.line) for cell in read_snippet(path).cells] == [
        ("one", "a = 1", 2),
        ("two", "b = a", 5),
    ]


def test_a_file_may_have_a_chinese_name_and_chinese_text(tmp_path: Path) -> None:
    snippet = make_snippet(tmp_path, "# %% one\nprint('卷积')\n", name="一个输出")
    assert snippet.name == "一个输出"
    assert snippet.cells[0].source == "print('卷积')"


@pytest.mark.parametrize("text", ["#%% one\na = 1", "#   %% one\na = 1", "# %%\tone\na = 1"])
def test_the_header_may_be_spaced_as_editors_write_it(text: str) -> None:
    assert parse_snippet(Path("made.py"), text).cells[0].name == "one"


def test_a_cell_may_be_a_comment_alone() -> None:
    assert parse_snippet(Path("made.py"), "# %% one\n# nothing else").cells[0].source == "# nothing else"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('tags=["hide-input"] not_portable="it trains"', (["hide-input"], [], "it trains")),
        ('not_portable="where a = b, c=d"', ([], [], "where a = b, c=d")),
        (
            r'normalise=["took [0-9.]+ ms", "n = [0-9]+"] tags = []',
            ([], ["took [0-9.]+ ms", "n = [0-9]+"], ""),
        ),
    ],
)
def test_the_options_of_a_cell_are_read_as_jupytext_reads_them(
    options: str, expected: tuple[list[str], list[str], str]
) -> None:
    text = f"# %% one {options}\na = 1\n"
    (cell,) = parse_snippet(Path("made.py"), text).cells
    assert (sorted(cell.tags), list(cell.normalise), cell.not_portable) == expected
    (theirs,) = jupytext.reads(text, fmt="py:percent").cells
    found = theirs.metadata
    assert (found.get("tags", []), found.get("normalise", []), found.get("not_portable", "")) == expected


# --- What is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the snippet has no cell"),
        ("# only a comment\n", 1, "the snippet has no cell"),
        ("import torch\n# %% one\na = 1", 1, "code stands above the first cell"),
        ("# x\n\nimport torch", 3, "code stands above the first cell"),
        ("# %% one\n\n# %% two\nb = 1", 1, "the cell `one` is empty"),
        ("# %% one\na = 1\n# %% two\n  \n", 3, "the cell `two` is empty"),
        ("# %% one\na = 1\n# %% one\nb = 1", 3, "two cells are named `one`"),
        ("# %%\na = 1", 1, "the cell has no name"),
        ("# %% One\na = 1", 1, "`One` is no cell name"),
        ("# %% one\n# %%time\na = 1", 2, "`%%time` begins no cell"),
        ("# %% 1st\na = 1", 1, "`1st` is no cell name"),
        ("# %% by-hand\na = 1", 1, "`by-hand` is no cell name"),
        ("# %% 卷积\na = 1", 1, "`卷积` is no cell name"),
        ("# %% two words\na = 1", 1, "`words` is not understood"),
        ("# %% [markdown]\n# text", 1, "`[markdown]` cells are not for snippets"),
        ("# %% text [markdown]\n# text", 1, "`[markdown]` is not understood"),
        ('# %% one tags=["raises"]\na = 1', 1, "there is no tag `raises`"),
        ('# %% one tags="raises-exception"\na = 1', 1, "`tags` cannot be 'raises-exception'"),
        ("# %% one tags=[1]\na = 1", 1, "`tags` cannot be [1]"),
        ("# %% one tags=[open('x')]\na = 1", 1, "`tags=[open('x')]` is not understood"),
        ('# %% one tags=["hide-input"] x=1\na = 1', 1, "a cell has no option `x`"),
        ('# %% tags=["hide-input"]\na = 1', 1, "is not understood"),
    ],
)
def test_what_does_not_follow_the_form_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    said = problem_of(text)
    assert message in said
    assert f"made.py:{line}\n" in said
    assert "What to do: " in said


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InsyncError, match="there is no such snippet file"):
        read_snippet(tmp_path / "made.py")
    (tmp_path / "made.py").write_bytes("# %% one\nprint('卷')".encode("gb18030"))
    with pytest.raises(InsyncError, match=r"not UTF-8 \(byte 16\)"):
        read_snippet(tmp_path / "made.py")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(InsyncError, match="cannot be read"):
        read_snippet(tmp_path / "folder.py")


# --- Jupytext -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.stem)
def test_jupytext_reads_the_projects_snippets_as_we_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours = [(cell.name, cell.source, set(cell.tags)) for cell in read_snippet(path).cells]
    assert jupytext_cells(text) == ours


code = st.lists(
    st.sampled_from(
        ["a = 1", "# a comment", "", "if a:\n    b = 2", "print('%%')", "def f():\n\n    return 1"]
    ),
    min_size=1,
    max_size=6,
).map("\n".join)
tags = st.lists(st.sampled_from([RAISES, HIDE_INPUT, HIDE_OUTPUT]), unique=True, max_size=3)


@given(st.lists(st.tuples(code.filter(lambda text: text.strip()), tags), min_size=1, max_size=5))
def test_jupytext_reads_made_snippets_as_we_do(cells: list[tuple[str, list[str]]]) -> None:
    text = ""
    for index, (source, names) in enumerate(cells):
        marked = ", ".join(f'"{name}"' for name in names)
        text += f"# %% cell_{index}" + (f" tags=[{marked}]" if names else "") + f"\n{source}\n\n"
    ours = [(cell.name, cell.source, set(cell.tags)) for cell in parse_snippet(Path("made.py"), text).cells]
    theirs = jupytext_cells(text)
    assert [(name, marked) for name, _, marked in ours] == [(name, marked) for name, _, marked in theirs]
    for (_, source, _), (_, other, _) in zip(ours, theirs, strict=True):
        assert source.strip("\n") == other.strip("\n")
        assert ast.dump(ast.parse(source)) == ast.dump(ast.parse(other))


def test_a_header_within_a_string_begins_no_cell() -> None:
    text = '# %% one\ntext = """\n# %% two\nx = 1\n"""\nprint(len(text))\n'
    (cell,) = parse_snippet(Path("made.py"), text).cells
    assert cell.source.endswith("print(len(text))")
    after = parse_snippet(Path("made.py"), text + "# %% two\ny = (\n# %% three\nz = 1\n")
    assert [cell.name for cell in after.cells] == ["one", "two", "three"], (
        "a cell may be there to show an error"
    )


@pytest.mark.parametrize("name", ["random", "statistics", "torch", "numpy"])
def test_a_snippet_is_not_named_as_a_module_that_others_import(name: str) -> None:
    with pytest.raises(InsyncError, match=f"`{name}` is the name of a module"):
        parse_snippet(Path(f"{name}.py"), "# %% one\na = 1\n")
