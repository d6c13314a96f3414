"""No input ends a build without a page and a line: pages and snippets of any text, and of almost right text.

The examples are the same in every run (Hypothesis's `ci` profile).
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import answered, markdown_config, write_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.exceptions import BuildError

from insync.pages.fences import KINDS
from insync.pages.forms import find_forms
from insync.pages.scan import Page, scan_text
from insync.pages.syntax import Text, parse_body
from insync.problem import InsyncError, Problem
from insync.project.project import Project
from insync.publishing.moves import moves, only_rounding
from insync.publishing.outputs import published
from insync.publishing.parity import digest, items
from insync.publishing.prose import prose_of
from insync.publishing.typed import typed_on
from insync.rendering import shared
from insync.rendering.shared import share_project
from insync.running.record import CellRecord, Environment, Output, Record, Value
from insync.running.snippet import Cell, Snippet, parse_snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

PAGE = Path("page.md")
SNIPPET = Path("made.py")

# --- What is fed -------------------------------------------------------------------------------------------

# Everything that means something to our syntax or to Markdown's, and a little that means nothing.
ATOMS = [
    "`", "``", "```", "````", "~~~", "{python}", "{python", "{quoted", "}", "{", "{python made#one}",
    "made", "{python made}", "{quoted why}", "made#one", "#", "# ", "## ", "{ #a }", "{: #b }", "-->",
    "<!--", "\\", "\\\\", "\n", "\n\n", "\n    ", "\n> ", "\n- ", "\n1. ", " ", "|", "\n|---|---|\n",
    "$", "$$", "[", "](", ")", "![", "<b>", "</b>", "<div markdown>", "</div>", "x", "x:.2f", "x[0]",
    "0.25", "(1, 2)", *KINDS, "show: code", "title: ", "alt: ", "note: ", " => ",
    "says: ", "holds: ", "---", "...", "title:", "description: >-", "!!! note", "??? tip", "===", '"',
    "'", "\t", "\r", "\r\n", "中文", "𝑥", "\u200b", "\ufeff", "\u0000", "\u0002", "\u0003", "\ue000",
    "\ue0000\ue000", "\u001e", "\f", "\u2028", "[^1]", "[^1]: ", "*[x]: ", "^", ":=", "lambda: 0", "await x",
    "f'{x}'", "!r", ":{x}",
    "#!x", "\\N{DASH}", "...", "***", "--8<--", "::: x",
]  # fmt: skip
LINES = [
    "```snippet", "```claim", "```numbers", "```", "~~~", "    ```snippet", "> ```snippet",
    "````markdown", "````", "made#one", "made", "made#none", "none", "environment", "published",
    "claims", "show: output", "show: wrong", "title: T `{python} x`", "alt: A", "note: x = 0 => why",
    "note: nothing", "says: It is `{python} x:.1f`.", "holds: x < 1", "holds: x <", "unknown: y",
    "Text with `{python} x:.2f` in it.", "`{python made#two} y`", "## Heading `{python} x` { #h }",
    "## Heading", "Heading\n---", "| `{python} x` | b |\n|---|---|\n| c | d |", "$`{python} x` + 1$",
    '[l `{python} x`](m.md "t `{python} x`")', "![a `{python} x`](b.svg)", "- item",
    "    indented `{python} x`", '!!! note "`{python} x`"', "<!-- `{python} x`", "-->",
    "`{quoted why} 0.25`", "``{python} x``", "\\`{python} x`", "<div>`{python} x`</div>", "---", "", "",
    "",
]  # fmt: skip
CELLS = [
    "# %% one", '# %% two tags=["raises-exception"]', "# %%", "#%% one", "# %% One", "# %% one two",
    "# %% [markdown]", "# %% one tags=[", "# %% one tags=['x']", "# %% one normalise=['(']",
    "# %% one normalise=['x']", "# %% one tags=1", "# %% one not_portable=''",
    "# %% one not_portable='why'", "# %% one x=1", "# %% one **{}", "# %% one tags=[]*9**9",
    "# %%% one", "x = 1", "'''", "# %% in_a_string", "# text", "", "    ", "\t", "\f", "print(", "中文",
    "\\",
]  # fmt: skip


def joined(parts: list[str], between: str = "") -> SearchStrategy[str]:
    """Texts made of these parts."""
    return st.lists(st.sampled_from(parts), max_size=25).map(between.join)


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
PAGES = st.one_of(
    ANY_TEXT,
    joined(ATOMS),
    joined(LINES, "\n"),
    st.lists(st.sampled_from([*LINES, *ATOMS]) | ANY_TEXT, max_size=25).map("\n".join),
    joined(LINES, "\n").map(lambda text: f'---\ntitle: "T `{{python made#one}} x`"\n---\n\n{text}'),
)
FILES = st.one_of(
    ANY_TEXT, joined(CELLS, "\n"), st.lists(st.sampled_from(CELLS) | ANY_TEXT, max_size=12).map("\n".join)
)

# --- Scanning ----------------------------------------------------------------------------------------------


def check_scan(page: Page, source: str) -> None:
    """What must be so of a scanned page whatever it was."""
    count = source.count("\n") + source.count("\r") + 1
    for problem in page.errors:
        assert problem.page
        assert 1 <= problem.page.line <= count, problem
        assert problem.message
        assert problem.advice
    for question in page.questions:
        assert 1 <= question.line <= count
        assert question.asked.text.strip() == question.asked.text != ""
        assert "\n" not in question.asked.text
        assert question.ref.snippet


@given(PAGES)
@example("`{python} " + "(" * 500 + ")" * 500 + "`")
@example("`{python made} x\x00`")
@example("`{python made} '\ud7ff'`")
@example("```snippet\n" + "made\n" * 500 + "```")
@example("> " * 300 + "```snippet\nmade")
@settings(max_examples=300)
def test_a_page_of_any_text_is_scanned(source: str) -> None:
    page = scan_text(PAGE, source)
    check_scan(page, source)
    assert page == scan_text(PAGE, source), "the same text is the same page"


@given(PAGES)
@settings(max_examples=200)
def test_parts_are_in_order_apart_and_hold_what_they_say(source: str) -> None:
    body = parse_body(source)
    lines = source.split("\n")
    done = 0
    for part in body.parts:
        assert part.first > done
        if isinstance(part, Text):
            done = part.first + part.text.count("\n")
            assert part.text == "\n".join(lines[part.first - 1 : done])
            assert part.text.strip()
            check_forms(part)
        else:
            done = part.last
            assert lines[part.first - 1].strip().startswith((*part.prefix.split(), "`", "~"))
            assert all(part.first <= line <= part.last for line, _, _ in part.errors)
            assert all(part.first < option.line < part.last for option in part.options)
        assert done <= len(lines)
    for heading in body.headings:
        assert 1 <= heading.line <= len(lines)
        assert heading.anchor in lines[heading.line - 1]
        assert 1 <= heading.level <= 6


def check_forms(part: Text) -> None:
    """Forms lie in their text, in order, and never one over the other."""
    done = 0
    for form in part.forms:
        assert done <= form.start < form.end <= len(part.text)
        done = form.end
        shown = part.text[form.start : form.end]
        assert shown.startswith("`")
        assert shown.endswith("`")
        assert "{python" in shown or "{quoted" in shown
        assert form.line == part.first + part.text.count("\n", 0, form.start)
        assert form.error or form.expression


@given(PAGES)
@settings(max_examples=200)
def test_forms_never_overlap(text: str) -> None:
    check_forms(Text(1, text, find_forms(text)))


@given(
    st.lists(st.sampled_from(["x", "y[0]:.2f", "f(1, 'a')", "a + b", "{1: 2}[1]"]), min_size=1, max_size=6),
    ANY_TEXT,
)
def test_every_number_that_is_written_as_told_is_found(expressions: list[str], around: str) -> None:
    around = re.sub(r"[`\\{<\r]", "", around)
    text = around.join(f" `{{python made#one}} {expression}` " for expression in expressions)
    assert [form.expression for form in find_forms(text)] == expressions
    assert not any(form.error for form in find_forms(text))


@given(FILES)
@example("# %% a\n" + "x" * 100_000)
@example("# %% a tags=" + "[" * 300 + "]" * 300)
@example("# %% a normalise=['" + "(" * 200 + "']")
@example("# %% a x=" + "9" * 5000)
@example("# %% a tags=['\\ud800']")
@settings(max_examples=300)
def test_a_snippet_of_any_text_is_read_or_refused_with_its_line(source: str) -> None:
    count = source.count("\n") + source.count("\r") + 1
    try:
        snippet = parse_snippet(SNIPPET, source)
    except InsyncError as error:
        (problem,) = error.problems
        assert problem.snippet
        assert problem.snippet.path == SNIPPET
        assert 1 <= problem.snippet.line <= count
        assert problem.advice
        return
    assert snippet.cells
    assert len({cell.name for cell in snippet.cells}) == len(snippet.cells)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for cell in snippet.cells:
        assert re.fullmatch("[a-z][a-z0-9_]*", cell.name)
        assert cell.source.strip()
        # Nothing is lost or made up: the cell is what stands in the file from that line on.
        assert lines[cell.line - 1 : cell.line + cell.source.count("\n")] == cell.source.split("\n")
        for pattern in cell.normalise:
            re.compile(pattern)


# --- Checks ------------------------------------------------------------------------------------------------


class Answers:
    """A project in which every number is 0.25, so that nothing need be run."""

    def value(self, ref: object, expression: str) -> Value:
        """The same for all."""
        assert ref
        assert expression
        return Value("0.25")


@given(PAGES)
@example("[" * 200)
@example("(" + "1, " * 300)
@example("[a](" * 100)
@settings(max_examples=200)
def test_the_checks_read_any_page(source: str) -> None:
    page = scan_text(PAGE, source)
    count = source.count("\n") + source.count("\r") + 1
    for prose in prose_of(page):
        assert 1 <= prose.line <= count
    for problem in typed_on(page, Answers()):  # type: ignore[arg-type]
        assert problem.page
        assert 1 <= problem.page.line <= count
        assert problem.message.startswith("`")
    for item in items(page, "en"):
        assert 1 <= item.line <= count
        assert item.what
    assert re.fullmatch("[0-9a-f]{8}", digest(page))


OUTPUT = st.one_of(
    ANY_TEXT, joined(["0.25", "-0.0", "nan", "1e-07", "\n", "    ", "[a]", "stdout:", "  →  ", "x", " "])
)
# What the runner makes of a stream: no control characters, no other line ends.
CLEAN = OUTPUT.map(lambda text: re.sub(r"[\x00-\x09\x0b-\x1f\x7f\ue000\ue001]", "\ufffd", text))
PRINTED = st.lists(CLEAN.filter(str.strip), max_size=3)


def outputs_of(texts: list[str], values: dict[str, str]) -> str:
    cells = CellRecord("a", tuple(Output("stdout", text) for text in texts), answered(values))
    record = Record("made", (cells,), 0, "", Environment("", "", "", "", {}), {})
    return published(Snippet("made", SNIPPET, (Cell("a", "x", 1),)), record)


VALUES = st.dictionaries(
    st.sampled_from(["x", "y:.2f", "a  →  b"]), CLEAN.map(lambda text: text.replace("\n", " "))
)


@given(PRINTED, VALUES, PRINTED, VALUES)
@settings(max_examples=200)
def test_any_two_outputs_are_compared(
    old: list[str], old_values: dict[str, str], new: list[str], new_values: dict[str, str]
) -> None:
    before, after = outputs_of(old, old_values), outputs_of(new, new_values)
    assert moves("made", before, before) == []
    found = moves("made", before, after)
    for move in found:
        assert move.old != move.new or move.kind in ("added", "removed")
        assert move.what.startswith("a: ")
        assert (move.kind == "added") <= (move.old == "")
        assert (move.kind == "removed") <= (move.new == "")
    # Another text without a move differs in blank lines at most.
    if not found:
        assert [line for line in before.split("\n") if line.strip()] == [
            line for line in after.split("\n") if line.strip()
        ]


@given(OUTPUT, OUTPUT)
@settings(max_examples=200)
def test_a_rounding_is_one_both_ways(old: str, new: str) -> None:
    assert only_rounding(old, new) == only_rounding(new, old)
    assert only_rounding(old, old)


# --- The whole way to HTML ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def converter(
    tmp_path_factory: pytest.TempPathFactory, runner: object
) -> Iterator[tuple[Markdown, Project, list[Problem]]]:
    """The site's own Markdown extensions on a project with one snippet; problems are collected."""
    root = tmp_path_factory.mktemp("fuzz")
    layout = write_settings(root)
    for folder in (*layout.pages, layout.snippets):
        folder.mkdir(parents=True)
    source = "# %% one\nx = 0\nprint('out|put `x`')\n"
    source += "# %% two tags=[\"raises-exception\"]\ny = 'a`b|*c*<d>&amp;'\n1 / 0\n"
    (layout.snippets / "made.py").write_text(source, encoding="utf-8")
    project = Project(layout, runner)  # type: ignore[arg-type]
    problems: list[Problem] = []
    project.on_problem = problems.append
    project.start()
    share_project(project)
    config = markdown_config(root, "en")
    made = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    yield made, project, problems
    del shared._PROJECTS[layout.root]


