"""Addresses: everything has one of its own, and every link of the finished site leads to one."""

from __future__ import annotations

import logging
import multiprocessing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish.links import dead_links
from conv1d_site.steps.finish.switches import lead_to_index
from conv1d_site.steps.prepare.places import clashes, same_slugs
from insync.problem import Place
from insync.rendering.notebook import name_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import Navigation

log = logging.getLogger("mkdocs.plugins.site_hooks")


# Ends a build in which one file of the site would be written over another, in silence.
@event_priority(order.Nav.ADDRESSES)
def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    published = [(str(_place(file)), file.dest_uri) for file in files if layout.is_published(file)]
    folders = [language.folder for language in layout.other_languages(config)]
    if found := list(clashes(published, folders)):
        raise BuildError("\n".join(found))
    return nav


# Ends one in which two categories, or two tags, would be one.
@event_priority(order.Env.ADDRESSES)
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    found: list[str] = []
    for blog in layout.blogs(config):
        posts = [post.file for post in blog.blog.posts]
        found += same_slugs(_names(posts, "categories"), blog._slugify_category)
    if tags := config.plugins.get("material/tags"):
        slug, separator = tags.config["tags_slugify"], tags.config["tags_slugify_separator"]
        found += same_slugs(_names(files, "tags"), lambda name: slug(name, separator))
    if found:
        raise BuildError("\n".join(found))
    return env


# Warns of links to what the finished site has not, in any language; a switch to another language, which could
# only be written as if all had the same addresses, is put right.
@event_priority(order.PostBuild.ADDRESSES)
def on_post_build(config: MkDocsConfig) -> None:
    run = command.run
    # Another language's process sees only its own pages; the first one sees all.
    if run.serving or run.nested or run.incomplete or multiprocessing.parent_process():
        return
    site, site_url = Path(config.site_dir), config.site_url or ""
    for page, link in list(dead_links(site, site_url)):
        if lead_to_index(site, page, link, site_url, run.languages):
            continue
        log.warning("%s of the finished site has a link to %s, where nothing lies", page.as_posix(), link)


def _names(files: Files | list[File], key: str) -> Iterator[tuple[str, str]]:
    """Each name in a list of the pages' front matter, with its line."""
    for file in files:
        told = file.page.meta.get(key) if file.page and layout.is_published(file) else None
        for name in chain(told if isinstance(told, list) else ()):
            yield str(_place(file, str(name))), str(name)


def _place(file: File, name: str = "") -> Place:
    """The file, or the first line of it that has the name; of a notebook, where a page asks for it."""
    path = Path(file.abs_src_path or file.src_uri)
    notebooks = command.run.notebooks
    if notebooks and path.parent == notebooks.folder:
        return name_place(notebooks.by_name[path.stem])
    lines = path.read_text(encoding="utf-8-sig").split("\n") if name else []
    return Place(path, next((number for number, line in enumerate(lines, 1) if name in line), 0))
