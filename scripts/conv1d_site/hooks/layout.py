"""What the hooks read off a configuration, as plain values: paths, the order of the pages, the language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import BuildError
from mkdocs.structure.files import InclusionLevel

from conv1d_site.hooks import command
from insync.problem import InsyncError
from insync.rendering.shared import shared_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from material.plugins.blog.plugin import BlogPlugin
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File

    from conv1d_site.steps.site_language import SiteLanguage
    from insync.project.project import Project


def nav_paths(nav: object) -> Iterator[str]:
    """The paths in a configuration's `nav`, which is made of lists, one-entry mappings and strings."""
    if isinstance(nav, str):
        yield nav
    for item in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from nav_paths(item)


def root(config: MkDocsConfig) -> Path:
    """The project's folder."""
    assert config.config_file_path is not None
    return Path(config.config_file_path).parent


def cache_dir(config: MkDocsConfig) -> Path:
    """The folder for what a later build may use again."""
    return root(config) / ".cache"


def notebooks_dir(config: MkDocsConfig) -> Path:
    """This build's own folder of this language's notebooks: NAME.ipynb and NAME.py."""
    return own_dir() / "notebooks" / str(config.theme["language"])


def own_dir() -> Path:
    """The folder for what no other build may change; it ends with the command."""
    assert command.run.folder is not None
    return command.run.folder


def blogs(config: MkDocsConfig) -> list[BlogPlugin]:
    """The blogs of the site."""
    return [each for name, each in config.plugins.items() if re.fullmatch(r"material/blog( #\d+)?", name)]


def is_published(file: File) -> bool:
    """Whether the site will have the file, as far as is settled by now: posts are excluded for a while."""
    lowest = InclusionLevel.DRAFT if command.run.serving else InclusionLevel.NOT_IN_NAV
    return bool(file.inclusion.value >= lowest.value)


def project(config: MkDocsConfig) -> Project:
    """The engine's project, the same for every configuration."""
    try:
        return shared_project(root(config))
    except InsyncError as error:
        raise BuildError(str(error)) from None


def language(config: MkDocsConfig) -> SiteLanguage:
    """The language that is being built."""
    code = str(config.theme["language"])
    for each in command.run.languages:
        if each.code == code:
            return each
    raise BuildError(f"theme.language is `{code}`, and there is no file {code}.toml that tells of it")


def other_languages(config: MkDocsConfig) -> list[SiteLanguage]:
    """The languages that are built beneath this one: all with a configuration, if this is the main one."""
    if language(config).configuration:
        return []
    return [each for each in command.run.languages if each.configuration]
