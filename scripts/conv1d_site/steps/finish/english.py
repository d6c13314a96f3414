"""English in a page of another script: messages and their like are marked, for fonts, voices and hyphens."""

from __future__ import annotations

import re

# Elements with a language of their own: code, formulas, drawings, and the tables that figures are made of.
_APART = r"pre|code|math|script|style|svg|button"
_PIECES = re.compile(
    rf"<(?P<apart>{_APART})\b.*?</(?P=apart)>|<table class=\"insync-table.*?</table>|<[^<>]*>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
# A run without any letter of the other script, or its marks; entities (&gt;) are part of it.
_RUN = re.compile(r"[A-Za-z\"][\x20-\x7e…’]*[\x21-\x7e…’]")
_WORD = re.compile(r"(?<![\w.(])[A-Za-z][a-z]+(?=[ ,;:.…]|$)")
_WORDS = 3  # in a row: fewer are names, which are said in the sentence's language
_ERROR = re.compile(r'<div class="([^"]*\binsync-error\b[^"]*)">(?=([\x00-\x7f…’]*?)</div>)')


def mark_english(html: str) -> str:
    """The HTML of a page with `lang="en"` on its errors, and on runs of English words in its sentences."""
    html = _ERROR.sub(r'<div class="\1" lang="en">', html)
    return _PIECES.sub(_marked, html)


def _marked(piece: re.Match[str]) -> str:
    return _RUN.sub(_run, piece["text"]) if piece["text"] else piece[0]


def _run(run: re.Match[str]) -> str:
    return f'<span lang="en">{run[0]}</span>' if len(_WORD.findall(run[0])) >= _WORDS else run[0]
