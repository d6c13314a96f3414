"""The search comes when somebody turns to it: nothing of it is there before, and no letter is lost."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from searching import search_may_open

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
BOX = "input.md-search__input"
META = ".md-search-result__meta"
ITEM = ".md-search-result__item"
INDEX = "**/search/search_index.json"
LOADING = re.compile("Initializing|正在初始化")
OF_THE_SEARCH = re.compile(r"/search_index\.json|/workers/search")


@pytest.fixture
def page(fresh_page: Page) -> Page:
    """One whose browser has nothing of the site yet: what is asked for is what this is about."""
    return fresh_page


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asks for of the search, without the site's address."""
    found: list[str] = []
    page.on("request", lambda each: OF_THE_SEARCH.search(each.url) and found.append(each.url))
    return found


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page's console says."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: message.type in {"error", "warning"} and said.append(message.text))
    return said


def held(page: Page) -> Callable[[], None]:
    """Keep the index back until what is returned is called."""
    go = threading.Event()
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        if go.is_set():
            route.continue_()
        else:
            waiting.append(route)

    def release() -> None:
        go.set()
        for route in waiting:
            route.continue_()

    page.route(INDEX, keep)
    return release


@LANGUAGES
@pytest.mark.parametrize("path", ["", "guide/padding/", "guide/padding/?h=causal"])
def test_a_page_asks_for_nothing_of_the_search(
    site: Site, page: Page, asked: list[str], complaints: list[str], folder: str, path: str
) -> None:
    page.goto(site.address + folder + path, wait_until="networkidle")
    assert asked == []
    assert complaints == []
    assert page.locator("article mark").count() > 0 or "?h=" not in path


@LANGUAGES
@pytest.mark.parametrize("key", ["/", "f", "s", None], ids=["slash", "f", "s", "click"])
def test_it_comes_once_when_somebody_turns_to_it(
    site: Site, page: Page, asked: list[str], complaints: list[str], folder: str, key: str | None
) -> None:
    page.goto(site.address + folder, wait_until="networkidle")
    box = page.locator(BOX)
    if key:
        page.keyboard.press(key)
    else:
        box.click()
    expect(box).to_be_focused()
    page.keyboard.type("padding")
    expect(page.locator(ITEM).first).to_be_visible()
    page.keyboard.press("Escape")
    search_may_open(page)
    page.keyboard.press("/")
    box.fill("groups")
    expect(page.locator(ITEM).first).to_contain_text("groups")
    root = site.address + folder
    assert f"{root}search/search_index.json" in asked
    assert len(asked) == 2
    assert all(each.startswith(root + ("assets/" if "workers" in each else "search/")) for each in asked)
    assert complaints == []


@LANGUAGES
def test_a_question_in_the_address_brings_it(site: Site, page: Page, asked: list[str], folder: str) -> None:
    page.goto(f"{site.address}{folder}guide/shapes/?q=padding+same")
    expect(page.locator(ITEM).first).to_be_visible()
    assert len(asked) == 2


@LANGUAGES
def test_what_is_typed_while_it_loads_is_answered_when_it_has_come(
    site: Site, page: Page, complaints: list[str], folder: str
) -> None:
    release = held(page)
    page.goto(site.address + folder)
    box = page.locator(BOX)
    box.click()
    expect(page.locator(META)).to_be_visible()
    expect(page.locator(META)).to_have_text(LOADING)
    page.keyboard.type("checkerboard")
    expect(page.locator(META)).to_have_text(LOADING)
    assert page.locator(ITEM).count() == 0
    release()
    expect(page.locator(ITEM).first).to_contain_text(re.compile("checkerboard|棋盘", re.IGNORECASE))
    box.press("Enter")
    page.wait_for_url(re.compile(r"guide/transposed/\?h=.*#checkerboard"))
    assert complaints == []


def test_what_came_without_keys_while_it_loads_is_answered(site: Site, page: Page) -> None:
    release = held(page)
    page.goto(site.address + "zh/")
    page.locator(BOX).click()
    page.keyboard.insert_text("填充")  # out of an input method
    release()
    expect(page.locator(ITEM).first).to_contain_text("填充")


@LANGUAGES
def test_it_comes_from_a_page_that_was_reached_without_loading(
    site: Site, page: Page, asked: list[str], complaints: list[str], folder: str
) -> None:
    page.goto(f"{site.address}{folder}guide/", wait_until="networkidle")
    page.evaluate("window.stayed = true")
    for _ in range(3):
        before = page.url
        page.locator(".md-footer__link--next").click()
        page.wait_for_function("before => location.href !== before", arg=before)
        page.wait_for_load_state("networkidle")
    assert asked == []
    search_may_open(page)
    page.locator(BOX).click()
    page.keyboard.type("checkerboard")
    expect(page.locator(ITEM).first).to_be_visible()
    page.keyboard.press("Enter")
    transposed = re.escape(f"{site.address}{folder}guide/transposed/")
    page.wait_for_url(re.compile(transposed + r"\?h=.*#checkerboard"))
    expect(page.locator("article mark").first).to_be_attached()
    search_may_open(page)
    page.locator(BOX).click()
    page.locator(BOX).fill("padding")
    expect(page.locator(ITEM).first).to_contain_text("padding", ignore_case=True)
    assert page.evaluate("window.stayed") is True
    assert len(asked) == 2
    assert complaints == []


@LANGUAGES
def test_an_index_that_did_not_come_is_told_and_asked_for_again(site: Site, page: Page, folder: str) -> None:
    page.route(INDEX, lambda route: route.abort())
    page.goto(site.address + folder)
    box = page.locator(BOX)
    box.click()
    expect(page.locator(META)).to_have_text(re.compile("could not be loaded|没能加载"))
    page.unroute(INDEX)
    page.keyboard.type("padding")
    expect(page.locator(ITEM).first).to_contain_text("padding", ignore_case=True)
