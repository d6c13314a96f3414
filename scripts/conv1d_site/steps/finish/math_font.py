"""The font of formulas with no more than the formulas of a site need: a quarter of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import html
import io
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_NOT_DRAWN = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
# What a browser draws that stands in no formula: blanks, the sign of a root, a minus for a hyphen.
_ALWAYS = " \u00a0√−"
# A letter alone in <mi> is drawn as its italic, another character: one of these, an h as Planck's constant.
_ITALIC = [*range(0x1D434, 0x1D468), *range(0x1D6A4, 0x1D6A6), *range(0x1D6E2, 0x1D71C), 0x210E]
_ITALIC_OF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in _ITALIC}


def characters(pages: Iterable[str]) -> str:
    """What the formulas of these pages (HTML) can be drawn with, in order."""
    used = set(_ALWAYS)
    for page in pages:
        for formula in _FORMULA.findall(page):
            used |= set(html.unescape(_NOT_DRAWN.sub("", formula)))
    return "".join(sorted(used | {_ITALIC_OF[each] for each in used & _ITALIC_OF.keys()}))


def options() -> Any:
    """What is kept of a font beside its characters: the MATH table with every size, and the licence."""
    from fontTools import subset  # a build that has no formulas need not wait for it

    chosen = subset.Options()
    chosen.flavor = "woff2"
    chosen.hinting = False
    chosen.layout_features = [
        "ssty",
        "dtls",
        "flac",
        "kern",
    ]  # smaller forms in scripts, dotless and flat ones
    chosen.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # names, and the licence
    return chosen


def cut(font: Path, text: str, kept: Path) -> bytes:
    """The part of a font that these characters need; the same bytes for the same characters.

    It takes a second, and is kept in a folder for the next build.
    """
    asked = b"\0".join((version("fonttools").encode(), text.encode(), font.read_bytes()))
    known = kept / f"{hashlib.sha256(asked).hexdigest()}{font.suffix}"
    with contextlib.suppress(OSError):
        return known.read_bytes()
    part = _cut(font, text)
    with contextlib.suppress(OSError):  # where nothing can be kept, the next build cuts it again
        kept.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            dir=kept, delete=False
        ) as half:  # the other languages' builds write here, too
            half.write(part)
        Path(half.name).replace(known)
    return part


def _cut(font: Path, text: str) -> bytes:
    from fontTools import subset

    chosen = options()
    whole = subset.load_font(str(font), chosen)
    subsetter = subset.Subsetter(chosen)
    subsetter.populate(text=text)
    subsetter.subset(whole)
    part = io.BytesIO()
    subset.save_font(whole, part, chosen)
    return part.getvalue()
