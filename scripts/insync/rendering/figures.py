"""The figures that a page can have with a `figure` fence: the data of each, and its tables.

What a figure shows stands in tables, made here; its script (docs/theme/assets/javascripts/figures) makes them
live.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conv1d_site import figures
from insync.pages.syntax import DATA, FIGURE_TEXTS

if TYPE_CHECKING:
    from insync.pages.syntax import Fence
    from insync.project.project import Project
    from insync.rendering.words import Words

FIGURES = figures.FIGURES
Data = dict[str, Any]
Texts = dict[str, str]


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
    return {key: text[words.language] for key, text in FIGURES[name].texts.items()}
