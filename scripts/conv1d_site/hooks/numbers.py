"""What MkDocs calls for the numbers: start snippets early, report all problems at once, make notebooks."""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from conv1d_site.hooks.layout import nav_paths, notebooks_dir
from insync.pages.syntax import split_front_matter
from insync.problem import InsyncError, Problem
from insync.rendering import notebook
from insync.rendering.inline import plain
from insync.rendering.problems import all_problems
from insync.rendering.shared import shared_project
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from insync.pages.scan import Page as ScannedPage
    from insync.project.project import Project

log = logging.getLogger("mkdocs.plugins.insync")

_FIRST = 110  # before the site's own hooks, which add the notebooks that are made here
_CODE_ANCHOR = re.compile(r'\bid="(code-[\w-]+)"')
_DATE = re.compile(r"^date:\s*(\d{4}-\d{2}-\d{2})", re.MULTILINE)
_POST = re.compile(r"^blog/posts/(?P<name>[^/]+)\.md$")

_serving = False
_problems: list[Problem] = []
_unwritten: dict[str, ScannedPage] = {}  # notebooks of the language that is being built, by their names


# Notes whether errors are to end the command or to stand on the page.
def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    global _serving
    _serving = command == "serve"


# Starts whatever has to run, while MkDocs still reads its own files.
@event_priority(_FIRST)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    assert config.config_file_path is not None
    options = config.mdx_configs.setdefault("insync", {})
    options["root"] = str(Path(config.config_file_path).parent)
    options["language"] = config.theme["language"]
    _problems.clear()
    project = _project(config)
    project.on_problem = _problems.append
    names = list(nav_paths(config.nav))
    project.reading_order = tuple(folder / name for folder in project.settings.pages for name in names)
    project.start()
    return config


# Has torch imported while the author still reads: the first edit of a snippet is then as quick as the second.
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    _project(config).warm()
    return server


# Sees to it that there is a file for every notebook, so that links to it are known to be good. What it holds
# is written when its snippets have run: nothing waits here, and pages are converted while snippets run.
@event_priority(_FIRST)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    folder = notebooks_dir(config)
    folder.mkdir(parents=True, exist_ok=True)
    _unwritten.clear()
    for page in _project(config).pages:
        name = notebook.notebook_name(page)
        if name and Path(config.docs_dir) in page.path.parents:
            _unwritten[name] = page
            for suffix in (".ipynb", ".py"):
                (folder / f"{name}{suffix}").touch()
    for left in folder.glob("*"):
        if left.is_file() and left.stem not in _unwritten:
            left.unlink(missing_ok=True)  # another build may be at it too
    return files


# Writes a notebook that is itself a page of the site.
@event_priority(_FIRST)
def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    path = Path(page.file.abs_src_path or "")
    if path.parent == notebooks_dir(config):
        _write_notebook(path.stem, config)
    return page


def _write_notebook(name: str, config: MkDocsConfig) -> None:
    """Makes the page's notebook, once a build; waits for its snippets' records."""
    page = _unwritten.pop(name, None)
    if page is None:
        return
    _, text, _ = split_front_matter(page.path.read_text(encoding="utf-8"))

    def address(target: str) -> str:
        return _address(config, page.path, target)

    words = words_of(_project(config).settings.language(config.theme["language"]))
    made = notebook.build(page, text, _project(config), words, address)
    notebook.write(made, notebooks_dir(config), name)


# Puts the numbers into a page's title and description, which Markdown never sees.
@event_priority(_FIRST)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    for key in ("title", "description"):
        if isinstance(text := page.meta.get(key), str):
            page.meta[key] = plain(text, None, _project(config))
    return markdown


# Tells MkDocs of the anchors of code, which it does not see in fences, so that it can check links to them.
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.present_anchor_ids is not None:
        page.present_anchor_ids |= set(_CODE_ANCHOR.findall(html))
    return html


# Ends a build, before a file of the site is written, with everything that is wrong in any language.
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    project = _project(config)
    found = list(dict.fromkeys([*all_problems(project), *_problems]))
    for warning in dict.fromkeys(project.warnings):
        log.info(warning)
    project.warnings.clear()
    if found and not _serving:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise BuildError(f"{count} with the numbers of these pages:\n{InsyncError(*found)}")
    for problem in found:
        log.error("%s", problem)
    for name in list(_unwritten):
        _write_notebook(name, config)
    return env


def _project(config: MkDocsConfig) -> Project:
    return shared_project(Path(config.mdx_configs["insync"]["root"]))


def _address(config: MkDocsConfig, path: Path, target: str) -> str:
    """Where a page's link to another page leads from its notebook.

    Absolute where the site's address is known, since a notebook is downloaded; else from the notebook's page.
    """
    here = path.relative_to(config.docs_dir).as_posix()
    docs_path = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
    url = File(docs_path, config.docs_dir, config.site_dir, config.use_directory_urls).url
    if post := _POST.match(docs_path):
        source = Path(config.docs_dir, docs_path)
        date = _DATE.search(source.read_text(encoding="utf-8")) if source.is_file() else None
        url = f"blog/{date[1] if date else ''}/{post['name']}/"
    if config.site_url and not _serving:
        return config.site_url + url.removeprefix("./")
    return "../../" + url.removeprefix("./")
