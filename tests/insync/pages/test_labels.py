"""Figures and equations have numbers, and a text refers to them by their names, or the build stops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import CHINESE, ENGLISH

from insync.pages.labels import equations, references
from insync.rendering import notebook

if TYPE_CHECKING:
    from conftest import Site

PLOTS = (
    "# %% one\nimport matplotlib.pyplot as plt\n\nx = 2\nplt.plot([1, 2]);\n"
    "# %% two\nplt.plot([2, 1]);\n# %% both\nplt.plot([1, 2])\nplt.show()\nplt.plot([2, 1]);\n"
)


def plot(cell: str, caption: str = "A line.") -> str:
    option = f"caption: {caption}\n" if caption else ""
    return f"```snippet\nmade#{cell}\nshow: output\nalt: Up.\n{option}```\n"


def captions(html: str) -> list[str]:
    found = re.findall(r"<figcaption>\s*<p>(.*?)</p>\s*</figcaption>", html, re.DOTALL)
    return [re.sub(r'<(a|span) class="insync-number.*?>(.*?)</\1>', r"\2", each) for each in found]


def test_figures_are_numbered_in_order_and_a_plot_without_a_caption_is_none(site: Site) -> None:
    page = f"{plot('two', '')}\n{plot('two')}\n??? note\n\n    It is so:\n\n    " + "    ".join(
        plot("one", "At `x` it is `{python} x`, see @fig-two.").splitlines(keepends=True)
    )
    html = site.html(page, PLOTS)
    assert captions(html) == [
        "<strong>Figure\u00a01</strong> A line.",
        '<strong>Figure\u00a02</strong> At <code>x</code> it is 2, see <a href="#fig-two">Figure\u00a01</a>.',
    ]
    assert re.findall(r'<figure class="insync-figure" id="([^"]*)">', html) == ["fig-two", "fig-one"]
    assert html.count('<figure class="insync-figure" role="img"') == 1
    assert html.count('role="img" aria-label="Up."') == 3
    assert html.count("</figure>") == 3


def test_references_are_links_in_the_pages_language(site: Site) -> None:
    site.snippet(PLOTS)
    for language, words in (("en", "Figure\u00a01"), ("zh", "图\u00a01")):
        site.page(f"{plot('one')}\n@fig-one\n\n| a |\n|---|\n| (@fig-one) |\n", language=language)
        html = str(site.render(language=language).content)
        assert html.count(f'<a href="#fig-one">{words}</a>') == 2
        assert f"<strong>{words}</strong>" in html


@pytest.mark.parametrize(
    "text", ["`@fig-one`", "``@fig-one``", r"\@fig-one", "a@fig-one", "x.org/@fig-one", "@figs", "@fig-"]
)
def test_what_is_no_reference(text: str) -> None:
    assert list(references(text)) == []


def test_a_name_ends_where_a_sentence_does() -> None:
    text = "@fig-a_b-c, @eq-x. 见@fig-y。\n(@eq-z)"
    assert list(references(text, 5)) == [("fig-a_b-c", 5), ("eq-x", 5), ("eq-z", 6)]
    assert list(references("见 @fig-y。", 1)) == [("fig-y", 1)]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (f"{plot('one')}\nSee @fig-two.", r"page\.md:8: `@fig-two` refers to nothing on this page"),
        ("See\n@eq-none.", r"page\.md:2: `@eq-none` refers to nothing"),
        (plot("one", "As @fig-other has it."), r"page\.md:5: `@fig-other` refers to nothing"),
        (f"{plot('one')}\n{plot('one')}", r"page\.md:8: `fig-one` stands twice on the page"),
        ("$$\nx\n$$ { #eq-x }\n\n$$\ny\n$$ { #eq-x }\n", r"page\.md:7: `eq-x` stands twice"),
        (plot("both"), "the caption is of one plot, and the fence shows 2"),
        ("```snippet\nmade#one\nshow: code\ncaption: None.\n```", "of one plot, and the fence shows 0"),
    ],
)
def test_what_cannot_be_stops_the_build(site: Site, page: str, said: str) -> None:
    assert re.search(said, site.error(page, PLOTS))


def test_an_equation_has_its_number_beside_it_and_its_own_address(site: Site) -> None:
    several = "$$\n\\begin{aligned}\na &= `{python made#one} x` \\\\\nb\n\\end{aligned}\n$$ { #eq-sum }"
    html = site.html(f"By @eq-sum:\n\n$$\ny = 1\n$$\n\n{several}\n\n$$z$$ {{#eq-other}}\n", PLOTS)
    assert '<a href="#eq-sum">Equation\u00a0(1)</a>' in html
    beside = r'<div class="math-numbered" id="([^"]*)">(.*?)</div><span>(.*?)</span></div>'
    numbered = re.findall(beside, html.replace("\n", ""))
    assert [(name, number) for name, _, number in numbered] == [("eq-sum", "(1)"), ("eq-other", "(2)")]
    assert all(math.count("<math") == 1 for _, math, _ in numbered)
    assert html.count("<math") == 3
    assert "tag" not in re.sub(r"<[^>]*>", "", html)


def test_only_named_equations_outside_of_code_count() -> None:
    assert list(equations("$$x$$ {#eq-a}\nand `$$` {#eq-b} and \\$$ {#eq-c}")) == [("eq-a", 1)]


def test_a_notebook_says_the_numbers(site: Site) -> None:
    site.snippet(PLOTS)
    path = site.page(f"{plot('one')}\nSee @fig-one and @eq-sum.\n\n$$\nx\n$$ {{ #eq-sum }}\n")
    site.project.start()
    page = site.project.page(path)
    assert page
    said = {ENGLISH: ("Figure\u00a01", "Equation\u00a0(1)"), CHINESE: ("图\u00a01", "式\u00a0(1)")}
    for words, (figure, equation) in said.items():
        cells = notebook.build(page, site.project, words, str)["cells"]
        text = "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
        assert f"**{figure}** A line." in text
        assert f"See {figure} and {equation}." in text
        assert "\\tag{1}$$" in text
        assert "#eq" not in text


def test_a_reference_that_is_misspelt_names_the_nearest(site: Site) -> None:
    assert "Did you mean `fig-one`?" in site.error(f"{plot('one')}\nSee @fig-onne.\n", PLOTS)
