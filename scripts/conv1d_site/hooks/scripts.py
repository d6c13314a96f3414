"""Code to take away: a cell that a page offers is put beside it as a file, and linked above the text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from conv1d_site.hooks import layout, order
from conv1d_site.steps.prepare.scripts import offered, script_path
from insync.pages.front import read_script
from insync.problem import Place

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page


# Adds the files, so that links to them are known to be good. No snippet has to run for that.
@event_priority(order.Files.SCRIPTS)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    site = config.site_url or config.site_name
    for path, code in offered(layout.project(config), Path(config.docs_dir), site):
        if there := files.get_file_from_path(path):
            if there.content_string == code:
                continue  # two pages offer the same
            place = Place(Path(there.abs_src_path or there.src_uri))
            raise BuildError(f"{place}: the code that a page offers as {path} would take its place")
        files.append(File.generated(config, path, content=code))
    return files


# Tells a page's template where its code lies.
@event_priority(order.PageContext.SCRIPTS)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if ref := read_script(page.meta):
        context["script"] = script_path(page.file.src_uri, ref.snippet)
    return context
