"""The benchmark of this very site: plain MkDocs gets finished pages, the verdict follows from samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from insync.pages.scan import scan_page
from insync.rendering.listing import Listing
from insync.settings import read_settings
from tools.bench import site as bench_site
from tools.bench.saving import EDITS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site


def test_plain_mkdocs_gets_what_readers_get(site: Site) -> None:
    site.snippet("# %% one\na = 0.5\nprint(a < 1)\n")
    page = site.page(
        "---\ndescription: one\n---\n\n# Page { #page }\n\n```snippet\nmade\n```\n\n"
        "So `{python} a` and $`{python} -a`$.\n\n"
        "```claim\nsays: Less than `{python} a + 1`.\nholds: a < 1\n```\n"
    )
    site.project.start()
    made = bench_site.finished(
        scan_page(page), site.project, Listing(site.project), site.settings.language("en"), figures=True
    )
    assert made.startswith("---\ndescription: one\n---\n")
    assert "print(a < 1)" in made
    assert "\nTrue\n" in made
    assert "So 0.5 and $-0.5$." in made
    assert "Less than 1.5." in made
    assert "{python}" not in made
    assert "\ue000" not in made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plain_mkdocs_has_the_same_plugins_and_nothing_of_this_project(language: str, tmp_path: Path) -> None:
    plain = bench_site.configuration(read_settings(ROOT).language(language), tmp_path)
    assert list(plain["plugins"]) == ["search", "blog", "tags", "mkdocs-jupyter"]
    assert "hooks" not in plain
    assert "custom_dir" not in plain["theme"]
    names = [
        name for each in plain["markdown_extensions"] for name in (each if isinstance(each, dict) else [each])
    ]
    assert "insync" not in names
    assert {"conv1d_site.mathml", "pymdownx.highlight", "pymdownx.superfences"} <= set(names)


@pytest.mark.parametrize(
    ("cold", "warm", "edited", "kept"),
    [(1.3, 0.3, 0.35, True), (1.4, 0.3, 0.35, False), (1.3, 0.4, 0.35, False), (1.3, 0.3, 0.4, False)],
)
def test_the_verdict(cold: float, warm: float, edited: float, kept: bool) -> None:
    ratios = {"cold": cold, "warm": warm, "edited": edited, "plain": 1.0, "no figures": 0.8}
    samples = [
        (name, turn, 10 * factor * ratio)
        for turn, factor in enumerate((1.0, 1.0, 3.0))  # a ratio is taken within its round
        for name, ratio in ratios.items()
    ]
    lines, verdict = bench_site.report(samples)
    assert verdict is kept
    warm_s = 10 * warm
    judged = "kept" if warm <= 0.3 else "MISSED"
    row = f"| warm | {warm_s:.1f} ({warm_s:.1f}–{3 * warm_s:.1f}) | {warm:.2f} | 0.3 | {judged} |"
    assert row in lines


def test_a_save_is_judged_by_its_median() -> None:
    lines, kept = bench_site.report_saves([("text", each) for each in (0.5, 9.0, 0.9)])
    assert kept
    assert "| text | 0.90 (0.50–9.00) | 1.0 | kept |" in lines
    assert not bench_site.report_saves([("text", 1.1)])[1]


def test_what_is_saved_in_the_benchmark_is_there() -> None:
    for edit in EDITS:
        assert edit.stands in (ROOT / edit.path).read_text(encoding="utf-8"), edit.name
        assert "mark" in edit.put
