"""Pages that are converted once: the next build takes what this one has made of the very same page.

A converted page is kept under a digest of all that it was made of. What the digest cannot name, or what there
was anything to say about, is made anew each time; so is everything in a build that is to be a proof (`CI` is
set) or to be published.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from markdown.util import get_installed_extensions
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

import conv1d_site
import insync
from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.conversion import Conversion, Heading
from conv1d_site.steps.pieces import Pieces
from insync.pages.scan import as_markdown_reads
from insync.rendering.made_of import digest, page_digest
from insync.rendering.shared import shared_listing
from insync.rendering.words import words_of
from insync.running.installed import packages, site_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

log = logging.getLogger("mkdocs.plugins.pieces")

_OURS = tuple(Path(str(package.__file__)).parent for package in (insync, conv1d_site))


def _digest_of_files(paths: Iterable[Path]) -> str:
    files = hashlib.sha256()
    for path in paths:
        files.update(path.read_bytes())
    return files.hexdigest()


# As it was imported: what is edited while this process lives is another's.
_CODE = _digest_of_files(path for folder in _OURS for path in sorted(folder.rglob("*.py")))


# Takes what earlier builds have left, unless this one is to make everything itself.
@event_priority(order.Config.PIECES)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    # A second process is told by the first one.
    proof = config.extra.get("afresh") or run.command == "gh-deploy" or os.environ.get("CI")
    if run.pieces is None and not proof:
        run.pieces = Pieces(layout.cache_dir(config) / "pieces")
    return config


# Settles what all pages of the language depend on, now that it is known where everything will lie.
@event_priority(order.Nav.PIECES)
def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    run = command.run
    run.made_with = _made_with(config, files) if run.pieces else None
    if run.notebooks:
        run.notebooks.made_with = run.made_with
    return nav


# Has a page take what was made of the very same Markdown, numbers and plots.
@event_priority(order.PageMarkdown.PIECES)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    # A post or a list of posts is another kind of page, which the blog makes of others.
    if command.run.made_with and type(page) is Page and (key := _key(markdown, page, config)):
        page.render = partial(_render, page, key)  # type: ignore[method-assign]
    return markdown


# Forgets what no page of any language has used.
@event_priority(order.PostBuild.PIECES)
def on_post_build(config: MkDocsConfig) -> None:
    if command.run.pieces and not command.run.nested:
        command.run.pieces.settle()


def _made_with(config: MkDocsConfig, files: Files) -> str | None:
    """A digest of what every page's conversion depends on; None where that cannot be told."""
    options = {name: options for name, options in config.mdx_configs.items() if options}
    if foreign := [name for name in config.markdown_extensions if not _is_known(name)]:
        log.info("Every page is converted anew: nothing tells when %s changes", ", ".join(foreign))
        return None
    try:
        return digest(
            [sys.version, _CODE, packages()],
            [list(config.markdown_extensions), options],
            [config.site_url, config.use_directory_urls, str(config.theme["language"])],
            [command.run.command, logging.getLogger("mkdocs").getEffectiveLevel()],
            [str(layout.root(config)), config.docs_dir, repr(config.validation)],
            sorted((file.src_uri, file.url, file.inclusion.name) for file in files),
        )
    except TypeError as error:
        log.info(
            "Every page is converted anew: an option of markdown_extensions is no plain value (%s)", error
        )
        return None


def _is_known(extension: str) -> bool:
    """Whether the extension's code is of an installed package, or ours: what a digest has in it."""
    points = {each.name: each.value for each in get_installed_extensions()}
    name = points.get(extension, extension).partition(":")[0]
    module = sys.modules.get(name)
    path = Path(str(getattr(module, "__file__", None)))
    return any(folder in path.parents for folder in _OURS) or str(path).startswith(site_folders())


def _key(markdown: str, page: Page, config: MkDocsConfig) -> str | None:
    """A digest of all that the page's conversion depends on; None where the engine does not know the page."""
    project, language = layout.project(config), layout.language(config)
    scanned = project.page(language.pages / page.file.src_uri)
    if scanned is None or scanned.text != as_markdown_reads(markdown):
        return None
    words = words_of(project.settings.language(language.code))
    of_project = page_digest(scanned, project, shared_listing(project), words)
    return digest(command.run.made_with, page.file.src_uri, markdown, of_project)


def _render(page: Page, key: str, config: MkDocsConfig, files: Files) -> None:
    """In place of MkDocs' own: converts the page if no build has done so."""
    pieces = command.run.pieces
    assert pieces
    if made := pieces.get(Conversion, key):
        _put(page, made, files)
        return
    with _listening() as said:
        problems = len(command.run.problems)
        Page.render(page, config, files)
    if (
        not said
        and len(command.run.problems) == problems
        and 'class="insync-problem"' not in str(page.content)
    ):
        pieces.keep(Conversion, key, _take(page))


def _put(page: Page, made: Conversion, files: Files) -> None:
    page.content = made.content
    page.toc = get_toc(cast("Any", msgspec.to_builtins(made.headings)))
    page._title_from_render = made.title
    page.present_anchor_ids = set(made.anchors)
    targets = {path: files.get_file_from_path(path) for path in made.links}
    page.links_to_anchors = {file: dict(made.links[path]) for path, file in targets.items() if file}


def _take(page: Page) -> Conversion:
    return Conversion(
        page.content or "",
        tuple(_heading(each) for each in page.toc),
        page._title_from_render,
        tuple(sorted(page.present_anchor_ids or ())),
        {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
    )


def _heading(link: AnchorLink) -> Heading:
    return Heading(link.title, link.id, link.level, tuple(_heading(each) for each in link.children))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What is logged meanwhile, by anyone: a page that comes from earlier would not say it."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno > logging.DEBUG:
                said.append(record.getMessage())

    loggers, handler = (logging.getLogger(), logging.getLogger("mkdocs")), Listening()
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield said
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
