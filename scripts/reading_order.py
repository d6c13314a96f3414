"""The order of a site's pages as its navigation has it, for whoever wants those first that are read first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def nav_paths(nav: object) -> Iterator[str]:
    """The paths in a configuration's `nav`, which is made of lists, one-entry mappings and strings."""
    if isinstance(nav, str):
        yield nav
    for item in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from nav_paths(item)
