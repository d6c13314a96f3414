"""Typed numbers: what counts as one, what does not, what is suggested, and how one is allowed."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from conftest import write_settings

from insync.pages.scan import scan_text
from insync.project.project import Project
from insync.publishing.prose import prose_of
from insync.publishing.typed import typed_on

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

    from insync.problem import Problem

Find = Callable[[str], "list[Problem]"]
Advise = Callable[[str], list[str]]


@pytest.fixture
def problems(tmp_path: Path) -> Find:
    """The typed numbers of a page that asks for no number, and so needs no snippet."""
    project = Project(write_settings(tmp_path))

    def find(text: str) -> list[Problem]:
        return list(typed_on(scan_text(tmp_path / "page.md", dedent(text).lstrip("\n")), project))

    return find


def typed(found: list[Problem]) -> list[str]:
    """The numbers that were found."""
    return [problem.message.removesuffix("` is typed, not computed").removeprefix("`") for problem in found]


def lines(found: list[Problem]) -> list[int]:
    return [problem.page.line for problem in found if problem.page]


# --- What is a typed number --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The sum is 0.2545.", ["0.2545"]),
        ("The sum is -0.2545, or −0.1095.", ["-0.2545", "−0.1095"]),
        ("between 0.1-0.2 and 0.3–0.4", ["0.1", "0.2", "0.3", "0.4"]),
        ("half is .5 and minus half -.5", [".5", "-.5"]),
        ("off by 1.2e-07 or 1e-6 or 2E+3 or 1.5e7", ["1.2e-07", "1e-6", "2E+3", "1.5e7"]),
        ("33.3% of 1.5GB in 12.5ms, 2.0x", ["33.3", "1.5", "12.5", "2.0"]),
        ("torch 2.13.0, Python 3.11 and v1.2", ["2.13.0", "3.11", "v1.2"]),
        ("= 0.1890 + 0.0655", ["0.1890", "0.0655"]),
        ("$0.1 + x$", ["0.1"]),
        ("$$\n\\frac{0.25}{x}\n$$", ["0.25"]),
        ("`0.2545` in code", ["0.2545"]),
        ("``x = 0.2545``", ["0.2545"]),
        ("`rtol=1.3e-6`", ["1.3e-6"]),
        ("**0.25**, _0.35_ and (0.45)", ["0.25", "0.35", "0.45"]),
        ("_0.35_ but x_0.35", ["0.35"]),
        ("结果是0.2545，偏置为-0.1095。", ["0.2545", "-0.1095"]),
        ("误差1e-6以内", ["1e-6"]),
        ("of shape (1, 3, 10)", ["(1, 3, 10)"]),
        ("of shape [2, 3, 4]", ["[2, 3, 4]"]),
        ("of shape (3,)", ["(3,)"]),
        ("形状(1, 3, 10)的", ["(1, 3, 10)"]),
        ("形状为（1，3，10）", ["（1，3，10）"]),
        ("`torch.Size([1, 2, 7])`", ["[1, 2, 7]"]),
        ("`tensor([1, -2, 3])`", ["[1, -2, 3]"]),
        ("`tensor([[133, 238], [160, 211]])`", ["[133, 238]", "[160, 211]"]),
        ("`tensor([0.25, 0.5])`", ["0.25", "0.5"]),
        ("| a | b |\n| --- | --- |\n| x | 0.25 |", ["0.25"]),
        ("## The sum 0.25 { #sum }", ["0.25"]),
        ("- item\n\n    - deeper 0.25", ["0.25"]),
        ("> quoted 0.25", ["0.25"]),
        ('!!! note "Title 0.25"\n    text 0.35', ["0.25", "0.35"]),
        ("[link 0.25](page.md)", ["0.25"]),
        ('[link](page.md "title 0.25")', ["0.25"]),
        ("![alt 0.25](picture.svg)", ["0.25"]),
        ('<img alt="alt 0.25" src="picture-1.5.svg">', ["0.25"]),
        ('[link](page.md){ title="title 0.25" }', ["0.25"]),
        ("a footnote[^1]\n\n[^1]: of 0.25", ["0.25"]),
        ("<b>0.25</b>", ["0.25"]),
        ("on 27.09.2021", ["27.09.2021"]),
        ("see section 6.3", ["6.3"]),
    ],
)
def test_a_decimal_a_version_or_a_shape_is_found(problems: Find, text: str, found: list[str]) -> None:
    assert typed(problems(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "Conv1d has 2 channels, 26 parameters and 256,032 multiply-adds.",
        "on 2021-09-27 at 09:49, in 2021–2026",
        "Conv1d(3, 2, 4) and `layer(torch.rand(1, 4, 10))`",
        "x[0, 1] and y[0][1, 2] and f(x)(1, 2) and 数组x[0, 1]",
        "the window `x[0, :, 2:6]` of (N, C, L) or (1, C, 10)",
        "x0, h2o, layer.0.weight, `features.0.1.weight`, e1",
        "`{:.4f}`, `:8.4f`, `%.3f`",
        "1. first\n2. second",
        "Yes. 5 of them... 7.",
        "2^32, 10⁻⁶, ½, 3 × 4",
        "at 10:30, ratio 3:4, 1/3",
        "[a](https://example.org/v1.5/index.html#s1.2)",
        "<https://example.org/1.5> and https://example.org/2.0/x",
        "见https://example.org/2.0/x。",
        "[a](notes-1.5.md) and ![a](fig-2.0.svg)",
        "[a](b(1.5).md)",
        "[a][ref]\n\n[ref]: v1.5/page.md",
        "<mailto:a@b1.5.example>",
        '<img src="a-1.5.png" width="0.5">',
        "[a](b.md){ width=0.5 .wide }",
        "![a](b.svg){: style='width: 0.5em' }",
        "## Title { #title data-x=0.5 }",
        "text <!-- 0.25 --> text",
        "<!-- 0.25 -->",
        "<!--\n0.25\n\n(1, 2)\n-->",
        "```python\nx = 0.25\n```",
        "~~~\n0.25\n~~~",
        "!!! note\n    ```text\n    tensor([0.25])\n    ```",
        "`{quoted the note of 2021} 0.2545`",
        "`{quoted 2021 年的笔记} (1, 3, 10)`",
    ],
)
def test_there_are_no_false_alarms(problems: Find, text: str) -> None:
    assert typed(problems(text)) == []


def test_an_expression_is_no_prose_whatever_it_contains(tmp_path: Path) -> None:
    text = "x `{python made#a} f(1.5, x[0.25:], 1e-3):.4f` y"
    (prose,) = prose_of(scan_text(tmp_path / "page.md", text))
    assert len(prose.text) == len(text)
    assert prose.text.split() == ["x", "y"]


# --- Where -------------------------------------------------------------------------------------------------


def test_each_is_named_with_the_line_of_the_file(problems: Find) -> None:
    found = problems(
        """
        ---
        title: The sum 0.1
        tags: [1.5]
        description: >-
          Over two lines,
          the second with 0.2
        date: 2021-09-27
        ---

        # Title 0.3 { #title }

        One line,
        another of 0.4 and 0.5.

        ```python
        x = 0.6
        ```

        ```snippet
        made#a
        title: Made 0.7
        alt: Of 0.8
        note: x = 1.5 => because 0.9
        show: output
        ```

        ```claim
        made#a
        says: It is below 1.1.
        holds: x < 1.1
        ```

        | a |
        | - |
        | 1.2 |
        """
    )
    assert list(zip(typed(found), lines(found), strict=True)) == [
        ("0.1", 2),
        ("0.2", 6),
        ("0.3", 10),
        ("0.4", 13),
        ("0.5", 13),
        ("0.7", 21),
        ("0.8", 22),
        ("0.9", 23),
        ("1.1", 29),
        ("1.2", 35),
    ]


def test_what_stands_in_other_fields_of_the_front_matter_is_not_read(problems: Find) -> None:
    assert typed(problems("---\ntitle: x\nversion: 1.5\nauthors:\n  - 0.5\n---\n\ntext\n")) == []


# --- What to do --------------------------------------------------------------------------------------------

SNIPPET = """
    # %% a
    total = 0.25449
    shape = (1, 3, 10)
    # %% b
    total = -0.25449
