"""What Material's search is given to read, and what it is to make of a question."""

from __future__ import annotations

import re
from pathlib import Path

WORKER = re.compile(r"assets/javascripts/workers/search\.\w+\.min\.js")

_QUESTIONS = Path(__file__).with_suffix(".js")
_CUTS = re.compile(
    r'(\w+)\.replace\(new RegExp\("[^"]*Han[^"]*","gu"\),'
    r'\w+=>\[[^\]]*,this\.index\.invertedIndex\)\]\.join\("\* "\)\)'
)
# What holds no words to be found: drawings, the tables that figures are made of, and the tags (not the text)
# of coloured code and of formulas: nine tenths of a page's tags.
_WITHOUT_WORDS = re.compile(
    r'<svg\b.*?</svg>|<table class="insync-table.*?</table>|</?(?:span|m[a-z]+)\b[^>]*>',
    re.DOTALL,
)


def with_our_questions(worker: str) -> str | None:
    """The code of Material's search (a file that WORKER names) which makes of a question what search.js does.

    By itself it leaves out the last word of most Chinese questions, finds nothing at all if the first
    character is in no page, and weighs "convolution" in a heading more than any rarer word in the text.
    None if it is not the code that is known.
    """
    code, places = _CUTS.subn(r"tellingWords(\1,this.index.invertedIndex)", worker)
    return _QUESTIONS.read_text(encoding="utf-8") + code if places == 1 else None


def only_words(html: str) -> str:
    """A page's content with nothing but what can be found: its readers are slow."""
    return _WITHOUT_WORDS.sub("", html)
