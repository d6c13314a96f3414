"""Makes the site's mathematical font: the part of STIX Two Math that formulas here can need, as WOFF2.

    npm pack @fontsource/stix-two-math@5.3.0 && tar xzf fontsource-stix-two-math-5.3.0.tgz
    python scripts/tools/subset_font.py package/files/stix-two-math-latin-400-normal.woff2

The font's licence (SIL Open Font License 1.1, without a reserved name) allows that, and stands beside it.
A build publishes no more of it than the formulas of its pages need (conv1d_site/steps/finish/math_font.py).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset

from conv1d_site.steps.finish.math_font import options

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[2] / "docs/theme/assets/fonts/stix-two-math.woff2"

# Of each kind the whole, so that a formula that is new to the site need not change the font.
CHARACTERS = {
    "ASCII": [(0x20, 0x7E)],
    "Latin-1 signs": [
        (0xA0, 0xA0),
        (0xAC, 0xAC),
        (0xAF, 0xB1),
        (0xB4, 0xB4),
        (0xB7, 0xB7),
        (0xD7, 0xD7),
        (0xF7, 0xF7),
    ],
    "dotless i and j": [(0x131, 0x131), (0x237, 0x237)],
    "accents": [
        (0x2C6, 0x2C7),
        (0x2D8, 0x2DC),
        (0x300, 0x30C),
        (0x331, 0x332),
        (0x338, 0x338),
        (0x20D6, 0x20D7),
    ],
    "Greek": [(0x391, 0x3A9), (0x3B1, 0x3C9), (0x3D1, 0x3D6), (0x3F0, 0x3F5)],
    "punctuation and primes": [(0x2016, 0x2016), (0x2020, 0x2026), (0x2032, 0x2034), (0x203E, 0x203E)],
    "invisible operators": [(0x2061, 0x2064)],
    "letterlike": [(0x2102, 0x2102), (0x210B, 0x2115), (0x2118, 0x2124), (0x212C, 0x2134)],
    "arrows": [(0x2190, 0x2199), (0x21A6, 0x21A6), (0x21D0, 0x21D5)],
    "operators and relations": [(0x2200, 0x2299), (0x22A4, 0x22A5), (0x22C0, 0x22C6), (0x22EE, 0x22F1)],
    "brackets and braces": [(0x2308, 0x230B), (0x23B4, 0x23B5), (0x23DC, 0x23E1), (0x27E8, 0x27E9)],
    "shapes": [(0x25A0, 0x25A1), (0x25CF, 0x25CF)],
    "variation selector": [(0xFE00, 0xFE00)],
    "bold, italic, bold italic": [(0x1D400, 0x1D49B)],
    "script": [(0x1D49C, 0x1D4CF)],
    "double-struck": [(0x1D538, 0x1D56B), (0x1D7D8, 0x1D7E1)],
    "Greek, bold and italic": [(0x1D6A4, 0x1D755)],
    "bold digits": [(0x1D7CE, 0x1D7D7)],
}


def make(source: Path, target: Path = TARGET) -> None:
    """Writes the part of the font in `source` to `target`; the MATH table comes along."""
    chosen = options()
    font = subset.load_font(str(source), chosen)
    subsetter = subset.Subsetter(chosen)
    ranges = [each for kind in CHARACTERS.values() for each in kind]
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    narrow_roots(font)
    subset.save_font(font, str(target), chosen)


def narrow_roots(font: TTFont) -> None:
    """Gives every size of the root sign the width of the smallest.

    Chromium keeps room for the widest, whichever it draws, and so left a gap of half a letter behind √3.
    """
    shapes, widths = font["glyf"], font["hmtx"]
    variants = font["MATH"].table.MathVariants
    smallest = font.getBestCmap()[ord("√")]
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(smallest)]
    names = {each.VariantGlyph for each in sizes.MathGlyphVariantRecord}
    names |= {each.glyph for each in sizes.GlyphAssembly.PartRecords}
    width = widths[smallest][0]
    for name in names - {smallest}:
        shape = shapes[name]
        shape.coordinates.scale((width / widths[name][0], 1))
        shape.coordinates.toInt()
        shape.recalcBounds(shapes)
        widths[name] = width, shape.xMin


if __name__ == "__main__":
    make(Path(sys.argv[1]))
