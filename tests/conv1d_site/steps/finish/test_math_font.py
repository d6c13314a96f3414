"""The font of formulas, cut to what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import ROOT
from fontTools.ttLib import TTFont

from conv1d_site.steps.finish.math_font import characters, cut

if TYPE_CHECKING:
    from pathlib import Path

FONT = ROOT / "docs/theme/assets/fonts/stix-two-math.woff2"


def test_a_formula_needs_its_signs_and_the_italics_of_its_letters() -> None:
    page = (
        "<p>€</p><math><mi>h</mi><mo>&lt;</mo><mi>σ</mi>"
        '<annotation encoding="application/x-tex">\\Omega</annotation></math>'
    )
    needed = characters([page, "<p>Ω</p>"])
    assert set("hσ<ℎ𝜎√− ") <= set(needed)
    assert not set("€Ω\\g") & set(needed)


def test_the_part_is_small_the_same_each_time_and_kept(tmp_path: Path) -> None:
    text = characters(["<math><mo>∑</mo><mi>x</mi></math>"])
    parts = [cut(FONT, text, tmp_path / name) for name in ("a", "b")]
    assert parts[0] == parts[1]
    assert len(parts[0]) < FONT.stat().st_size / 4
    (kept,) = (tmp_path / "a").iterdir()
    kept.write_bytes(b"kept")
    assert cut(FONT, text, tmp_path / "a") == b"kept"


def test_every_size_of_a_sign_stays(tmp_path: Path) -> None:
    part = tmp_path / "part.woff2"
    part.write_bytes(cut(FONT, "√∑x", tmp_path))
    for path in (part, FONT):
        font = TTFont(path)
        variants = font["MATH"].table.MathVariants
        root = font.getBestCmap()[ord("√")]
        construction = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
        sizes = [each.AdvanceMeasurement for each in construction.MathGlyphVariantRecord]
        assert sizes
        if path == part:
            of_part = sizes
        assert sizes == of_part
