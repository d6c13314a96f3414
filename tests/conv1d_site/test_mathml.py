"""Formulas: what is one, what is not, and what comes of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 - as the module under test calls it
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from mkdocs.exceptions import BuildError

from conv1d_site.tex import MathError, tex_to_mathml

if TYPE_CHECKING:
    from pathlib import Path

EXTENSIONS = [
    "admonition",
    "attr_list",
    "footnotes",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.tabbed",
]


class LiveNumbers(Extension):
    """Puts numbers in as the engine does: an element in place of a code span, before Markdown's own look."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        class Number(InlineProcessor):
            def handleMatch(self, m: re.Match[str], data: str) -> Any:  # noqa: N802, ARG002
                element = etree.Element("span", {"class": "insync-number"})
                element.text = AtomicString(m[1])
                return element, m.start(0), m.end(0)

        md.inlinePatterns.register(Number(r"(?<!`)`\{python\} ([^`]+)`(?!`)", md), "numbers", 191)


def convert(text: str, **options: Any) -> str:
    """Markdown with this site's extensions as HTML."""
    md = Markdown(
        extensions=[*EXTENSIONS, LiveNumbers(), "conv1d_site.mathml"],
        extension_configs={"conv1d_site.mathml": options, "pymdownx.tabbed": {"alternate_style": True}},
    )
    return str(md.convert(text))


def texts(html: str) -> list[str]:
    """The formulas' texts, without the source that those on lines of their own carry along."""
    html = re.sub(r"<annotation.*?</annotation>", "", html, flags=re.DOTALL)
    return [re.sub(r"<[^>]*>|\s", "", found) for found in re.findall(r"<math.*?</math>", html, re.DOTALL)]


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10",
        "It costs $5, not $ 10.",
        "from $5 to\n$10 a piece",
        r"\$x\$",
        "`$x$`",
        "``$x$ and `$y$` ``",
        "```\n$x$\n\n$$\ny\n$$\n```",
        "    $$\n    x\n    $$",
        "a lone $ sign, and $$ two",
        "$ x $",
    ],
)
def test_is_text(text: str) -> None:
    html = convert(text)
    assert "<math" not in html
    assert html.count("$") == text.count("$")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so $x$ is", ["x"]),
        ("$x$-axis, the $n$th", ["x", "n"]),
        ("$x_1*y_1*z$ and $a_b*c_d$", ["x1∗y1∗z", "ab∗cd"]),
        ("$a<b$ and $c>d$ <em>e</em>", ["a&lt;b", "c&gt;d"]),
        (r"$i<p$ and $c<C_\text{in}$ with no end", ["i&lt;p", "c&lt;Cin"]),
        (r"$\$5$", ["$5"]),
        (r"\$5 $x$", ["x"]),
        (r"a\\$x$", ["x"]),
        ("$a\n+ b$", ["a+b"]),
        ("Price: $5. Then $x$.", ["x"]),
        ("**$x$** and *$y$*", ["x", "y"]),
        ("[$x$](address)", ["x"]),
        ("# Title $x$ { #title }", ["x"]),
        ("| $a_1$ | b |\n|---|---|\n| $c_1$ | $d$ |", ["a1", "c1", "d"]),
        ("- item $x$\n- $y$", ["x", "y"]),
        ("in $$x$$ line", ["x"]),
        ("> $$\n> x\n> $$", ["x"]),
    ],
)
def test_is_a_formula(text: str, expected: list[str]) -> None:
    assert texts(convert(text)) == expected


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("so $x$, then", "", ","),
        ("(see $x$).", "", ")."),
        ("also ($x$)", "(", ")"),
        ("令 $x$。", "", "。"),
        ("（$x$）；", "（", "）；"),
        ("**all of $x$.**", "", "."),
    ],
)
def test_no_line_ends_between_a_formula_and_the_marks_that_touch_it(
    text: str, before: str, after: str
) -> None:
    (joined,) = re.findall(r'<span class="math-joined">(.*?)<math.*?</math>(.*?)</span>', convert(text))
    assert joined == (before, after)


