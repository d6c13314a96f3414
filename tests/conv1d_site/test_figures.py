"""The site's figures: each is whole, and its texts are there in every language of the site."""

from __future__ import annotations

import inspect
import re

import pytest
from conftest import ROOT

from conv1d_site import figures
from conv1d_site.figures import FIGURES, Figure
from insync.settings import read_settings


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_every_text_is_there_in_the_same_languages_with_the_same_places_to_fill(figure: Figure) -> None:
    source = read_settings(ROOT).languages[0].code
    languages = {frozenset(text) for text in figure.texts.values()}  # a language has all of them, or none
    assert len(languages) == 1
    assert {source, "zh"} <= languages.pop()
    for key, text in figure.texts.items():
        places = {tuple(sorted(re.findall(r"\{\w+\}", each))) for each in text.values()}
        assert len(places) == 1, key


def test_what_several_figures_say_is_said_by_all_of_them() -> None:
    for figure in FIGURES.values():
        assert figure.texts["play"]["en"] == "Play"
    assert "by_steps" in FIGURES["sliding-window"].texts
    assert "by_steps" not in FIGURES["shape-machine"].texts


def test_every_file_of_texts_belongs_to_a_figure() -> None:
    folder = ROOT / "scripts/conv1d_site/figures"
    assert {path.stem for path in folder.glob("*.json")} == {
        "common",
        "trace_messages",  # what the figure `trace` says of error messages
        *(name.replace("-", "_") for name in FIGURES),
    }


def test_the_engine_is_nothing_that_the_figures_know_of() -> None:
    for module in (figures, *(inspect.getmodule(figure.table) for figure in FIGURES.values())):
        assert module is not None
        assert "insync" not in re.findall(r"(?:import|from) (\w+)", inspect.getsource(module))
