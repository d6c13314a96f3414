"""The page syntax: what is found on a page, what is left literal, and on which line."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from markdown import Markdown

from insync.pages.fences import Fence
from insync.pages.forms import Ref, find_forms
from insync.pages.front import split_front_matter
from insync.pages.scan import scan_text
from insync.pages.syntax import Text, bad_anchor, parse_body
from insync.running.expression import expression_error


def page(text: str) -> str:
    return dedent(text).lstrip("\n")


def expressions(text: str) -> list[str]:
    """What the inline numbers of a page's body ask, in order."""
    return [
        form.expression
        for part in parse_body(page(text)).parts
        if isinstance(part, Text)
        for form in part.forms
    ]


def fences(text: str) -> list[Fence]:
    return [part for part in parse_body(page(text)).parts if isinstance(part, Fence)]


# --- Inline numbers: where they count -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The sum is `{python} a`.",
        "## Sum `{python} a` { #sum }",
        "| x | `{python} a` |",
        "[the `{python} a`](b.md)",
        "![of `{python} a`](b.svg)",
        "$0.1 + `{python} a`$",
        "- item\n    1. deeper `{python} a`",
        "> quoted `{python} a`",
        '!!! note "Title `{python} a`"\n    text',
        "[^1]: a footnote `{python} a`",
        "two backslashes \\\\`{python} a`",
        "` {python} a `",
        "`{python}   a`",
        "`{python}a`",
        "`{python}\na`",
    ],
)
def test_a_number_counts_wherever_text_can_stand(text: str) -> None:
    assert expressions(text) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "``{python} a``",
        "`` `{python} a` ``",
        "\\`{python} a`",
        "{python} a",
        "`{ python} a`",
        "`{py} a`",
        "`python a`",
        "```\n`{python} a`\n```",
        "```markdown\n`{python} a`\n```",
        "~~~\n`{python} a`\n~~~",
        "````markdown\n```snippet\nmade\n```\n`{python} a`\n````",
        "!!! note\n    ```text\n    `{python} a`\n    ```",
        "> ```text\n> `{python} a`\n> ```",
        "<!-- `{python} a` -->",
        "<!--\n\n`{python} a`\n\n-->",
        "an open tick `{python} a\n\nand a new paragraph`",
    ],
)
def test_a_number_is_literal_in_code_and_comments(text: str) -> None:
    assert expressions(text) == []


def test_text_after_a_comment_or_a_fence_counts_again() -> None:
    assert expressions("<!-- x -->\n`{python} a`\n\n<!--\n-->\n`{python} b`\n\n```\n```\n`{python} c`") == [
        "a",
        "b",
        "c",
    ]


def test_a_fence_in_a_comment_is_not_there() -> None:
    assert not fences("<!--\n```snippet\nmade\n```\n-->")
    assert [fence.first for fence in fences("<!-- x -->\n```snippet\nmade\n```")] == [2]


def test_a_heading_in_a_comment_is_not_there() -> None:
    assert not parse_body("<!--\n## old\n-->").headings


def test_a_number_may_name_its_cell() -> None:
    (form,) = find_forms("x `{python one_output#bias} layer.bias[0]:.4f` y")
    assert form.ref == Ref("one_output", "bias")
    assert form.expression == "layer.bias[0]:.4f"
    assert find_forms("`{python 一个输出} a`")[0].ref == Ref("一个输出")


def test_each_number_knows_its_line_and_its_place() -> None:
    text = "one\n`{python} a` and `{python} b`\n`{python} c`"
    forms = find_forms(text, first_line=10)
    assert [form.line for form in forms] == [11, 11, 12]
    assert [text[form.start : form.end] for form in forms] == ["`{python} a`", "`{python} b`", "`{python} c`"]


# --- Inline numbers: what they may say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "a",
        "a:.4f",
        "a!r",
        "a!r:>8",
        "a:{width}.{digits}f",
        "sum(sums) + layer.bias[0]:.4f",
        '", ".join(names)',
        "', '.join(names)",
        "{1, 2}",
        "{'a': 1}['a']",
        "[x for x in a if x > 0]",
        "a if b else c",
        "(lambda x: x)(1)",
        "x[0, :, 0:4].shape",
        "a == b",
        "1_000:,",
    ],
)
def test_what_can_stand_between_the_braces_of_an_f_string_is_an_expression(expression: str) -> None:
    assert expression_error(expression) == ""


