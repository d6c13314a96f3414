"""The guide as one PDF a language: what the site's pages say, with a list of contents that has page numbers.

Made of the site as it is read from disk, by the browser that the tests use: a page of it for each chapter,
put together to one document, which is printed twice: only then is it known on which page a chapter begins.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pikepdf import Name, ObjectStreamMode, Pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from playwright.sync_api import Page

_FOLDER = Path(__file__).parent
_PARTS = (_FOLDER / "chapters.js").read_text(encoding="utf-8")
_STYLE = (_FOLDER / "book.css").read_text(encoding="utf-8")
_PATIENCE = 600_000  # milliseconds that a slow machine may take for one document


@dataclass(frozen=True)
class Chapter:
    """A page of the guide: `name` stands before its anchors."""

    name: str
    title: str
    file: str  # its address, from disk


@dataclass(frozen=True)
class Group:
    """Chapters under a heading of their own."""

    name: str
    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Contents:
    """What a language's book is called, and what is in it. `address`: of the published site, or nothing."""

    title: str
    description: str
    built: str
    address: str
    language: str
    groups: tuple[Group, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters, in their order."""
        return tuple(chapter for group in self.groups for chapter in group.chapters)


def make_book(page: Page, site: Path, words: Mapping[str, str], tell: Callable[[str], None]) -> bytes:
    """The PDF of one language: `site` is the folder of its pages, built to be read from disk.

    `page` is one whose own scripts do not run. `words` is what the theme says in the language. `tell` is
    called with each chapter's title, as it is read, and before the printing.
    """
    contents = _contents(page, site)
    bodies: dict[str, str] = {}
    head: dict[str, None] = {}  # in the order in which they come
    for chapter in contents.chapters:
        tell(chapter.title)
        bodies[chapter.name], wanted = _chapter(page, chapter, contents, site)
        head |= dict.fromkeys(wanted)
    names = [chapter.name for chapter in contents.chapters]
    document = site / "book.html"
    try:
        tell("printing, to see on which pages the chapters begin")
        pages = first_pages(_printed(page, document, _document(contents, bodies, head, {}, words)), names)
        tell("printing, with the numbers of these pages")
        printed = _printed(page, document, _document(contents, bodies, head, pages, words))
    finally:
        document.unlink(missing_ok=True)
    if first_pages(printed, names) != pages:
        raise RuntimeError("the list of contents moves what it lists")
    return _packed(printed)


def first_pages(printed: bytes, names: Iterable[str]) -> dict[str, int]:
    """The page, counted from 1, on which each of these anchors stands. KeyError: there is none."""
    with Pdf.open(io.BytesIO(printed)) as book:
        numbers = {page.obj.objgen: number for number, page in enumerate(book.pages, 1)}
        places = book.Root.Dests
        return {name: numbers[places[Name(f"/{name}")].as_list()[0].objgen] for name in names}


def _printed(page: Page, place: Path, document: str) -> bytes:
    """A document as PDF; it has to lie beside what it loads."""
    place.write_text(document, encoding="utf-8")
    page.goto(place.as_uri(), timeout=_PATIENCE)
    return page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def _packed(printed: bytes) -> bytes:
    """The same in fewer bytes: browsers leave unpacked what says how the document is read aloud."""
    packed = io.BytesIO()
    with Pdf.open(io.BytesIO(printed)) as book:
        book.save(packed, object_stream_mode=ObjectStreamMode.generate)
    return packed.getvalue()


def _contents(page: Page, site: Path) -> Contents:
    """What the menu has of the guide."""
    told = _ask(page, (site / "index.html").as_uri(), "bookParts.contents()")
    groups = tuple(
        Group(
            f"group-{number}",
            group["title"],
            tuple(Chapter(_name(each["file"]), each["title"], each["file"]) for each in group["chapters"]),
        )
        for number, group in enumerate(told.pop("groups"), 1)
    )
    return Contents(**told, groups=groups)


def _chapter(page: Page, chapter: Chapter, contents: Contents, site: Path) -> tuple[str, list[str]]:
    """A chapter's HTML, and what its page's head has of style."""
    told = _ask(
        page,
        chapter.file,
        "arguments => bookParts.chapter(arguments)",
        {
            "places": {each.file: each.name for each in contents.chapters},
            "site": f"{site.as_uri()}/",
            "address": contents.address,
        },
    )
    return told["html"], told["head"]


def _ask(page: Page, address: str, question: str, arguments: object = None) -> Any:
    page.goto(address, timeout=_PATIENCE)
    page.evaluate(_PARTS)
    return page.evaluate(question, arguments)


def _name(file: str) -> str:
    """A chapter's name in the book, by its file: `padding`."""
    return re.sub(r"[^a-z0-9]+", "-", file.rpartition("/")[2].removesuffix(".html").lower())


def _document(
    contents: Contents,
    bodies: Mapping[str, str],
    head: Iterable[str],
    pages: Mapping[str, int],
    words: Mapping[str, str],
) -> str:
    """The whole book as a page of HTML; `pages` is empty as long as they are not known."""
    title = html.escape(contents.title)
    return f"""<!doctype html>
<html lang="{contents.language}"><head><meta charset="utf-8"><title>{title}</title>{"".join(head)}
<style>{_STYLE}{"".join(_running_head(chapter) for chapter in contents.chapters)}</style></head>
<body data-md-color-scheme="default" data-md-color-primary="custom">
<main class="md-typeset md-content__inner">
<section class="book-front"><h1>{title}</h1><p>{html.escape(contents.description)}</p>
<p>{html.escape(contents.built)}</p><p>{html.escape(contents.address)}</p></section>
<nav class="book-contents"><h1>{html.escape(words["book_contents"])}</h1>
{"".join(_listed(group, pages) for group in contents.groups)}</nav>
{"".join(_group(group, bodies) for group in contents.groups)}
</main></body></html>"""


def _running_head(chapter: Chapter) -> str:
    """The chapter's title at the top of each of its pages."""
    title = chapter.title.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ")
    head = f'@top-right {{ content: "{title}"; font: 8pt sans-serif; color: #4d5754; }}'
    return f"@page {chapter.name} {{ {head} }} #{chapter.name} {{ page: {chapter.name}; }}\n"


def _listed(group: Group, pages: Mapping[str, int]) -> str:
    rows = "".join(
        f'<li><a href="#{each.name}">{html.escape(each.title)}</a>'
        f"<span>{pages.get(each.name, '000')}</span></li>"
        for each in group.chapters
    )
    return f"<h2>{html.escape(group.title)}</h2><ol>{rows}</ol>"


def _group(group: Group, bodies: Mapping[str, str]) -> str:
    chapters = "".join(
        f'<section class="book-chapter" id="{each.name}">{bodies[each.name]}</section>'
        for each in group.chapters
    )
    heading = f"<h1>{html.escape(group.title)}</h1>"
    return f'<section class="book-group" id="{group.name}">{heading}</section>{chapters}'