@pytest.mark.parametrize("text", ["a $x$ b", "[$x$](address)", "[see $x$][1]\n\n[1]: address", r"\($x$ b"])
def test_what_is_no_mark_stays_outside(text: str) -> None:
    html = convert(text)
    assert "math-joined" not in html
    assert ("address" in text) == ('<a href="address">' in html)


@pytest.mark.parametrize(
    "tex", [r"\log 2", r"\sin x", r"\max_i x_i", r"\lim_n a", r"a < b \& c", r"\text{a < b}"]
)
def test_every_formula_is_an_element_that_markdown_can_hold(tex: str) -> None:
    # math-core names some characters as HTML does, which XML does not know.
    assert etree.fromstring(tex_to_mathml(tex)).tag == "math"
    assert "<math>" in convert(f"${tex}$")


def test_live_numbers_stand_in_formulas() -> None:
    html = convert("$0.4385 + (`{python} -0.1095`) = `{python} 0.3290`$")
    assert texts(html) == ["0.4385+(−0.1095)=0.3290"]
    assert "<mn>0.3290</mn>" in html
    assert "klzzwxh" not in html


def test_live_numbers_stand_in_formulas_on_lines_of_their_own() -> None:
    html = convert("$$\n\\begin{aligned}\na &= `{python} 0.5` \\\\\nb_1 &= `{python} -2`\n\\end{aligned}\n$$")
    assert texts(html) == ["a=0.5b1=−2"]


def test_a_value_in_an_exponent_is_one_exponent() -> None:
    assert "<mn>32</mn></msup>" in convert("$2^`{python} 32`$")


def test_a_plain_code_span_in_a_formula_is_its_text() -> None:
    assert texts(convert("$x = `a<b_c`$")) == ["x=a&lt;b_c"]


@pytest.mark.parametrize(
    ("around", "inside"),
    [
        ("{}", ""),
        ("text\n{}\ntext", ""),
        ("- item\n\n{}\n\n- item", "    "),
        ("1.  item\n{}\n    text", "    "),
        ("!!! note\n{}\n\n    text", "    "),
        ("??? note\n\n{}", "    "),
        ('=== "A"\n\n{}\n\n=== "B"\n\n    text', "    "),
        ("- item\n\n    - deeper\n\n{}", "        "),
        ("A note.[^1]\n\n[^1]: text\n\n{}", "    "),
    ],
)
def test_a_formula_of_several_lines_may_stand_anywhere(around: str, inside: str) -> None:
    lines = [
        "$$",
        r"\begin{aligned}",
        "a_1 &< b * c * d \\\\",
        "",
        "- e &= f",
        "=======",
        r"\end{aligned}",
        "$$",
    ]
    html = convert(around.format("\n".join(inside + line if line else "" for line in lines)))
    assert texts(html) == ["a1&lt;b∗c∗d−e=f======="]
    assert "<em>" not in html
    assert "<pre>" not in html
    assert '<div class="math-display">' in html
    assert "mathml:" not in html


@pytest.mark.parametrize("inside", ["", "    "])
@pytest.mark.parametrize("formula", ["$$\nx\n{}$$ {}", "$$x{}$$ {}", "$$ x\n{}$$  {}"])
def test_a_formula_may_have_a_number_and_an_address(inside: str, formula: str) -> None:
    around = "!!! note\n\n{}\n\n    text" if inside else "text\n{}\ntext"

    def made(tag: str, name: str) -> str:
        lines = formula.format(tag, name).rstrip().split("\n")
        return convert(around.format("\n".join(inside + line for line in lines)))

    numbered = made("\\tag{12}", "{ #eq-sum }")
    assert '<div class="math-numbered" id="eq-sum"><div class="math-display">' in numbered.replace("\n", "")
    assert "</math></div><span>(12)</span></div>" in numbered.replace("\n", "")
    assert '<div class="math-display" id="eq-sum">' in made("", "{: #eq-sum}")
    assert '<div class="math-numbered"><div class="math-display">' in made("\\tag{12}", "").replace("\n", "")
    for html in (numbered, made("", "{: #eq-sum}")):
        assert texts(html) == ["x"]
        assert "{" not in html


