"""What scrolls sideways can be reached by keyboard and has a name; so have the notes on lines of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import SMALLEST
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDE = "article :is(pre > code, .math-display, .md-typeset__scrollwrap)"
# Of each box that can be seen: whether it scrolls, and what is said of it.
TOLD = """all => all.filter(each => each.checkVisibility()).map(each => [
  each.scrollWidth > each.clientWidth, each.tabIndex, each.role, each.ariaLabel])"""


@pytest.mark.parametrize(("folder", "output"), [("", "Output"), ("zh/", "输出")])
def test_what_scrolls_is_a_stop_with_a_name(site: Site, page: Page, folder: str, output: str) -> None:
    page.set_viewport_size(SMALLEST)
    page.goto(f"{site.address}{folder}guide/one-output/")
    boxes = page.locator(WIDE)
    expect(page.locator("article pre > code[role=group]").first).to_be_attached()
    page.wait_for_function(
        "wide => [...document.querySelectorAll(wide)].every(box => !box.checkVisibility() ||"
        " (box.scrollWidth > box.clientWidth) === (box.getAttribute('role') === 'group'))",
        arg=WIDE,
    )
    told = boxes.evaluate_all(TOLD)
    scrolling = [each[1:] for each in told if each[0]]
    assert len(scrolling) > 3
    assert all(stop == 0 and role == "group" and name for stop, role, name in scrolling)
    assert all(each[1:] == [-1, None, None] for each in told if not each[0])
    page.goto(f"{site.address}{folder}guide/errors/")
    printed = page.locator(".insync-output code[role=group]")
    for each in printed.all():
        expect(each).to_have_accessible_name(output)
    assert page.locator(".insync-error code[role=group]").count() == 0, "messages are broken over lines"


def test_a_box_that_fits_when_the_window_grows_is_no_stop(site: Site, page: Page) -> None:
    page.set_viewport_size(SMALLEST)
    page.goto(f"{site.address}guide/one-output/")
    box = page.locator("article pre > code[role=group]").first
    box.evaluate("box => box.dataset.tried = ''")
    page.set_viewport_size({"width": 1600, "height": 900})
    tried = page.locator("[data-tried]")
    expect(tried).not_to_have_attribute("role", "group")
    expect(tried).not_to_have_attribute("tabindex", "0")
    assert tried.get_attribute("aria-label") is None


@pytest.mark.parametrize(("folder", "word"), [("", "Note"), ("zh/", "注释")])
def test_notes_on_code_are_called_by_their_numbers(site: Site, page: Page, folder: str, word: str) -> None:
    page.goto(f"{site.address}{folder}guide/one-output/")
    notes = page.get_by_role("note")
    expect(notes).to_have_count(2)
    for number, note in enumerate(notes.all(), 1):
        expect(note).to_have_accessible_name(f"{word} {number}")
        expect(note.locator("a")).to_have_accessible_name(f"{word} {number}")
