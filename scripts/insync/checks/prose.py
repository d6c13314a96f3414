"""The prose of a page, line by line, with everything taken out that is not for reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insync.syntax import Text, find_forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insync.demand import Page

_TARGET = re.compile(r"(?<=\])\((?:[^()\s]|\([^()]*\))*(?=[\s)])")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^>]*>|\bhttps?://[^\s)>\]，。；、）]*")
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}\n]*\}")
_READ_OPTIONS = ("title", "alt", "note", "says")


@dataclass(frozen=True)
class Prose:
    """A piece of text and the line of the page's file on which it starts."""

    text: str
    line: int


def prose_of(page: Page) -> Iterator[Prose]:
    """All prose of a page: sentences, tables, headings, alt texts, fence texts, title and description.

    Inline numbers and quotations are blanked, link targets, HTML tags and attribute lists are taken out;
    positions in the text stay as they are.
    """
    for index, line in enumerate(page.front.split("\n")):
        if line.startswith(("title:", "description:")):
            yield Prose(_read(line), index + 2)
    for part in page.body.parts:
        if isinstance(part, Text):
            yield Prose(_read(part.text), page.offset + part.first)
        else:
            for option in part.options:
                if option.key in _READ_OPTIONS:
                    shown = option.value.partition(" => ")[2] if option.key == "note" else option.value
                    yield Prose(_read(shown), page.offset + option.line)


def _read(text: str) -> str:
    for form in find_forms(text):
        text = text[: form.start] + _blank(text[form.start : form.end]) + text[form.end :]
    for pattern in (_TARGET, _AUTOLINK, _HTML_TAG, _ATTRIBUTES):
        text = pattern.sub(lambda match: _blank(match[0]), text)
    return text


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