@pytest.mark.parametrize("text", ["    $$\n    x\n    $$ { #eq-sum }", "```\n$$\nx\n$$ { #eq-sum }\n```"])
def test_an_address_in_code_is_code(text: str) -> None:
    assert "$$ { #eq-sum }" in convert(text)


def test_a_formula_keeps_its_place_in_a_list() -> None:
    root = etree.fromstring(
        f"<body>{convert('- one' + chr(10) * 2 + '    $$x$$' + chr(10) * 2 + '- two')}</body>"
    )
    items = root.findall("ul/li")
    assert len(items) == 2
    assert items[0].find("div[@class='math-display']") is not None


def test_a_formula_on_its_own_line_keeps_its_source_out_of_the_search() -> None:
    html = convert("$$\nx < \\frac{1}{2}\n$$")
    annotation = re.search(r"<annotation ([^>]*)>([^<]*)</annotation>", html)
    assert annotation
    assert annotation[2] == r"x &lt; \frac{1}{2}"
    assert "data-search-exclude" in annotation[1]


def test_a_formula_in_an_alternative_text_is_its_text() -> None:
    assert 'alt="the sum a+b"' in convert("![the sum $a+b$](picture.png)")


def test_headings_and_the_table_of_contents_have_the_formula_once() -> None:
    md = Markdown(extensions=["toc", "attr_list", "conv1d_site.mathml"])
    md.convert("## Length $L_1$ { #length }")
    assert md.toc_tokens[0]["name"] == "Length L1"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("one\n\ntwo $\\foo$", 3, r"\foo"),
        ("one\n\n$$\nx + \\foo\n$$", 3, r"\foo"),
        ("one\n\ntwo $`{python} 0.5` + \\frac{1$", 3, "closing"),
        ("one\n\n$$\nx + \\foo\n\\tag{1}$$ { #eq-sum }", 3, r"\foo"),
        ("one\n\n    code\n\n- item\n\n    $a & b$", 7, "&"),
        ("one\n\n$$\nx\n\ntext", 3, "nothing closes it"),
    ],
)
def test_bad_tex_names_its_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises((MathError, BuildError), match=rf"^line {line}: .*{re.escape(reason)}"):
        convert(text)


def test_formula_without_end() -> None:
    with pytest.raises((MathError, BuildError), match="nothing closes it"):
        convert("text\n\n$$\nx\n")


def test_bad_tex_names_the_file_and_its_line_with_the_front_matter(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("---\ntitle: A page\n---\n\nText, then $\\foo$.\n", encoding="utf-8")
    md = Markdown(extensions=["conv1d_site.mathml"])
    relpath = Treeprocessor(md)
    relpath.file = SimpleNamespace(src_uri="guide/page.md", abs_src_path=str(page))  # type: ignore[attr-defined]
    md.treeprocessors.register(relpath, "relpath", 0)
    with pytest.raises((MathError, BuildError), match=r"^guide/page\.md:5: .*\\foo"):
        md.convert("Text, then $\\foo$.\n")


def test_mkdocs_is_told_with_its_own_error() -> None:
    # mkdocs.exceptions is imported above, as it is in a build.
    with pytest.raises(BuildError):
        convert(r"$\foo$")


@pytest.mark.parametrize("text", [r"good $x$, bad $\foo$", "good $x$\n\n$$\n\\foo\n$$", "good $x$\n\n$$\ny"])
def test_with_errors_on_the_page_the_rest_of_it_stands(text: str) -> None:
    html = convert(text, errors="page")
    assert texts(html) == ["x"]
    assert "cannot render this formula" in html


@given(st.text(alphabet="$\\ab1{}_^&<>`* \n-|"))
def test_no_text_breaks_the_extension(text: str) -> None:
    html = convert(text, errors="page")
    assert "mathml:" not in html
    assert "\ue001" not in html
