"""What all pages together ask of the snippets."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import as_questions

from insync.pages.demand import collect
from insync.pages.forms import Ref
from insync.pages.scan import scan_page, scan_text
from insync.problem import InsyncError
from insync.running.snippet import parse_snippet

SNIPPET = parse_snippet(Path("made.py"), "# %% one\na = 1\n# %% two\nb = 2\n")


def scan(text: str) -> list[tuple[str, str, int]]:
    """Each question of a page: whom it asks, what, and on which line."""
    page = scan_text(Path("page.md"), text)
    assert not page.errors
    return [(str(question.ref), question.asked.text, question.line) for question in page.questions]


def test_a_number_asks_the_cell_last_embedded_above_it_in_source_order() -> None:
    text = (
        "---\ntitle: A\n---\n\n```snippet\nmade#one\n```\n`{python} a` `{python other#x} b`\n\n"
        "`{python} c`\n\n```snippet\nmade#one\nother\n```\n\n`{python} d`\n\n"
        "```numbers\nsnippets\n```\n`{python} e`\n"
    )
    assert scan(text) == [
        ("made#one", "a", 8),
        ("other#x", "b", 8),
        ("made#one", "c", 10),
        ("other", "d", 17),
        ("other", "e", 22),
    ]


def test_the_numbers_in_a_fences_options_ask_its_own_last_cell() -> None:
    text = (
        "```snippet\nmade#one\n```\n\n"
        "```snippet\nmade#two\nalt: `{python} a`\nnote: x => `{python made#one} b`\n```\n"
    )
    assert scan(text) == [("made#two", "a", 7), ("made#one", "b", 8)]


def test_numbers_of_the_front_matter_are_asked_with_their_line() -> None:
    assert scan('---\ndate: x\ntitle: "`{python made#one} a`"\n---\ntext\n') == [("made#one", "a", 3)]


def test_what_two_languages_ask_is_united() -> None:
    english = scan_text(
        Path("en.md"), "```snippet\nmade#one\n```\n`{python} a` `{python} a:.2f` `{python made} c`\n"
    )
    chinese = scan_text(
        Path("zh.md"), "```snippet\nmade#one\n```\n`{python} b` `{python} a` `{python made#two} d`\n"
    )
    asked = collect([english, chinese]).of(SNIPPET)
    assert asked == as_questions({"one": ("a", "a:.2f", "b"), "two": ("c", "d")})
    assert collect([chinese, english]).of(SNIPPET) == asked


def test_a_snippet_that_is_only_shown_is_asked_for_too() -> None:
    demand = collect([scan_text(Path("page.md"), "```snippet\nmade\n```\n")])
    assert demand.expressions == {"made": {}}
    assert demand.of(SNIPPET) == {}


@pytest.mark.parametrize(
    ("less", "more", "within"),
    [
        ("`{python made#one} a`", "`{python made#one} a` `{python made#one} b`", True),
        ("`{python made#one} a` `{python made#one} b`", "`{python made#one} a`", False),
        ("`{python made#one} a`", "`{python made#two} a`", False),
        ("```snippet\nmade\n```", "`{python made} a`", True),
        ("```snippet\nmade\n```", "`{python other} a`", False),
        ("text", "text", True),
    ],
)
def test_a_demand_knows_whether_another_covers_it(less: str, more: str, within: bool) -> None:
    one, other = (collect([scan_text(Path("page.md"), text)]) for text in (less, more))
    assert (one <= other) is within


def test_what_is_wrong_on_a_page_does_not_hide_the_rest_of_it() -> None:
    page = scan_text(
        Path("page.md"), "`{python} a`\n\n```snippet\nmade#one\nwhat?\n```\n\n`{python} b +` `{python} c`\n"
    )
    assert [problem.page and problem.page.line for problem in page.errors] == [1, 5, 8]
    assert [(question.ref, question.asked.text) for question in page.questions] == [(Ref("made", "one"), "c")]


def test_a_page_that_is_no_text_is_a_problem_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes("偏置".encode("gb18030"))
    with pytest.raises(InsyncError, match=r"page\.md: the page is not UTF-8"):
        scan_page(path)
    with pytest.raises(InsyncError, match="cannot be read"):
        scan_page(tmp_path / "missing.md")
