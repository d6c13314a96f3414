"""Page syntax that Markdown never came to: looked for in finished HTML, where readers would see it typed."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from insync.pages.fences import KINDS
from insync.pages.scan import OURS, Page
from insync.problem import Place, Problem

LEFT = "data-insync-left"  # on code that the extension was given as a code span, and the scan had not seen
_KIND = "|".join(KINDS)
_FORM = re.compile(r"\{(?:python|quoted)(?=[\s}])[^{}]*\}(?:[ \t]*[^\s`<]+)?")
_FENCE = re.compile(rf"(?:`{{3,}}|~{{3,}})[ \t]*(?:{_KIND})\b")
# Markdown's own placeholders, as `markdown.util` makes them, and what this engine marks places with.
_PLACEHOLDER = re.compile(rf"[{OURS}\x02\x03]|(?:wzxhzdk|klzzwxh):\d+")
_FENCE_AS_CODE = re.compile(rf"\blanguage-({_KIND})\b")
# Without one of these nothing of the above is there; sought as they are, a page takes a tenth of the time.
_SIGNS = (
    *("{python", "{quoted", "```", "~~~", *OURS, "\x02", "\x03", "wzxhzdk:", "klzzwxh:", LEFT),
    *(f"language-{kind}" for kind in KINDS),
)
_LITERAL = frozenset({"code", "pre", "script", "style", "textarea", "template", "kbd", "samp"})
_READ = frozenset({"title", "alt", "content", "aria-label", "placeholder", "data-title", "value", "label"})


def leftovers(html: str, path: Path, page: Page | None) -> list[Problem]:
    """What is left in a finished page, each with the line on which its file has it.

    `page` is the page at `path` as it was scanned; None for one that was made of others.
    """
    if not any(sign in html for sign in _SIGNS):
        return []
    search = _Search()
    search.feed(html)
    search.close()
    advice = "Move it out of raw HTML, a comment, metadata or an attribute; show syntax as ``code``."
    return [
        Problem(f"`{text}` is left on the finished page as it was typed", advice, _place(text, path, page))
        for text in dict.fromkeys(search.found)
    ]


def each_once(found: Iterable[Problem]) -> list[Problem]:
    """The problems of all pages; what stands on many (a title in the navigation) where it was typed."""
    problems = list(dict.fromkeys(found))
    placed = {each.message for each in problems if each.page and each.page.line}
    return [each for each in problems if each.message not in placed or (each.page and each.page.line)]


def _place(text: str, path: Path, page: Page | None) -> Place:
    """The first line that has the text and on which nothing else was found; else the first that has it."""
    if page is None:
        return Place(path)
    lines = [("---\n" if page.front else "") + page.front, page.text]
    first = [1, page.offset + 1]
    asked = {question.line for question in page.questions}
    places = [
        start + index
        for start, part in zip(first, lines, strict=True)
        for index, line in enumerate(part.split("\n"))
        if text.split("\n", maxsplit=1)[0].strip() in line
    ]
    return Place(path, next((line for line in places if line not in asked), min(places, default=0)))


class _Search(HTMLParser):
    """Collects what is left in texts and in attributes that are read; code may show any syntax."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._literal = 0
        self._left = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._literal += tag in _LITERAL
        for name, value in attrs:
            if name in _READ and value:
                self.found += _typed(value)
            elif name == "class" and value and (kind := _FENCE_AS_CODE.search(value)):
                self.found.append(f"```{kind[1]}")
            self._left = self._left or name == LEFT

    def handle_endtag(self, tag: str) -> None:
        if tag in _LITERAL:
            self._literal = max(0, self._literal - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._left:
            self.found.append(data.strip())
            self._left = False
        elif self._literal:
            self.found += (found[0] for found in _PLACEHOLDER.finditer(data))
        else:
            self.found += _typed(data)


def _typed(text: str) -> Iterator[str]:
    for pattern in (_FORM, _FENCE, _PLACEHOLDER):
        yield from (found[0].strip() for found in pattern.finditer(text))
