"""The figures that a page can have with a `figure` fence: their data, and the site's own code for each."""

import importlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from insync.pages.fences import Fence
from insync.project.project import Project
from insync.running.expression import Expression

Data = dict[str, Any]
Texts = dict[str, str]
PLACES = 4  # decimals of a figure's floats in the outputs file; the page has them whole


class Figure(Protocol):
    """One kind of figure, as the module that `[tool.insync] figures` names has it in its FIGURES."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The options of the fence that bring its data."""

    @property
    def needs(self) -> str:
        """What to do when its data is wrong."""

    @property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Its texts: key → language → text."""

    def wrong(self, data: Data, /) -> str:
        """Why data in a wrong form cannot be drawn, or an empty string."""

    def table(self, data: Data, texts: Texts, /) -> str:
        """The HTML that readers without scripts have."""


def figures_of(project: Project) -> Mapping[str, Figure]:
    """The figures of the project's site, by their names."""
    module = project.settings.figures
    figures: Mapping[str, Figure] = importlib.import_module(module).FIGURES if module else {}
    return figures


def figure_data(fence: Fence, project: Project) -> Data | None:
    """The data of a `figure` fence by its options' names, or None when some of it is missing or failed."""
    figure = figures_of(project).get(fence.name)
    if figure is None or not fence.refs:
        return None
    data: Data = {}
    for option in fence.options:
        if option.key in figure.keys:
            value = project.value(fence.refs[-1], Expression(option.value, "data"))
            if value.error or not value.text:
                return None
            data[option.key] = json.loads(value.text)
    return data if data.keys() == set(figure.keys) else None


def texts_of(figure: Figure, language: str) -> Texts:
    """The texts of a figure in a language; a key that it does not have in that language is left out."""
    return {key: text[language] for key, text in figure.texts.items() if language in text}


def compact(data: str) -> str:
    """A figure's data as it is reviewed: its floats rounded to PLACES, so that another CPU's are the same."""
    return _compact(json.loads(data))


def _compact(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_compact, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_compact(key)}: {_compact(each)}" for key, each in value.items()) + "}"
    if isinstance(value, float):
        text = f"{value:.{PLACES}f}"
        return text.removeprefix("-") if float(text) == 0 else text  # the sign of a rounding error is noise
    return json.dumps(value, ensure_ascii=False)
