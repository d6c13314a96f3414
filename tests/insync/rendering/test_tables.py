"""The tables of a build's own facts, and the lists of every number and claim."""

from __future__ import annotations

import html as html_module
import platform
import re
from typing import TYPE_CHECKING

import pytest
import torch
from conftest import CHINESE, ENGLISH

from insync.pages.scan import scan_text
from insync.rendering.tables import TABLES, code_span, page_title, table

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

SOURCE = """
    # %% one
    import torch

    x = torch.tensor(0.25)
    # %% two
    y = 2
"""


def rows(site: Site, text: str, language: str = "en") -> list[list[str]]:
    """The one table of a page as a browser would show it, row by row."""
    site.page(text, language=language)
    page = str(site.render(language=language).content)
    (found,) = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    return [
        [
            html_module.unescape(re.sub(r"<[^>]+>", "", cell))
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    ]


# --- Facts -------------------------------------------------------------------------------------------------


def test_the_environment_is_that_of_the_records(site: Site) -> None:
    site.snippet(SOURCE)
    found = rows(site, "```snippet\nmade\n```\n\n```numbers\nenvironment\n```\n")
    facts = dict(found)
    assert found[0] == ["What", "Here"]
    assert facts["Python"] == platform.python_version()
    assert facts["torch"] == torch.__version__.partition("+")[0] or facts["torch"] == torch.__version__
    assert facts["Vector instructions used by torch"] == torch.backends.cpu.get_cpu_capability()
    assert facts["Threads"] == "1"
    assert facts["Seed before a snippet's first line"] == "0"
    assert platform.machine() in facts["Processor"]


def test_snippets_with_their_cells_numbers_and_run(site: Site) -> None:
    site.snippet(SOURCE)
    site.snippet("# %% a\nz = 3\n", "other")
    text = "```snippet\nmade\n```\n\n`{python} y` `{python other} z`" + " `{python made#one} x:.2f`" * 2
    found = rows(site, f"{text}\n\n```numbers\nsnippets\n```\n")
    assert found[0] == ["Snippet", "Cells", "Numbers", "Run time", "Run at (UTC)"]
    assert [row[:3] for row in found[1:]] == [["made", "2", "2"], ["other", "1", "1"], ["All", "3", "3"]]
    for row in found[1:3]:
        assert re.fullmatch(r"\d+\sms", row[3])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row[4])
    # A later build takes the records over, and says so.
    site.new_project()
    again = rows(site, f"{text}\n\n```numbers\nsnippets\n```\n")
    assert [row[4] for row in again[1:3]] == [f"{row[4]} (from an earlier build)" for row in found[1:3]]


