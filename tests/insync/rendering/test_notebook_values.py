"""Values as TeX within a notebook's formulas."""

from __future__ import annotations

import pytest

from conv1d_site.tex import tex_to_mathml
from insync.rendering.notebook_values import in_formula, to_tex


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        ("12.5", "12.5"),
        ("-1", "-1"),
        ("(5, 6, 8)", "(5, 6, 8)"),
        ("1e-07", r"1\times 10^{-7}"),
        ("-2.5E+03", r"-2.5\times 10^{3}"),
        ("1,256", "1{,}256"),
        ("True", r"\text{True}"),
        ("kernel_size", r"\text{kernel}\_\text{size}"),
        ("$5", r"{\$}\text{5}"),
        ("a\\b^{c}~d|e&f#g%h<i>j`k", None),
    ],
)
def test_a_value_is_tex_that_can_be_rendered(value: str, tex: str | None) -> None:
    made = to_tex(value)
    assert tex in {None, made}
    assert tex_to_mathml(made)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("$x = \ue0000\ue000$", "$x = -12$"),
        ("$2^\ue0000\ue000$", "$2^{-12}$"),
        ("$\\frac\ue0001\ue000\ue0000\ue000$", "$\\frac{7}{-12}$"),
        ("$\\frac{1}\ue0000\ue000$", "$\\frac{1}{-12}$"),
        ("$\\cdot \ue0001\ue000$", "$\\cdot 7$"),
        ("$\\times\ue0002\ue000$", "$\\times{\\text{x}}$"),
        ("$a_\ue0001\ue000 + `b_c`$", "$a_7 + \\text{b}\\_\\text{c}$"),
    ],
)
def test_a_value_is_one_thing_to_what_stands_before_it(formula: str, expected: str) -> None:
    assert in_formula(formula, ["-12", "7", "x"]) == expected
