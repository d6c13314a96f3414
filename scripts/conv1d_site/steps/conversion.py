"""What a generator makes of a page's Markdown, as plain data that can be kept."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A heading of the table of contents, with those below it; `name` is HTML."""

    name: str
    id: str
    level: int
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Conversion:
    """A converted page.

    `content` is HTML, `title` the text of its first heading, `anchors` all that one can link to on it,
    `links` the anchors that it links to: a page's path → an anchor there → the link as it was typed.
    """

    content: str
    headings: tuple[Heading, ...] = ()
    title: str | None = None
    anchors: tuple[str, ...] = ()
    links: dict[str, dict[str, str]] = field(default_factory=dict)
