"""A reader asks a number where it is from: by pointer, touch, keyboard, screen reader; or without scripts."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from figures import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

NUMBER = "article a.insync-number[data-cell]"
BOX = "#insync-source"
GUIDE = "guide/one-output/"
WORDS = {"": ("after cell", "Show the code"), "zh/": ("取自代码片段", "查看代码")}
# Every address that the page takes; Material soon replaces a part's address by that of its heading.
VISITED = """
  window.visited = [location.href]
  const note = () => window.visited.push(location.href)
  for (const name of ["pushState", "replaceState"]) {
    const real = history[name]
    history[name] = function (...words) { real.apply(history, words); note() }
  }
  addEventListener("hashchange", event => window.visited.push(event.newURL))
"""


@pytest.fixture
def page(fresh_page: Page) -> Page:
    """In a fresh profile: what `first_number` has run in each document cannot be taken back."""
    return fresh_page


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader with a finger and no mouse."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    context.set_default_timeout(TIMEOUT)
    yield context
    context.close()


def first_number(page: Page, address: str) -> Locator:
    """The first number of a page, with the page's scripts at work."""
    page.add_init_script(VISITED)
    page.goto(address, wait_until="networkidle")
    return page.locator(NUMBER).first


def follows(page: Page, target: str) -> None:
    """The page goes to that address, and shows what is there."""
    page.wait_for_function("target => window.visited?.includes(target)", arg=target)
    expect(page.locator(f'[id="{target.partition("#")[2]}"]')).to_be_in_viewport()


def hidden(page: Page) -> None:
    """Nothing is said, or not any more."""
    assert page.locator(f"{BOX}:not([hidden])").count() == 0


def says_where_from(page: Page, number: Locator, folder: str = "") -> None:
    """The box names the number's expression, cell and snippet, and links its code."""
    box = page.locator(BOX)
    expect(box).to_be_visible()
    assert box.get_attribute("role") == "tooltip"
    # Where the pointer lay when the page came, another number may be told of for a moment.
    expect(box.locator("code")).to_have_text(number.get_attribute("data-expression") or "")
    snippet, _, cell = (number.get_attribute("data-cell") or "").partition("#")
    told = box.locator("span").inner_text()
    before, code = WORDS[folder]
    assert before in told
    assert snippet in told
    assert cell in told
    link = box.locator("a")
    assert link.inner_text() == code
    assert link.evaluate("link => link.href") == number.evaluate("link => link.href")
    # A screen reader reads it with the number.
    assert number.get_attribute("aria-describedby") == (box.get_attribute("id") or "none")


def within_window(page: Page) -> None:
    box = page.locator(BOX).bounding_box()
    window = page.viewport_size
    assert box
    assert window
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] + box["height"] <= window["height"]


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_pointer_that_rests_on_a_number(site: Site, page: Page, folder: str) -> None:
    number = first_number(page, site.address + folder + GUIDE)
    hidden(page)
    number.hover()
    says_where_from(page, number, folder)
    within_window(page)
    # It stays while the pointer goes to it, and can be used there.
    page.locator(f"{BOX} a").hover()
    expect(page.locator(BOX)).to_be_visible()
    page.locator("article h1").hover()
    expect(page.locator(BOX)).to_be_hidden()
    assert number.get_attribute("aria-describedby") is None


def test_the_next_number_is_said_in_the_same_place(site: Site, page: Page) -> None:
    first = first_number(page, site.address + GUIDE)
    second = page.locator(NUMBER).nth(1)
    first.hover()
    says_where_from(page, first)
    second.hover()
    expect(first).not_to_have_attribute("aria-describedby", "insync-source")
    says_where_from(page, second)
    assert page.locator(BOX).count() == 1


def test_escape_puts_it_away(site: Site, page: Page) -> None:
    number = first_number(page, site.address + GUIDE)
    number.hover()
    says_where_from(page, number)
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).to_be_hidden()


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_keyboard_comes_to_a_number_and_is_told(site: Site, page: Page, folder: str) -> None:
    number = first_number(page, site.address + folder + GUIDE)
    number.evaluate(
        # The last thing before the number that a keyboard stops at.
        """number => {
          const stops = [...document.querySelectorAll("a[href], button, input")].filter(each =>
            each.tabIndex >= 0 && each.checkVisibility() && getComputedStyle(each).visibility === "visible")
          stops[stops.indexOf(number) - 1].focus()
        }"""
    )
    assert number.get_attribute("aria-describedby") is None  # that stop may be a term, and tell of itself
    page.keyboard.press("Tab")
    expect(number).to_be_focused()
    says_where_from(page, number, folder)
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).to_be_hidden()
    expect(number).to_be_focused()
    # The box's own link is the number's: one stop for one target.
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    says_where_from(page, number, folder)
    page.keyboard.press("Tab")
    expect(page.locator(f"{BOX} a")).not_to_be_focused()


def test_a_screen_reader_is_told_the_number_first_and_its_source_as_a_description(
    site: Site, page: Page
) -> None:
    number = first_number(page, site.address + GUIDE)
    number.focus()
    number.press("Shift")  # focus that is seen: the last input was a key
    number.hover()
    says_where_from(page, number)
    expect(number).to_have_accessible_name(number.inner_text())
    expect(number).to_have_accessible_description(
        re.compile(re.escape(number.get_attribute("data-expression") or "?"))
    )
    expect(number).to_have_role("link")


def test_a_click_follows_the_link_to_the_code(site: Site, page: Page) -> None:
    number = first_number(page, site.address + GUIDE)
    target = number.evaluate("link => link.href")
    number.click()
    follows(page, target)
    hidden(page)


