"""A style sheet's texts and addresses set aside, so that signs in them are not taken for the sheet's own."""

from __future__ import annotations

import re

_TEXT = re.compile(r"""(/\*.*?\*/)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)'"]*\)""", re.DOTALL)
_PLACE = re.compile("\0(\\d+)\0")


class Aside:
    """The texts of one sheet; `sheet` has a place for each instead, and no comments."""

    def __init__(self, sheet: str) -> None:
        self._texts: list[str] = []
        self.sheet = _TEXT.sub(self._take, sheet)

    def back(self, text: str) -> str:
        """Any part of the sheet with its texts in their places again."""
        return _PLACE.sub(lambda found: self._texts[int(found[1])], text)

    def _take(self, found: re.Match[str]) -> str:
        if found[1]:
            return " "
        self._texts.append(found[0])
        return f"\0{len(self._texts) - 1}\0"
