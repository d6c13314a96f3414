"""Shape machine: how long the output is, for any setting of the layer, and what torch refuses."""

from __future__ import annotations

import html
from typing import Any

from conv1d_site.figures.parts import words_table, wrong_refusals

KEYS = ("channels", "rows", "refusals")
NEEDS = (
    "It wants channels (C_in, C_out), rows of settings (L, K, s, p, d, g, mode) with what torch `gives`, "
    "and the text of each refusal by its reason."
)
SETTINGS = ("L", "K", "s", "p", "d", "g", "mode")
REASONS = {"groups", "inputs", "outputs", "same", "padding", "stride", "dilation", "long"}


def wrong(data: dict[str, Any]) -> str:
    """Why the data is no such table, or an empty string."""
    channels, rows, refusals = (data[key] for key in KEYS)
    if not (isinstance(channels, list) and len(channels) == 2 and all(isinstance(c, int) for c in channels)):
        return "`channels` is no pair of numbers"
    if refused := wrong_refusals(refusals, REASONS):
        return refused
    if not isinstance(rows, list) or not rows:
        return "`rows` has no rows"
    for row in rows:
        if not (isinstance(row, dict) and row.keys() == {*SETTINGS, "gives"}):
            return f"`rows` has one without {', '.join(SETTINGS)} and gives"
    return "" if isinstance(rows[0]["gives"], int) else "the first of `rows` has no length"


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """One table: settings, and the length of the output or torch's own words."""
    heads = [*SETTINGS[:5], texts["groups"], texts["padding"], texts["length_out"]]
    rows = []
    for row in data["rows"]:
        # As in code: what `padding=` is given is a number or a word.
        mode = {"zeros": "0", "same": "'same'", "causal": texts["causal"]}[row["mode"]]
        cells = [str(row[key]) for key in SETTINGS[:-1]] + [mode, str(row["gives"])]
        if row["mode"] != "zeros":
            cells[3] = "–"
        rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    return words_table("settings", texts["settings"], heads, rows)
