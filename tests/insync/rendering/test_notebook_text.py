"""Where links lead from a notebook, and which are left as they are."""

from __future__ import annotations

import pytest

from insync.rendering.notebook_prose import NotebookProse
from insync.rendering.notebook_text import NotebookText, anchor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x](other.md#bias)", "[x](to:other.md#bias)"),
        ("[x](other.md 'T')", "[x](to:other.md 'T')"),
        ('[x](<my page.md> "T")', '[x](<to:my page.md> "T")'),
        ("[x](a_(b).md)", "[x](<to:a_(b).md>)"),
        ("![x](../assets/dot.png)", "![x](to:../assets/dot.png)"),
        ("[![x](a.png)](b.md){ .c }", "[![x](to:a.png)](to:b.md)"),
        ("[x](../guide/)", "[x](to:../guide/)"),
        ("[x](data.csv?raw=1#L2)", "[x](to:data.csv?raw=1#L2)"),
        ("[x](#here)", "[x](#here)"),
        ("[x]()", "[x]()"),
        ("[x](/absolute/a.md)", "[x](/absolute/a.md)"),
        ("[x](//example.org/a.md)", "[x](//example.org/a.md)"),
        ("[x](https://example.org/a.md)", "[x](https://example.org/a.md)"),
        ("[x](mailto:a@example.org)", "[x](mailto:a@example.org)"),
        ("<https://example.org/a_b_c.md>", "<https://example.org/a_b_c.md>"),
        ('<a class="b" href="b.md#c">d</a>', '<a class="b" href="to:b.md#c">d</a>'),
        ("<img src='dot.png' alt='x > y'>", "<img src=\"to:dot.png\" alt='x > y'>"),
        ("<img src=dot.png>", '<img src="to:dot.png">'),
        ('<a data-href="b.md">c</a>', '<a data-href="b.md">c</a>'),
        ("`[x](b.md)` and \\[x\\](b.md)", "`[x](b.md)` and \\[x\\](b.md)"),
    ],
)
def test_links_that_are_relative_to_the_page_lead_there_from_the_notebook(text: str, expected: str) -> None:
    assert NotebookText((), lambda target: f"to:{target}").text(text) == expected


def test_a_value_in_a_links_title_is_text() -> None:
    text = NotebookText(['say "\\*"'], str).text('[x](b.md "t \ue0000\ue000")')
    assert text == '[x](b.md "t say &quot;&#92;*&quot;")'


def test_no_mark_is_left_in_a_notebook() -> None:
    values = ["\ue0001\ue000", "x"]
    lines = NotebookProse(NotebookText(values, str)).page("\ue0000\ue000\n\n    \ue0001\ue000")
    assert lines == ["&#57344;1&#57344;", "", "    x"]


@pytest.mark.parametrize(
    ("attributes", "left"),
    [("{ #a .b }", '<a id="a"></a>'), ("{: .b #a-1.c}", '<a id="a-1.c"></a>'), ("{ .b title='x'}", "")],
)
def test_an_anchor_is_all_that_is_left_of_an_attribute_list(attributes: str, left: str) -> None:
    assert anchor(attributes) == left
