"""What both sets of hooks read off a configuration: the order of the pages, and where things are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig


def nav_paths(nav: object) -> Iterator[str]:
    """The paths in a configuration's `nav`, which is made of lists, one-entry mappings and strings."""
    if isinstance(nav, str):
        yield nav
    for item in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from nav_paths(item)


def cache_dir(config: MkDocsConfig) -> Path:
    """The folder for what a later build may use again."""
    assert config.config_file_path is not None
    return Path(config.config_file_path).parent / ".cache"


def notebooks_dir(config: MkDocsConfig) -> Path:
    """The folder in which the engine leaves this language's notebooks: NAME.ipynb and NAME.py."""
    return cache_dir(config) / "notebooks" / str(config.theme["language"])
