"""A page's blocks in its notebook, and what readers see of both: the same characters."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from conftest import ENGLISH
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from insync.pages.scan import scan_page
from insync.rendering import notebook

if TYPE_CHECKING:
    from conftest import Site

SNIPPET = """
# %% one
name = "__init__"
star = "a*b*c"
bar = "x|y"
dollar = "$a$ and $b$"
back = "C:\\\\new\\\\(x\\\\) \\\\begin{x}"
tick = "a`b``c"
link = "[1](2) [^1]"
hashed = "# h"
item = "1. x"
dash = "- x"
rule = "---"
under = "==="
quote = "> q"
entity = "&amp; &lt;b&gt;"
tag = "<b>x</b> <!-- c -->"
tilde = "~~x~~ ~y~"
deep = "     code"
call = "wow!"
pair = "(2)"
count = 3
shape = (5, 6, 8)
numbers = [1, 2.5, -3e-05]
"""
NAMES = re.findall(r"^(\w+) =", SNIPPET, re.MULTILINE)


class _Seen(HTMLParser):
    """What a reader sees of some HTML, without the blanks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self._link = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._link = tag == "a" and (dict(attrs).get("class") or "") in {
            "headerlink",
            "anchor-link",
            "footnote-backref",
        }

    def handle_endtag(self, tag: str) -> None:
        self._link = self._link and tag != "a"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._link else "".join(data.split())


def number(expression: str) -> str:
    return f"`{{python made#one}} {expression}`"


def cells(site: Site, page: str, snippet: str = SNIPPET) -> list[str]:
    """The Markdown cells of a page's notebook; relative links lead to `to:` what they name."""
    site.snippet(snippet)
    path = site.root / "docs/en/page.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    site.project.start()
    made = notebook.build(scan_page(path), site.project, ENGLISH, lambda target: f"to:{target}")
    return [cell["source"] for cell in made["cells"] if cell["cell_type"] == "markdown"]


def seen_in_both(site: Site, page: str) -> tuple[str, str]:
    """What a reader sees of a page, and of its notebook as nbconvert shows it."""
    made = cells(site, page)
    return _Seen(str(site.render().content)).text, _Seen("\n".join(map(markdown2html_mistune, made))).text


def test_every_value_is_seen_in_the_notebook_as_on_the_page_wherever_it_stands(site: Site) -> None:
    places = [
        *(f"x {number(name)} y" for name in NAMES),
        *(f"{number(name)} y" for name in NAMES),
        *(f"above\n{number(name)}" for name in NAMES),
        *(f"- {number(name)}\n- {number(name)} y" for name in NAMES),
        *(f"| a | b |\n|---|---|\n| {number(name)} | c |" for name in NAMES),
        *(f"**{number(name)}** and [{number(name)}](#x)" for name in NAMES),
        *(f'!!! note "T {number(name)}"\n    {number(name)}' for name in NAMES),
        *(f'??? note "T {number(name)}"\n    text' for name in NAMES),
        f"{number('count')}. Not a list\n\n{number('count')}) Nor this",
        f"{number('call')}[text](#x) [a]{number('pair')}",
    ]
    page, made = seen_in_both(site, "\n\ntext\n\n".join(places))
    assert made.split("text") == page.split("text")


def test_ordinary_numbers_stand_in_the_source_as_they_are(site: Site) -> None:
    snippet = "# %% one\na = 12.5\nb = -0.0312\nc = 1e-05\nd = (5, 6, 8)\ne = [0.5, 1]\nf = 'kernel_size'\n"
    page = "\n\n".join(f"{number(name)} and {number(name)}" for name in "abcdef")
    (made,) = cells(site, page, snippet)
    shown = ["12.5", "-0.0312", "1e-05", "(5, 6, 8)", "[0.5, 1]", "kernel_size"]
    assert made.split("\n\n") == [f"{each} and {each}" for each in shown]


