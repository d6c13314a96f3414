"""The summary of a pull request: which published numbers moved, on which pages, as Markdown that stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from insync.problem import Problem
from insync.publishing.outputs import published
from insync.publishing.summary import MOST_ROWS, Row, gone_rows, summary, summary_rows

if TYPE_CHECKING:
    from conftest import Site

SOURCE = """
    # %% one
    x = {x}
    print(x)
    # %% two
    y = {x} * 2
    y
"""


def rows(site: Site, old: str = "0.25", new: str = "0.5") -> dict[str, tuple[str, ...]]:
    """What moved when `x` went from one value to another → the pages that are said to show it."""
    site.snippet(SOURCE.format(x=old))
    site.project.start()
    (task,) = site.project.tasks()
    assert task.outcome.record
    committed = published(task.snippet, task.outcome.record)
    site.snippet(SOURCE.format(x=new))
    site.project.start()
    (task,) = site.project.tasks()
    return {row.what: row.pages for row in summary_rows(site.project, task, committed)}


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("```snippet\nmade\n```", {"one: stdout", "two: value"}),
        ("```snippet\nmade#one\n```", {"one: stdout"}),
        ("```snippet\nmade#two\nshow: output\n```", {"two: value"}),
        ("```snippet\nmade#two\nshow: code\n```", set()),
        ("`{python made#one} x`", {"one: x"}),
        ("`{python made} y`", {"two: y"}),
        ("`{python made#two} y`", {"two: y"}),
        ("```snippet\nmade#one\n```\n\n`{python} x` and `{python} x`", {"one: stdout", "one: x"}),
        ("```claim\nmade\nsays: It is.\nholds: y > 0\n```", set()),
        ('---\ndescription: "It is `{python made#one} x`"\n---\n\ntext', {"one: x"}),
        ("$`{python made#one} x`$ ![`{python made} y`](a.svg)", {"one: x", "two: y"}),
        ("````markdown\n`{python made#one} x`\n````\n\n`{python made#one} x + 1`", {"one: x + 1"}),
    ],
)
def test_a_page_is_named_for_what_it_shows_and_for_nothing_else(
    site: Site, page: str, shown: set[str]
) -> None:
    site.page(page + "\n")
    # Another page asks all there is, so that every line moves.
    asks = "`{python made#one} x` `{python made#one} x + 1` `{python made} y`"
    site.page(f"```snippet\nmade\n```\n\n{asks}\n", language="zh")
    found = rows(site)
    assert {what for what, pages in found.items() if "docs/en/page.md" in pages} == shown
    assert all("docs/zh/page.md" in pages for pages in found.values())
    assert set(found) == {"one: stdout", "two: value", "one: x", "one: x + 1", "two: y"}


def test_a_claim_that_stops_to_hold_moves(site: Site) -> None:
    site.page("```claim\nmade\nsays: It is.\nholds: y < 0.6\n```\n")
    assert rows(site) == {
        "one: stdout": (),
        "two: value": (),
        "two: claim: y < 0.6": ("docs/en/page.md",),
    }


def test_a_snippet_that_does_not_run_has_no_rows(site: Site) -> None:
    site.snippet("# %% one\n1 / 0\n")
    site.page("```snippet\nmade\n```\n")
    site.project.start()
    (task,) = site.project.tasks()
    assert summary_rows(site.project, task, "[one]\nvalue:\n    1\n") == []


def test_all_of_a_snippet_that_no_page_asks_for_is_gone() -> None:
    assert gone_rows("made", "# head\n\n[one]\nstdout:\n    1\n    2\n") == [
        Row("made", "one: stdout", "removed", "1", "", ()),
        Row("made", "one: stdout", "removed", "2", "", ()),
    ]


def row(kind: str = "changed", old: str = "1", new: str = "2", pages: tuple[str, ...] = ("a.md",)) -> Row:
    return Row("made", "one: x", kind, old, new, pages)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([row()], "1 published line differs: 1 changed. They stand on 1 page."),
        (
            [row(), row("rounding", pages=("b.md", "a.md")), row("added"), row("removed", pages=())],
            "4 published lines differ: 1 changed, 1 changed in the last digit only, 1 new, 1 gone."  # noqa: ISC004
            " They stand on 2 pages.",
        ),
        ([row("removed", pages=())] * 2, "2 published lines differ: 2 gone."),
    ],
)
def test_the_sentence_counts_what_there_is(found: list[Row], sentence: str) -> None:
    assert summary(found, {}).split("\n")[2] == sentence


def test_the_table_is_one_that_github_reads() -> None:
    text = summary([row(old="a|b`c``d", new="  x  "), row(old="", new="``")], {})
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert lines == [
        "| Where | Was | Is | Pages |",
        "| --- | --- | --- | --- |",
        "| `made#one: x` | ``` a\\|b`c``d ``` | `x` | a.md |",
        "| `made#one: x` | – | ``` `` ``` | a.md |",
    ]
    assert text.partition("| Where")[0].endswith("\n\n"), "a table begins after a blank line"
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}


def test_a_long_table_ends_with_what_is_left_out() -> None:
    text = summary([row()] * (MOST_ROWS + 5), {})
    assert text.count("\n| `") == MOST_ROWS
    assert "… and 5 more, in the diff of `snippets/outputs`." in text
    assert f"{MOST_ROWS + 5} published lines" in text
    assert "more, in" not in summary([row()] * MOST_ROWS, {})


def test_what_does_not_run_stands_above_all() -> None:
    failed = {"bad": Problem("the cell `a` raises X", "Mend it.")}
    text = summary([], failed)
    paragraphs = ["## Published numbers", "**`bad` does not run:** `` the cell `a` raises X ``"]
    assert text == "\n\n".join([*paragraphs, "No other number moves.\n"])
    assert summary([row()], failed).index("does not run") < summary([row()], failed).index("1 published line")
