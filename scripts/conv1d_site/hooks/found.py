"""How the site is found and shared: what each page's head says, and files for those that read by program."""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from jinja2.filters import do_striptags as striptags
from material.plugins.blog.structure import Post, View
from mkdocs.plugins import event_priority
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish import cards, for_machines
from conv1d_site.steps.finish.for_machines import PlainText, Shown
from conv1d_site.steps.pieces import once
from conv1d_site.steps.prepare.dates import Dates, dates
from insync.rendering import notebook
from insync.rendering.made_of import digest, notebook_digest
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure import StructureItem
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

    from conv1d_site.steps.pieces import Pieces
    from insync.pages.scan import Page as ScannedPage
    from insync.rendering.notebook_text import Address

_NUMBERS = [re.compile(each) for each in (r"-?\d+\.\d+", r"\(\d+(, \d+)+\)", r"-?[\d,]+")]
_ICONS = {"any": "assets/images/favicon.svg", "512x512": "assets/images/icon-512.png"}


# Reads the dates of all pages off the project's history; what is only served needs none.
@event_priority(order.Files.FOUND)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    root = layout.project(config).settings.root
    folder = layout.language(config).pages.relative_to(root).as_posix()
    command.run.dates = {} if command.run.serving else dates(root, folder)
    return files


# Tells a page's template what its head says.
@event_priority(order.PageContext.FOUND)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    about = _shown(page, config)
    context["about"] = about
    # Where the site has no address, there is nothing that a card can be shown from.
    if config.site_url and not command.run.serving and (told := _number(page, config)):
        context["card"] = {"path": quote(_card_path(page)), "alt": " = ".join(reversed(told))}
    if about.address and not isinstance(page, View):
        context["linked_data"] = for_machines.linked_data(about, config.site_name)
    return context


# Tells the site map when each page was changed last, and which language stands for all.
@event_priority(order.TemplateContext.FOUND)
def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> dict[str, Any]:
    context["changed"] = {
        file.src_uri: found.last
        for file in context["pages"]
        if file.page and (found := _dates(file.page, config))
    }
    context["main_language"] = next(each.tag for each in command.run.languages if not each.configuration)
    return context


# Writes what no reader sees; under `serve` no more than what browsers ask for.
@event_priority(order.PostBuild.FOUND)
def on_post_build(config: MkDocsConfig) -> None:
    run = command.run
    if run.files is None or run.nav is None:
        return
    site, language, name = Path(config.site_dir), layout.language(config), config.site_name
    description = config.site_description or ""
    _write(site / "manifest.webmanifest", for_machines.manifest(name, language.tag, description, _ICONS))
    if config.site_url:
        posts = [_shown(page, config) for page in _pages(run.files) if isinstance(page, Post)]
        _write(site / "feed.xml", for_machines.feed(name, f"{config.site_url}feed.xml", language.tag, posts))
    if run.serving:
        return
    texts = dict(_texts(run.files, config))
    for path, text in texts.items():
        _write(site / path, text)
    groups = [
        (title, [_shown(page, config) for page in pages if _text_path(page) in texts])
        for title, pages in _groups(run.nav.items)
    ]
    _write(site / "llms.txt", for_machines.overview(name, description, groups))
    _write(site / "llms-full.txt", "\n\n".join(texts.values()))
    if config.site_url:
        for page in _pages(run.files):
            if told := _number(page, config):
                _write_bytes(site / _card_path(page), _card(*told, page))
        if not language.configuration:
            folders = [each.folder for each in run.languages]
            _write(site / "robots.txt", for_machines.robots(config.site_url))
            _write(site / "sitemap_index.xml", for_machines.sitemap_index(config.site_url, folders))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="xmlcharrefreplace", newline="\n")


