"""TeX as MathML, values as TeX, and the font that both are shown with."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it

import pytest
from conftest import ROOT
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from conv1d_site.tex import tex_to_mathml, value_to_tex

FONT = ROOT / "docs/theme/assets/fonts/stix-two-math.woff2"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0.2545", "<mn>0.2545</mn>"),
        ("-0.1095", '<mo lspace="0" rspace="0">−</mo><mn>0.1095</mn>'),
        ("−0.1095", '<mo lspace="0" rspace="0">−</mo><mn>0.1095</mn>'),
        (".5", "<mn>.5</mn>"),
        ("1{,}245", "<mn>1,245</mn>"),
        ("4{,}294{,}967{,}296", "<mn>4,294,967,296</mn>"),
    ],
)
def test_a_number_is_one_number(number: str, expected: str) -> None:
    assert tex_to_mathml(number) == f"<math>{expected}</math>"


def test_numbers_between_commas_stay_apart() -> None:
    assert "<mn>1</mn><mo" in tex_to_mathml("x_{1,245}")


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        ("0.25", "{0.25}"),
        ("-0.25", "{-0.25}"),
        ("1e-07", r"{1\times 10^{-7}}"),
        ("-1.5E+10", r"{-1.5\times 10^{10}}"),
        ("4,294", "{4{,}294}"),
        ("(1, 2, 7)", "{(1, 2, 7)}"),
        ("nan", r"\text{nan}"),
    ],
)
def test_values_become_tex(value: str, tex: str) -> None:
    assert value_to_tex(value) == tex


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1))
def test_every_value_can_stand_in_a_formula(value: str) -> None:
    if value.strip():
        etree.fromstring(tex_to_mathml(f"x = {value_to_tex(value)}"))


@pytest.mark.parametrize("text", ["a_b & 5%", r"C:\x {y}", "'a' \"b\" `c` ~d ^e", "<b>", "$1"])
def test_a_value_that_is_text_stands_as_it_is(text: str) -> None:
    shown = etree.fromstring(tex_to_mathml(f"x = {value_to_tex(text)}")).find("mtext")
    assert shown is not None
    assert shown.text == text


def test_the_font_has_every_character_that_formulas_need() -> None:
    formulas = [
        r"y_{n,o,t} = b_o + \sum_{c < C_\text{in}/g} \sum_k w_{o,c,k} \cdot \tilde x_{n,ts + kd}",
        r"L_\text{out} = \left\lfloor \frac{L + 2p - d(K-1) - 1}{s} \right\rfloor + 1 \le \lceil L/s \rceil",
        r"\partial L / \partial w = \prod_i \hat y \bar x \star \ast \circ \times \div \pm \approx \neq \geq",
        r"x \in \mathbb{R}^{2 \times 7}, \mathcal{U}(-\sqrt{k}, \sqrt{k}), \mathbf{w}",
        r"\boldsymbol{w}, \mathrm{out}",
        r"\alpha \beta \gamma \delta \epsilon \varepsilon \theta \lambda \mu \pi \rho",
        r"\sigma \phi \varphi \omega",
        r"\Gamma \Delta \Theta \Lambda \Sigma \Phi \Omega \infty \nabla \to \mapsto ",
        r"\Rightarrow \forall \exists",
        r"\underbrace{a + b}_{2} \overline{ab} x' x'' \|x\| \langle a \rangle \{a\}",
        r"\ldots \cdots \vdots \mid \oplus",
        "0123456789.,:;!?()[]+-=<>/",
    ]
    drawn = set(
        "".join(text for formula in formulas for text in etree.fromstring(tex_to_mathml(formula)).itertext())
    )
    font = TTFont(FONT)
    covered = {chr(code) for code in font.getBestCmap()}
    assert (
        drawn - covered - {"\ufe00", "\ufe01"} == set()
    )  # variation selectors choose a form, they have none
    assert font["MATH"].table.MathVariants.VertGlyphConstruction, "brackets and sums could not grow"
    assert FONT.stat().st_size < 150_000


def test_all_sizes_of_the_root_sign_are_as_wide() -> None:
    # Chromium keeps room behind √3 for the widest.
    font = TTFont(FONT)
    root = font.getBestCmap()[ord("√")]
    variants = font["MATH"].table.MathVariants
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    names = [each.VariantGlyph for each in sizes.MathGlyphVariantRecord]
    names += [each.glyph for each in sizes.GlyphAssembly.PartRecords]
    assert len(names) > 2
    assert len({font["hmtx"][name][0] for name in names}) == 1
