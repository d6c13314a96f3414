"""The search, asked for all that the site itself names: headings, messages, terms and their other names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from searching import FIRST, ask_all

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])

# The headings of all pages as readers see them, each with its place.
HEADINGS = """async addresses => {
  const found = []
  for (const address of addresses) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html")
    for (const heading of page.querySelectorAll(".md-content__inner :is(h1, h2, h3, h4)[id]")) {
      heading.querySelector(".headerlink")?.remove()
      found.push([heading.textContent.trim(), heading.tagName === "H1" ? "" : heading.id, address])
    }
  }
  return found
}"""
# Lists, which are no answers; and the note as a notebook, of which the search has the page.
NO_RESULTS = re.compile(r"blog/(?:archive/|category/|tags/|$)|notebooks/")
# They hold all numbers of the site, and are not read by the search.
NOT_READ = {"how-the-numbers-are-made/#all"}

# What the page of errors shows: each real message whole, and the rows of its table with their sections.
MESSAGES = """() => {
  const shown = [...document.querySelectorAll(".md-content__inner pre")].map(each => each.textContent)
  return shown.flatMap(text => /^\\w*(?:Error|Exception): [^]*/m.exec(text) ?? []).map(text => text.trim())
}"""
ROWS = """() => [...document.querySelectorAll(".md-content__inner td:first-child a[href*='#']")]
  .filter(link => link.pathname === location.pathname)
  .map(link => [link.textContent, link.hash])"""
TERMS = """() => [...document.querySelectorAll(".md-content__inner td:first-child")]
  .map(cell => [...cell.parentElement.cells].slice(0, 3))
  .flatMap(cells => cells.flatMap(cell => cell.textContent.split(/[,、，]|又译|（.*?）|\\[?\\d\\]/)))
  .map(term => term.replace(/¶|#|\\d+$/g, "").trim()).filter(Boolean)"""


@LANGUAGES
def test_each_heading_is_found_by_itself(site: Site, page: Page, folder: str) -> None:
    addresses = [
        address
        for address in site.pages()
        if address.removeprefix(site.address).startswith("zh/") == bool(folder)
        and not NO_RESULTS.search(address)
    ]
    page.goto(site.address + folder)
    headings = page.evaluate(HEADINGS, addresses)
    assert len(headings) > 400
    answers = ask_all(site, page, folder, [text for text, _, _ in headings])
    missed = {}
    for (text, anchor, address), answer in zip(headings, answers, strict=True):
        path = address.removeprefix(site.address + folder)
        place = f"{path}#{anchor}" if anchor else path
        # Several pages have a section of that name: any of them is what was asked for.
        same = any(letters(title) == letters(text) for title in answer.titles[:FIRST])
        if place not in NOT_READ and (answer.unknown_message or not (place in answer.first() or same)):
            missed[place] = (text, answer.first())
    assert missed == {}


@LANGUAGES
def test_each_message_leads_to_the_errors(site: Site, page: Page, folder: str) -> None:
    page.goto(site.address + folder + "guide/errors/")
    messages = sorted({message for message in page.evaluate(MESSAGES) if len(message) < 2000})
    rows = page.evaluate(ROWS)
    assert len(messages) > 40
    assert len(rows) > 50
    bare = [message.partition(": ")[2] for message in messages]
    missed = []
    questions = [*messages, *bare]
    for message, answer in zip(questions, ask_all(site, page, folder, questions), strict=True):
        if answer.unknown_message or not any(place.startswith("guide/errors/#") for place in answer.first()):
            missed.append((message, answer.first()))
    for (text, anchor), answer in zip(
        rows, ask_all(site, page, folder, [text for text, _ in rows]), strict=True
    ):
        if answer.unknown_message or not answer.leads_to("errors"):
            missed.append((text + anchor, answer.first()))
    assert missed == []


@LANGUAGES
def test_each_term_and_each_other_name_is_found(site: Site, page: Page, folder: str) -> None:
    page.goto(site.address + folder + "glossary/")
    terms = sorted(set(page.evaluate(TERMS)))
    assert len(terms) > 60
    answers = ask_all(site, page, folder, terms)
    missed = {
        term: answer.missing
        for term, answer in zip(terms, answers, strict=True)
        if answer.missing or answer.unknown_message or not answer.places
    }
    assert missed == {}


@LANGUAGES
def test_lists_of_pages_are_no_results(site: Site, page: Page, folder: str) -> None:
    index = page.request.get(site.address + folder + "search/search_index.json").json()
    places = [each["location"] for each in index["docs"]]
    assert len(places) > 400
    assert [place for place in places if re.search(r"^blog/(?:archive/|category/|tags/|#|$)", place)] == []


def letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
