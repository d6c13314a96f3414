"""A notebook's page: foreign parts are gone, formulas are MathML, headings have the anchors of the page."""

from __future__ import annotations

import base64
import logging

import nbformat
import pytest
from mkdocs.exceptions import BuildError
from mkdocs_jupyter.convert import nb2html

from conv1d_site.steps.finish.notebook_html import Cleaned, clean, render_formulas

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect fill="var(--insync-c0)"/></svg>'
PROSE = """<a id="note"></a>
# The note

Weights $a_1 < b_2 * c$ and \\$5, not `$code$`.

$$
\\sum_{c < C_\\text{in}} w_c \\cdot x_c
$$

| name | formula |
|---|---|
| **x** | $x^2$ |

```python
price = "$no$"
```
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A notebook with one of everything, as mkdocs-jupyter renders it."""
    v4 = nbformat.v4
    outputs = [
        v4.new_output("stream", name="stdout", text="tensor([0.1]) $x$\n"),
        v4.new_output("execute_result", data={"text/plain": "0.25 $y$"}, execution_count=1),
        v4.new_output("display_data", data={"image/svg+xml": SVG, "text/plain": "<Figure>"}),
        v4.new_output("stream", name="stderr", text="UserWarning: careful\n"),
    ]
    error = v4.new_output(
        "error", ename="RuntimeError", evalue="channels", traceback=["\x1b[31mRuntimeError\x1b[0m: channels"]
    )
    notebook = v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
        cells=[
            v4.new_markdown_cell(PROSE),
            v4.new_markdown_cell('<a id="bias"></a>\n## 偏置 $b_0$ and `code`\n\n### Deeper'),
            v4.new_code_cell("print('$x$')  # one", outputs=outputs, execution_count=1),
            v4.new_code_cell("fail()", outputs=[error], metadata={"tags": ["raises-exception"]}),
        ],
    )
    path = tmp_path_factory.mktemp("notebook") / "one.ipynb"
    nbformat.write(notebook, path)
    logging.getLogger("mkdocs.mkdocs-jupyter").setLevel(logging.WARNING)
    return str(nb2html(str(path)))


@pytest.fixture(scope="module")
def cleaned(raw: str) -> Cleaned:
    """The same, cleaned."""
    return clean(raw, "notebooks/one.ipynb")


def test_the_traps_are_still_there(raw: str) -> None:
    # When mkdocs-jupyter no longer has them, notebook_html can go.
    assert len(raw) > 500_000
    assert "cdnjs" in raw
    assert "<script" in raw


def test_weighs_what_it_says(cleaned: Cleaned) -> None:
    assert len(cleaned.html) < 20_000


@pytest.mark.parametrize(
    "foreign", ["<script", "<style", "<link", "cdnjs", "http://", "https://", "<!--", "tabindex"]
)
def test_nothing_foreign_is_left(cleaned: Cleaned, foreign: str) -> None:
    assert foreign not in cleaned.html.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_formulas_are_rendered_and_code_is_not(cleaned: Cleaned) -> None:
    assert cleaned.html.count("<math") == 4
    assert '<math display="block">' in cleaned.html
    assert "<code>$code$</code>" in cleaned.html
    assert "tensor([0.1]) $x$" in cleaned.html
    assert "0.25 $y$" in cleaned.html
    assert "$no$" in cleaned.html
    assert "and $5" in cleaned.html


def test_outputs_are_left(cleaned: Cleaned) -> None:
    for text in ("UserWarning: careful", "RuntimeError", "channels", "<td><strong>x</strong></td>"):
        assert text in cleaned.html


def test_code_is_said_once(cleaned: Cleaned) -> None:
    # mkdocs-jupyter has it a second time, for its copy button.
    assert cleaned.html.count("# one") == 1
    assert cleaned.html.count("fail") == 1


def test_listings_are_the_themes(cleaned: Cleaned) -> None:
    assert '<div class="language-python highlight"><pre><span></span><code>' in cleaned.html
    assert "highlight-ipynb" not in cleaned.html


def test_figures_are_part_of_the_page(cleaned: Cleaned) -> None:
    assert "data:image" not in cleaned.html
    assert "var(--insync-c0)" in cleaned.html


def test_a_bitmap_stays_a_picture() -> None:
    image = f'<img src="data:image/png;base64,{base64.b64encode(b"bytes").decode()}"/>'
    assert clean(image, "one.ipynb").html == image


def test_headings_keep_the_anchors_of_the_page(cleaned: Cleaned) -> None:
    assert '<h1 id="note">The note</h1>' in cleaned.html
    assert '<h2 id="bias">偏置 <math>' in cleaned.html
    assert "anchor-link" not in cleaned.html
    assert "<a id=" not in cleaned.html


def test_the_table_of_contents_has_the_same_anchors(cleaned: Cleaned) -> None:
    note = cleaned.toc_tokens[0]
    assert (note["id"], note["name"], note["level"]) == ("note", "The note", 1)
    bias = note["children"][0]
    assert (bias["id"], bias["name"]) == ("bias", "偏置 b0 and code")
    assert [deeper["name"] for deeper in bias["children"]] == ["Deeper"]


@pytest.mark.parametrize("text", ["<p>$5</p><p>and $6</p>", "<p>$5 and $10</p>", "<a title='$x$'>a</a>"])
def test_prices_and_attributes_are_no_formulas(text: str) -> None:
    assert render_formulas(text, "one.ipynb") == text


def test_bad_tex_names_the_notebook() -> None:
    with pytest.raises(BuildError, match=r"notebooks/one\.ipynb: .*foo"):
        render_formulas(r"<p>$\foo$</p>", "notebooks/one.ipynb")


def test_bad_tex_can_stand_on_the_page() -> None:
    html = render_formulas(r"<p>$\foo$ and $x$</p>", "notebooks/one.ipynb", errors_on_page=True)
    assert 'class="insync-problem"' in html
    assert "<math>" in html
