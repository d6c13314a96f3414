"""Your own network: a worked example for readers without scripts; with them, any network or error message."""

from __future__ import annotations

import html
from typing import Any

from conv1d_site.figures.parts import words_table

KEYS = ("code", "given", "rows", "examples")
NEEDS = (
    "It wants code and given (the texts of its two boxes), rows (layer, shape, parameters, madds) as torch "
    "has them, and examples (code, given)."
)
ROW = {"layer", "shape", "parameters", "madds"}
TEXTS = ("trace_messages",)  # what messages mean, beside the figure's own texts


def wrong(data: dict[str, Any]) -> str:
    """Why the data is no such example, or an empty string."""
    for key in ("code", "given"):
        if not (isinstance(data[key], str) and data[key]):
            return f"`{key}` is no text"
    if not (isinstance(data["rows"], list) and data["rows"]):
        return "`rows` has no rows"
    if any(not (isinstance(row, dict) and row.keys() == ROW) for row in data["rows"]):
        return f"`rows` has one without {', '.join(sorted(ROW))}"
    if not all(isinstance(each, dict) and each.keys() == {"code", "given"} for each in data["examples"]):
        return "`examples` has one without code and given"
    return ""


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """One table: each layer, the shape behind it, its parameters and multiply-adds."""
    heads = [texts[f"head_{key}"] for key in ("layer", "shape", "parameters", "madds")]
    rows = []
    for row in data["rows"]:
        shape = f"({', '.join(str(size) for size in row['shape'])})"
        cells = [shape, str(row["parameters"]), str(row["madds"])]
        name = f'<th scope="row"><code>{html.escape(row["layer"])}</code></th>'
        rows.append(name + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    return words_table("example", texts["caption"], heads, rows)
