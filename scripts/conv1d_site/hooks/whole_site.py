"""What MkDocs calls while it builds: two languages in one go, strictness, a site that is whole or not there.

`mkdocs build` and `mkdocs serve` are given the English configuration. The configurations named in
`extra.languages` are built into their folders beneath it: by `build` at the same time, each in a process of
its own; by `serve`, which keeps much from one rebuild to the next, when the English pages are written.
"""

from __future__ import annotations

import contextlib
import html
import logging
import os
import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

from jinja2 import FileSystemBytecodeCache
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.toc import get_toc
from mkdocs.utils import CountHandler, clean_directory, get_relative_url

from conv1d_site import highlight_once
from conv1d_site.hooks import notebook_html
from conv1d_site.hooks import search as search_words
from conv1d_site.hooks.layout import cache_dir, nav_paths, notebooks_dir
from conv1d_site.hooks.second_build import Building
from insync.rendering.shared import shared_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.plugins.site_hooks")

FIRST, LAST = 100, -100
NOTEBOOKS = "notebooks"


@dataclass
class Run:
    """One command from its start to its end; every rebuild of `serve` belongs to the same run."""

    command: Literal["build", "gh-deploy", "serve"] = "build"
    dirty: bool = False
    warnings: CountHandler = field(default_factory=lambda: CountHandler(level=logging.WARNING))
    # The folder that the finished site is moved to; None when nothing is being built, or no move is needed.
    site_dir: Path | None = None
    # Of the Chinese pages' search, where this process makes any.
    dictionary: search_words.Dictionary | None = None
    # The other languages whose pages are being built beside this one's.
    beside: list[Building] = field(default_factory=list)
    # True while the build of one configuration is building another.
    nested: bool = False

    @property
    def serving(self) -> bool:
        """The pages are for whoever writes them."""
        return self.command == "serve"

    @property
    def strict(self) -> bool:
        """A dirty build warns of itself, so it cannot be strict."""
        return not self.serving and not self.dirty

    @property
    def apart(self) -> bool:
        """Every language has a process of its own, which costs some two seconds of a core more."""
        return self.strict and (os.cpu_count() or 1) > 1


_run = Run()


# ------------------------------------------------------------------------------------------ strict, and whole


# Counts warnings from here on, for both languages; what is only a warning while one writes stops a build.
@event_priority(FIRST)
def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    global _run
    if _run.nested:
        return
    logging.getLogger("mkdocs").removeHandler(_run.warnings)
    _run = Run(command, dirty)
    if _run.strict:
        logging.getLogger("mkdocs").addHandler(_run.warnings)
    # The search plugin's word cutter tells on every build that it has read its dictionary.
    logging.getLogger("jieba").setLevel(logging.WARNING)


# Sends the build to a folder whose name says that it is unfinished, and settles what depends on the command.
@event_priority(FIRST)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if not _run.nested:
        highlight_once.keep_in(cache_dir(config))
        if not (_run.apart and any(_other_configurations(config))):
            _run.dictionary = _run.dictionary or search_words.Dictionary()
        _give_languages_their_address(config)
        if _run.strict:
            _build_aside(config)
    _share_choices(config)
    _without_an_address(config)
    _use_ascii_slugs(config)
    config.mdx_configs.setdefault("conv1d_site.mathml", {})["errors"] = "page" if _run.serving else "raise"
    return config


# Keeps compiled templates, for the other language and for the next build: half a second of each.
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    folder = cache_dir(config) / "templates"
    with contextlib.suppress(OSError):  # where nothing can be written, templates are compiled each time
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return env


# Builds the other languages; then, if nothing was even warned of, lets the site appear under its name.
@event_priority(LAST)
def on_post_build(config: MkDocsConfig) -> None:
    _copy_notebooks(config)
    if _run.nested:
        return
    if not _run.apart:
        for language in _other_configurations(config):
            _build_language(config, language)
    unfinished = [building for building in _run.beside if not building.finish()]
    counts = _run.warnings.get_counts()
    _run.warnings.counts.clear()
    if counts:
        raise Abort(f"Aborted with {', '.join(f'{n} {name.lower()}s' for name, n in counts)} in strict mode!")
    if unfinished:  # it was told why, as an error, unless errors are told to nobody
        raise Abort("Aborted with an error in another language!")
    if _run.site_dir:
        publish(Path(config.site_dir), _run.site_dir)
        config.site_dir = str(_run.site_dir)
        _run.site_dir = None


# Removes what a failed build has written.
def on_build_error(error: Exception) -> None:
    if _run.nested:
        return
    _run.warnings.counts.clear()
    for building in _run.beside:
        building.end()
    if _run.site_dir:
        shutil.rmtree(_partial(_run.site_dir), ignore_errors=True)


