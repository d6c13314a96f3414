"""Which way does it slide: words handed to the layer in three ways, and what one output reads of them."""

from __future__ import annotations

import html
from typing import Any

from conv1d_site.figures.parts import words_table

KEYS = ("words", "start", "rows", "graphdta", "published", "refused")
NEEDS = (
    "It wants words, sizes (L, E, K, C_out, t) to start with and those of the published case, for both what "
    "torch makes of permute, view and nothing, and torch's refusal with the names of the sizes in braces."
)
SIZES = {"L", "E", "K", "C_out", "t"}
WAYS = ("permute", "view", "nothing")
FACTS = {"way", "input", "output", "parameters", "whole", "part", "longer"}
PLACES = ("{C_out}", "{L}", "{K}", "{E}", "{longer}")


def wrong(data: dict[str, Any]) -> str:
    """Why the data is no such case, or an empty string."""
    words = data["words"]
    if not (isinstance(words, list) and words and all(isinstance(word, str) for word in words)):
        return "`words` is no list of words"
    if len(words) > 10:
        return "`words` has more than ten: the address has one digit for each"
    for name in ("start", "graphdta"):
        sizes = data[name]
        if not (isinstance(sizes, dict) and sizes.keys() == SIZES):
            return f"`{name}` does not have the sizes {', '.join(sorted(SIZES))}"
    if len(words) < data["start"]["L"]:
        return f"`words` has {len(words)}, and `start` wants {data['start']['L']}"
    for name in ("rows", "published"):
        rows = data[name]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return f"`{name}` has no rows"
        if tuple(row.get("way") for row in rows) != WAYS:
            return f"`{name}` does not have the ways {', '.join(WAYS)}"
        if any(row.keys() != FACTS for row in rows):
            return f"`{name}` has one without {', '.join(sorted(FACTS))}"
    for place in PLACES:
        if not isinstance(data["refused"], str) or place not in data["refused"]:
            return f"`refused` has no place {place}"
    return ""


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """Two tables, of the case to start with and of the published one: a column for each way."""
    return _table("example", texts["example"], data["start"], data["rows"], texts) + _table(
        "graphdta", texts["published"], data["graphdta"], data["published"], texts
    )


def _table(
    part: str, caption: str, sizes: dict[str, int], rows: list[dict[str, Any]], texts: dict[str, str]
) -> str:
    lines: dict[str, list[str]] = {
        "in_channels": [str(row["input"][0]) for row in rows],
        texts["slides"]: [texts[f"slides_{row['way']}"] for row in rows],
        texts["shape_out"]: [_shape(row["output"]) for row in rows],
        texts["count"]: [f"{row['parameters']:,}" for row in rows],
        texts["whole"].format(**sizes): [str(row["whole"]) for row in rows],
        texts["part"].format(**sizes): [str(row["part"]) for row in rows],
        texts["longer"]: [
            row["longer"] if isinstance(row["longer"], str) else _shape(row["longer"]) for row in rows
        ],
    }
    heads = ["", *(texts[row["way"]] for row in rows)]
    body = [
        f'<th scope="row">{html.escape(name)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        for name, cells in lines.items()
    ]
    return words_table(part, caption.format(**sizes), heads, body, "insync-compared")


def _shape(sizes: list[int]) -> str:
    return f"(N, {', '.join(str(size) for size in sizes)})"
