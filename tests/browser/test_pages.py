"""Every page of the real site, as a browser shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site, Visit
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_no_page_has_an_error(visits: list[Visit]) -> None:
    assert {visit.address: visit.errors for visit in visits if visit.errors} == {}


def test_no_request_fails(visits: list[Visit]) -> None:
    assert {visit.address: visit.failures for visit in visits if visit.failures} == {}


def test_no_request_leaves_the_site(visits: list[Visit], site: Site) -> None:
    foreign = {
        url
        for visit in visits
        for url in visit.requests
        if not url.startswith((site.address, "data:", "blob:"))
    }
    assert foreign == set()


def test_pages_say_the_language_of_their_address(visits: list[Visit], site: Site) -> None:
    for visit in visits:
        assert visit.language == ("zh-Hans" if visit.address.startswith(site.address + "zh/") else "en"), (
            visit.address
        )


def test_the_switch_leads_to_the_same_page(visits: list[Visit], site: Site) -> None:
    for visit in visits:
        assert visit.switches == [site.twin(visit.address)] * 2, "one in the header, one at the end"


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_is_wider_than_a_phone(visits: list[Visit], width: int) -> None:
    assert {visit.address: visit.overflow[width] for visit in visits if visit.overflow[width] > 0} == {}


def test_labels_of_pictures_can_be_read_on_the_smallest_phone(visits: list[Visit]) -> None:
    assert {visit.address: visit.small_labels for visit in visits if visit.small_labels} == {}


# What readers look up is as long as what there is; the others have one question each.
LOOKED_UP = "errors"
SCREENS = 8 * 900
FONTS = 300  # pixels that the same text may take more with a machine's own fonts


def test_no_chapter_takes_more_than_eight_screens(visits: list[Visit], site: Site) -> None:
    chapters = [visit for visit in visits if re.search(rf"/guide/(?!{LOOKED_UP}/)[\w-]+/$", visit.address)]
    assert len(chapters) > 50
    long = {each.address: each.height for each in chapters if each.height > SCREENS + FONTS}
    assert long == {}


def test_formulas_are_drawn_whole(visits: list[Visit]) -> None:
    assert sum(visit.formulas for visit in visits) > 20
    assert {visit.address: visit.broken_formulas for visit in visits if visit.broken_formulas} == {}


def test_every_text_is_legible_in_both_schemes(visits: list[Visit]) -> None:
    assert {visit.address: visit.faint for visit in visits if visit.faint} == {}


def test_axe_finds_nothing_and_leaves_nothing_undecided(visits: list[Visit]) -> None:
    assert {visit.address: visit.barriers for visit in visits if visit.barriers} == {}


def test_numbers_are_few_stops_of_the_tab_key(visits: list[Visit]) -> None:
    assert sum(visit.numbers for visit in visits) > 2000
    many = {visit.address: visit.number_stops for visit in visits if visit.number_stops > visit.groups}
    assert many == {}


def test_formulas_have_the_sites_own_font(visits: list[Visit]) -> None:
    for visit in visits:
        asked = any(url.endswith("stix-two-math.woff2") for url in visit.requests)
        # Once fetched it is kept, so that later pages need not ask.
        if visit.formulas:
            assert asked
            return
    pytest.fail("no page has a formula")


def test_without_scripts_the_content_is_there(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for address in site.pages():
        page.goto(address)
        chinese = address.startswith(site.address + "zh/")
        assert page.locator("article h1, article h2").first.is_visible(), address
        assert len(page.locator(".md-content").first.inner_text()) > 30, address
        assert page.locator(".site-noscript").is_visible(), address
        switch = page.locator("header a[hreflang]")
        assert switch.is_visible()
        assert switch.get_attribute("hreflang") == ("en" if chinese else "zh-Hans")
    context.close()