# Keeps `mkdocs serve` alive through a rebuild that raises: every page shows the message until one succeeds.
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    site_dir = Path(config.site_dir)
    pages = _pages(site_dir)

    def rebuild() -> None:
        nonlocal pages
        try:
            builder()
            pages = _pages(site_dir)
        # Whatever a page, a template or a plugin can raise; MkDocs' own errors are SystemExits as well.
        except Exception as error:
            log.error("%s", error, exc_info=not isinstance(error, Abort | BuildError))
            for page in pages:
                _write_notice(site_dir / page, _message(error))

    server.builder = rebuild
    return server


def _build_aside(config: MkDocsConfig) -> None:
    """Empties the site's folder, as MkDocs would, and has the site written beside it."""
    _run.site_dir = Path(config.site_dir)
    if _run.site_dir.is_dir():
        clean_directory(str(_run.site_dir))
    config.site_dir = str(_partial(_run.site_dir))


def _partial(site_dir: Path) -> Path:
    return site_dir.with_name(site_dir.name + ".partial")


def publish(built: Path, site_dir: Path) -> None:
    """Moves a finished site to its place: in one step if it is free, else piece by piece, the home page last.

    The folder may exist and hold hidden files (a worktree of the branch that is published, say); they stay.
    """
    try:
        if site_dir.is_dir():
            site_dir.rmdir()
        built.replace(site_dir)
    except OSError:
        site_dir.mkdir(parents=True, exist_ok=True)
        for path in sorted(built.iterdir(), key=lambda path: path.name == "index.html"):
            shutil.move(path, site_dir / path.name)
        built.rmdir()


def _pages(site_dir: Path) -> list[Path]:
    return [path.relative_to(site_dir) for path in site_dir.rglob("*.html")]


def _message(error: Exception) -> str:
    """What went wrong; MkDocs hides it behind an `Abort` once it has been printed."""
    return str(error.__context__ if isinstance(error.__context__, BuildError) else error)


def _write_notice(path: Path, message: str) -> None:
    """Writes a page that says only why there is no page; `serve` reloads it like any other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not built</title></head>'
        f'<body><h1>Not built</h1><pre style="white-space: pre-wrap">{html.escape(message)}</pre></body>'
        "</html>",
        encoding="utf-8",
    )


# ---------------------------------------------------------------------------------------------- two languages


# Tells every page's template where the same page is in each other language.
def _name_translations(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    here = _folder(config) + page.url
    context["translations"] = [each.seen_from(here) for each in translations(config, page.file)]
    return context


# Tells the templates that are no pages: the error page the home pages, the site map all translations.
def on_template_context(
    context: dict[str, Any],
    template_name: str,
    config: MkDocsConfig,
) -> dict[str, Any]:
    root = config.site_url.removesuffix(_folder(config)) if config.site_url else "/"
    # Seen from no page in particular: an error page is shown at any address.
    context["translations"] = [each.beneath(urlsplit(root).path) for each in translations(config, None)]
    context["translations_of"] = {
        file.src_uri: [each.beneath(root) for each in translations(config, file)] for file in context["pages"]
    }
    return context


@dataclass(frozen=True)
class Translation:
    """A page in a language of the site."""

    language: str
    name: str
    # The address beneath that of the whole site, `zh/guide/` say; in templates, one that can be linked to.
    url: str
    # The page itself has been translated; otherwise `url` is that of the nearest index above it.
    same_page: bool
    # The page is in the language that is being built.
    current: bool

    def seen_from(self, page: str) -> Translation:
        """With an address that is relative to a page's own, so that the site can lie anywhere."""
        return replace(self, url=get_relative_url(self.url, page))

    def beneath(self, root: str) -> Translation:
        """With an address that begins with the whole site's."""
        return replace(self, url=root + self.url)


def translations(config: MkDocsConfig, file: File | None) -> list[Translation]:
    """The page in all languages of the site, its own included; without a file, the home pages."""
    found = []
    for code, language in config.extra["languages"].items():
        url = _nearest(config, file, code) if file else "./"
        found.append(
            Translation(
                language=code,
                name=language["name"],
                url=language["folder"] + url.removeprefix("./"),
                same_page=file is not None and url == file.url,
                current=code == config.theme["language"],
            )
        )
    return found


def _folder(config: MkDocsConfig) -> str:
    """The folder of the language being built, beneath the whole site: empty, or with a slash at its end."""
    return str(config.extra["languages"][config.theme["language"]]["folder"])


