"""The blog and the tags: addresses in ASCII, and posts that the navigation may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import InclusionLevel

from conv1d_site.hooks import layout, order
from conv1d_site.steps.prepare.slugs import ascii_slug

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


# Gives categories and tags the same addresses in every language.
@event_priority(order.Config.BLOG)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    slugs: dict[str, str] = config.extra.get("slugs", {})

    def slug(name: str, separator: str) -> str:
        try:
            return ascii_slug(name, separator, slugs)
        except ValueError as error:
            raise BuildError(str(error)) from None

    if blog := config.plugins.get("material/blog"):
        blog.config["categories_slugify"] = slug
    if tags := config.plugins.get("material/tags"):
        tags.config["tags_slugify"] = slug
    return config


# Lets the navigation name posts: the blog plugin excludes them for the time being, and MkDocs would tell so.
@event_priority(order.Files.BLOG)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    for path in layout.nav_paths(config.nav):
        file = files.get_file_from_path(path)
        if file and file.page and file.inclusion is InclusionLevel.EXCLUDED:
            file.inclusion = InclusionLevel.NOT_IN_NAV
    return files
