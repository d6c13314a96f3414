"""The search: it reads each page's words, once, knows the site's terms, and answers with our own worker."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from material.plugins.blog.structure import View
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, InclusionLevel

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish.search import WORKER, Entries, compact, only_words, our_worker
from conv1d_site.steps.prepare.search import Dictionary
from insync.rendering.made_of import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from material.plugins.search.plugin import SearchIndex
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.structure.toc import AnchorLink

# The page on which readers have their own network looked at, which a message that no page has is sent to;
# and the page of all messages, which that one sends them to.
_OWN_NETWORK = "trace.md"
_ERRORS = "guide/errors.md"

log = logging.getLogger("mkdocs.plugins.search_words")


# Has the dictionary read for the languages that this process builds, if they have terms of their own.
@event_priority(order.Config.SEARCH)
def _read_dictionary(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if not run.nested:
        # The search plugin's word cutter tells on every build that it has read its dictionary.
        logging.getLogger("jieba").setLevel(logging.WARNING)
        here = [layout.language(config), *([] if run.apart else layout.other_languages(config))]
        terms = tuple(term for language in here for term in language.terms)
        if terms and not (run.dictionary and run.dictionary.terms == terms):
            run.dictionary = Dictionary(terms)
    return config


# Has the search plugin, which has just made its index, read no page twice.
@event_priority(order.Config.SEARCH_INDEX)
def _have_pages_read_once(config: MkDocsConfig) -> MkDocsConfig:
    if (search := config.plugins.get("material/search")) and search.config.enabled:
        search.search_index.add_entry_from_context = _read_once(search.search_index)
    return config


on_config = CombinedEvent(_read_dictionary, _have_pages_read_once)


# Puts our worker in the place of Material's, and tells the templates where the pages for messages are.
@event_priority(order.Files.SEARCH)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    config.extra["own_network"] = _url(files, _OWN_NETWORK)
    config.extra["errors_page"] = _url(files, _ERRORS)
    (worker,) = (file for file in files if WORKER.fullmatch(file.src_uri))
    ours = our_worker(worker.content_string, layout.language(config).synonyms)
    if ours is None:
        log.warning("our search does not speak as this version of Material's does")
        return files
    files.remove(worker)
    files.append(File.generated(config, worker.src_uri, content=ours))
    return files


def _url(files: Files, path: str) -> str:
    """A page's address within the site; an empty text if the site will not have it."""
    page = files.get_file_from_path(path)
    there = page is not None and page.inclusion not in {InclusionLevel.EXCLUDED, InclusionLevel.DRAFT}
    return page.url if page and there else ""


def _read_once(index: SearchIndex) -> Callable[[Page], None]:
    """What reads a page for the index: not one that an earlier build has read, since that takes its time.

    By then the page's content is nothing but words.
    """
    read = index.add_entry_from_context

    def add(page: Page) -> None:
        pieces, key = command.run.pieces, _key(page)
        if pieces and key and (known := pieces.get(Entries, key)):
            index.entries += known.entries
            return
        if command.run.dictionary:
            command.run.dictionary.wait()
        before = len(index.entries)
        read(page)
        if pieces and key:
            pieces.keep(Entries, key, Entries(index.entries[before:]))

    return add


def _key(page: Page) -> str | None:
    """A digest of all that a page's entries depend on; None where that cannot be told."""
    terms = command.run.dictionary.terms if command.run.dictionary else ()
    told = {name: page.meta.get(name) for name in ("search", "tags", "title")}
    made_with, title = command.run.made_with, str(page.title)
    try:
        return made_with and digest(
            made_with, terms, page.url, title, told, list(_anchors(page.toc)), page.content
        )
    except TypeError:  # a date, say
        return None


def _anchors(links: Iterable[AnchorLink]) -> Iterator[str]:
    for link in links:
        yield link.id
        yield from _anchors(link.children)


# Gives the search plugin, a slow reader, only what can be found.
@event_priority(order.PageContext.SEARCH_SEES_WORDS)
def _show_search_the_words(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if isinstance(page, View):
        page.meta["search"] = {"exclude": True}  # the blog's lists answer nothing
    context["whole_content"] = page.content
    page.content = only_words(page.content or "")
    return context


@event_priority(order.PageContext.READERS_SEE_ALL)
def _show_readers_the_page(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    page.content = context.pop("whole_content")
    return context


on_page_context = CombinedEvent(_show_search_the_words, _show_readers_the_page)


# Writes the index as small as it goes.
@event_priority(order.PostBuild.SEARCH)
def on_post_build(config: MkDocsConfig) -> None:
    file = Path(config.site_dir, "search", "search_index.json")
    if file.is_file():
        file.write_text(compact(file.read_text(encoding="utf-8")), encoding="utf-8")