def test_numbers_stand_on_the_right(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("```snippet\nmade\n```\n\n`{python} y`\n")
    site.project.start()
    here = site.root / "docs/en/page.md"
    assert table("snippets", site.project, ENGLISH, here)[1] == "| --- | ---: | ---: | ---: | --- |"
    assert table("environment", site.project, ENGLISH, here)[1] == "| --- | --- |"


def test_no_snippet_is_no_fact(site: Site) -> None:
    assert rows(site, "```numbers\nsnippets\n```\n")[1:] == [["All", "0", "0", "0\u00a0ms", ""]]


# --- Every number and claim --------------------------------------------------------------------------------

LISTED = """
---
title: "The sum `{python made#one} x:.2f`"
---

# First { #first }

```snippet
made
```

`{python} y` and `{python made#one} x:.2f`

## Second part { #second }

$`{python} y`$ [to `{python} y + 1`](page.md) ![of `{python} y + 2`](x.svg)

```claim
says: It is two, and not `{python} y + 3`.
holds: y == 2
```
"""


def test_every_number_is_listed_with_its_place_whatever_it_stands_in(site: Site) -> None:
    site.snippet(SOURCE)
    site.page(LISTED, "listed")
    found = rows(site, "# All { #all }\n\n```numbers\npublished\n```\n")
    assert found[0] == ["Where", "Number", "Expression", "Cell"]
    first, second = "The sum …", "The sum … · second"
    assert found[1:] == [
        [first, "0.25", "x:.2f", "made#one"],
        [first, "2", "y", "made"],
        [first, "0.25", "x:.2f", "made#one"],
        [second, "2", "y", "made"],
        [second, "3", "y + 1", "made"],
        [second, "4", "y + 2", "made"],
        [second, "5", "y + 3", "made"],
    ]  # fmt: skip


def test_every_claim_is_listed_and_counted(site: Site) -> None:
    site.snippet(SOURCE)
    site.page(LISTED, "listed")
    site.page("```claim\nmade#one\nsays: Small.\nholds: x < 1\n```\n", "more")
    assert rows(site, "```numbers\nclaims\n```\n") == [
        ["Where", "Claim", "Cell"],
        ["The sum … · second", "y == 2", "made"],
        ["more", "x < 1", "made#one"],
    ]
    assert rows(site, "# Counts { #counts }\n\n`{python made#two} y`\n\n```numbers\ncounts\n```\n") == [
        ["Page", "Numbers", "Claims"],
        ["The sum …", "7", "1"],
        ["more", "0", "1"],
        ["Counts", "1", "0"],
        ["All", "8", "2"],
    ]


def test_each_language_lists_its_own_pages_in_its_own_words(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("# One { #one }\n\n`{python made#two} y`\n", "a")
    site.page("# 一 { #one }\n\n`{python made#two} y * 2`\n", "a", language="zh")
    assert rows(site, "```numbers\npublished\n```\n")[1:] == [["One", "2", "y", "made#two"]]
    assert rows(site, "```numbers\npublished\n```\n", language="zh") == [
        [CHINESE.place, CHINESE.number, CHINESE.expression, CHINESE.cell],
        ["一", "4", "y * 2", "made#two"],
    ]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_there_in_both_languages(site: Site, name: str) -> None:
    site.snippet(SOURCE)
    site.page("```snippet\nmade\n```\n", "a")
    heads = []
    for language in ("en", "zh"):
        found = rows(site, f"```numbers\n{name}\n```\n", language)
        assert len({len(row) for row in found}) == 1
        heads.append(found[0])
    assert heads[0] != heads[1]


def test_an_unknown_table_is_refused_with_those_there_are(site: Site) -> None:
    assert "there is no table `claim`" in site.error("```numbers\nclaim\n```\n")
    assert "Did you mean `claims`?" in site.error("```numbers\nclaim\n```\n")


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("'a|b'", "a|b"),
        ("'*a* _b_ <b> &amp;'", "*a* _b_ <b> &amp;"),
        ("[1, 2][0]", "1"),
        ("''", "–"),
    ],
)
def test_a_listed_number_and_its_expression_are_shown_as_they_are(
    site: Site, expression: str, shown: str
) -> None:
    site.snippet(SOURCE)
    site.page(f"`{{python made}} {expression}`\n", "a")
    assert rows(site, "```numbers\npublished\n```\n")[1][1:3] == [shown, expression]


@pytest.mark.parametrize(
    ("expression", "named"),
    [("y | 1", "y | 1"), ("y > 0 | 0", "y > 0 | 0")],
)
def test_a_claim_with_a_pipe_stays_in_its_cell(site: Site, expression: str, named: str) -> None:
    site.snippet(SOURCE)
    site.page(f"```claim\nmade\nsays: So it is.\nholds: {expression}\n```\n", "a")
    assert rows(site, "```numbers\nclaims\n```\n")[1:] == [["a", named, "made"]]


def test_a_place_is_a_link_to_the_part_of_the_page(site: Site) -> None:
    site.snippet(SOURCE)
    site.page(LISTED, "guide/listed")
    site.page("text\n", "blog/here")
    site.project.start()
    lines = table("claims", site.project, ENGLISH, site.root / "docs/en/blog/here.md")
    assert lines[2] == "| [The sum … · second](../guide/listed.md#second) | `y == 2` | `made` |"
    assert lines[-1] == "", "a table ends with a blank line"


# --- Small parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("x", "`x`"),
        ("a`b", "`` a`b ``"),
        ("a``b`c", "``` a``b`c ```"),
        ("`", "`` ` ``"),
        ("{python} x", "`{python} x`"),
        ("", "–"),
        ("  ", "–"),
    ],
)
def test_a_code_span_holds_any_text(text: str, span: str) -> None:
    assert code_span(text) == span


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# A title { #a }\n", "A title"),
        ("---\ntitle: In front\n---\n\n# A title { #a }\n", "In front"),
        ('---\ntitle: "Quoted"\n---\n', "Quoted"),
        ("# Off by `{quoted what readers say} 1e-7` { #a }\n", "Off by 1e-7"),
        ("---\ndate: 2021-09-27\n---\n\n## `Conv1d` of `{python made#one} x` { #a }\n", "Conv1d of …"),
        ("no heading\n", "page"),
    ],
)
def test_a_pages_title_is_plain_text(tmp_path: Path, source: str, title: str) -> None:
    assert page_title(scan_text(tmp_path / "page.md", source)) == title
