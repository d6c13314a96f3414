"""Where code can be read: what fences show, and where the link of a number leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from insync.pages.fences import Fence, Option
from insync.pages.forms import Ref
from insync.rendering.listing import Listing, asked_cell, cells_of, code_anchor, shows
from insync.running.snippet import Cell, parse_snippet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

SOURCE = """
    # %% one
    x = 1
    # %% two
    y = 2
    # %% three
    z = 3
"""


@pytest.mark.parametrize(
    ("show", "tags", "expected"),
    [
        ("", (), (True, True)),
        ("both", (), (True, True)),
        ("code", (), (True, False)),
        ("output", (), (False, True)),
        ("", ("hide-input",), (False, True)),
        ("", ("hide-output",), (True, False)),
        ("", ("hide-input", "hide-output"), (False, False)),
        ("both", ("hide-input", "hide-output"), (True, True)),
        ("code", ("hide-input",), (True, False)),
        ("output", ("hide-output",), (False, True)),
        ("nonsense", ("hide-input",), (False, True)),
        ("", ("raises-exception",), (True, True)),
    ],
)
def test_the_fence_decides_what_is_shown_and_else_the_cells_tags(
    show: str, tags: tuple[str, ...], expected: tuple[bool, bool]
) -> None:
    options = (Option("show", show, 2),) if show else ()
    fence = Fence("snippet", 1, 3, "", (Ref("made"),), options)
    assert shows(fence, Cell("one", "", 1, frozenset(tags))) == expected


def test_a_reference_names_one_cell_or_all(tmp_path: Path) -> None:
    snippet = parse_snippet(tmp_path / "made.py", "# %% one\nx\n# %% two\ny\n")
    assert [cell.name for cell in cells_of(snippet, Ref("made"))] == ["one", "two"]
    assert [cell.name for cell in cells_of(snippet, Ref("made", "two"))] == ["two"]
    assert cells_of(snippet, Ref("made", "none")) == ()


def test_a_number_is_asked_after_the_named_cell_or_the_last(tmp_path: Path) -> None:
    snippet = parse_snippet(tmp_path / "made.py", "# %% one\nx\n# %% two\ny\n")
    assert [
        cell and cell.name
        for cell in (asked_cell(snippet, Ref("made")), asked_cell(snippet, Ref("made", "one")))
    ] == ["two", "one"]
    assert asked_cell(snippet, Ref("made", "none")) is None
    assert asked_cell(None, Ref("made")) is None


def test_no_two_cells_share_an_anchor() -> None:
    assert code_anchor("made", "one") == "code-made-one"
    cells = [("a", "b_c"), ("a_b", "c"), ("a-b", "c"), ("a", "b"), ("a_b", "b_c")]
    assert len({code_anchor(*cell) for cell in cells}) == len(cells)


def link(site: Site, page: str, ref: str) -> str:
    """Where a number on a page leads."""
    site.project.scan()
    snippet, _, cell = ref.partition("#")
    return Listing(site.project).link(site.root / "docs" / page, Ref(snippet, cell))


# --- Links of numbers --------------------------------------------------------------------------------------


def test_to_the_code_on_the_page_itself(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("```snippet\nmade#two\n```\n", "a")
    site.page("```snippet\nmade#two\n```\n\n`{python} y`\n", "b")
    assert link(site, "en/b.md", "made#two") == "#code-made-two"
    assert link(site, "en/a.md", "made#two") == "#code-made-two"


@pytest.mark.parametrize(
    ("page", "target", "expected"),
    [
        ("a", "b", "b.md#code-made-two"),
        ("a", "guide/b", "guide/b.md#code-made-two"),
        ("guide/a", "b", "../b.md#code-made-two"),
        ("guide/a", "guide/b", "b.md#code-made-two"),
        ("blog/posts/a", "guide/b", "../../guide/b.md#code-made-two"),
    ],
)
def test_to_another_page_of_the_language(site: Site, page: str, target: str, expected: str) -> None:
    site.snippet(SOURCE)
    site.page("`{python made#two} y`\n", page)
    site.page("```snippet\nmade#two\n```\n", target)
    site.page("```snippet\nmade#two\n```\n", "0", language="zh")
    assert link(site, f"en/{page}.md", "made#two") == expected


def test_to_the_first_of_several_pages(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("`{python made#two} y`\n", "a")
    for name in ("d", "c", "b"):
        site.page("```snippet\nmade#two\n```\n", name)
    assert link(site, "en/a.md", "made#two") == "b.md#code-made-two"


def test_never_to_a_page_of_the_other_language(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("`{python made#two} y`\n")
    site.page("```snippet\nmade\n```\n", language="zh")
    assert link(site, "en/page.md", "made#two") == ""
    assert link(site, "zh/page.md", "made#two") == "#code-made-two"


@pytest.mark.parametrize(
    ("shown", "asked", "expected"),
    [
        ("made#one\nmade#three", "made#two", "#code-made-one"),
        ("made#one\nmade#two", "made#three", "#code-made-two"),
        ("made#one\nmade#two", "made", "#code-made-two"),
        ("made", "made", "#code-made-three"),
        ("made#two\nmade#three", "made#one", ""),
        ("made#two\nshow: output", "made#two", ""),
        ("made#two\nshow: code", "made#two", "#code-made-two"),
        ("made#one\n```\n\n```snippet\nmade#two\nshow: output", "made#two", "#code-made-one"),
        ("made", "made#none", ""),
        ("made", "other", ""),
    ],
)
def test_else_to_the_nearest_cell_above_whose_code_is_shown(
    site: Site, shown: str, asked: str, expected: str
) -> None:
    site.snippet(SOURCE)
    site.page(f"```snippet\n{shown}\n```\n")
    assert link(site, "en/page.md", asked) == expected


def test_code_that_its_tags_hide_is_not_shown(site: Site) -> None:
    site.snippet(SOURCE.replace("# %% two", '# %% two tags=["hide-input"]'))
    site.page("```snippet\nmade\n```\n")
    assert link(site, "en/page.md", "made#two") == "#code-made-one"
    site.page("```snippet\nmade#two\nshow: both\n```\n")
    assert link(site, "en/page.md", "made#two") == "#code-made-two"


def test_a_claim_and_a_table_show_no_code(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("```claim\nmade#two\nsays: It holds.\nholds: y > 0\n```\n\n```numbers\nsnippets\n```\n")
    assert link(site, "en/page.md", "made#two") == ""


# --- On the page -------------------------------------------------------------------------------------------


def test_every_link_of_a_page_leads_to_an_anchor_that_is_there(site: Site) -> None:
    html = site.html(
        "```snippet\nmade#one\nmade#three\n```\n\n`{python} z` `{python made#two} y` `{python made#one} x`\n",
        SOURCE,
    )
    targets = re.findall(r'class="insync-number"[^>]* href="#([^"]*)"', html)
    assert targets == ["code-made-three", "code-made-one", "code-made-one"]
    assert all(html.count(f'id="{target}"') == 1 for target in targets)


def test_a_cell_that_a_page_shows_twice_has_one_anchor(site: Site) -> None:
    html = site.html("```snippet\nmade#one\n```\n\ntext\n\n```snippet\nmade#one\n```\n", SOURCE)
    assert html.count('id="code-made-one"') == 1
    assert html.count("insync-code") == 2


def test_a_number_without_shown_code_is_no_link_and_still_says_where_it_is_from(site: Site) -> None:
    html = site.html("`{python made#two} y`\n", SOURCE)
    number = r'<span class="insync-number" data-cell="made#two" data-expression="y" id="n[0-9a-f]+">2</span>'
    assert re.search(number, html)


@pytest.mark.parametrize(
    "text",
    [
        "[see `{python made#one} x`](https://example.org)",
        "## Sum `{python made#one} x` { #sum }",
        '??? note "Is it `{python made#one} x`?"\n    text',
        '<details markdown="1"><summary markdown="1">`{python made#one} x`</summary></details>',
    ],
)
def test_inside_links_headings_and_summaries_the_digits_stay_plain(site: Site, text: str) -> None:
    html = site.html(f"```snippet\nmade#one\n```\n\n{text}\n", SOURCE)
    assert '<span class="insync-number">1</span>' in html
    assert "data-expression" not in html
    assert 'id="n' not in html


@pytest.mark.parametrize("name", ["c#", "100%", "my page", "a(b", "页"])
def test_the_name_of_a_page_is_quoted_in_a_link(site: Site, name: str) -> None:
    site.snippet("# %% one\na = 1\n")
    site.page("# Code { #code }\n\n```snippet\nmade#one\n```\n", name)
    page = site.page("# Text { #text }\n\n`{python made#one} a`\n")
    site.project.start()
    link = Listing(site.project).link(page, Ref("made", "one"))
    assert link == f"{quote(name)}.md#code-made-one"
    assert not set(link) & set(" ()%") - {"%"}
