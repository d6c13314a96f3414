"""What the tables of several figures have in common: their frame, and torch's refusals in their data."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def wrong_refusals(refusals: object, reasons: Collection[str]) -> str:
    """Why these are not torch's words for each of the reasons, or an empty string."""
    if not (isinstance(refusals, dict) and refusals.keys() == set(reasons)):
        return f"`refusals` does not have the reasons {', '.join(sorted(reasons))}"
    if not all(isinstance(text, str) and "Error: " in text for text in refusals.values()):
        return "`refusals` has one that is no error"
    return ""


def words_table(part: str, caption: str, heads: Iterable[str], rows: Iterable[str], kind: str = "") -> str:
    """A table of words and numbers. A head that is empty is no heading; `rows` have their cells as HTML."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' if text else "<td></td>" for text in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    classes = " ".join(filter(None, ("insync-table insync-words", kind)))
    return (
        f'<div class="insync-part" data-part="{part}"><table class="{classes}">'
        f"<caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
