"""A language's finished site with fewer bytes to load, which look and do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv1d_site.steps.finish import math_font

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def pages(site: Path, others: Iterable[str]) -> list[str]:
    """The pages of a site without those in the folders of other languages, in the order of their paths."""
    apart = [site / folder for folder in others]
    paths = (
        path for path in sorted(site.rglob("*.html")) if not any(path.is_relative_to(each) for each in apart)
    )
    return [path.read_text(encoding="utf-8") for path in paths]


def lighten_font(assets: Path, pages: Iterable[str], kept: Path) -> None:
    """Write the font of formulas with what these pages need; `kept` is a folder for the next build."""
    for font in assets.glob("fonts/*.woff2"):
        font.write_bytes(math_font.cut(font, math_font.characters(pages), kept))
