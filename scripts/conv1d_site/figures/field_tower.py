"""Receptive-field tower: which inputs reach an output through a stack of layers."""

from __future__ import annotations

import html
import re
from typing import Any

from conv1d_site.figures.parts import words_table, wrong_refusals

KEYS = ("presets", "measured", "refusals")
NEEDS = (
    "It wants presets (name, length, mode, t, layers as (K, d, s), and what the formula and gradients give), "
    "measured fields and positions by the layers' digits, and the texts of two refusals."
)
PRESET = {"name", "length", "mode", "t", "layers", "formula", "measured", "reads", "future"}
MODES = {"none", "same", "causal"}
REASONS = {"same", "long"}


def wrong(data: dict[str, Any]) -> str:
    """Why the data is none of a tower, or an empty string."""
    presets, measured, refusals = (data[key] for key in KEYS)
    if refused := wrong_refusals(refusals, REASONS):
        return refused
    if not isinstance(presets, list) or not presets:
        return "`presets` has none"
    if not isinstance(measured, dict):
        return "`measured` is no table by layers"
    for key, value in measured.items():
        if not (re.fullmatch(r"([1-9]{3})+", key) and _numbers(value, 2)):
            return f"`measured` has no field and number of positions at `{key}`"
    for preset in presets:
        if not (isinstance(preset, dict) and preset.keys() == PRESET and preset["mode"] in MODES):
            return f"`presets` has one without {', '.join(sorted(PRESET))}"
        layers = preset["layers"]
        if not (isinstance(layers, list) and layers and all(_numbers(layer, 3) for layer in layers)):
            return f"the layers of `{preset['name']}` are not (K, d, s)"
        key = "".join(str(number) for layer in layers for number in layer)
        if measured.get(key) != [preset["measured"], preset["reads"]]:
            return f"`measured` does not have what `{preset['name']}` has"
    return ""


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """One table: the presets, what the formula gives, and what gradients measured."""
    heads = ["K", "d", "s", *(texts[f"head_{key}"] for key in ("mode", "formula", "measured", "reads"))]
    heads += [texts["head_holes"], texts["head_future"]]
    rows = []
    for preset in data["presets"]:
        kinds = zip(*preset["layers"], strict=True)
        cells = [", ".join(map(str, kind)) for kind in kinds]
        cells += [texts[preset["mode"]], *(str(preset[key]) for key in ("formula", "measured", "reads"))]
        cells += [str(preset["measured"] - preset["reads"]), str(preset["future"])]
        name = f'<th scope="row">{html.escape(texts[preset["name"]])}</th>'
        rows.append(name + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    return words_table("presets", texts["presets"], ["", *heads], rows)


def _numbers(value: object, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(each, int) for each in value)
