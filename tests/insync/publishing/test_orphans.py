"""What is left over below snippets/: outputs, snippets and cells of which the site shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.publishing.orphans import orphans

if TYPE_CHECKING:
    from conftest import Site

SOURCE = "# %% one\nx = 1\n# %% two\ny = 2\n# %% three\nz = 3\n"


def left(site: Site) -> list[str]:
    """Each thing's place and what is said of it."""
    site.project.scan()
    return [f"{problem.snippet}: {problem.message}" for problem in orphans(site.project)]


@pytest.mark.parametrize(
    ("page", "unused"),
    [
        ("```snippet\nmade\n```", []),
        ("```snippet\nmade#one\nmade#two\nmade#three\n```", []),
        ("```snippet\nmade#one\n```", ["two", "three"]),
        ("`{python made#two} y`", ["one", "three"]),
        ("`{python made} z`", ["one", "two"]),
        ("```snippet\nmade#one\n```\n\n`{python} x` `{python made#three} z`", ["two"]),
        ("```snippet\nmade#one\n```\n\n```claim\nmade#two\nsays: It holds.\nholds: y > 0\n```", ["three"]),
        ('---\ntitle: "`{python made#one} x`"\n---\n\n`{python made#two} y`', ["three"]),
        ("```snippet\nmade#one\ntitle: With `{python made#two} y`\n```", ["three"]),
        ("```snippet\nmade#one\nshow: output\n```", ["two", "three"]),
    ],
)
def test_a_cell_that_no_page_shows_or_asks(site: Site, page: str, unused: list[str]) -> None:
    site.snippet(SOURCE)
    site.page(page + "\n")
    lines = {"one": 2, "two": 4, "three": 6}
    assert left(site) == [
        f"snippets/made.py:{lines[name]}: no page shows or asks the cell `{name}`" for name in unused
    ]


def test_pages_of_both_languages_count(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("```snippet\nmade#one\nmade#two\n```\n")
    site.page("`{python made#three} z`\n", language="zh")
    assert left(site) == []


def test_a_snippet_that_no_page_shows_is_named_once(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("text\n")
    assert left(site) == ["snippets/made.py: no page shows the snippet `made`"]


def test_code_that_only_shows_the_syntax_shows_nothing(site: Site) -> None:
    site.snippet(SOURCE)
    site.page("````markdown\n```snippet\nmade\n```\n````\n\n`` `{python made} z` ``\n")
    assert left(site) == ["snippets/made.py: no page shows the snippet `made`"]


def test_a_module_that_snippets_import_is_no_snippet(site: Site) -> None:
    site.snippet("# %% one\nimport helper\n")
    site.write("snippets/helper.py", "value = 1\n")
    site.page("```snippet\nmade\n```\n")
    assert left(site) == []


def test_outputs_without_a_snippet(site: Site) -> None:
    site.snippet("# %% one\nx = 1\n")
    site.page("```snippet\nmade\n```\n")
    site.write("snippets/outputs/made.txt", "# head\n")
    site.write("snippets/outputs/gone.txt", "# head\n")
    site.write("snippets/outputs/README.md", "no outputs\n")
    assert left(site) == ["snippets/outputs/gone.txt: there is no snippet `gone` any more"]


def test_advice_says_what_to_do(site: Site) -> None:
    site.snippet(SOURCE)
    site.snippet(SOURCE, "other")
    site.write("snippets/outputs/gone.txt", "# head\n")
    site.page("```snippet\nmade#one\nmade#two\n```\n")
    site.project.scan()
    assert [problem.advice for problem in orphans(site.project)] == [
        "Run: insync update",
        "Show it, ask it for a number, or remove it.",
        "Show it on a page, or remove it and run: insync update",
    ]


@pytest.mark.parametrize("page", ["```snippet\nmade\n```\n", "`{python made} x`\n"])
def test_a_snippet_that_cannot_be_read_is_no_leftover(site: Site, page: str) -> None:
    # It is reported by the page that asks for it; to call it unused as well would mislead.
    site.snippet("x = 1\n# %% one\n")
    site.page(page)
    assert left(site) == []


def test_a_project_without_leftovers_outputs_or_snippets(site: Site) -> None:
    site.page("text\n")
    assert left(site) == []
