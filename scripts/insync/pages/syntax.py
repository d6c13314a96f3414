"""The page syntax: fences, inline forms and headings, found in a page's Markdown.

This module only finds and names things; it looks nothing up. Markdown's own rules decide what counts:
an ordinary fence, double backticks, an HTML comment and a backslash all make the syntax literal.
"""

import re
from dataclasses import dataclass

from insync.pages.fence_lines import read_fence, unclosed
from insync.pages.fences import KINDS, Fence
from insync.pages.forms import Form, find_forms

_FENCE = re.compile(r"^(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})(?![#\w])(?P<text>.*)$")
_UNDERLINED = re.compile(r"^ {0,3}(?P<text>\S.*)$")
_UNDERLINE = re.compile(r"^[=-]+ *$")
_ANCHOR = re.compile(r"\{:?[^{}`]*#(?P<anchor>[^\s{}`]+)[^{}`]*\}\s*$")
_ASCII_ANCHOR = re.compile(r"^[A-Za-z][A-Za-z0-9_.-]*$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<front>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A heading: its text without the anchor, and its explicit anchor or an empty string."""

    line: int
    anchor: str
    text: str = ""
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A run of lines outside fences, from line `first`; `forms` have offsets into `text`."""

    first: int
    text: str
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Body:
    """A page's Markdown, in source order."""

    parts: tuple[Text | Fence, ...]
    headings: tuple[Heading, ...]


def split_front_matter(source: str) -> tuple[str, str, int]:
    """Front matter, body, and how many lines stand before the body (as MkDocs strips them)."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(source)
    front = match["front"] if match else ""
    rest = source[match.end() :] if match else source
    body = rest.lstrip("\n")
    return front, body, source.count("\n") - body.count("\n")


def parse_body(body: str) -> Body:
    """Find everything of ours in a page's Markdown (without front matter). Lines count from 1."""
    lines = body.split("\n")
    parts: list[Text | Fence] = []
    headings: list[Heading] = []
    text_from = 0
    index = 0

    def end_text(until: int) -> None:
        if until > text_from:
            parts.extend(_texts(lines[text_from:until], text_from + 1))

    while index < len(lines):
        if lines[index].lstrip().startswith("<!--"):  # what is in a comment is not on the page
            index = _end_of_comment(lines, index)
            continue
        opening = _FENCE.match(lines[index]) if "```" in lines[index] or "~~~" in lines[index] else None
        if opening is None:
            if heading := _heading(lines, index):
                text, level = heading
                anchor = _ANCHOR.search(text)
                words = text[: anchor.start()] if anchor else text
                headings.append(Heading(index + 1, anchor["anchor"] if anchor else "", words.strip(), level))
            index += 1
            continue
        close = _closing(lines, index, opening)
        kind = opening["info"].split()[0] if opening["info"].split() else ""
        if close is None:
            if kind in KINDS:
                end_text(index)
                parts.append(unclosed(kind, lines, index, opening))
                text_from = index = len(lines)
            else:  # Markdown does not take it for a fence either
                index += 1
            continue
        end_text(index)
        if kind in KINDS:
            parts.append(read_fence(kind, lines, index, close, opening))
        text_from = index = close + 1
    end_text(len(lines))
    return Body(tuple(parts), tuple(headings))


def bad_anchor(heading: Heading) -> str:
    """What is wrong with a heading's anchor, or an empty string."""
    if not heading.anchor:
        return "the heading has no anchor of its own"
    if not _ASCII_ANCHOR.match(heading.anchor):
        return f"the anchor `{heading.anchor}` is not plain ASCII"
    return ""


def _heading(lines: list[str], index: int) -> tuple[str, int] | None:
    """Text and level of the heading on line `index`: by `#`, or a block's first line with a line under it."""
    if heading := _HEADING.match(lines[index]):
        return heading["text"], len(heading["level"])
    begins = index == 0 or not lines[index - 1].strip()
    if begins and index + 1 < len(lines) and _UNDERLINE.match(lines[index + 1]):
        found = _UNDERLINED.match(lines[index])
        return (found["text"], 1 if lines[index + 1].startswith("=") else 2) if found else None
    return None


def _end_of_comment(lines: list[str], start: int) -> int:
    """Index of the line behind the comment that begins on line `start`."""
    if "-->" in lines[start].lstrip()[4:]:
        return start + 1
    return next((index + 1 for index in range(start + 1, len(lines)) if "-->" in lines[index]), len(lines))


def _closing(lines: list[str], start: int, opening: re.Match[str]) -> int | None:
    """Index of the line that closes the fence, or None."""
    mark = opening["fence"]
    depth = opening["prefix"].count(">")
    for index in range(start + 1, len(lines)):
        line = lines[index].strip(" \t") if not depth else lines[index].lstrip(" \t>").rstrip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return index
    return None


def _texts(lines: list[str], first: int) -> list[Text]:
    """Cut a run of lines at blank lines and comments, since a code span reaches over neither."""
    texts: list[Text] = []
    block: list[str] = []
    block_first = first
    in_comment = False
    for offset, line in enumerate([*lines, ""]):
        if not in_comment and line.lstrip().startswith("<!--"):
            in_comment = True
            ends = "-->" in line.lstrip()[4:]
            boundary = True
            if ends:
                in_comment = False
        elif in_comment:
            boundary = True
            in_comment = "-->" not in line
        else:
            boundary = not line.strip()
        if boundary:
            if block:
                text = "\n".join(block)
                texts.append(Text(block_first, text, find_forms(text, block_first)))
            block, block_first = [], first + offset + 1
        else:
            block.append(line)
    return texts
