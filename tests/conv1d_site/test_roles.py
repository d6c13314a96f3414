"""A colour each for input, weight, bias and output: which names are marked, and that nothing else changes."""

from __future__ import annotations

import re

import pytest
from markdown import Markdown

from conv1d_site.roles import in_block, in_line, role_of


def coloured(code: str) -> str:
    """A block as a page has it."""
    md = Markdown(extensions=["conv1d_site.highlight_once", "pymdownx.superfences"])
    return md.convert(f"```python\n{code}\n```")


def marked(html: str) -> list[tuple[str, str]]:
    """The role and the text of each marked name, in their order."""
    return re.findall(r'<span class="role-(\w)">([^<]*)</span>', html)


def words(html: str) -> str:
    """The text alone."""
    return re.sub(r"<[^>]*>", "", html)


def test_the_names_of_a_layer_are_marked() -> None:
    html = coloured("y = F.conv1d(x, layer.weight, layer.bias)")
    assert marked(html) == [("y", "y"), ("x", "x"), ("w", "weight"), ("b", "bias")]


def test_b_is_the_bias_where_there_is_a_weight_only() -> None:
    assert marked(coloured("F.conv1d(x, w, b)")) == [("x", "x"), ("w", "w"), ("b", "b")]
    assert marked(coloured("a, b = 1, 2")) == []


@pytest.mark.parametrize(
    "code", ["'x'", "# x and y", "import x", "max_x", "0x1", "net.x2", '"""w"""', "@w", "print(1 < 2 & 3)"]
)
def test_nothing_else_is(code: str) -> None:
    assert marked(coloured(code)) == []


def test_what_has_no_colour_has_no_element_and_the_text_stays() -> None:
    code = "def f(q):\n    return q[0] <= 2 & ~q  # <b>"
    html = coloured(code)
    assert not re.search(r'<span class="[nopw]">|<span></span>', html)
    assert 'class="k"' in html  # a keyword is coloured
    assert words(html).strip() == code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_line_that_is_pointed_at_keeps_its_element() -> None:
    html = '<span class="hll"><span class="n">x</span><span class="o">=</span></span>'
    assert in_block(html) == '<span class="hll"><span class="role-x">x</span>=</span>'


def test_in_a_sentence_a_name_alone() -> None:
    html = (
        "<td><code>layer.weight</code></td> <code>x</code> <code>x[0]</code> "
        "<code>b</code> <pre><code>y\n</code></pre>"
    )
    assert in_line(html) == (
        '<td><code class="role-w">layer.weight</code></td> <code class="role-x">x</code> <code>x[0]</code> '
        '<code class="role-b">b</code> <pre><code>y\n</code></pre>'
    )


def test_formulas_have_them_as_well() -> None:
    html = Markdown(extensions=["conv1d_site.mathml"]).convert("$y = w x + b + k$")
    assert re.findall(r'<mi class="role-(\w)">(\w)</mi>', html) == [(name, name) for name in "ywxb"]
    assert "<mi>k</mi>" in html
    assert role_of("k") == role_of("") == ""