"""
PAGE = """
    ```snippet
    made#a
    ```

    `{python} total:.4f` and `{python} shape` and `{python made#b} total:.3f` and `{python} "2.13.0"`.

"""


@pytest.fixture
def advice(site: Site) -> Advise:
    """What is advised for the typed numbers of a page that also asks for numbers."""

    def find(text: str) -> list[str]:
        site.snippet(SNIPPET)
        site.page(dedent(PAGE) + text)
        site.project.start()
        (page,) = site.project.pages
        return [problem.advice for problem in typed_on(page, site.project)]

    return find


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("0.2545", "`{python made#a} total:.4f`"),
        ("v2.13.0", '`{python made#a} "2.13.0"`'),
        ("(1, 3, 10)", "`{python made#a} shape`"),
        ("(1,3, 10)", "`{python made#a} shape`"),
        ("（1，3，10）", "`{python made#a} shape`"),
        ("-0.254", "`{python made#b} total:.3f`"),
        ("−0.254", "`{python made#b} total:.3f`"),
        ("-0.2545", "`{python made#a} total:.4f`"),
    ],
)
def test_the_pages_own_expression_is_suggested(advice: Advise, text: str, expression: str) -> None:
    (found,) = advice(text)
    assert found == f"Write {expression}, or say why it is typed: `{{quoted reason}} {text}`."


@pytest.mark.parametrize("text", ["0.254", "0.2546", "0.25449", "(1, 3)", "0.253"])
def test_what_the_page_does_not_print_is_to_be_computed(advice: Advise, text: str) -> None:
    (found,) = advice(text)
    assert found == f"Compute it: `{{python}} …`, or say why it is typed: `{{quoted reason}} {text}`."


def test_a_claim_is_no_suggestion(advice: Advise) -> None:
    (found,) = advice("```claim\nsays: It holds.\nholds: total < 1\n```\n\nholds 0.1\n")
    assert "Compute it" in found


def test_the_advice_taken_leaves_nothing_to_complain_of(advice: Advise) -> None:
    assert advice("`{python} total:.4f` and `{quoted the note} 0.1`") == []


def test_a_page_whose_snippet_fails_is_still_checked(site: Site) -> None:
    site.snippet("# %% a\nraise ValueError\n")
    site.page("```snippet\nmade\n```\n\n`{python} x` is 0.25\n")
    site.project.start()
    (page,) = site.project.pages
    (problem,) = typed_on(page, site.project)
    assert "Compute it" in problem.advice
