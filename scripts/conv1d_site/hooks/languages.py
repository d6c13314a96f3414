"""The languages of the site: where a page is in each of them, and what the theme says in this one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.languages import Translation, home_pages, read_languages, translations
from conv1d_site.steps.together import missing_words
from insync.problem import InsyncError, Place

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

    from conv1d_site.steps.site_language import SiteLanguage


# Reads what there is to know of the languages, afresh for every build, and watches their pages.
@event_priority(order.Config.LANGUAGES)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    try:
        run.languages = read_languages(layout.root(config))
    except InsyncError as error:
        raise BuildError(str(error)) from None
    own = layout.language(config)
    _check(config, own)
    for other in layout.other_languages(config):
        config.watch += [str(other.pages), str(layout.root(config) / other.configuration)]
    if config.site_url and not run.serving and not run.nested:
        # A language that is built alone, from its own configuration, still lies beneath the site's address.
        config.site_url += own.folder
    # Has the reader's browser keep the choice of colours for the whole site, not for each language.
    root = (config.site_url or "/").removesuffix(own.folder)
    config.extra["scope"] = urlsplit(root).path or "/"
    config.extra["words"] = own.words
    if section := own.words.get("section"):
        config.mdx_configs.setdefault("toc", {})["permalink_title"] = section
    return config


# Keeps what the site has in this language, for those who are called when MkDocs no longer tells it.
@event_priority(order.Nav.LANGUAGES)
def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    command.run.files, command.run.nav = files, nav
    return nav


# Tells every page's template where the same page is in each other language.
@event_priority(order.PageContext.LANGUAGES)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    here = layout.language(config).folder + page.url
    context["translations"] = [each.seen_from(here) for each in _translations(config, page.file)]
    return context


# Tells the templates that are no pages: the error page the home pages, the site map all translations.
@event_priority(order.TemplateContext.LANGUAGES)
def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> dict[str, Any]:
    own = layout.language(config)
    root = config.site_url.removesuffix(own.folder) if config.site_url else "/"
    # Seen from no page in particular: an error page is shown at any address.
    homes = home_pages(command.run.languages, own.code, _index(config))
    context["translations"] = [each.beneath(urlsplit(root).path) for each in homes]
    context["translations_of"] = {
        file.src_uri: [each.beneath(root) for each in _translations(config, file)]
        for file in context["pages"]
    }
    return context


def _translations(config: MkDocsConfig, file: File) -> list[Translation]:
    docs = Path(config.docs_dir)
    inside = [path.relative_to(docs) for path in _sources(file) if docs in path.parents]
    return translations(command.run.languages, layout.language(config).code, file.url, inside, _index(config))


def _sources(file: File) -> list[Path]:
    """The files that a page is made of: its own, the page of a notebook, the posts of an archive."""
    path, notebooks = Path(file.abs_src_path or ""), command.run.notebooks
    if notebooks and path.parent == notebooks.folder:
        return [notebooks.by_name[path.stem].path]
    posts = getattr(file.page, "posts", ())
    return [path, *(Path(post.file.abs_src_path) for post in posts)]


def _index(config: MkDocsConfig) -> str:
    return "" if config.use_directory_urls else "index.html"


def _check(config: MkDocsConfig, own: SiteLanguage) -> None:
    """That the configuration is that of the language whose words its pages would have."""
    file = Path(config.config_file_path or "").name
    meant = next((each for each in command.run.languages if each.configuration == file), own)
    if meant is not own:
        raise BuildError(f"{file}: theme.language is `{own.code}`; by {meant.code}.toml it is `{meant.code}`")
    if Path(config.docs_dir).resolve() != own.pages.resolve():
        there = f"{own.code}.toml has its pages in {Place(own.pages)}"
        raise BuildError(f"{file}: docs_dir is {Place(Path(config.docs_dir))}, and {there}")
    for problem in missing_words(own, Path(config.theme.custom_dir or os.devnull)):
        raise BuildError(str(problem))
