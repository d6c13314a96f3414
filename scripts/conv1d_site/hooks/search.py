"""The search: it reads nothing but words, knows the site's terms, and is asked for what tells pages apart."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish.search import WORKER, only_words, with_our_questions
from conv1d_site.steps.prepare.search import Dictionary

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.plugins.search_words")


# Has the dictionary read for the languages that this process builds, if they have terms of their own.
@event_priority(order.Config.SEARCH)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if not run.nested:
        # The search plugin's word cutter tells on every build that it has read its dictionary.
        logging.getLogger("jieba").setLevel(logging.WARNING)
        here = [layout.language(config), *([] if run.apart else layout.other_languages(config))]
        terms = tuple(term for language in here for term in language.terms)
        if terms and not (run.dictionary and run.dictionary.terms == terms):
            run.dictionary = Dictionary(terms)
    return config


# Has a question reduced to the words that tell one page from another.
@event_priority(order.Files.SEARCH)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    (worker,) = (file for file in files if WORKER.fullmatch(file.src_uri))
    ours = with_our_questions(worker.content_string)
    if ours is None:
        log.warning("search.js does not fit this version of Material's search")
        return files
    files.remove(worker)
    files.append(File.generated(config, worker.src_uri, content=ours))
    return files


# Gives the search plugin, a slow reader, only what can be found: it took a quarter of a build's time.
@event_priority(order.PageContext.SEARCH_SEES_WORDS)
def _show_search_the_words(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if command.run.dictionary:
        command.run.dictionary.wait()
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