def _nearest(config: MkDocsConfig, file: File, language: str) -> str:
    """The address, seen from the language's own root, of the page or else of the nearest index above it."""
    docs = Path(config.docs_dir)
    source = Path(file.abs_src_path) if file.abs_src_path else None
    if language == config.theme["language"] or source is None or docs not in source.parents:
        # What plugins make (a notebook, the blog's archive) they make of the same things in every language.
        return file.url
    inside = source.relative_to(docs)
    if (docs.with_name(language) / inside).is_file():
        return file.url
    for folder in inside.parents:
        if (docs.with_name(language) / folder / "index.md").is_file():
            return folder.as_posix() + "/"
    return "./"


def _other_configurations(config: MkDocsConfig) -> Iterator[str]:
    """The languages that this configuration builds beneath itself: all that have one of their own."""
    languages = config.extra["languages"]
    if "config" not in languages[config.theme["language"]]:
        yield from (code for code, language in languages.items() if "config" in language)


# Starts the other languages, as soon as MkDocs has emptied the folder that they are written into.
@event_priority(FIRST)
def _build_beside(files: Files, config: MkDocsConfig) -> Files:
    if _run.apart:
        for code in _other_configurations(config):
            language = config.extra["languages"][code]
            log.info("Building %s (%s) at the same time", language["name"], language["config"])
            _run.beside.append(
                Building(
                    _beside(config, language["config"]),
                    str(Path(config.site_dir) / language["folder"]),
                    config.site_url,
                    shared_project(Path(config.mdx_configs["insync"]["root"])),
                )
            )
    return files


def _beside(config: MkDocsConfig, name: str) -> str:
    """The path of another configuration, which lies beside this one."""
    assert config.config_file_path is not None
    return str(Path(config.config_file_path).with_name(name))


def _build_language(config: MkDocsConfig, code: str) -> None:
    """Builds another language's configuration into its folder of the site at hand."""
    language = config.extra["languages"][code]
    log.info("Building %s (%s)", language["name"], language["config"])
    site_dir = Path(config.site_dir) / language["folder"]
    _run.nested = True
    try:
        other = load_config(
            config_file=_beside(config, language["config"]),
            site_dir=str(site_dir),
            site_url=config.site_url and config.site_url + language["folder"],
            strict=False,  # our own counter counts for both
        )
        other.plugins.on_startup(command=_run.command, dirty=_run.dirty)
        build(other, serve_url=other.site_url if _run.serving else None, dirty=_run.dirty)
    # Under `serve` the other language must not be lost for an error in this one.
    except Exception as error:
        if not _run.serving:
            raise
        log.error("%s was not built: %s", language["name"], error)
        _write_notice(site_dir / "index.html", f"{language['config']}: {_message(error)}")
    finally:
        _run.nested = False


def _give_languages_their_address(config: MkDocsConfig) -> None:
    """A language that is built alone, from its own configuration, still lies beneath the site's address."""
    if config.site_url and not _run.serving:
        config.site_url += _folder(config)


def _share_choices(config: MkDocsConfig) -> None:
    """Has the reader's browser keep the choice of colours for the whole site, not for each language."""
    root = (config.site_url or "/").removesuffix(_folder(config))
    config.extra["scope"] = urlsplit(root).path or "/"


def _without_an_address(config: MkDocsConfig) -> None:
    """Leaves out what needs to know where the site or its source lives, when that is not said.

    Instant navigation works by the site map, which holds whole addresses.
    """
    if not config.repo_url:
        config.edit_uri = None
    if not config.site_url:
        features = config.theme["features"]
        config.theme["features"] = [name for name in features if not name.startswith("navigation.instant")]


# ----------------------------------------------------------------------------------------------------- search


# Has a question reduced to the words that tell one page from another.
def _clear_questions(files: Files, config: MkDocsConfig) -> Files:
    search_words.clear_questions(files, config)
    return files


# What holds no words to be found: drawings, the tables that figures are made of, and the tags (not the text)
# of coloured code and of formulas: nine tenths of a page's tags.
_WITHOUT_WORDS = re.compile(
    r'<svg\b.*?</svg>|<table class="insync-table.*?</table>|</?(?:span|m[a-z]+)\b[^>]*>',
    re.DOTALL,
)


