"""A section's numbers are one stop of the tab key, and the arrow keys lead from number to number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

NUMBER = "article a.insync-number[data-cell]"
STOP = NUMBER + "[tabindex='0']"
SECTIONS = """number => {
  const sections = [[]]
  for (const each of document.querySelectorAll(`article h2, ${number}`)) {
    if (each.matches("h2")) sections.push([])
    else if (!each.closest("details, .tabbed-block, figure")) sections.at(-1).push(each.tabIndex)
  }
  return sections.filter(each => each.length)
}"""


@pytest.fixture
def numbers(site: Site, page: Page) -> Locator:
    """The numbers of a page that can be seen, with its scripts at work."""
    page.goto(site.address + "guide/one-output/", wait_until="networkidle")
    expect(page.locator(STOP).first).to_be_attached()
    return page.locator(NUMBER).locator("visible=true")


def test_each_section_has_one_stop_and_it_is_the_first(page: Page, numbers: Locator) -> None:
    sections = page.evaluate(SECTIONS, NUMBER)
    assert len(sections) > 3
    assert max(map(len, sections)) > 3
    assert all(each[0] == 0 and set(each[1:]) <= {-1} for each in sections)
    assert page.locator(STOP).locator("visible=true").count() * 3 < numbers.count()


def test_arrows_lead_through_all_that_can_be_seen_and_back(page: Page, numbers: Locator) -> None:
    order = numbers.evaluate_all("all => all.map(each => each.id)")
    assert len(set(order)) == len(order)
    numbers.first.focus()
    seen = [page.evaluate("document.activeElement.id")]
    for _ in order[1:]:
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate("document.activeElement.id"))
    assert seen == order
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == order[-1], "there is no further one"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == order[-2]


def test_the_stop_goes_along_and_its_section_has_no_other(page: Page, numbers: Locator) -> None:
    before = page.locator(STOP).count()
    numbers.first.focus()
    page.keyboard.press("ArrowRight")
    expect(numbers.nth(1)).to_be_focused()
    assert numbers.nth(1).get_attribute("tabindex") == "0"
    assert numbers.first.get_attribute("tabindex") == "-1"
    assert page.locator(STOP).count() == before
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(numbers.nth(1)).to_be_focused()


@pytest.mark.parametrize("keys", ["Control+ArrowRight", "Alt+ArrowDown", "ArrowDown", "Shift+ArrowRight"])
def test_other_keys_do_what_they_do(page: Page, numbers: Locator, keys: str) -> None:
    numbers.first.focus()
    page.keyboard.press(keys)
    expect(numbers.first).to_be_focused()


def test_whoever_comes_by_key_is_told_of_the_arrows(page: Page, numbers: Locator) -> None:
    numbers.first.focus()
    page.keyboard.press("ArrowRight")
    hint = page.locator("#insync-source small")
    expect(hint).to_be_visible()
    assert "→" in hint.inner_text()
    # In a browser the description of a link is the text that is named, also for a screen reader.
    description = numbers.nth(1).evaluate(
        "link => document.getElementById(link.getAttribute('aria-describedby')).textContent"
    )
    assert hint.inner_text() in description
    page.keyboard.press("Escape")
    numbers.nth(4).hover()
    expect(page.locator("#insync-source")).to_be_visible()
    expect(hint).to_be_hidden()


def test_a_fold_has_a_stop_of_its_own(site: Site, page: Page) -> None:
    page.goto(site.address + "guide/one-output/", wait_until="networkidle")
    folds = page.locator(f"article details:has({NUMBER.removeprefix('article ')})")
    expect(page.locator(STOP).first).to_be_attached()
    assert folds.count() > 1
    for fold in folds.all():
        assert fold.locator("a.insync-number[tabindex='0']").count() == 1


def test_the_next_page_has_its_stops_too(site: Site, page: Page) -> None:
    page.goto(site.address + "guide/one-output/", wait_until="networkidle")
    page.locator("nav.md-footer__inner a").last.click()
    page.wait_for_url(lambda url: "one-output" not in url)
    expect(page.locator(STOP).first).to_be_attached()
    expect(page.locator(NUMBER + "[tabindex='-1']").first).to_be_attached()
    numbers = page.locator(NUMBER)
    numbers.first.focus()
    page.keyboard.press("ArrowRight")
    expect(numbers.nth(1)).to_be_focused()
