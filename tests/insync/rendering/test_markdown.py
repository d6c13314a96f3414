"""Fences on a page: what of a cell is shown, how, and with which notes; and the tables of a build's facts."""

from __future__ import annotations

import html as html_module
import re
from typing import TYPE_CHECKING

import pytest
import torch

from insync.pages.forms import Ref
from insync.rendering.inline import plain
from insync.rendering.kinds.snippet import fenced

if TYPE_CHECKING:
    from conftest import Site

SNIPPET = """
# %% one
a = 1
print("printed")
a + 1
# %% two tags=["hide-input"]
print("without code")
# %% three tags=["hide-output"]
print("without output")
# %% four tags=["raises-exception"]
import sys, warnings
print("to stderr", file=sys.stderr)
warnings.warn("with <care>")
[][0]
"""
BLOCK = re.compile(
    r'<div [^>]*?class="([^"]*)"[^>]*>(?:<span class="filename">(.*?)</span>)?<pre>(.*?)</pre>', re.DOTALL
)


def blocks(html: str) -> list[tuple[str, str]]:
    """The code blocks of a page: what they are, and their text."""
    found = []
    for classes, _, body in BLOCK.findall(html):
        kinds = [name.removeprefix("insync-") for name in classes.split() if name.startswith("insync-")]
        text = html_module.unescape(re.sub(r"<[^>]*>", "", body)).strip("\n")
        found.append((" ".join(sorted(kinds)), text))
    return found


def fence(*lines: str) -> str:
    return "\n".join(["```snippet", *lines, "```", ""])


# --- What is shown ------------------------------------------------------------------------------------------

CODE = ("code", 'a = 1\nprint("printed")\na + 1')
OUTPUT = [("output", "printed"), ("output", "2")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("made#one",), [CODE, *OUTPUT]),
        (("made#one", "show: both"), [CODE, *OUTPUT]),
        (("made#one", "show: code"), [CODE]),
        (("made#one", "show: output"), OUTPUT),
        (("made#two",), [("output", "without code")]),
        (("made#two", "show: both"), [("code", 'print("without code")'), ("output", "without code")]),
        (("made#three",), [("code", 'print("without output")')]),
        (("made#three", "show: output"), [("output", "without output")]),
        (("made#two", "made#one", "show: output"), [("output", "without code"), *OUTPUT]),
    ],
)
def test_a_fence_shows_what_it_says_or_else_what_the_cells_tags_say(
    site: Site, lines: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert blocks(site.html(fence(*lines), SNIPPET)) == expected


def test_warnings_errors_and_exceptions_are_told_apart_and_stand_in_the_order_of_the_run(site: Site) -> None:
    assert blocks(site.html(fence("made#four", "show: output"), SNIPPET)) == [
        ("output stderr", "to stderr"),
        ("output warning", "UserWarning: with <care>"),
        ("error output", "IndexError: list index out of range"),
    ]


def test_a_snippet_named_alone_shows_all_of_its_cells(site: Site) -> None:
    shown = blocks(site.html(fence("made"), SNIPPET))
    assert [kind for kind, _ in shown] == [
        "code",
        "output",
        "output",
        "output",
        "code",
        "code",
        "output stderr",
        "output warning",
        "error output",
    ]


def test_torchs_own_error_is_shown_as_torch_words_it(site: Site) -> None:
    snippet = (
        '# %% one tags=["raises-exception"]\nimport torch\ntorch.nn.Conv1d(3, 2, 4)(torch.rand(1, 4, 10))\n'
    )
    (shown,) = blocks(site.html(fence("made", "show: output"), snippet))
    with pytest.raises(RuntimeError) as caught:
        torch.nn.Conv1d(3, 2, 4)(torch.rand(1, 4, 10))
    assert shown == ("error output", f"RuntimeError: {caught.value}")


@pytest.mark.parametrize(
    "around",
    ["!!! note\n\n{}", '=== "Tab"\n\n{}', "1. item\n\n{}", "??? note\n\n{}"],
    ids=["admonition", "tab", "list", "details"],
)
def test_a_fence_works_in_any_block(site: Site, around: str) -> None:
    inner = "".join(f"    {line}\n" for line in fence("made#one").splitlines())
    html = site.html(around.format(inner) + "\nafter\n", SNIPPET)
    assert blocks(html) == [CODE, *OUTPUT]
    assert html.endswith("<p>after</p>")


def test_a_fence_works_in_a_quotation(site: Site) -> None:
    quoted = "".join(f"> {line}\n" for line in fence("made#one").splitlines())
    html = site.html(quoted, SNIPPET)
    assert blocks(html) == [CODE, *OUTPUT]
    assert "<blockquote>" in html


@pytest.mark.parametrize(
    "printed",
    [
        "```\nfence\n```",
        "````` long",
        "<b>&amp;</b>",
        "# heading { #x }",
        "a\n\n\nb",
        "    indented",
        "$x$ and `{python} a`",
        "[link](x.md)",
        "!!! note",
        "tab\there",
        "| a | b |\n|---|---|",
        "--- 8< --- {: .x }",
    ],
)
def test_output_is_shown_to_the_letter_whatever_it_looks_like(site: Site, printed: str) -> None:
    html = site.html(fence("made", "show: output"), f"# %% one\nprint({printed!r})\n")
    ((_, text),) = blocks(html)
    assert text.split("\n") == printed.strip("\n").split("\n")


@pytest.mark.parametrize(
    "source", ['x = """\n```\n"""', "s = '<b>' # %% no\n\n\nt = 2", "y = '$' + '`{python} a`'"]
)
def test_code_is_shown_to_the_letter(site: Site, source: str) -> None:
    assert blocks(site.html(fence("made", "show: code"), f"# %% one\n{source}\n")) == [("code", source)]


def test_code_and_output_are_coloured_as_what_they_are(site: Site) -> None:
    html = site.html(fence("made#one"), SNIPPET)
    assert html.count("language-python") == 1
    assert html.count("language-text") == 2


def test_a_longer_fence_stands_around_text_with_fences() -> None:
    assert fenced("````\nx", ".text") == ["````` { .text }", "````", "x", "`````"]


# --- Titles and notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Twelve products", "Twelve products"),
        ('The "a" & <b>', 'The "a" & <b>'),
        ("Both \"a\" and 'b'", "Both ”a” and 'b'"),
        ("十二个乘积", "十二个乘积"),
        ("a is `{python} a:.2f`", "a is 1.00"),
    ],
)
def test_a_title_stands_above_the_code(site: Site, title: str, shown: str) -> None:
    html = site.html(fence("made#one", f"title: {title}"), SNIPPET)
    found = re.search(r'<span class="filename">(.*?)</span>', html)
    assert found is not None
    assert html_module.unescape(found[1]) == shown


