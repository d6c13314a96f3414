"""A reader asks what a term means: by pointer, touch or keyboard; the glossary itself says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from figures import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

BOX = "#insync-source"
GUIDE = "guide/groups/"
TERM = "article a.site-term[href$='#pointwise']"
MEANS = {
    "": ("pointwise", "A kernel of one tap", "Glossary"),
    "zh/": ("逐点卷积", "卷积核只有一个位置", "术语表"),
}


@pytest.fixture
def page(fresh_page: Page) -> Page:
    """In a fresh profile, which has no glossary of another test in its cache."""
    return fresh_page


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A reader with a finger and no mouse."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


def term_of(page: Page, address: str) -> Locator:
    """A term on a page with the page's scripts at work."""
    page.goto(address, wait_until="networkidle")
    return page.locator(TERM)


def says(page: Page, term: Locator, folder: str = "") -> None:
    """The box has the term's row of the glossary, and leads there."""
    name, meaning, everything = MEANS[folder]
    box = page.locator(BOX)
    expect(box).to_be_visible()
    expect(box.locator("b")).to_have_text(name)
    expect(box.locator("span").first).to_contain_text(meaning)
    link = box.locator("> a")
    expect(link).to_have_text(everything)
    assert link.evaluate("link => link.href") == term.evaluate("link => link.href")
    expect(term).to_have_attribute("aria-describedby", "insync-source")


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_pointer_that_rests_on_a_term(site: Site, page: Page, folder: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    term = term_of(page, site.address + folder + GUIDE)
    assert f"{site.address}{folder}glossary/" not in asked, "nobody has asked yet"
    term.hover()
    says(page, term, folder)
    # A link in the row leads where it does in the glossary.
    inner = page.locator(f"{BOX} span a")
    assert inner.evaluate("link => link.href") == f"{site.address}{folder}guide/depthwise/"
    page.locator("article h1").hover()
    expect(page.locator(BOX)).to_be_hidden()


def test_a_row_about_the_layer_at_hand_is_said_without_it(site: Site, page: Page) -> None:
    term_of(page, site.address + GUIDE)
    channel = page.locator("article a.site-term[href$='#output-channel']")
    channel.hover()
    expect(page.locator(BOX)).to_contain_text("Each has a kernel and a bias of its own.")
    assert page.locator(f"{BOX} math").count() == 1
    assert "Here" not in page.locator(BOX).inner_text()
    assert page.locator(f"{BOX} [id]").count() == 0


def test_a_keyboard_asks_and_escape_puts_it_away(site: Site, page: Page) -> None:
    term = term_of(page, site.address + GUIDE)
    page.keyboard.press("Tab")  # so that the focus is shown
    term.focus()
    says(page, term)
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).to_be_hidden()
    expect(term).not_to_have_attribute("aria-describedby", "insync-source")


def test_the_first_touch_asks_and_the_second_goes_there(site: Site, phone: Page) -> None:
    term = term_of(phone, site.address + GUIDE)
    term.tap()
    says(phone, term)
    term.tap()
    phone.wait_for_url(f"{site.address}glossary/#pointwise")


def test_links_that_a_page_makes_itself_say_the_same(site: Site, page: Page) -> None:
    term_of(page, site.address + GUIDE)
    own = page.locator("article a:not(.site-term)[href$='glossary/#pointwise']").last
    own.hover()
    says(page, own)


def test_without_the_glossary_the_box_still_leads_there(site: Site, page: Page) -> None:
    page.route("**/glossary/", lambda route: route.abort())
    term = term_of(page, site.address + GUIDE)
    term.hover()
    expect(page.locator(BOX)).to_be_visible()
    expect(page.locator(f"{BOX} > a")).to_have_text("Glossary")
    page.unroute("**/glossary/")
    page.locator("article h1").hover()
    expect(page.locator(BOX)).to_be_hidden()
    term.hover()
    says(page, term)


def test_in_the_glossary_nothing_explains_itself(site: Site, page: Page) -> None:
    page.goto(f"{site.address}glossary/", wait_until="networkidle")
    assert page.locator("a.site-term").count() == 0


@pytest.mark.parametrize("path", ["guide/groups/", "zh/guide/groups/", "blog/2021-09-27/conv1d-note/"])
def test_the_notebooks_links_take_one_short_line_on_a_phone(site: Site, phone: Page, path: str) -> None:
    phone.goto(site.address + path)
    row = phone.locator("nav.site-notebook")
    heights = [
        each.evaluate("each => each.getBoundingClientRect().height") for each in row.locator("a").all()
    ]
    assert len(heights) >= 3
    assert min(heights) >= 24, "what is to be touched"
    above = row.evaluate("row => row.getBoundingClientRect().top")
    title = phone.locator("article h1").evaluate("title => title.getBoundingClientRect().top")
    assert title - above <= 45
