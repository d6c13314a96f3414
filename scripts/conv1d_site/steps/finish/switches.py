"""Language switches of a finished site that lead nowhere, since the other language has the page elsewhere.

While a page is written, only the sources of the other languages are known, not their addresses.
"""

from __future__ import annotations

import gzip
import html
import posixpath
import re
from typing import TYPE_CHECKING

from conv1d_site.steps.addresses import seen_from
from conv1d_site.steps.finish.links import inside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conv1d_site.steps.site_language import SiteLanguage

_ALTERNATE = re.compile(r"\s*<xhtml:link\b[^<>]*\bhref=\"([^\"]*)\"/>")


def lead_to_index(
    site: Path, page: Path, link: str, site_url: str, languages: Sequence[SiteLanguage]
) -> bool:
    """Have a dead link of a page lead to the nearest index above, if it is a switch; whether it is one.

    The site maps then no longer say that the two are one page.
    """
    target = inside(link, page.as_posix(), site_url)
    assert target is not None
    text = (site / page).read_text(encoding="utf-8")
    for language in languages:
        switch = re.compile(
            rf'(<a href="){re.escape(html.escape(link))}(" hreflang="{language.tag}"[^<>]*>\s*)([^<]*)'
        )
        if not switch.search(text):
            continue
        folder = posixpath.dirname(target.rstrip("/"))
        while folder and not (site / folder / "index.html").is_file():
            folder = posixpath.dirname(folder)
        folder = f"{folder}/" if folder.startswith(language.folder.rstrip("/")) else language.folder
        there = folder + ("" if target.endswith("/") else "index.html")
        here, whole = seen_from(page.as_posix(), there), language.words.get("whole_site", "")

        def changed(
            found: re.Match[str], here: str = here, whole: str = whole, name: str = language.name
        ) -> str:
            return found[1] + here + found[2] + (found[3] if found[3].strip() == name else whole)

        (site / page).write_text(switch.sub(changed, text), encoding="utf-8")
        _forget(site, site_url, target)
        return True
    return False


def _forget(site: Path, site_url: str, target: str) -> None:
    """Take an address that leads nowhere out of the site maps."""
    for path in site.rglob("sitemap.xml"):
        text = path.read_text(encoding="utf-8")
        kept = _ALTERNATE.sub(
            lambda found: (
                "" if inside(html.unescape(found[1]), "sitemap.xml", site_url) == target else found[0]
            ),
            text,
        )
        if kept != text:
            path.write_text(kept, encoding="utf-8")
            (path.parent / f"{path.name}.gz").write_bytes(gzip.compress(kept.encode(), mtime=0))
