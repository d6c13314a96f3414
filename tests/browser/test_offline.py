"""The site read from disk: it asks no network, and the search, the figures and the switch are alive."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect
from searching import search_may_open

from tools import offline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
META = ".md-search-result__meta"
ITEM = ".md-search-result__item a"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site as it is unpacked, in a folder whose name has all that addresses write in another way."""
    folder = tmp_path_factory.mktemp("offline")
    offline.build(folder / "built")
    offline.pack(folder / "built", folder / "built.zip")
    with zipfile.ZipFile(folder / "built.zip") as packed:
        packed.extractall(folder / "离线 100% #1")
    return folder / "离线 100% #1" / offline.NAME


@pytest.fixture(autouse=True)
def nothing_is_missing(page: Page) -> Iterator[None]:
    """Whatever a test opens says nothing of an error, and asks nothing of a network."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: message.type in {"error", "warning"} and said.append(message.text))
    page.on("request", lambda request: request.url.startswith("http") and said.append(request.url))
    page.on("requestfailed", lambda request: said.append(request.url))
    yield
    assert not said


def test_every_link_leads_to_a_file(folder: Path) -> None:
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 100
    dead = set()
    for page in pages:
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            parts = urlsplit(unescape(found[1]))
            if not parts.scheme and not parts.netloc and parts.path:
                target = page.parent / unquote(parts.path)
                if parts.path.startswith("/") or not target.is_file():
                    dead.add((str(page.relative_to(folder)), found[1]))
    assert not dead


def test_nothing_is_there_that_only_a_host_has_use_for(folder: Path) -> None:
    names = {path.name for path in folder.rglob("*")}
    assert not names & {"404.html", "robots.txt", "sitemap.xml", "sitemap.xml.gz", "feed.xml"}


@pytest.mark.parametrize(
    ("path", "word"), [("guide/shapes.html", "stride"), ("zh/guide/shapes.html", "感受野")], ids=["en", "zh"]
)
def test_the_search_finds_and_leads_there(page: Page, folder: Path, path: str, word: str) -> None:
    page.goto((folder / path).as_uri())
    search_may_open(page)
    page.keyboard.press("/")
    page.keyboard.type(word)
    expect(page.locator(META)).to_have_text(re.compile(r"\d+"))
    page.locator(ITEM).first.click()
    expect(page.locator("mark").first).to_be_visible()
    assert page.url.startswith("file:")


def test_every_figure_comes_to_life(page: Page, folder: Path) -> None:
    """In English, and one in Chinese: both languages have the same scripts."""
    pages = [path for path in folder.rglob("*.html") if "data-figure=" in path.read_text(encoding="utf-8")]
    english = [path for path in pages if "zh" not in path.relative_to(folder).parts]
    assert len(english) == len(pages) / 2 >= 8
    for path in [*english, folder / "zh/index.html"]:
        page.goto(path.as_uri())
        for figure in page.locator("figure[data-figure]").all():
            expect(figure.locator("button:visible").first).to_be_attached()


def test_the_switch_leads_to_the_same_page(page: Page, folder: Path) -> None:
    page.goto((folder / "guide/padding.html").as_uri())
    page.locator("[data-site=languages] a[hreflang^=zh]").evaluate("link => link.click()")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    assert page.url == (folder / "zh/guide/padding.html").as_uri()


def test_own_network_leads_to_the_message_and_is_kept_in_the_address(page: Page, folder: Path) -> None:
    page.goto((folder / "zh/trace.html").as_uri())
    code = "nn.Conv1d(3, 8, 3)\nnn.Conv1d(4, 8, 3)"
    page.locator("figure textarea").first.fill(code)
    link = page.locator("figure a[href*='#channels']").first
    expect(link).to_have_attribute("href", "guide/errors.html#channels")
    expect(page).to_have_url(re.compile("#code="))
    page.reload()
    expect(page.locator("figure textarea").first).to_have_value(code)