# Gives the search plugin, a slow reader, only what can be found: it took a quarter of a build's time.
@event_priority(FIRST)
def _show_search_the_words(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if _run.dictionary:
        _run.dictionary.wait()
    context["whole_content"] = page.content
    page.content = _WITHOUT_WORDS.sub("", page.content or "")
    return context


# Behind the search plugin (0), before the blog's (-100).
@event_priority(-1)
def _show_readers_the_page(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    page.content = context.pop("whole_content")
    return context


on_page_context = CombinedEvent(_show_search_the_words, _name_translations, _show_readers_the_page)


# ---------------------------------------------------------------------------------------------- blog and tags


def _use_ascii_slugs(config: MkDocsConfig) -> None:
    """Gives categories and tags the same addresses in every language."""
    slugs: dict[str, str] = config.extra.get("slugs", {})

    def slug(name: str, separator: str) -> str:
        return ascii_slug(name, separator, slugs)

    if blog := config.plugins.get("material/blog"):
        blog.config["categories_slugify"] = slug
    if tags := config.plugins.get("material/tags"):
        tags.config["tags_slugify"] = slug


def ascii_slug(name: str, separator: str, slugs: dict[str, str]) -> str:
    """The address of a category or tag: its name in small letters, or what `extra.slugs` says for it.

    Raises `BuildError` when the name has letters that are not ASCII and nothing is said for it.
    """
    if name in slugs:
        return slugs[name]
    if not name.isascii():
        raise BuildError(f"'{name}' has no address: add it to extra.slugs, with the English page's slug")
    return re.sub(r"[^a-z0-9]+", separator, name.lower()).strip(separator)


# -------------------------------------------------------------------------------------------------- notebooks


# Adds the notebooks that have been made of pages: as pages for mkdocs-jupyter, as scripts to download.
@event_priority(FIRST)
def _add_notebooks(files: Files, config: MkDocsConfig) -> Files:
    for path in _notebook_files(config):
        # They lie outside of docs_dir: written into it, they would set off the next rebuild, for ever.
        file = File(f"{NOTEBOOKS}/{path.name}", str(path.parent), config.site_dir, config.use_directory_urls)
        file.abs_src_path = str(path)
        files.append(file)
    return files


# Says once more where the notebooks lie: mkdocs-jupyter's own kind of file has forgotten it.
@event_priority(LAST)
def _keep_notebooks_places(files: Files, config: MkDocsConfig) -> Files:
    for path in _notebook_files(config):
        if file := files.get_file_from_path(f"{NOTEBOOKS}/{path.name}"):
            file.abs_src_path = str(path)
    return files


# Lets the navigation name posts: the blog plugin excludes them for the time being, and MkDocs would tell so.
@event_priority(LAST)
def _include_posts(files: Files, config: MkDocsConfig) -> Files:
    for path in nav_paths(config.nav):
        file = files.get_file_from_path(path)
        if file and file.page and file.inclusion is InclusionLevel.EXCLUDED:
            file.inclusion = InclusionLevel.NOT_IN_NAV
    return files


# Has pages converted in the order of the navigation, in which their snippets run; MkDocs takes a folder's
# pages first, and so would wait at once for the list of all numbers, which needs every snippet. A notebook
# needs no more than the page that it was made of, and comes right behind it. The page of the longest snippet,
# which `extra.late` names, is not waited for while there are others.
@event_priority(LAST)
def _in_reading_order(files: Files, config: MkDocsConfig) -> Files:
    late = config.extra.get("late", ())
    names = sorted(nav_paths(config.nav), key=lambda path: path in late)
    rank = {path: index for index, path in enumerate(names)}
    pages = {Path(path).stem: index for path, index in rank.items() if path.endswith(".md")}

    def place(file: File) -> int:
        made_of = pages.get(Path(file.src_uri).stem) if file.src_uri.startswith(f"{NOTEBOOKS}/") else None
        return rank.get(file.src_uri, len(rank)) if made_of is None else made_of

    return Files(sorted(files, key=place))


on_files = CombinedEvent(
    _build_beside, _clear_questions, _add_notebooks, _keep_notebooks_places, _include_posts, _in_reading_order
)


# Code in a sentence that is too short to be broken over two lines; that of a block has elements in it.
_SHORT_CODE = re.compile(r"(?<!<pre>)<code>(?=[^<]*[ -])([^<\n]{1,18})</code>")


# Frees a notebook's page of what mkdocs-jupyter brings along, renders its formulas, mends its contents list.
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if not page.file.src_uri.endswith(".ipynb"):
        return _SHORT_CODE.sub(r'<code class="site-whole">\1</code>', html)
    page.edit_url = None
    page.meta["search"] = {"exclude": True}  # its words are those of the page that it was made of
    cleaned = notebook_html.clean(html, f"{page.file.src_uri}", errors_on_page=_run.serving)
    page.toc = get_toc(cast("Any", cleaned.toc_tokens))
    return cleaned.html


def _notebook_files(config: MkDocsConfig) -> Iterable[Path]:
    return sorted(path for path in notebooks_dir(config).glob("*") if path.suffix in {".ipynb", ".py"})


def _copy_notebooks(config: MkDocsConfig) -> None:
    """Puts the notebooks themselves beside their pages; MkDocs has written only the pages."""
    for path in _notebook_files(config):
        if path.suffix == ".ipynb":
            shutil.copyfile(path, Path(config.site_dir) / NOTEBOOKS / path.name)
