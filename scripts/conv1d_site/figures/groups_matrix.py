"""Groups and the matrix: what a layer of some channels and groups costs, and what torch refuses."""

from __future__ import annotations

import html
from typing import Any

from conv1d_site.figures.parts import words_table, wrong_refusals

KEYS = ("start", "rows", "refusals")
NEEDS = (
    "It wants a start (inputs, outputs, groups, kernel, length, stride, padding, dilation, extra), rows of "
    "such settings with what torch `gives`, and the text of each refusal by its reason."
)
SETTINGS = ("inputs", "outputs", "groups", "kernel", "length", "stride", "padding", "dilation", "extra")
REASONS = {"inputs", "outputs", "long", "extra"}
GIVES = ("length_out", "parameters", "madds")


def wrong(data: dict[str, Any]) -> str:
    """Why the data is no such table, or an empty string."""
    start, rows, refusals = (data[key] for key in KEYS)
    if not (isinstance(start, dict) and start.keys() - {"transposed"} == set(SETTINGS)):
        return f"`start` does not have {', '.join(SETTINGS)}"
    if refused := wrong_refusals(refusals, REASONS):
        return refused
    if not isinstance(rows, list) or not rows:
        return "`rows` has no rows"
    for row in rows:
        if not (isinstance(row, dict) and row.keys() == {*SETTINGS, "gives"}):
            return f"`rows` has one without {', '.join(SETTINGS)} and gives"
        gives = row["gives"]
        if not (isinstance(gives, str) or (isinstance(gives, dict) and gives.keys() == set(GIVES))):
            return "`rows` has one that gives neither numbers nor an error"
    return ""


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """One table: settings, and the length of the output with the counts, or torch's own words."""
    shown = SETTINGS[:-1]
    heads = ["C_in", "C_out", texts["groups"], "K", "L", texts["stride"], texts["padding"], texts["dilation"]]
    heads += ["L_out", texts["parameters"], texts["madds"]]
    rows = []
    for row in data["rows"]:
        cells = "".join(f"<td>{row[key]}</td>" for key in shown)
        gives = row["gives"]
        if isinstance(gives, str):
            cells += f'<td colspan="{len(GIVES)}">{html.escape(gives)}</td>'
        else:
            cells += "".join(f"<td>{gives[key]}</td>" for key in GIVES)
        rows.append(cells)
    return words_table("settings", texts["settings"], heads, rows)
