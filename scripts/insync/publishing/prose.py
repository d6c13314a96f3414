"""The prose of a page, line by line, with everything taken out that is not for reading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from insync.pages.forms import find_forms
from insync.pages.scan import Page
from insync.pages.syntax import Text

_TARGET = re.compile(r"(?<=\])\((?:[^()\s]|\([^()]*\))*(?=[\s)])")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^>]*>|https?://[^\s)>\]，。；、）]*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S+", re.MULTILINE)
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ATTRIBUTES = re.compile(r"\{\s*[.#][^{}\n]*\}|\{:[^{}\n]*\}|(?<=\))\{[^{}\n]*\}")
_READ_KEY = re.compile(r"([\"']?)(?:title|description)\1\s*:")
_READ_ATTRIBUTE = re.compile(r"""\b(?:alt|title|aria-label)=(["'])(.*?)\1""", re.DOTALL)


@dataclass(frozen=True)
class Prose:
    """A piece of text and the line of the page's file on which it starts."""

    text: str
    line: int


def prose_of(page: Page) -> Iterator[Prose]:
    """All prose of a page: sentences, tables, headings, alt texts, fence texts, title and description.

    Inline numbers and quotations are blanked; so are comments, link targets, HTML tags and attribute lists,
    but for the attributes that are read. Positions in the text stay as they are.
    """
    wanted = False
    for index, line in enumerate(page.front.split("\n")):
        if not line.startswith((" ", "\t")):  # else the line goes on with the one above
            wanted = _READ_KEY.match(line) is not None
        if wanted:
            yield Prose(_read(line), index + 2)
    for part in page.body.parts:
        if isinstance(part, Text):
            yield Prose(_read(part.text), page.offset + part.first)
        else:
            for option in part.options:
                if shown := part.parted(option)[1]:
                    yield Prose(_read(shown), page.offset + option.line)


def _read(text: str) -> str:
    for form in find_forms(text):
        text = text[: form.start] + _blank(text[form.start : form.end]) + text[form.end :]
    for pattern in (_COMMENT, _TARGET, _DEFINITION, _AUTOLINK):
        text = pattern.sub(lambda match: _blank(match[0]), text)
    for pattern in (_HTML_TAG, _ATTRIBUTES):
        text = pattern.sub(lambda match: _read_attributes(match[0]), text)
    return text


def _read_attributes(text: str) -> str:
    """A tag or an attribute list, blanked except for the parts that are displayed."""
    shown = _blank(text)
    for match in _READ_ATTRIBUTE.finditer(text):
        shown = shown[: match.start(2)] + match[2] + shown[match.end(2) :]
    return shown


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
