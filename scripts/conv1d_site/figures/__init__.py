"""The site's figures: the data of each, and the tables that readers without scripts have."""

import json
from pathlib import Path
from types import SimpleNamespace

from conv1d_site.figures import field_tower, groups_matrix, shape_machine, sliding_window, which_axis

_T = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))
FIGURES = {
    name: SimpleNamespace(
        keys=m.KEYS, needs=m.NEEDS, wrong=m.wrong, table=m.table, texts=_T["all"] | _T[name]
    )
    for name, m in {
        "sliding-window": sliding_window,
        "shape-machine": shape_machine,
        "field-tower": field_tower,
        "which-axis": which_axis,
        "groups-matrix": groups_matrix,
    }.items()
}
