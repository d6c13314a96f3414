"""The benchmark of this very site: plain MkDocs gets finished pages, the verdict follows from samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from insync.pages.scan import scan_page
from insync.rendering.listing import Listing
from insync.settings import read_settings
from tools.bench import site as bench_site

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
    ("cold", "warm", "kept"), [(19.0, 1.0, True), (21.0, 1.0, False), (19.0, 1.2, False)]
)
def test_the_verdict(cold: float, warm: float, kept: bool) -> None:
    samples = [
        sample
        for turn, factor in enumerate((1.0, 1.0, 3.0))  # a ratio is taken within its round
        for sample in (
            ("cold", turn, cold),
            ("warm", turn, 10 * warm * factor),
            ("plain", turn, 10 * factor),
            ("no figures", turn, 8 * factor),
        )
    ]
    lines, verdict = bench_site.report(samples)
    assert verdict is kept
    assert f"| warm | {10 * warm:.1f} ({10 * warm:.1f}–{30 * warm:.1f}) | {warm:.2f} |" in lines
