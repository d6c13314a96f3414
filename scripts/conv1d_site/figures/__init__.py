"""The site's figures: the data that each wants, its table for readers without scripts, and its texts.

A figure is a module here, a JSON file of texts beside it, and a script that makes its table live
(docs/theme/assets/javascripts/figures). The engine loads FIGURES by this package's name in the settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv1d_site.figures import field_tower, groups_matrix, shape_machine, sliding_window, which_axis

if TYPE_CHECKING:
    from collections.abc import Callable

Data = dict[str, Any]  # what the fence's options gave, by their names
Texts = dict[str, str]  # in one language
Translated = dict[str, Texts]  # key → language → text


@dataclass(frozen=True)
class Figure:
    """One kind of figure.

    `keys` are the options of the fence that bring its data; `wrong` says why data in a wrong form cannot be
    drawn, or nothing; `needs` is what to do then; `table` makes the HTML that readers without scripts have;
    `texts` are those of the table and of the script, by their keys and then by language.
    """

    keys: tuple[str, ...]
    needs: str
    wrong: Callable[[Data], str]
    table: Callable[[Data, Texts], str]
    texts: Translated


def _texts(name: str) -> Translated:
    """What stands in a figure's file of texts, and what several figures say."""
    merged: Translated = {}
    for each in ("common", name):
        merged |= json.loads(Path(__file__).with_name(f"{each}.json").read_text(encoding="utf-8"))
    return merged


FIGURES: dict[str, Figure] = {
    "sliding-window": Figure(
        sliding_window.KEYS,
        sliding_window.NEEDS,
        sliding_window.wrong,
        sliding_window.table,
        _texts("sliding_window"),
    ),
    "shape-machine": Figure(
        shape_machine.KEYS,
        shape_machine.NEEDS,
        shape_machine.wrong,
        shape_machine.table,
        _texts("shape_machine"),
    ),
    "field-tower": Figure(
        field_tower.KEYS, field_tower.NEEDS, field_tower.wrong, field_tower.table, _texts("field_tower")
    ),
    "which-axis": Figure(
        which_axis.KEYS, which_axis.NEEDS, which_axis.wrong, which_axis.table, _texts("which_axis")
    ),
    "groups-matrix": Figure(
        groups_matrix.KEYS,
        groups_matrix.NEEDS,
        groups_matrix.wrong,
        groups_matrix.table,
        _texts("groups_matrix"),
    ),
}
