"""The site's figures: the data that each wants, its table for readers without scripts, and its texts.

A figure is a module here, a JSON file of texts beside it, and a script that makes its table live
(docs/theme/assets/javascripts/figures). The engine loads FIGURES by this package's name in the settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conv1d_site.figures import field_tower, groups_matrix, shape_machine, sliding_window, trace, which_axis

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

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


def _figure(module: ModuleType) -> Figure:
    """The figure of a module; its texts are its own, those named in TEXTS, and what several figures say."""
    texts: Translated = {}
    for name in ("common", *getattr(module, "TEXTS", ()), module.__name__.rpartition(".")[2]):
        texts |= json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return Figure(module.KEYS, module.NEEDS, module.wrong, module.table, texts)


FIGURES: dict[str, Figure] = {
    "sliding-window": _figure(sliding_window),
    "shape-machine": _figure(shape_machine),
    "field-tower": _figure(field_tower),
    "which-axis": _figure(which_axis),
    "groups-matrix": _figure(groups_matrix),
    "trace": _figure(trace),
}