def test_the_box_leads_there_too(site: Site, page: Page) -> None:
    number = first_number(page, site.address + GUIDE)
    target = number.evaluate("link => link.href")
    number.hover()
    page.locator(f"{BOX} a").click()
    follows(page, target)
    hidden(page)


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_first_touch_asks_and_the_second_follows(site: Site, phone: BrowserContext, folder: str) -> None:
    page = phone.new_page()
    address = site.address + folder + GUIDE
    number = first_number(page, address)
    number.tap()
    says_where_from(page, number, folder)
    within_window(page)
    target = number.evaluate("link => link.href")
    assert target not in page.evaluate("() => window.visited"), "the first touch leads nowhere"
    number.tap()
    follows(page, target)
    hidden(page)


def test_a_touch_elsewhere_puts_it_away_and_another_number_asks_anew(
    site: Site, phone: BrowserContext
) -> None:
    page = phone.new_page()
    address = site.address + GUIDE
    number = first_number(page, address)
    number.tap()
    says_where_from(page, number)
    other = page.locator(NUMBER).filter(visible=True).last
    other.tap()
    says_where_from(page, other)
    assert not any("#code" in each for each in page.evaluate("() => window.visited"))
    page.locator("article h1").tap()
    expect(page.locator(BOX)).to_be_hidden()


def test_the_boxs_link_can_be_touched(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    number = first_number(page, site.address + GUIDE)
    target = number.evaluate("link => link.href")
    number.tap()
    page.locator(f"{BOX} a").tap()
    follows(page, target)


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_without_scripts_every_number_leads_to_code_that_is_there(site: Site, folder: str) -> None:
    """Read from the files, which is what a browser without scripts has."""
    files = {
        file.parent.relative_to(site.folder).as_posix(): file.read_text(encoding="utf-8")
        for file in site.folder.rglob("index.html")
    }
    links = 0
    for place, text in files.items():
        if (place == "zh" or place.startswith("zh/")) is not bool(folder):
            continue
        for tag in re.findall(r'<a\b[^>]*class="insync-number[^>]*>', text):
            target, _, anchor = re.findall(r'href="([^"]*)"', tag)[0].partition("#")
            assert f'id="{anchor}"' in files[posixpath.normpath(posixpath.join(place, target))], (place, tag)
            links += 1
    assert links > 100


def test_without_scripts_a_number_is_followed(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + GUIDE)
    number = page.locator(NUMBER).first
    target = number.evaluate("link => link.href")
    number.click()
    page.wait_for_url(target)
    anchor = target.partition("#")[2]
    assert page.locator(f'[id="{anchor}"]').count() == 1
    assert page.locator(BOX).count() == 0
    context.close()


def test_after_instant_navigation_it_still_answers(site: Site, page: Page) -> None:
    before = first_number(page, site.address)
    page.evaluate("() => { window.same = true }")
    before.hover()
    says_where_from(page, before)
    page.locator("article a[href$='guide/one-output/']").first.click()
    page.wait_for_url(f"{site.address}{GUIDE}**")
    expect(page.locator("article h1")).to_contain_text("by hand")
    assert page.evaluate("() => window.same") is True
    hidden(page)
    number = page.locator(NUMBER).first
    number.hover()
    says_where_from(page, number)
    assert page.locator(BOX).count() == 1


def test_going_back_leaves_nothing_of_it_behind(site: Site, page: Page) -> None:
    page.goto(site.address, wait_until="networkidle")
    page.locator("article a[href$='guide/one-output/']").first.click()
    page.wait_for_url(f"{site.address}{GUIDE}**")
    expect(page.locator("article h1")).to_contain_text("by hand")
    page.evaluate("() => document.fonts.ready")
    number = page.locator(NUMBER).first
    number.hover()
    says_where_from(page, number)
    page.go_back()
    page.wait_for_url(site.address)
    expect(page.locator(BOX)).to_be_hidden()


def test_it_is_not_printed_and_numbers_are_printed_as_text(site: Site, page: Page) -> None:
    number = first_number(page, site.address + GUIDE)
    number.hover()
    says_where_from(page, number)
    page.emulate_media(media="print")
    expect(page.locator(BOX)).to_be_hidden()
    own, around = (
        number.evaluate(f"number => getComputedStyle({element}).color")
        for element in ("number", "number.parentElement")
    )
    assert own == around
    assert number.evaluate("number => getComputedStyle(number, '::after').content") in ("none", "normal")


def test_a_number_reads_like_the_text_around_it(site: Site, page: Page) -> None:
    number = first_number(page, site.address + GUIDE)
    for look in ("color", "fontSize", "fontWeight", "fontFamily"):
        own, around = (
            number.evaluate(f"number => getComputedStyle({element}).{look}")
            for element in ("number", "number.parentElement")
        )
        assert own == around, look


class Nesting(HTMLParser):
    """Counts a page's numbers with a link of their own, and notes those that stand where none may be."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0
        self.wrong: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (dict(attrs).get("class") or "").startswith("insync-number"):
            self.numbers += 1
            self.wrong += [outer for outer in self._open if outer in PLAIN_INSIDE]
        if tag in PLAIN_INSIDE:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in PLAIN_INSIDE:
            self._open.remove(tag)


PLAIN_INSIDE = {"a", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "label", "button", "math", "title"}


def test_the_digits_of_headings_links_and_formulas_are_plain(site: Site) -> None:
    numbers = 0
    for file in site.folder.rglob("*.html"):
        nesting = Nesting()
        nesting.feed(file.read_text(encoding="utf-8"))
        assert nesting.wrong == [], file
        numbers += nesting.numbers
    assert numbers > 200


def test_search_results_show_the_digits_and_nothing_of_their_source(site: Site) -> None:
    index = (site.folder / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "0.2545" in index
    assert "insync-number" not in index
    assert "data-expression" not in index