@given(PAGES)
@example("<DIV>`{python made} x`")
@example("```claim\n```")
@example("$\x1b$")
@example("$0\t{$")
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_page_becomes_html_or_a_problem_with_its_line(
    converter: tuple[Markdown, Project, list[Problem]], source: str
) -> None:
    markdown, project, problems = converter
    problems.clear()
    project._extra.clear()  # what other examples asked
    made = refused = ""
    try:
        made = markdown.reset().convert(source)
    except BuildError as error:
        refused = str(error)
    # Of what stops at once and is not ours there are formulas alone; those name their line, too.
    assert re.match(r"line \d+: cannot render this formula|$", refused)
    for problem in problems:
        assert problem.page, problem
        assert problem.page.line >= 1
        assert problem.advice
    if "\ue000" not in source and not problems:
        assert "\ue000" not in made, "a number was left out"


NUMBER, SHOWN = "`{python made#two} y`", "a`b|*c*<d>&amp;"
BLOCKS = [
    "A sentence with {number} in it, and {number}.",
    "## Heading {number} {{ #h }}",
    "| a | {number} |\n|---|---|\n| {number} | b |",
    "- item {number}\n    - deeper {number}",
    "> quoted {number}",
    '!!! note "Title {number}"\n    text {number}',
    '[link {number}](#h "title {number}")',
    "![alt {number}](#h)",
    "**{number}** and _{number}_",
    "a footnote[^1]\n\n[^1]: with {number}",
    "$x + {number}$",
    '<div markdown="1">\n\ntext {number}\n\n</div>',
    "```snippet\nmade#one\ntitle: Title\nnote: x = 0 => note {number}\n```",
    "```claim\nmade#one\nsays: It holds, {number}.\nholds: x == 0\n```",
    "``{{python}} literal`` {number}",
    "\\\\{number}",
]


@given(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=6, unique=True))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_every_number_of_a_right_page_comes_through_wherever_it_stands(
    converter: tuple[Markdown, Project, list[Problem]], blocks: list[str]
) -> None:
    markdown, project, problems = converter
    problems.clear()
    project._extra.clear()
    source = "\n\n".join(blocks).replace("{number}", NUMBER).replace("{{", "{").replace("}}", "}")
    made = markdown.reset().convert(source)
    assert problems == []
    bare = html.unescape(made)
    # In a table a pipe of the number's own may have its backslash; in mathematics, each sign its element.
    assert bare.count(html.unescape(SHOWN)) + made.count("<math") >= source.count(NUMBER)