def _write_bytes(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _number(page: Page, config: MkDocsConfig) -> tuple[str, str] | None:
    """The number that stands for a page, and its expression: one with a point, else a shape, else any."""
    project = layout.project(config)
    scanned = project.page(layout.language(config).pages / page.file.src_uri)
    if scanned is None or isinstance(page, View):
        return None
    asked = [question for question in scanned.questions if question.asked.purpose == "number"]
    told = [(project.value(each.ref, each.asked).text, each.asked.text) for each in asked]
    told = [each for each in told if cards.can_draw("".join(each))]
    found = (each for kind in _NUMBERS for each in told if kind.fullmatch(each[0]))
    return next(found, None)


def _card(number: str, expression: str, page: Page) -> bytes:
    """The card of a page, drawn if no build has done so."""
    place = page.url.strip("/")
    place = place if place and cards.can_draw(place) else "torch.nn.Conv1d"
    key = digest(command.run.made_with, number, expression, place)
    return once(_pieces(), cards.Card, key, lambda: cards.draw(number, expression, place)).png


def _pieces() -> Pieces | None:
    """Those of earlier builds, if it is known what all of the language's depend on."""
    return command.run.pieces if command.run.made_with else None


def _card_path(page: Page) -> str:
    """Where a page's card lies, seen from its language's site."""
    return f"assets/cards/{page.file.src_uri.removesuffix('.md')}.png"


def _pages(files: Files) -> Iterator[Page]:
    """All pages, in the order in which they are built."""
    yield from (file.page for file in files.documentation_pages() if file.page)


def _groups(items: Iterable[StructureItem], title: str = "") -> Iterator[tuple[str, list[Page]]]:
    """The navigation's groups: each title with the pages right below it."""
    items = list(items)
    if pages := [item for item in items if isinstance(item, Page)]:
        yield title, pages
    for item in items:
        if isinstance(item, Section):
            yield from _groups(item.children, item.title)


def _texts(files: Files, config: MkDocsConfig) -> Iterator[tuple[str, str]]:
    """Each page as Markdown with its numbers in it, by its path on the site."""
    project, language = layout.project(config), layout.language(config)
    words = words_of(project.settings.language(language.code))
    for page in _pages(files):
        scanned = project.page(language.pages / page.file.src_uri)
        if scanned is None:  # made of others, such as a list of posts
            continue

        def address(target: str, here: str = page.file.src_uri) -> str:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(target)))
            there = files.get_file_from_path(path)
            return f"{config.site_url or ''}{there.url}" if there else target

        title, made_of = _plain(page.title), notebook_digest(scanned, project, words)
        key = digest(command.run.made_with, config.site_url, page.file.src_uri, title, made_of)

        def make(scanned: ScannedPage = scanned, title: str = title, to: Address = address) -> PlainText:
            cells = notebook.build(scanned, project, words, to)["cells"]
            return PlainText(for_machines.as_markdown(title, cells))

        yield _text_path(page), once(_pieces(), PlainText, key, make).markdown


def _text_path(page: Page) -> str:
    """Where a page lies as Markdown, seen from its language's site."""
    return for_machines.markdown_of(page.file.dest_uri.removesuffix("index.html"))


def _shown(page: Page, config: MkDocsConfig) -> Shown:
    above = [each for each in page.ancestors if isinstance(each, Section)][::-1]
    indexes = [next((c for c in each.children if isinstance(c, Page) and c.is_index), None) for each in above]
    trail = [(each.title, index.canonical_url) for each, index in zip(above, indexes, strict=True) if index]
    return Shown(
        config.site_name if page.is_homepage else _plain(page.meta.get("title") or page.title),
        _plain(page.meta.get("description") or config.site_description),
        page.canonical_url or "",
        layout.language(config).tag,
        tuple((_plain(title), address or "") for title, address in trail if address != page.canonical_url),
        _dates(page, config),
    )


def _dates(page: Page, config: MkDocsConfig) -> Dates | None:
    """When the page was written and changed; a post says itself when it was published."""
    file = layout.language(config).pages / page.file.src_uri
    known = command.run.dates.get(file.relative_to(layout.project(config).settings.root).as_posix())
    if isinstance(page, Post):
        published = f"{page.config.date.created:%Y-%m-%d}"
        return Dates(published, max(published, known.last) if known else published)
    return known


def _plain(text: object) -> str:
    """A title or a description without the tags and entities that templates put into pages."""
    return html.unescape(striptags(str(text or "")))
