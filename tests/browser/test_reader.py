"""What a reader does on the real site: change the language, search, choose the colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

SWITCH = "header a[hreflang]"


@pytest.mark.parametrize(
    "path", ["", "guide/one-output/", "blog/2021-09-27/conv1d-note/", "notebooks/conv1d-note/"]
)
def test_the_switch_leads_there_and_back(site: Site, page: Page, path: str) -> None:
    page.goto(site.address + path)
    for language in ("zh-Hans", "en"):
        page.locator(SWITCH).click()
        page.wait_for_url(site.address + ("zh/" if language == "zh-Hans" else "") + path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("article h1").first).to_be_visible()


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_switch_follows_instant_navigation(site: Site, page: Page, folder: str) -> None:
    start, target = f"{site.address}{folder}glossary/", f"{site.address}{folder}how-the-numbers-are-made/"
    page.goto(start, wait_until="networkidle")
    page.evaluate("() => { window.same = true }")
    page.locator(f'nav a[href="{target}"]').first.click()
    page.wait_for_url(target)
    # No new document was loaded, so the header is that of the first page,
    expect(page.locator("article h1")).to_be_visible()
    assert page.evaluate("() => window.same") is True
    # and yet the switch is this page's.
    expect(page.locator(SWITCH)).to_have_attribute("href", site.twin(target))
    page.locator(SWITCH).click()
    page.wait_for_url(site.twin(target))
    assert page.evaluate("() => window.same") is None
    page.go_back()
    page.wait_for_url(target)


@pytest.mark.parametrize(
    ("folder", "query", "found"),
    [
        ("", "bias", re.compile("bias", re.IGNORECASE)),
        ("", "cross-correlation", re.compile("correlation", re.IGNORECASE)),
        ("zh/", "卷积", re.compile("卷积")),
        ("zh/", "偏置", re.compile("偏置")),
        ("zh/", "bias", re.compile("bias", re.IGNORECASE)),
    ],
)
def test_the_search_finds(site: Site, page: Page, folder: str, query: str, found: re.Pattern[str]) -> None:
    page.goto(site.address + folder)
    page.locator("input.md-search__input").click()
    page.keyboard.type(query)
    # The search listens to keys going up. Chinese comes out of an input method; its last key is pressed here.
    page.keyboard.press("End")
    result = page.locator(".md-search-result__item").first
    expect(result).to_contain_text(found)
    result.locator("a").first.click()
    page.wait_for_url(re.compile(re.escape(site.address + folder) + r".+\?h="))
    expect(page.locator("article mark", has_text=found).first).to_be_attached()


def test_the_colours_follow_the_system_until_the_reader_chooses(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(site.address)
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    toggle = page.locator("form[data-md-component=palette] label:visible")
    toggle.click()  # light, whatever the system says
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    toggle.click()  # dark, whatever the system says
    page.emulate_media(color_scheme="light")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    # The choice holds on other pages, in the other language and at the next visit.
    page.goto(f"{site.address}zh/glossary/")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == paper
    toggle.click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != paper


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_what_is_not_there_says_so(site: Site, page: Page, folder: str) -> None:
    response = page.goto(f"{site.address}{folder}no/such/page/")
    assert response
    assert response.status == 404
    for language, home in (("en", site.address), ("zh-Hans", f"{site.address}zh/")):
        link = page.locator(f"article p[lang={language}] a")
        assert link.evaluate("link => link.href") == home


def test_a_listing_can_be_copied(site: Site, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    page = context.new_page()
    page.goto(f"{site.address}guide/one-output/")
    listing = page.locator(".highlight:has(button.md-clipboard, [data-clipboard-target])").first
    listing.hover()
    listing.locator("[data-clipboard-target]").first.click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.strip() == (listing.locator("code").text_content() or "").strip()
    # An output is not to be copied as if it were code.
    assert page.locator(".insync-output [data-clipboard-target]").count() == 0


def test_a_keyboard_reaches_what_a_pointer_does(site: Site, page: Page) -> None:
    page.goto(f"{site.address}guide/one-output/")
    reached = set()
    for _ in range(15):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.className || document.activeElement.tagName"))
    assert any("md-skip" in name for name in reached)
    assert any("site-language" in name for name in reached)


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_cheat_sheet_prints_on_one_page_of_a4(site: Site, page: Page, folder: str) -> None:
    # By a link from another page, too: its style sheet comes with it.
    page.goto(f"{site.address}{folder}reference/equations/", wait_until="networkidle")
    page.locator(f'nav a[href="{site.address}{folder}reference/cheat-sheet/"]').first.click()
    page.wait_for_url("**/reference/cheat-sheet/")
    expect(page.locator("link[href$='cheat-sheet.css']")).to_be_attached()
    page.evaluate("() => document.fonts.ready")
    page.wait_for_load_state("networkidle")
    printed = page.pdf(prefer_css_page_size=True)
    pages = re.findall(rb"/Type\s*/Page\b", printed)
    sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert len(pages) == 1
    assert [round(float(size) / 72 * 25.4) for size in sizes[0]] == [210, 297]