@pytest.mark.parametrize(
    "page",
    [
        "Costs $5 and $10, or \\$3; `$x$`.",
        "a \\~ b \\(c\\) \\\\(d\\\\) \\alpha C:\\new \\* \\_x\\_ \\begin{x}\nb\\\nc",
        "~~a~~, ~5 and ~6",
        "text\n- no\n* list\n1. here",
        "`a {.b}`{ .c } *x*{.d} **y**{ .e } _u_{.u} ***v***{.v} [z](#x){ .f } 2\n{: .last }",
        "2*{x} and {.5} of {#a}",
        "| a { .c } | b |\n|---|---|\n| `x|y` | `*a*|_b_`{ .d } |",
        "word{ .class } end",
        "a[^x] b[^y], c[^z].\n\n[^x]: First *one*.\n[^y]:\n    Second\n\n    ```text\n    {.x}\n    ```\n",
        "- [ ] a\n- [x] b",
        "a <!-- gone --> b\n\n<!--\nx\n\n```\ny -->\n\nc",
        "```html\n<!-- keep -->\n```\n\n```markdown\n[a](b.md) {.x}\n!!! note\n\n\n## H { #h }\n```",
        "text\n\n    <!-- x --> [a](b.md) {.x}\n    !!! note\n\n\n    ## H { #h }\n\nend",
        "- a\n\n        [a](b.md) {.x} <!-- y -->\n\n- b\n\nend\n\n        {.x}",
        "1. a\n\n    !!! tip\n        b\n\n        ```text\n        {.x}\n        ```\n\n    c\n\n2. d",
        "- a\n    ```text\n    # {.x}\n    ```\n- b\n    1. c\n\n        ??? tip\n            d\n\n    e",
        "!!! note\n    ??? tip\n        inner\n\n        more\n\n    ## Head { #head }\n",
        '=== "A `x`"\n\n    === "B"\n\n        - l\n\n            p\n',
        "> a\n> - b\n>\n> ```text\n> <!-- c -->\n>\n>\n> d\n> ```\n",
        "## Trailing ## { #tt }\n\n### `code {#no}` { #yy }\n\nSet { #s }\n-----\n\n#Tight { #t }",
        '<div class="a">\n<p>x *y* $1 and $2</p>\n\n<p>z</p>\n</div>\n\na <kbd>a_b_c</kbd> <b>*d*</b>',
        "是**“词”**的**`x`**，*（斜）*体。",
        "\U0001f642 :smile: a\u00a0b e\u0301 \u3000全角",
        "``` { .python .foo }\nx\n```\n\n```py hl_lines='1'\ny\n```",
    ],
)
def test_prose_is_seen_in_the_notebook_as_on_the_page(site: Site, page: str) -> None:
    on_page, in_notebook = seen_in_both(site, page)
    assert in_notebook == on_page


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("Half is $\\frac{.5}{1}$.", "Half is $\\frac{.5}{1}$."),
        ("Write `# Title {: #title }` above.", "Write `# Title {: #title }` above."),
        ("$x{.5}${ .math }", "$x{.5}$"),
        ("text\n{: #here }", 'text<a id="here"></a>'),
        # JupyterLab would take the quote's marks for a part of the formula.
        ("> $$\n> a\n> + b\n> $$", "> $$ a + b $$"),
        ("!!! note\n    If $a\n    = b$.\n", "> **Note**\n>\n> If $a = b$."),
        ("$$\na\n\n+ b\n$$", "$$\na\n+ b\n$$"),
        ("???+ note\n    text", "<details open>\n<summary>Note</summary>\n\ntext\n\n</details>"),
        (
            '??? tip "`a<b` $c<d$"\n    e',
            "<details>\n<summary><code>a&lt;b</code> $c\\lt d$</summary>\n\ne\n\n</details>",
        ),
        (
            '??? tip "*a* [b](c.md)"\n    d',
            '<details>\n<summary><em>a</em> <a href="to:c.md">b</a></summary>\n\nd\n\n</details>',
        ),
        ('```py title="one.py"\nx\n```', "**one.py**\n\n```py\nx\n```"),
        ("```never closed\n[a](b.md)", "```never closed\n[a](to:b.md)"),
        ("a\n\n\n\nb", "a\n\nb"),
    ],
)
def test_what_only_jupyter_reads_in_another_way(site: Site, page: str, expected: str) -> None:
    assert cells(site, page) == [expected]


def test_what_follows_a_cell_in_a_lists_item_is_no_code(site: Site) -> None:
    page = "1. a\n\n    ```snippet\n    made#one\n    ```\n\n    b\n\n    c\n\n2. d\n"
    assert cells(site, page) == ["1. a", "b\n\nc\n\n2. d"]


def test_links_by_reference_lead_somewhere_in_every_cell(site: Site) -> None:
    page = (
        "[Home][h] and ![dot][]\n\n```snippet\nmade#one\n```\n\nSee [ H ].\n\n"
        '[h]: ../index.md#top "Home"\n[dot]: <a/dot.png>\n[unused]: c.md\n'
    )
    home, dot = '[h]: to:../index.md#top "Home"', "[dot]: <to:a/dot.png>"
    assert cells(site, page) == [f"[Home][h] and ![dot][]\n\n{home}\n{dot}", f"See [ H ].\n\n{home}"]


def test_a_long_page_is_read_in_no_time_that_grows_with_its_square(site: Site) -> None:
    page = "\n\n".join(["`` ` *a* ** __ $ <b {.x ![a](b [c]: ~~"] * 3000)
    (made,) = cells(site, page)
    assert made.count("![a](b") == 3000