@pytest.mark.parametrize(
    "expression",
    [
        "a +",
        "a b",
        "a = 1; b",
        "import os",
        "a}{b",
        "a} and {b",
        "a} text",
        "a!z",
        "(n := 2)",
        "(yield)",
        "await a",
        ")",
        "a\\",
        "",
        '"""',
        "a #",
    ],
)
def test_what_cannot_or_may_not_stand_there_is_refused(expression: str) -> None:
    assert expression_error(expression)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("`{python}`", "no expression"),
        ("`{python} `", "no expression"),
        ("`{python one output} a`", "names no cell"),
        ("`{pythonic} a`", "names no cell"),
        ("`{python made#} a`", "names no cell"),
        ("`{python ../made} a`", "names no cell"),
        ("`{python} a b`", "no Python expression"),
        ("`{python} (n := 2)`", "would change what it looks at"),
    ],
)
def test_a_bad_form_says_what_is_wrong_with_it(form: str, message: str) -> None:
    (found,) = find_forms(form)
    assert message in found.error


# --- Fences -------------------------------------------------------------------------------------------------


def test_a_fence_has_cells_and_options_with_their_lines() -> None:
    (fence,) = fences(
        """
        Text.

        ```snippet
        one_output#bias
        other
        show: output

        note: a = 1 => First: `b`.
        note: c => Second.
        title:
        ```
        """
    )
    assert (fence.kind, fence.first, fence.last, fence.errors) == ("snippet", 3, 11, ())
    assert fence.refs == (Ref("one_output", "bias"), Ref("other"))
    assert [(option.key, option.value, option.line) for option in fence.options] == [
        ("show", "output", 6),
        ("note", "a = 1 => First: `b`.", 8),
        ("note", "c => Second.", 9),
        ("title", "", 10),
    ]
    assert fence.option("show") == "output"
    assert fence.option("alt") == ""


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("!!! note\n    ```snippet\n    made\n    ```", "    "),
        ('=== "Tab"\n    ```snippet\n    made\n    ```', "    "),
        ("1. item\n\n    ```snippet\n    made\n    ```", "    "),
        ("> ```snippet\n> made\n> ```", "> "),
        ("~~~snippet\nmade\n~~~", ""),
        ("``` snippet\nmade\n```", ""),
        ("````snippet\nmade\n````", ""),
        ("```snippet\nmade\n`````", ""),
    ],
)
def test_a_fence_may_stand_in_any_block(text: str, prefix: str) -> None:
    (fence,) = fences(text)
    assert fence.refs == (Ref("made"),)
    assert fence.prefix == prefix
    assert not fence.errors


def test_a_fence_inside_a_longer_fence_is_only_shown() -> None:
    text = "````markdown\n```snippet\nmade\n```\n````\n\n```snippet\nother\n```\n"
    assert [fence.refs for fence in fences(text)] == [(Ref("other"),)]
    assert not fences("~~~\n```snippet\nmade\n```\n~~~")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x\n\n```snippet\nmade\n", 3, "never closed"),
        ("````snippet\nmade\n```", 1, "never closed"),
        ("```snippet\n```", 1, "names nothing"),
        ("```snippet\nshow: code\n```", 1, "names nothing"),
        ("```snippet made\n```", 1, "stands behind"),
        ("```snippet\nmade\nshow: code\nshow: output\n```", 4, "stands twice"),
        ("```snippet\nmade\nwhat is this?\n```", 3, "neither a cell nor an option"),
        ("```snippet\nmade\nshow:code\n```", 3, "neither a cell nor an option"),
        ("```snippet\nmade#\n```", 2, "neither a cell nor an option"),
        ("```numbers\n```", 1, "names nothing"),
    ],
)
def test_a_bad_fence_says_what_is_wrong_and_on_which_line(text: str, line: int, message: str) -> None:
    (fence,) = fences(text)
    found = [error for error in fence.errors if message in error[1]]
    assert [error[0] for error in found] == [line]
    assert all(advice for _, _, advice in fence.errors)


def test_a_fence_that_is_not_ours_and_never_closed_is_text() -> None:
    assert expressions("```python\n\n`{python} a`") == ["a"]


# --- Headings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Bias { #bias }", "bias"),
        ("## Bias {#bias}", "bias"),
        ("## Bias {: #bias }", "bias"),
        ("## Bias { .class #bias data-x=1 }", "bias"),
        ("### Seen: `{python} a` { #seen }", "seen"),
        ("## Bias", ""),
        ("## Bias `{python} a`", ""),
        ("## `{ #bias }`", ""),
        ("Bias { #bias }\n====", "bias"),
        ("Bias\n----", ""),
    ],
)
def test_the_anchor_of_a_heading_is_found(heading: str, anchor: str) -> None:
    (found,) = parse_body(f"text\n\n{heading}\n").headings
    assert (found.line, found.anchor) == (3, anchor)


