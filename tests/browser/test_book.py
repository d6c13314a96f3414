"""The guide as one PDF: a small site made by hand, put together and printed by the browser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from pikepdf import Name, Pdf

from tools.book import first_pages, make_book
from tools.book.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pikepdf import Object
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta property="og:site_name" content="The book">
<meta name="description" content="About.">{canonical}<style>:root {{ --site-output-word: "Output" }}</style>
<link rel="stylesheet" href="{root}own.css" data-page></head>"""


def nested(title: str, *items: str) -> str:
    """A group of the menu."""
    label = f'<label><span class="md-ellipsis">{title}</span></label>'
    return f'<li class="md-nav__item--nested">{label}<nav><ul>{"".join(items)}</ul></nav></li>'


def item(title: str, file: str) -> str:
    """A page in the menu."""
    return f'<li><a class="md-nav__link" href="{file}"><span class="md-ellipsis">{title}</span></a></li>'


ODD = 'One "&amp;" \\ two'
MENU = f"""<ul><li class="md-nav__item--nested"><div><a href="guide/index.html">Guide</a></div><nav><ul>
{nested("Learn", item(ODD, "guide/one.html"), item("Two", "guide/two.html"))}
{nested("Look up", item("Cheat sheet", "reference/c.html"))}
</ul></nav></li></ul><div class="md-copyright">Built today</div>"""
LONG = "<p>Line.</p>" * 120  # of more than two pages
PAGES = {
    "index.html": MENU,
    "guide/one.html": f"""<article class="md-content__inner"><h1 id="a">One</h1><a href="two.html#a">on</a>
<a href="../reference/c.html">sheet</a><a href="#a">up</a><a href="../blog/index.html#b">blog</a>
<a href="https://pytorch.org/docs">docs</a><details><summary>Fold</summary><p>folded</p></details>
<script>document.body.append("alive")</script>{LONG}</article>""",
    "guide/two.html": f'<article class="md-content__inner"><h1 id="a">Two</h1>{LONG}</article>',
    "reference/c.html": '<article class="md-content__inner"><h1 id="c">Sheet</h1></article>',
}


@pytest.fixture
def printer(chromium: Browser) -> Iterator[Page]:
    """A page whose own scripts do not run."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def site(folder: Path, canonical: str = "") -> Path:
    """The least that the site from disk has of a guide, in a folder whose name addresses quote."""
    for path, text in PAGES.items():
        file = folder / "离线 #1" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * path.count("/")
        file.write_text(HEAD.format(canonical=canonical, root=root) + text, encoding="utf-8")
    return folder / "离线 #1"


def targets(book: Pdf) -> list[str]:
    """Where links lead: an anchor in the book, or an address."""
    links: list[Object] = [link for page in book.pages for link in page.get(Name.Annots, [])]
    return [
        str(link.Dest if Name.Dest in link else link.A.get(Name.URI, link.A.get(Name.D))) for link in links
    ]


def test_links_lead_within_the_book_where_it_has_the_page(tmp_path: Path, printer: Page) -> None:
    canonical = '<link rel="canonical" href="https://example.org/x/index.html">'
    book = Pdf.open(io.BytesIO(make_book(printer, site(tmp_path, canonical), {"book_contents": "C"}, print)))
    listed = ["/one", "/two", "/c"]
    out = ["https://example.org/x/blog/index.html#b", "https://pytorch.org/docs"]
    assert sorted(targets(book)) == sorted([*listed, "/two--a", "/c", "/one--a", *out])


def test_links_out_of_the_book_are_none_where_nobody_knows_its_address(tmp_path: Path, printer: Page) -> None:
    book = Pdf.open(io.BytesIO(make_book(printer, site(tmp_path), {"book_contents": "C"}, print)))
    assert "https://pytorch.org/docs" in targets(book)
    assert not [target for target in targets(book) if "blog" in target]


def test_the_contents_say_where_chapters_begin(tmp_path: Path, printer: Page) -> None:
    told: list[str] = []
    folder = site(tmp_path)
    printed = make_book(printer, folder, {"book_contents": "C"}, told.append)
    book = Pdf.open(io.BytesIO(printed))
    pages = first_pages(printed, ["one", "two", "c"])
    assert pages["one"] == 4  # behind the front, the contents and the first group
    assert (
        pages["two"] > 6
    )  # behind a chapter of three pages at least; how many depends on the machine's fonts
    assert pages["c"] > pages["two"] + 3  # behind another one, and the second group
    assert pages["c"] == len(book.pages)
    assert told[0] == 'One "&" \\ two'
    assert not (folder / "book.html").exists()
    assert bool(book.Root.MarkInfo.Marked)
    outline = book.open_outline()
    titles = [item.title for top in outline.root for item in (top, *top.children)]
    assert {"One", "Two", "Sheet", "Learn", "Look up", "C"} <= set(titles)


def test_an_anchor_that_is_not_there_is_no_page(tmp_path: Path, printer: Page) -> None:
    printed = make_book(printer, site(tmp_path), {"book_contents": "C"}, print)
    with pytest.raises(KeyError):
        first_pages(printed, ["gone"])


def test_a_site_that_is_not_read_from_disk_is_told_before_anything_is_printed(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--site", str(site(tmp_path)), "--folder", str(tmp_path / "book")])
    assert ran.exit_code == 1
    assert "was not built by make offline" in ran.output
    assert not (tmp_path / "book").exists()
