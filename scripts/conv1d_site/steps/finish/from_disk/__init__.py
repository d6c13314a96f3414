"""A finished site, changed so that it works from disk as well as from a host.

Browsers refuse to a page from disk (`file://`) modules, workers and `fetch`. What the site loads in these
ways is put into plain scripts, which on-disk.js hands to those who ask; fonts, which some browsers refuse
too, into the style sheets. All else needs nothing but a build in which links lead to files (`mkdocs build
--no-directory-urls`).
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNTIME = Path(__file__).parent / "on-disk.js"
_INDEX = "search/search_index.json"
# What a host or its visitors need and a disk has not: a page for what is not there, maps, feeds.
_FOR_HOSTS = ("404.html", "robots.txt", "sitemap*.xml*", "feed.xml")
# Links that ask for what a disk refuses, or that lead to what is for hosts.
_REFUSED = re.compile(
    r'\s*<link\b[^>]*\b(?:rel="(?:modulepreload|manifest)"|type="application/atom\+xml"|\bas="font")[^>]*>'
)
_FIRST_SCRIPT = re.compile(r'<script src="([^"]*assets/javascripts/)search-late\.js">')
_IMPORT = re.compile(
    r"""^(?:(?:import|export)\b[^"'();]*? from|\} from|import) ["']([^"']+)["']""", re.MULTILINE
)
_OTHER_IMPORT = re.compile(r"\bimport\s*\(|\bimport\.meta\b")
_FONT = re.compile(r"""url\(["']?([^"')]+\.woff2)["']?\)""")


class NotForDiskError(Exception):
    """A site of which a part would not work from disk."""


def make_from_disk(site: Path) -> None:
    """Change a site, built with links to files. Raises NotForDiskError for what cannot be changed."""
    indexes = list(site.rglob(_INDEX))
    if not indexes:
        raise NotForDiskError(f"{site} has no search index: is it a built site?")
    for index in indexes:
        _language(index.parents[1])
    for page in site.rglob("*.html"):
        page.write_text(_page(page.read_text(encoding="utf-8")), encoding="utf-8")
    for pattern in _FOR_HOSTS:
        for path in site.rglob(pattern):
            path.unlink()


def _language(site: Path) -> None:
    """Put what is refused into scripts, for one language's site."""
    scripts = site / "assets/javascripts"
    given = scripts / "on-disk"
    given.mkdir()
    (worker,) = (scripts / "workers").glob("search.*.js")
    _give(given / "modules.js", dict(_modules(scripts)))
    _give(given / "search-worker.js", worker.read_text(encoding="utf-8"))
    _give(given / "search-index.js", (site / _INDEX).read_text(encoding="utf-8"))
    (scripts / "on-disk.js").write_bytes(_RUNTIME.read_bytes())
    for sheet in (site / "assets").rglob("*.css"):
        sheet.write_text(_with_fonts(sheet), encoding="utf-8")


def _give(path: Path, what: object) -> None:
    path.write_text(
        f"onDisk.give({json.dumps(path.stem)}, {json.dumps(what, ensure_ascii=False)})\n", encoding="utf-8"
    )


def _modules(scripts: Path) -> Iterator[tuple[str, list[str | dict[str, str]]]]:
    """The figures' modules by path: their text, parted where an address of another module stands."""
    for path in sorted((scripts / "figures").rglob("*.js")):
        code = path.read_text(encoding="utf-8")
        name = path.relative_to(scripts).as_posix()
        if other := _OTHER_IMPORT.search(code):
            raise NotForDiskError(f"{name} has `{other[0]}`, of which from_disk knows nothing")
        parts: list[str | dict[str, str]] = []
        done = 0
        for found in _IMPORT.finditer(code):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
            if not (scripts / target).is_file():
                raise NotForDiskError(f"{name} imports {found[1]}, which is not there")
            parts += [code[done : found.start(1)], {"module": target}]
            done = found.end(1)
        yield name, [*parts, code[done:]]


def _page(text: str) -> str:
    text = _REFUSED.sub("", text)
    return _FIRST_SCRIPT.sub(lambda found: f'<script src="{found[1]}on-disk.js"></script>\n{found[0]}', text)


def _with_fonts(sheet: Path) -> str:
    def inline(found: re.Match[str]) -> str:
        font = base64.b64encode((sheet.parent / found[1]).read_bytes()).decode()
        return f"url(data:font/woff2;base64,{font})"

    return _FONT.sub(inline, sheet.read_text(encoding="utf-8"))
