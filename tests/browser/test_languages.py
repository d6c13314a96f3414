"""What a language needs of the page around its words: fonts for its marks, room for its terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_meanings_of_terms_stand_below_them_on_a_phone(page: Page, site: Site, folder: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site.address}{folder}glossary/")
    rows = page.evaluate(
        """[...document.querySelectorAll("article tbody tr")].map(row => {
             const [term, , , meaning] = [...row.cells].map(cell => cell.getBoundingClientRect())
             return [term.bottom, meaning.top, meaning.left, meaning.right]
           })"""
    )
    assert len(rows) > 20
    assert [row for row in rows if row[1] < row[0] - 1 or row[2] < 0 or row[3] > 360] == []


def test_messages_on_chinese_pages_are_english_to_fonts_and_voices(page: Page, site: Site) -> None:
    page.goto(f"{site.address}zh/guide/errors/")
    link = page.get_by_role("link", name="Output size is too small").first
    assert link.locator("[lang=en]").inner_text() == "Output size is too small"
    assert page.locator(".insync-error[lang=en]").count() > 20
    fonts = page.evaluate(
        """["article p", "article td [lang=en]"].map(
             each => getComputedStyle(document.querySelector(each)).fontFamily
           )"""
    )
    assert fonts[0].startswith('"Site Marks"')
    assert "Site Marks" not in fonts[1]


def test_english_pages_mark_nothing(page: Page, site: Site) -> None:
    page.goto(f"{site.address}guide/errors/")
    assert page.locator("article span[lang], article .insync-error[lang]").count() == 0
