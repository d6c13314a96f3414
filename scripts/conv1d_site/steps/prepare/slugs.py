"""Addresses in ASCII for the blog's categories and tags, the same in every language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def ascii_slug(name: str, separator: str, slugs: Mapping[str, str]) -> str:
    """The address of a category or tag: its name in small letters, or what `slugs` has for it.

    Raises ValueError when the name has letters that are not ASCII and nothing is said for it.
    """
    if name in slugs:
        return slugs[name]
    if not name.isascii():
        raise ValueError(
            f"'{name}' has no address: add it to extra.slugs, with the slug that the source's page has"
        )
    return re.sub(r"[^a-z0-9]+", separator, name.lower()).strip(separator)
