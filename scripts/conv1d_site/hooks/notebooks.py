"""Notebooks: made of pages by the engine, shown as pages of the site, and put there to be downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mkdocs.exceptions import BuildError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File
from mkdocs.structure.toc import get_toc

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps import kept_pages
from conv1d_site.steps.finish import notebook_html
from conv1d_site.steps.finish.notebooks import copy_notebooks
from conv1d_site.steps.prepare.notebooks import FOLDER, SUFFIXES, Notebooks, notebook_files
from conv1d_site.steps.repository import colab
from insync.problem import InsyncError, Place
from insync.rendering.notebook import name_place

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page


# Gives mkdocs-jupyter a cache of this build's own, with what an earlier build has left.
@event_priority(order.Config.NOTEBOOKS)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if jupyter := config.plugins.get("mkdocs-jupyter"):
        command.run.kept_pages = layout.root(config) / jupyter.config["cache_dir"]
        own = layout.own_dir() / "notebook-pages" / str(config.theme["language"])
        kept_pages.take(command.run.kept_pages, own)
        jupyter.config["cache_dir"] = str(own)
    return config


# Sees to it that there is a file for every notebook, so that links to it are known to be good, and adds it:
# as a page for mkdocs-jupyter, as a script to download. Nothing waits here for a snippet.
@event_priority(order.Files.NOTEBOOKS)
def _add_notebooks(files: Files, config: MkDocsConfig) -> Files:
    notebooks = command.run.notebooks = Notebooks(
        layout.project(config),
        str(config.theme["language"]),
        Path(config.docs_dir),
        layout.notebooks_dir(config),
        layout.cache_dir(config) / "notebooks",
        None if command.run.serving else config.site_url,
        pieces=command.run.pieces,
    )
    published = {file.src_uri for file in files if layout.is_published(file)}
    try:
        notebooks.keep_places(published)
    except InsyncError as error:
        raise BuildError(str(error)) from None
    for path in notebook_files(notebooks.folder):
        if there := files.get_file_from_path(f"{FOLDER}{path.name}"):
            place = name_place(notebooks.by_name[path.stem])
            there_place = Place(Path(there.abs_src_path or there.src_uri))
            raise BuildError(f"{place}: the notebook {path.name} would take the place of {there_place}")
        # They lie outside of docs_dir: written into it, they would set off the next rebuild, for ever.
        file = File(f"{FOLDER}{path.name}", str(path.parent), config.site_dir, config.use_directory_urls)
        file.abs_src_path = str(path)
        files.append(file)
    return files


# Says once more where the notebooks lie: mkdocs-jupyter's own kind of file has forgotten it. The blog knows
# by now which posts are drafts, of which nothing is published, and where the others lie.
@event_priority(order.Files.NOTEBOOKS_AGAIN)
def _keep_notebooks_places(files: Files, config: MkDocsConfig) -> Files:
    notebooks = command.run.notebooks
    assert notebooks
    posts = {post.file.src_uri for blog in layout.blogs(config) for post in blog.blog.posts}
    drafts = {file.src_uri for file in files if not layout.is_published(file)} - posts
    for name in notebooks.leave_out(drafts):
        for suffix in SUFFIXES:
            if file := files.get_file_from_path(f"{FOLDER}{name}{suffix}"):
                files.remove(file)
    for path in notebook_files(notebooks.folder):
        if file := files.get_file_from_path(f"{FOLDER}{path.name}"):
            file.abs_src_path = str(path)
    notebooks.urls = {file.src_uri: file.url for file in files if file.src_uri not in drafts}
    return files


on_files = CombinedEvent(_add_notebooks, _keep_notebooks_places)


# Writes a notebook that is itself a page of the site; waits for its snippets.
@event_priority(order.PrePage.NOTEBOOKS)
def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    path = Path(page.file.abs_src_path or "")
    if command.run.notebooks and path.parent == layout.notebooks_dir(config):
        command.run.notebooks.write(path.stem)
    return page


# Writes the others, when all pages have been converted.
@event_priority(order.Env.NOTEBOOKS)
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    if command.run.notebooks:
        command.run.notebooks.write_all()
    return env


# Frees a notebook's page of what mkdocs-jupyter brings along, renders its formulas, mends its contents list.
@event_priority(order.PageContent.NOTEBOOKS)
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if not page.file.src_uri.endswith(".ipynb"):
        return html
    page.edit_url = None
    page.meta["search"] = {"exclude": True}  # its words are those of the page that it was made of
    cleaned = notebook_html.clean(html, page.file.src_uri, errors_on_page=command.run.serving)
    page.toc = get_toc(cast("Any", cleaned.toc_tokens))
    return cleaned.html


# Tells a page's template of its notebook: the notebook's own page where there is one, files to download.
@event_priority(order.PageContext.NOTEBOOKS)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if command.run.notebooks and (name := _name_of(page)):
        own = command.run.notebooks.urls[f"{FOLDER}{name}.ipynb"]
        files = {suffix: f"{FOLDER}{name}{suffix}" for suffix in SUFFIXES}
        shown = own not in files.values() and own != page.file.url
        deployed = command.run.command == "gh-deploy"  # to a branch, which then has the notebooks as well
        branch = config.remote_branch if deployed else config.extra.get("notebooks_branch", "")
        path = f"{layout.language(config).folder}{FOLDER}{name}.ipynb"
        at_colab = colab(config.repo_url or "", branch, path)
        context["notebook"] = {"page": own if shown else "", "colab": at_colab, "files": files}
    return context


def _name_of(page: Page) -> str:
    """The name of the notebook that is made of a page, or shown on it."""
    notebooks = command.run.notebooks
    if notebooks is None:
        return ""
    path = Path(page.file.abs_src_path or "")
    return path.stem if path.parent == notebooks.folder else notebooks.name_of(page.file.src_uri)


# Puts the notebooks themselves beside their pages; MkDocs has written only the pages.
@event_priority(order.PostBuild.NOTEBOOKS)
def on_post_build(config: MkDocsConfig) -> None:
    notebooks = command.run.notebooks
    assert notebooks
    made = [notebooks.folder / f"{name}.ipynb" for name in notebooks.by_name]
    copy_notebooks(made, Path(config.site_dir) / FOLDER)
    if jupyter := config.plugins.get("mkdocs-jupyter"):
        assert command.run.kept_pages
        kept_pages.leave(Path(jupyter.config["cache_dir"]), command.run.kept_pages)
