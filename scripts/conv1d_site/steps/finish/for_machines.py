"""Files for those that find a site and read it by program: search engines, feed readers, language models."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conv1d_site.steps.prepare.dates import Dates

_ATOM = "http://www.w3.org/2005/Atom"
_TARGET = re.compile(r'^<a id="[^"]*"></a>\n+', re.MULTILINE)  # what links in a notebook lead to
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True)
class Shown:
    """A page as others show it: plain texts, an absolute address, the pages above it (title, address)."""

    title: str
    description: str
    address: str
    language: str
    above: tuple[tuple[str, str], ...] = ()
    dates: Dates | None = None


@dataclass(frozen=True)
class PlainText:
    """A page as Markdown that any reader knows."""

    markdown: str


def linked_data(page: Shown, site: str) -> str:
    """JSON-LD of a page: what kind of text it is, in which language, of when, and where it stands."""
    article: dict[str, Any] = {
        "@type": "TechArticle",
        "headline": page.title,
        "description": page.description,
        "inLanguage": page.language,
        "url": page.address,
        "isPartOf": {"@type": "WebSite", "name": site},
    }
    if page.dates:
        article |= {"datePublished": page.dates.first, "dateModified": page.dates.last}
    steps = [*page.above, (page.title, page.address)]
    trail = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": title, "item": address}
            for place, (title, address) in enumerate(steps, 1)
        ],
    }
    data = {"@context": "https://schema.org", "@graph": [article, trail]}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")  # no tag ends the script


def robots(site_url: str) -> str:
    """robots.txt: everything may be read, and where the list of it is."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}sitemap_index.xml\n"


def sitemap_index(site_url: str, folders: Sequence[str]) -> str:
    """The list of the site maps, of which each language has one in its folder."""
    root = etree.Element("sitemapindex", {"xmlns": _SITEMAP})
    for folder in folders:
        etree.SubElement(etree.SubElement(root, "sitemap"), "loc").text = f"{site_url}{folder}sitemap.xml"
    return _as_text(root)


def feed(title: str, address: str, language: str, posts: Iterable[Shown]) -> str:
    """The blog as an Atom feed, the newest post first; each must have its dates."""
    root = etree.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    newest = sorted(posts, key=lambda post: post.dates.first if post.dates else "", reverse=True)
    etree.SubElement(root, "title").text = title
    etree.SubElement(root, "id").text = address
    etree.SubElement(root, "link", {"href": address, "rel": "self"})
    etree.SubElement(etree.SubElement(root, "author"), "name").text = title
    updated = max((post.dates.last for post in newest if post.dates), default="")
    etree.SubElement(root, "updated").text = f"{updated}T00:00:00Z"
    for post in newest:
        assert post.dates
        entry = etree.SubElement(root, "entry")
        etree.SubElement(entry, "title").text = post.title
        etree.SubElement(entry, "id").text = post.address
        etree.SubElement(entry, "link", {"href": post.address})
        etree.SubElement(entry, "published").text = f"{post.dates.first}T00:00:00Z"
        etree.SubElement(entry, "updated").text = f"{post.dates.last}T00:00:00Z"
        etree.SubElement(entry, "summary").text = post.description
    return _as_text(root)


def manifest(name: str, language: str, description: str, icons: Mapping[str, str]) -> str:
    """The manifest of the site as an application; `icons` are addresses, by their sizes."""
    kinds = {"svg": "image/svg+xml", "png": "image/png"}
    data = {
        "name": name,
        "short_name": "Conv1d",
        "description": description,
        "lang": language,
        "start_url": ".",
        "display": "browser",
        "icons": [
            {"src": address, "sizes": sizes, "type": kinds[address.rpartition(".")[2]]}
            for sizes, address in icons.items()
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def overview(name: str, description: str, groups: Iterable[tuple[str, Sequence[Shown]]]) -> str:
    """llms.txt: the site on one page, each page as Markdown with what it is about."""
    lines = [f"# {name}", "", f"> {description}", ""]
    for title, pages in groups:
        if not pages:
            continue
        lines += [f"## {title}", ""] if title else []
        lines += [f"- [{page.title}]({markdown_of(page.address)}): {page.description}" for page in pages]
        lines.append("")
    return "\n".join(lines)


def markdown_of(address: str) -> str:
    """Where a page lies as Markdown: beside the page itself."""
    return address + "index.md" if address.endswith("/") or not address else address[: -len(".html")] + ".md"


def as_markdown(title: str, cells: Iterable[Mapping[str, Any]]) -> str:
    """A page as Markdown that any reader knows, made of its notebook's cells; plots are left out."""
    parts = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            parts.append(cell["source"])
            continue
        parts.append(_fenced(cell["source"], "python"))
        parts += [_fenced(text, "text") for output in cell["outputs"] if (text := _printed(output))]
    text = _TARGET.sub("", "\n\n".join(parts)).lstrip("\n")
    return (text if text.startswith("# ") else f"# {title}\n\n{text}") + "\n"


def _printed(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    return str(output.get("text") or output.get("data", {}).get("text/plain", "")).rstrip("\n")


def _fenced(text: str, language: str) -> str:
    mark = "```"
    while mark in text:
        mark += "`"
    return f"{mark}{language}\n{text}\n{mark}"


def _as_text(root: etree.Element) -> str:
    etree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode") + "\n"
