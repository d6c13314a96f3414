"""A language's finished site with fewer bytes to load, which look and do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv1d_site.steps.finish import math_font, minify, purge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

# The theme's words in the languages that no page is in: nothing loads them, and they name nothing.
_NOT_LOADED = "lunr"


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


def lighten_code(assets: Path, own: Path, pages: Iterable[str]) -> None:
    """Write scripts and style sheets without what readers need not have.

    Those that are `own`'s, a folder of the same structure, without comments and blanks; the theme's, which
    have none, without the rules for what is nowhere on these pages.
    """
    ours = {assets / path.relative_to(own) for path in own.rglob("*.*")}
    scripts = [path for path in sorted(assets.rglob("*.js")) if _NOT_LOADED not in path.parts]
    sheets = sorted(assets.rglob("*.css"))
    known = purge.names(pages, (path.read_text(encoding="utf-8") for path in scripts))
    for path in ours.intersection(scripts):
        _rewrite(path, minify.script)
    for path in sheets:
        _rewrite(path, minify.sheet if path in ours else lambda sheet: purge.purged(sheet, known))
    texts = [path.read_text(encoding="utf-8") for path in sheets]
    for path in sheets:
        if path not in ours:
            _rewrite(path, lambda sheet: purge.without_unread(sheet, texts, known))


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
