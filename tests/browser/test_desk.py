"""The tab that tests share is for each of them as a new one: what the last has left is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk import CLOCK, DESKTOP, REFUSED, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# All that a page can know of its profile, its tab and its reader.
SEEN = """async () => {
  const asked = ["(prefers-color-scheme: dark)", "print", "(prefers-reduced-motion: reduce)",
    "(forced-colors: active)", "(prefers-contrast: more)", "(hover: hover)", "(pointer: fine)"]
  return {
    local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie,
    name: window.name, history: history.length, state: history.state, online: navigator.onLine,
    size: [innerWidth, innerHeight, scrollX, scrollY, devicePixelRatio, visualViewport.scale],
    media: asked.filter(each => matchMedia(each).matches), kept: Object.keys(window).includes("kept"),
    databases: (await indexedDB.databases()).length, hovered: document.querySelectorAll(":hover").length,
    workers: (await navigator.serviceWorker.getRegistrations()).length, focus: document.hasFocus(),
    active: document.activeElement.tagName, selection: String(getSelection()),
    clipboard: (await navigator.permissions.query({name: "clipboard-read"})).state,
    caches: typeof caches === "undefined" ? [] : await caches.keys(),
  }
}"""
SOIL = """async () => {
  localStorage.kept = sessionStorage.kept = window.name = window.kept = "kept"
  document.cookie = "kept=1; max-age=9999; path=/"
  await new Promise(done => { indexedDB.open("kept").onsuccess = done })
  await caches.open("kept")
  addEventListener("pagehide", () => { localStorage.late = "kept" })
  scrollTo(0, 300)
}"""


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    """A desk of this test's own."""
    made = Desk(chromium)
    yield made
    made.clear()


def look(page: Page, address: str) -> dict[str, Any]:
    """What the page sees of profile, tab and reader; and whether Shift is held down."""
    page.goto(address)
    seen: dict[str, Any] = page.evaluate(SEEN)
    page.evaluate("() => addEventListener('keydown', event => { window.shifted = event.shiftKey })")
    page.keyboard.press("x")
    return seen | {"shifted": page.evaluate("window.shifted")}


def test_a_used_tab_is_as_a_new_one(site: Site, desk: Desk) -> None:
    address = site.address + "guide/one-output/"
    page = desk.page()
    new = look(page, address)
    heard: list[object] = []
    page.on("request", lambda request: heard.append(request.url))
    page.evaluate(SOIL)
    page.context.grant_permissions(["clipboard-read"], origin=site.address)
    page.emulate_media(
        media="print",
        color_scheme="dark",
        reduced_motion="reduce",
        forced_colors="active",
        contrast="more",
    )
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.address + "glossary/")
    page.mouse.move(100, 100)
    page.keyboard.down("Shift")
    page.context.new_page().goto(address)
    page.context.set_offline(True)
    soiled = page.evaluate(SEEN)
    assert {key for key in new if key in soiled and soiled[key] != new[key]} >= {
        *("local", "session", "cookie", "name", "history", "online", "size", "media", "databases", "hovered"),
        *("clipboard", "caches"),
    }
    assert heard

    again = desk.page()
    assert again is page
    heard.clear()
    assert look(again, address) == new
    assert heard == []
    assert again.context.pages == [again]
    assert again.viewport_size == DESKTOP


def test_a_tab_that_was_closed_or_has_crashed_is_replaced(desk: Desk) -> None:
    first = desk.page()
    first.close()
    second = desk.page()
    assert second is not first
    with pytest.raises(Exception, match="crash"):
        second.goto("chrome://crash")
    assert desk.page().evaluate("1 + 1") == 2


def test_what_would_outlive_a_test_is_refused(desk: Desk) -> None:
    page = desk.page()
    owners = {name: page if hasattr(page, name) else page.context for name in REFUSED}
    owners |= dict.fromkeys(CLOCK, page.clock)
    for name, owner in owners.items():
        with pytest.raises(AssertionError, match=f"{name} would outlive this test: take fresh_page"):
            getattr(owner, name)()
