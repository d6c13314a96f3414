"""The picture beside a shared link: a number of the page, what it is, and where the page lies.

Of signs that every language has, and that the one font which is always there can draw: matplotlib's.
"""

from __future__ import annotations

import functools
import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Pen
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630  # pixels, as those who show cards ask for
_PAPER, _INK, _SOFT, _ACCENT, _OUTPUT = "#fdfdfb", "#1c2422", "#8a9aa3", "#0a6f69", "#d9622b"
_EDGE = 80
_LARGEST, _LEAST = 190, 30


@dataclass(frozen=True)
class Card:
    """A picture, as PNG."""

    png: bytes


def draw(number: str, expression: str, place: str) -> Card:
    """A card for a number (one line of any text), its expression, and the page's place on the site."""
    from PIL import Image, ImageDraw  # 0.1 s, for a build that has a card to draw

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    _mark(pen)
    for text, name, top, largest, colour in (
        (number, "DejaVuSans-Bold", 190, _LARGEST, _ACCENT),
        (expression, "DejaVuSansMono", 425, 48, _INK),
        (f"Conv1d \u00b7 {place}", "DejaVuSans", 530, 34, _SOFT),
    ):
        font, shown = _fitting(name, text, largest)
        pen.text((_EDGE, top), shown, font=font, fill=colour)
    written = io.BytesIO()
    image.quantize(32).save(written, "PNG")
    return Card(written.getvalue())


def can_draw(text: str) -> bool:
    """Whether the fonts have all of its characters: those of European languages and of mathematics."""
    return all(char.isprintable() and ord(char) < 0x2E80 for char in text)


def _mark(pen: Pen) -> None:
    """The site's mark: a window on three channels, and the number that it makes."""
    for row in range(3):
        for column in range(6):
            inside = 1 <= column <= 4
            left, top = _EDGE + 26 * column, _EDGE + 26 * row
            pen.rectangle((left, top, left + 20, top + 20), fill=_ACCENT if inside else _SOFT)
    pen.rectangle((_EDGE + 190, _EDGE + 26, _EDGE + 210, _EDGE + 46), fill=_OUTPUT)


def _fitting(name: str, text: str, largest: int) -> tuple[FreeTypeFont, str]:
    """The font in the largest size in which the text fits; what does not fit in the least is cut."""
    for size in range(largest, _LEAST - 1, -10):
        font = _font(name, size)
        if font.getlength(text) <= WIDTH - 2 * _EDGE:
            return font, text
    while _font(name, _LEAST).getlength(text + "…") > WIDTH - 2 * _EDGE:
        text = text[:-1]
    return _font(name, _LEAST), text + "…"


@functools.cache
def _font(name: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(_fonts() / f"{name}.ttf"), size)


@functools.cache
def _fonts() -> Path:
    """Where matplotlib keeps its fonts; importing it would take half a second."""
    found = importlib.util.find_spec("matplotlib")
    assert found
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "mpl-data/fonts/ttf"
