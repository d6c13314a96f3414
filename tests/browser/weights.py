"""What a reader's browser loads at the first view of a page, told from the files of the built site."""

from __future__ import annotations

import gzip
import posixpath
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {".html": "html", ".css": "css", ".js": "js", ".woff2": "fonts", ".xml": "data"}
# Smaller already.
PACKED = {".woff2", ".png", ".jpg", ".webp"}
_LOADING = {"stylesheet", "preload", "modulepreload", "icon"}
_IMPORTS = re.compile(r"""\bfrom\s*"(\.[^"]+)"|^import\s*"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)""", re.MULTILINE)


class _Loads(HTMLParser):
    """The addresses that a page has loaded, as it names them, and the names of its figures."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.figures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes what the element loads."""
        found = {name: value or "" for name, value in attrs}
        if tag == "link" and _LOADING & set(found.get("rel", "").split()):
            self.addresses.append(found["href"])
        elif tag in {"script", "img"} and (address := found.get("src")):
            self.addresses.append(address)
        elif tag == "figure" and "data-figure" in found:
            self.figures.append(found["data-figure"])


def loaded(page: Path) -> set[Path]:
    """The files of its site that the first view of a page loads, itself among them."""
    html = _Loads()
    html.feed(page.read_text(encoding="utf-8"))
    files = {page}
    home = next(folder for folder in page.parents if (folder / "search").is_dir())
    for address in html.addresses:
        if not address.startswith("data:"):
            files.add(_beside(page, unquote(urlsplit(address).path)))
    for name in html.figures:
        files.update(_with_imports(home / "assets/javascripts/figures" / f"{name}.js"))
    if (site_map := home / "sitemap.xml").is_file():  # Material's, for its instant navigation
        files.add(site_map)
    return files


def _with_imports(script: Path) -> Iterator[Path]:
    """A script and those that it needs, each once."""
    todo, seen = [script], {script}
    while todo:
        one = todo.pop()
        yield one
        for found in _IMPORTS.findall(one.read_text(encoding="utf-8")):
            other = _beside(one, next(filter(None, found)))
            if other not in seen:
                seen.add(other)
                todo.append(other)


def _beside(file: Path, address: str) -> Path:
    return Path(posixpath.normpath(file.parent.joinpath(address)))


@cache
def size(file: Path) -> int:
    """A file's bytes on their way to the reader."""
    content = file.read_bytes()
    return len(content if file.suffix in PACKED else gzip.compress(content, 9, mtime=0))


def weights(files: set[Path]) -> dict[str, int]:
    """The bytes of these files by their kinds, and in all."""
    sums: dict[str, int] = {}
    for file in files:
        kind = KINDS.get(file.suffix, "images")
        sums[kind] = sums.get(kind, 0) + size(file)
    return {**dict(sorted(sums.items())), "all": sum(sums.values())}