@pytest.mark.parametrize(
    "text",
    [
        "```\n# comment\n```",
        "    # code",
        "text # 1",
        "   # too far in",
        "one\ntwo\n---",
        "a\n\n---",
        "    a\n---",
    ],
)
def test_what_is_no_heading_needs_no_anchor(text: str) -> None:
    assert not parse_body(text).headings


@pytest.mark.parametrize(
    ("anchor", "good"), [("bias", True), ("one-2.a_b", True), ("偏置", False), ("1st", False)]
)
def test_an_anchor_is_plain_ascii(anchor: str, good: bool) -> None:
    (heading,) = parse_body(f"## Title {{ #{anchor} }}").headings
    assert (bad_anchor(heading) == "") is good


# --- Front matter and line ends -----------------------------------------------------------------------------


def test_front_matter_is_cut_off_and_counted_as_mkdocs_does() -> None:
    front, body, offset = split_front_matter("---\ntitle: A\n---\n\n\n# Head\ntext")
    assert (front, body, offset) == ("title: A\n", "# Head\ntext", 5)
    assert split_front_matter("# Head") == ("", "# Head", 0)
    assert split_front_matter("text\n---\nmore")[0] == ""
    assert split_front_matter("---\ntitle: A\n...\nbody")[1:] == ("body", 3)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    unix = "---\ntitle: A\n---\n\n`{python} a`\n\n```snippet\nmade\n```\n"
    assert split_front_matter("\ufeff" + unix.replace("\n", "\r\n")) == split_front_matter(unix)


# --- Comments: as Markdown sees them ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "A:\n\n    <!-- in code\n\n`a`",
        "A:\n\n<!-- never closed\n\n`a`",
        "A\n<!-- never closed\n\n`a`",
        "<!--\n\n`a`\n\n-->\n\n`b`",
        "   <!-- three blanks in\n\n`a`\n\n-->\n\n`b`",
        "<!-- one --> `a`\n\n`b`",
        "<!-- one --> `a` <!-- two\n\n`b`\n\n-->\n\n`c`",
        "<!-- one\n--> `a`",
        "text <!-- `a`\n\n`b` -->",
        "- item\n\n    <!-- `a`\n\n    `b`\n\n    -->\n\n`c`",
        "- item\n\n    <!-- `a` -->\n\n    `b`",
        "!!! note\n\n    <!-- `a` -->\n\n    `b`",
        "<!--> `a`\n\n`b`",
        "<!---> `a`\n\n`b`",
        "```html\n<!-- in a fence\n```\n\n`a`",
        "<!-- a\n```text\nin a fence\n```\n-->\n\n`b`",
    ],
)
def test_what_is_in_a_comment_is_what_markdown_takes_for_one(text: str) -> None:
    """Every code span that readers see is found, and none is found within a comment that stands by itself."""
    html = Markdown(extensions=["admonition", "pymdownx.superfences"]).convert(text)
    seen = re.findall(r"<code>(\w)</code>", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))
    assert (
        expressions(
            text.replace("`a`", "`{python} a`").replace("`b`", "`{python} b`").replace("`c`", "`{python} c`")
        )
        == seen
    )


@pytest.mark.parametrize(("text", "level"), [("#tag", 1), ("##Padding", 2), ("a line\n### 1 below", 3)])
def test_a_heading_needs_no_blank_and_no_blank_line_as_to_markdown(text: str, level: int) -> None:
    assert f"<h{level}>" in Markdown().convert(text)
    (heading,) = parse_body(text).headings
    assert heading.level == level


@pytest.mark.parametrize("expression", ["a=", "a =", "a = :.3f"])
def test_an_expression_does_not_print_its_own_text(expression: str) -> None:
    assert expression_error(expression) == f"`{expression}` is not one expression"


@pytest.mark.parametrize("text", ["- ```snippet\n  made#one\n  ```", "> 1. ~~~ claim\n"])
def test_a_fence_that_begins_behind_a_lists_marker_is_refused_with_its_line(text: str) -> None:
    errors = scan_text(Path("page.md"), f"# Head {{ #head }}\n\n{text}\n").errors
    assert "begins behind a list's marker" in errors[0].message
    assert str(errors[0].page) == "page.md:3"
