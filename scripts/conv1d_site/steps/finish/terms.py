"""The glossary's terms in the text of other pages: the first of each is a link to its row in the glossary.

A script shows that row beside it (docs/theme/assets/javascripts/asked.js). Python-Markdown's `abbr` marks
every occurrence, finds no word in a script without spaces, and its titles are for the mouse alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROW = re.compile(r"^\| *(?P<names>\*\*.*?\*\*.*?) *\|", re.MULTILINE)
_NAME = re.compile(r"\*\*(?P<name>[^*]+)\*\*")
_ANCHOR = re.compile(r"\{:?[^{}]*#(?P<anchor>[\w-]+)(?P<classes>[^{}]*)\}")
# What is no running text, or is pressed itself; on this site none of these holds another of its kind.
_APART = "button|code|h[1-6]|label|math|pre|script|style|summary|svg|table"
_PIECES = re.compile(
    r'<a\b(?:[^<>]*?\bhref="(?P<target>[^"]*)")?[^<>]*>.*?</a>'
    r'|<figure class="insync-interactive".*?</figure>|<span class="insync-.*?</span>'
    r'|<div class="insync-problem".*?</div>'
    rf"|<(?P<apart>{_APART})\b.*?</(?P=apart)>|<!--.*?-->|<[^<>]*>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)


@lru_cache(maxsize=8)
def terms_of(glossary: str) -> Mapping[str, str]:
    """Each name in bold at the head of a row of the glossary's tables (Markdown), with the row's anchor.

    Rows of the class `common` have none: words that are mostly not meant as terms.
    """
    terms: dict[str, str] = {}
    for row in _ROW.finditer(glossary):
        anchor = _ANCHOR.search(row["names"])
        if anchor and ".common" not in anchor["classes"].split():
            names = (each["name"].replace("<wbr>", "") for each in _NAME.finditer(row["names"]))
            terms |= dict.fromkeys(names, anchor["anchor"])
    return terms


def link_terms(html: str, terms: Mapping[str, str], glossary: str) -> str:
    """A page's HTML with a link on the first of each term in its running text; `glossary` leads there.

    A term that the page has linked by itself, further up, is not linked once more.
    """
    known = {name.casefold(): anchor for name, anchor in terms.items()}
    anchors = set(known.values())
    done: set[str] = set()

    def piece(found: re.Match[str]) -> str:
        if target := found["target"]:
            path, _, anchor = target.partition("#")
            if path == glossary:
                done.add(anchor)
        if not found["text"] or done >= anchors:
            return found[0]
        return pattern.sub(term, found["text"])

    def term(found: re.Match[str]) -> str:
        anchor = known[(found["word"] or found["other"]).casefold()]
        if anchor in done:
            return found[0]
        done.add(anchor)
        return f'<a class="site-term" href="{glossary}#{anchor}">{found[0]}</a>'

    if not known:
        return html
    pattern = _pattern(tuple(terms))
    return _PIECES.sub(piece, html)


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the names, the longest first; those of letters of ASCII as whole words, and in the plural."""
    longest = sorted(names, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest if name.isascii())
    others = "|".join(re.escape(name) for name in longest if not name.isascii())
    nothing = "(?!)"
    return re.compile(
        rf"(?<![A-Za-z0-9_.-])(?P<word>{words or nothing})(?:e?s)?(?![A-Za-z0-9_-]|\.[a-z])"
        rf"|(?P<other>{others or nothing})",
        re.IGNORECASE,
    )
