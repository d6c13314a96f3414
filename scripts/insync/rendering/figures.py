"""The figures that a page can have with a `figure` fence: the data of each, and its tables.

What a figure shows stands in tables, made here; its script (docs/theme/assets/javascripts/figures) makes them
live. The texts of both are in texts.json, in every language of the site.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv1d_site.figures import field_tower, groups_matrix, shape_machine, sliding_window, which_axis
from insync.pages.syntax import DATA, FIGURE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from insync.pages.syntax import Fence
    from insync.project.project import Project
    from insync.rendering.words import Words

TEXTS = Path(field_tower.__file__).with_name("texts.json")
Data = dict[str, Any]
Texts = dict[str, str]


@dataclass(frozen=True)
class Figure:
    """One kind of figure.

    `keys` are the options of the fence that bring its data; `wrong` says why data in a wrong form cannot be
    drawn, or nothing; `needs` is what to do then; `table` makes the HTML that readers without scripts have.
    """

    keys: tuple[str, ...]
    needs: str
    wrong: Callable[[Data], str]
    table: Callable[[Data, Texts], str]


FIGURES = {
    "sliding-window": Figure(
        sliding_window.KEYS, sliding_window.NEEDS, sliding_window.wrong, sliding_window.table
    ),
    "shape-machine": Figure(
        shape_machine.KEYS, shape_machine.NEEDS, shape_machine.wrong, shape_machine.table
    ),
    "field-tower": Figure(field_tower.KEYS, field_tower.NEEDS, field_tower.wrong, field_tower.table),
    "which-axis": Figure(which_axis.KEYS, which_axis.NEEDS, which_axis.wrong, which_axis.table),
    "groups-matrix": Figure(
        groups_matrix.KEYS, groups_matrix.NEEDS, groups_matrix.wrong, groups_matrix.table
    ),
}


def figure_data(fence: Fence, project: Project) -> Data | None:
    """The data of a `figure` fence by its options' names, or None when some of it is missing or failed."""
    if fence.name not in FIGURES or not fence.refs:
        return None
    data: Data = {}
    for option in fence.options:
        if option.key not in FIGURE_TEXTS and option.key in FIGURES[fence.name].keys:
            value = project.value(fence.refs[-1], DATA + option.value)
            if value.error or not value.text:
                return None
            data[option.key] = json.loads(value.text)
    return data if data.keys() == set(FIGURES[fence.name].keys) else None


def texts_of(name: str, words: Words) -> Texts:
    """The texts of a figure in the language of the words."""
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    return {key: text[words.language] for key, text in (texts["all"] | texts[name]).items()}
