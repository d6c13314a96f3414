"""The engine: starts snippets early, and ends a build with all that is wrong with any number."""

from __future__ import annotations

import logging
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import escape
from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority

from conv1d_site.generator import find_pages
from conv1d_site.hooks import command, layout, order
from conv1d_site.hooks.watched import Watched
from conv1d_site.steps.prepare import numbers
from insync.problem import InsyncError
from insync.rendering.inline import notice, plain
from insync.rendering.leftovers import each_once, leftovers
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.plugins.insync")

_ANCHOR = re.compile(r'\bid="((?:code|fig)-[\w-]+)"')


# Starts whatever has to run, while MkDocs still reads its own files.
@event_priority(order.Config.NUMBERS)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    options = config.mdx_configs.setdefault("insync", {})
    options["root"] = str(layout.root(config))
    options["language"] = config.theme["language"]
    command.run.leftovers = []
    project = layout.project(config)
    if command.run.nested:  # the main language's build has just read the pages of all, and told what is wrong
        command.run.problems.clear()
        return config
    # The configuration at hand may be another than the project's files name (`mkdocs build -f`).
    docs = Path(config.docs_dir).resolve()
    here = [language.code for language in project.settings.languages if language.pages.resolve() == docs]
    used = dict.fromkeys(here, Path(config.config_file_path))
    project.reading.find = partial(find_pages, project.settings, command.run.command, used)
    try:
        command.run.problems = numbers.start(project, list(layout.nav_paths(config.nav)))
    except InsyncError as error:
        raise BuildError(str(error)) from None
    return config


# Has torch imported while the author still reads: the first edit of a snippet is then as quick as the second.
# From now on, what the snippets have read is watched.
@event_priority(order.Serve.NUMBERS)
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    layout.project(config).warm()
    command.run.watched = Watched(server)
    _watch(config)
    return server


# Puts the numbers into a page's title and description, which Markdown never sees and templates do not escape.
@event_priority(order.PageMarkdown.NUMBERS)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    for key in ("title", "description"):
        if isinstance(text := page.meta.get(key), str):
            page.meta[key] = escape(plain(text, None, layout.project(config)))
    return markdown


# Tells MkDocs of the anchors of code and figures, which it does not see in fences, so that it checks links.
@event_priority(order.PageContent.NUMBERS)
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.present_anchor_ids is not None:
        page.present_anchor_ids |= set(_ANCHOR.findall(html))
    return html


# Ends a build, before a file of the site is written, with everything that is wrong in any language.
@event_priority(order.Env.NUMBERS)
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    project = layout.project(config)
    found = numbers.problems(project, command.run.problems)
    for warning in dict.fromkeys(project.warnings):
        log.info(warning)
    project.warnings.clear()
    if found and not command.run.serving:
        raise BuildError(numbers.report(found))
    for problem in found:
        log.error("%s", problem)
    _watch(config)
    return env


def _watch(config: MkDocsConfig) -> None:
    if command.run.watched and not command.run.nested:
        already = [Path(config.docs_dir), *map(Path, config.watch)]
        command.run.watched.update(layout.project(config), already)


# Looks for what Markdown never came to, where readers would see it; under `serve`, the page itself says so.
@event_priority(order.PostPage.NUMBERS)
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    project = layout.project(config)
    path = layout.language(config).pages / page.file.src_uri
    found = leftovers(output, path, project.page(path))
    command.run.leftovers += found
    if found and command.run.serving:
        log.error("%s", InsyncError(*found))
        words = words_of(project.settings.language(layout.language(config).code))
        shown = "".join(notice(str(problem), words) for problem in found)
        return re.sub(r"(<(?:article|body)\b[^>]*>)", lambda tag: tag[0] + shown, output, count=1)
    return output


@event_priority(order.PostBuild.NUMBERS)
def on_post_build(config: MkDocsConfig) -> None:
    if command.run.leftovers and not command.run.serving:
        raise BuildError(numbers.report(each_once(command.run.leftovers)))
