"""Notebooks: made of pages by the engine, shown as pages of the site, and put there to be downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File
from mkdocs.structure.toc import get_toc

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish import notebook_html
from conv1d_site.steps.finish.notebooks import copy_notebooks
from conv1d_site.steps.prepare.notebooks import FOLDER, Notebooks, notebook_files

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


# Sees to it that there is a file for every notebook, so that links to it are known to be good, and adds it:
# as a page for mkdocs-jupyter, as a script to download. Nothing waits here for a snippet.
@event_priority(order.Files.NOTEBOOKS)
def _add_notebooks(files: Files, config: MkDocsConfig) -> Files:
    command.run.notebooks = Notebooks(
        layout.project(config),
        str(config.theme["language"]),
        Path(config.docs_dir),
        layout.notebooks_dir(config),
        None if command.run.serving else config.site_url,
    )
    command.run.notebooks.keep_places()
    for path in notebook_files(layout.notebooks_dir(config)):
        # They lie outside of docs_dir: written into it, they would set off the next rebuild, for ever.
        file = File(f"{FOLDER}{path.name}", str(path.parent), config.site_dir, config.use_directory_urls)
        file.abs_src_path = str(path)
        files.append(file)
    return files


# Says once more where the notebooks lie: mkdocs-jupyter's own kind of file has forgotten it.
@event_priority(order.Files.NOTEBOOKS_AGAIN)
def _keep_notebooks_places(files: Files, config: MkDocsConfig) -> Files:
    for path in notebook_files(layout.notebooks_dir(config)):
        if file := files.get_file_from_path(f"{FOLDER}{path.name}"):
            file.abs_src_path = str(path)
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


# Puts the notebooks themselves beside their pages; MkDocs has written only the pages.
@event_priority(order.PostBuild.NOTEBOOKS)
def on_post_build(config: MkDocsConfig) -> None:
    copy_notebooks(layout.notebooks_dir(config), Path(config.site_dir) / FOLDER)