def test_notes_become_numbered_annotations_of_their_lines_in_their_order(site: Site) -> None:
    html = site.html(
        fence(
            "made#one",
            "note: print => The **output** is `{python} a`.",
            "note: a = 1 => First?",
            "show: code",
        ),
        SNIPPET,
    )
    ((_, text),) = blocks(html)
    assert text.split("\n") == ["a = 1  # (2)!", 'print("printed")  # (1)!', "a + 1"]
    notes = re.search(r"</div>\s*<ol>(.*?)</ol>", html, re.DOTALL)
    assert notes is not None
    assert [re.sub(r"<[^>]*>", "", item) for item in re.findall(r"<li>(.*?)</li>", notes[1])] == [
        "The output is 1.",
        "First?",
    ]


def test_a_note_leaves_a_comment_that_its_line_has(site: Site) -> None:
    """Material puts a number with `!` in place of the whole comment, one without into it."""
    html = site.html(
        fence("made", "note: a = 1 => First."), "# %% one\na = 1  # one, not 'two'\ns = '# no comment'\n"
    )
    ((_, text),) = blocks(html)
    assert text.split("\n")[0] == "a = 1  # one, not 'two' (1)"


def test_what_stands_in_attributes_is_bare_characters(site: Site) -> None:
    site.snippet(SNIPPET)
    site.page(fence("made#one") + "`{python} a` `{python} a:.3f`\n")
    site.project.start()
    assert plain("x `{python} a` y `{python} a:.3f`", Ref("made", "one"), site.project) == "x 1 y 1.000"
    assert plain("``{python} a``", Ref("made", "one"), site.project) == "``{python} a``"


# --- Tables -------------------------------------------------------------------------------------------------


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def test_the_table_of_the_environment_has_this_builds_facts_in_the_pages_language(site: Site) -> None:
    site.snippet("# %% one\nimport torch\n")
    for language in ("en", "zh"):
        site.page("```snippet\nmade\n```\n\n```numbers\nenvironment\n```\n", language=language)
    english, chinese = (cells(str(site.render(language=language).content)) for language in ("en", "zh"))
    facts = {row[0]: row[1] for row in english}
    assert facts["torch"].partition("+")[0] == torch.__version__.partition("+")[0]
    assert torch.backends.cpu.get_cpu_capability() in " ".join(facts.values())
    assert [row[1] for row in chinese[1:]] == [row[1] for row in english[1:]]
    assert chinese[0] != english[0]


def test_the_table_of_the_snippets_counts_cells_and_numbers(site: Site) -> None:
    site.snippet(SNIPPET)
    site.page(
        fence("made#one") + "\n`{python} a` `{python} a` `{python} a + 1`\n\n```numbers\nsnippets\n```\n"
    )
    row = next(row for row in cells(str(site.render().content)) if row[0] == "made")
    assert row[1:3] == ["4", "2"]
    assert re.fullmatch(r"\d+\sms", row[3])
