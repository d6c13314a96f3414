"""A card is a picture of one number, in the size that those who show cards ask for."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from conv1d_site.steps.finish.cards import HEIGHT, WIDTH, can_draw, draw


def picture(number: str = "0.2545", expression: str = "y[0, 0, 0]:.4f", place: str = "guide") -> Image.Image:
    return Image.open(io.BytesIO(draw(number, expression, place).png)).convert("L")


@pytest.mark.parametrize("text", ["0.2545", "(32, 16, 97)", "x" * 300])
def test_whatever_is_told_stays_within_the_edges(text: str) -> None:
    drawn = picture(text, text, text)
    assert drawn.size == (WIDTH, HEIGHT)
    ink = drawn.point(lambda grey: 255 if grey < 200 else 0).getbbox()
    assert ink is not None
    assert ink[0] >= 70
    assert ink[2] <= WIDTH - 70
    assert ink[3] <= HEIGHT - 20


def test_other_numbers_make_other_pictures_and_the_same_one_the_same() -> None:
    assert draw("1", "a", "b") == draw("1", "a", "b")
    assert draw("1", "a", "b") != draw("2", "a", "b")


def test_what_the_font_has_not_is_known() -> None:
    assert can_draw("−0.5 × 10⁻⁷ ≈ ε")
    assert not can_draw("卷积")
    assert not can_draw("a\nb")
