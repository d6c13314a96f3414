"""The site's search, asked: through its worker for many questions, through the box as a reader does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import Site
    from playwright.sync_api import Locator, Page

FIRST = 3  # results that a reader looks at

# The page's own worker, in the page's own browser, with the index as published.
_ASK = """async questions => {
  const config = JSON.parse(document.getElementById("__config").textContent)
  const root = new URL(config.base, location.href)
  const index = await (await fetch(new URL("search/search_index.json", root))).arrayBuffer()
  const worker = new Worker(new URL(config.search, location.href))
  const reply = message => new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => resolve(data)
    worker.onerror = ({message}) => reject(new Error(message))
    worker.postMessage(message)
  })
  await reply({type: 0, data: index})
  const answers = []
  for (const question of questions) answers.push((await reply({type: 2, data: question})).data.site)
  worker.terminate()
  return answers
}"""


@dataclass(frozen=True)
class Answer:
    """What a question finds: addresses of sections without the site's, their headings, and what is told."""

    places: tuple[str, ...]
    titles: tuple[str, ...]
    missing: tuple[str, ...]
    unknown_message: bool

    def first(self) -> tuple[str, ...]:
        """The sections that a reader looks at."""
        return self.places[:FIRST]

    def leads_to(self, pages: str) -> bool:
        """Whether one of these pages, or of these `page#section`s, is among the first."""
        found = {place.removesuffix("/").split("/")[-1] for place in map(self._page, self.first())}
        named = {re.sub(r".*?([\w-]+)/#", r"\1#", place) for place in self.first()}
        return bool((found | named) & set(pages.split()))

    @staticmethod
    def _page(place: str) -> str:
        return place.partition("#")[0]


def ask_all(site: Site, page: Page, folder: str, questions: Iterable[str]) -> list[Answer]:
    """The answers to many questions in a language's site, in their order."""
    if page.url != site.address + folder:
        page.goto(site.address + folder)
    return [
        Answer(
            tuple(hit["location"] for hit in each["hits"]),
            tuple(re.sub("</?mark>", "", hit["title"]) for hit in each["hits"]),
            tuple(each["missing"]),
            each["unknownMessage"],
        )
        for each in page.evaluate(_ASK, list(questions))
    ]


def search_may_open(page: Page) -> None:
    """Wait until Material has closed the search, as it does 125 ms after every change of address.

    Its timer was set with the change; a longer one that is set now ends after it, however busy the machine.
    """
    page.evaluate("() => new Promise(resolve => setTimeout(resolve, 250))")


def open_box(page: Page, address: str) -> Locator:
    """The search's box, open and ready on that page."""
    page.goto(address)
    box = page.locator("input.md-search__input")
    box.click()
    expect(page.locator(".md-search-result__meta")).not_to_have_text(re.compile("Initializ|正在初始化"))
    return box
