"""The search: it reads nothing but words, knows the site's terms, and answers with our own worker."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from material.plugins.blog.structure import View
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, InclusionLevel

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish.search import WORKER, compact, only_words, our_worker
from conv1d_site.steps.prepare.search import Dictionary

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

# The page on which readers have their own network looked at, which a message that no page has is sent to.
_OWN_NETWORK = "trace.md"

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


# Puts our worker in the place of Material's, and tells the templates where the page for unknown messages is.
@event_priority(order.Files.SEARCH)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    own = files.get_file_from_path(_OWN_NETWORK)
    there = own is not None and own.inclusion not in {InclusionLevel.EXCLUDED, InclusionLevel.DRAFT}
    config.extra["own_network"] = own.url if own and there else ""
    (worker,) = (file for file in files if WORKER.fullmatch(file.src_uri))
    ours = our_worker(worker.content_string, layout.language(config).synonyms)
    if ours is None:
        log.warning("our search does not speak as this version of Material's does")
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
