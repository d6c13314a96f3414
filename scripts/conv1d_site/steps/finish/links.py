"""Links of a finished site that lead to nothing in it, whoever made them: a page, the theme, a hook."""

from __future__ import annotations

import html
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A tag with a link, or what only looks like one in a comment, a script or a style sheet.
_TAG = re.compile(
    r"<(?:!--.*?-->|style\b.*?</style>|script\b([^<>]*)>.*?</script>|(?:a|img|link|source|iframe)\s([^<>]*)>)",
    re.DOTALL,
)
_LINK = re.compile(r"(?:^|\s)(?:href|src)=(?:\"([^\"]*)\"|'([^']*)')")


def dead_links(site: Path, site_url: str) -> Iterator[tuple[Path, str]]:
    """The page, as seen from the site's folder, and the link as it stands there.

    `site_url` is the site's own address, or empty. What leads out of the site is not looked at; without an
    address, nor is what begins at a server's root, which the site may lie anywhere beneath.
    """
    known: dict[str, bool] = {}
    for page in sorted(site.rglob("*.html")):
        path = page.relative_to(site)
        for link in dict.fromkeys(_links(page.read_text(encoding="utf-8"))):
            target = inside(link, path.as_posix(), site_url)
            if target is None:
                continue
            if target not in known:
                known[target] = _exists(site, target)
            if not known[target]:
                yield path, link


def _links(text: str) -> Iterator[str]:
    """What the tags of a page lead to."""
    for attributes in dict.fromkeys(one or other for one, other in _TAG.findall(text)):
        for found in _LINK.finditer(attributes):
            yield html.unescape(found[1] or found[2] or "")


def inside(link: str, page: str, site_url: str) -> str | None:
    """Where a link leads, as a path in the site; None where that is outside, or the page itself."""
    root = urlsplit(site_url).path
    if site_url and link.startswith(site_url):
        link = root + link[len(site_url) :]
    path = re.split(r"[?#]", link)[0]
    if not path or path.startswith("//") or re.match(r"[A-Za-z][\w+.-]*:", path):
        return None
    if path.startswith("/"):
        if not root or not path.startswith(root):
            return None
        target = path[len(root) :]
    else:
        target = posixpath.join(posixpath.dirname(page), path)
    folder = "/" if target.endswith("/") else ""
    target = posixpath.normpath(unquote(target) or ".")
    return None if target.split("/")[0] == ".." else target + folder


def _exists(site: Path, target: str) -> bool:
    """Whether a server finds something there."""
    path = site / target
    return (path / "index.html").is_file() or (not target.endswith("/") and path.is_file())
