"""The page syntax: fences, inline forms and headings, found in a page's Markdown.

This module only finds and names things; it looks nothing up. Markdown's own rules decide what counts:
an ordinary fence, double backticks, an HTML comment and a backslash all make the syntax literal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from insync.pages.fences import KINDS, Fence, read_fence, unclosed
from insync.pages.forms import Form, find_forms

_FENCE = re.compile(r"^(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_HEADING = re.compile(r"^(?P<level>#{1,6})(?P<text>.*)$")  # Markdown wants no blank behind the signs
_UNDERLINED = re.compile(r"^ {0,3}(?P<text>\S.*)$")
_UNDERLINE = re.compile(r"^[=-]+ *$")
_ANCHOR = re.compile(r"\{:?[^{}`]*#(?P<anchor>[^\s{}`]+)[^{}`]*\}\s*$")
_ASCII_ANCHOR = re.compile(r"^[A-Za-z][A-Za-z0-9_.-]*$")
_COMMENT_END = re.compile(r"--!?>")


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


def parse_body(body: str) -> Body:
    """Find all directives in a page's Markdown (without front matter). Lines count from 1."""
    lines = body.split("\n")
    shown = [*lines]  # what is in a comment is not on the page, and is blank here
    parts: list[Text | Fence] = []
    headings: list[Heading] = []
    text_from = 0
    index = 0

    while index < len(lines):
        if (end := _blank_comments(shown, index)) is not None:
            index = end if shown[end].strip() else end + 1
            continue
        opening = _FENCE.match(lines[index]) if "```" in lines[index] or "~~~" in lines[index] else None
        if opening is None:
            if heading := _heading(lines, index):
                headings.append(heading)
            index += 1
            continue
        close = _closing(lines, index, opening)
        kind = next(iter(opening["info"].split()), "")
        if close is None and kind not in KINDS:  # Markdown does not take it for a fence either
            index += 1
            continue
        parts += _texts(lines[text_from:index], shown[text_from:index], text_from + 1)
        if close is None:
            parts.append(unclosed(kind, lines, index, opening))
        elif kind in KINDS:
            parts.append(read_fence(kind, lines, index, close, opening))
        text_from = index = len(lines) if close is None else close + 1
    parts += _texts(lines[text_from:], shown[text_from:], text_from + 1)
    return Body(tuple(parts), tuple(headings))


def bad_anchor(heading: Heading) -> str:
    """What is wrong with a heading's anchor, or an empty string."""
    if not heading.anchor:
        return "the heading has no anchor of its own"
    if not _ASCII_ANCHOR.match(heading.anchor):
        return f"the anchor `{heading.anchor}` is not plain ASCII"
    return ""


def _heading(lines: list[str], index: int) -> Heading | None:
    """The heading on line `index`: by `#`, or a block's first line with a line under it."""
    found = _HEADING.match(lines[index])
    level = len(found["level"]) if found else 0
    begins = index == 0 or not lines[index - 1].strip()
    if not found and begins and index + 1 < len(lines) and _UNDERLINE.match(lines[index + 1]):
        found = _UNDERLINED.match(lines[index])
        level = 1 if lines[index + 1].startswith("=") else 2
    if not found:
        return None
    anchor = _ANCHOR.search(found["text"])
    words = found["text"][: anchor.start()] if anchor else found["text"]
    return Heading(index + 1, anchor["anchor"] if anchor else "", words.strip(), level)


def _blank_comments(lines: list[str], index: int) -> int | None:
    """Blank the comments with which a line begins; the index of the line on which they end, None without any.

    As Markdown sees them: one that is never closed is text, and so is one further in than three blanks (in a
    list, or in a block of code) that a blank line cuts in two. Behind one, a line may have more of them.
    """
    column = _indent(lines[index])
    reach = len(lines) if column <= 3 else _next_blank(lines, index)
    last = None
    while column >= 0 and lines[index].startswith("<!--", column):
        if not (end := _closed(lines, index, column + 4, reach)):
            break
        for line in range(index, end[0] + 1):
            start, stop = column if line == index else 0, end[1] if line == end[0] else len(lines[line])
            lines[line] = lines[line][:start] + " " * (stop - start) + lines[line][stop:]
        last = index = end[0]
        column = lines[index].find("<!--", end[1])
    return last


def _closed(lines: list[str], index: int, column: int, reach: int) -> tuple[int, int] | None:
    """Line and column behind a comment's end; none for `<!-->`, which to Markdown is no comment."""
    if lines[index].startswith((">", "->"), column):
        return None
    for line in range(index, reach):
        if found := _COMMENT_END.search(lines[line], column if line == index else 0):
            return line, found.end()
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _next_blank(lines: list[str], start: int) -> int:
    return next((index for index in range(start, len(lines)) if not lines[index].strip()), len(lines))


def _closing(lines: list[str], start: int, opening: re.Match[str]) -> int | None:
    """Index of the line that closes the fence, or None."""
    mark = opening["fence"]
    depth = opening["prefix"].count(">")
    for index in range(start + 1, len(lines)):
        line = lines[index].strip(" \t") if not depth else lines[index].lstrip(" \t>").rstrip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return index
    return None


def _texts(lines: list[str], shown: list[str], first: int) -> Iterator[Text]:
    """Cut a run of lines at blank lines and comments, since a code span reaches over neither."""
    start = 0
    for index, line in enumerate([*shown, ""]):
        if line.strip() and line == lines[index]:
            continue
        if any(each.strip() for each in shown[start:index]):
            text, visible = "\n".join(lines[start:index]), "\n".join(shown[start:index])
            yield Text(first + start, text, find_forms(visible, first + start))
        start = index if line.strip() else index + 1
