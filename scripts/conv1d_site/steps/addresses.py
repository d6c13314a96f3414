"""Addresses beneath a site's own, as links from one to the other."""

from __future__ import annotations

import posixpath


def seen_from(page: str, url: str) -> str:
    """An address as a link on a page, so that the site can lie anywhere; both are beneath the site's own."""
    link = posixpath.relpath(f"/{url}", posixpath.dirname(f"/{page}"))
    return f"{link}/" if url.endswith("/") else link
