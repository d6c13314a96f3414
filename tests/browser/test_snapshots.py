"""What a screen reader finds in each figure, as it was read and approved, in each language.

Where a change is meant: UPDATE_SNAPSHOTS=1 make test ARGS='tests/browser/test_snapshots.py' writes the files
anew, and the difference is read before it is committed.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from figures import FOLDERS, open_figure

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

APPROVED = Path(__file__).with_name("snapshots")
PLACES = {
    "sliding-window": "",
    "shape-machine": "guide/output-length/",
    "field-tower": "guide/receptive-field/",
    "groups-matrix": "guide/groups/",
    "which-axis": "guide/wrong-axis/",
    "trace": "trace/",
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", PLACES)
def test_a_screen_reader_finds_what_was_approved(site: Site, page: Page, name: str, folder: str) -> None:
    figure = open_figure(site, page, name, PLACES[name], folder=folder)
    found = figure.aria_snapshot() + "\n"
    file = APPROVED / f"{name}.{folder.strip('/') or 'en'}.yml"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    approved = file.read_text(encoding="utf-8")
    difference = difflib.unified_diff(
        approved.splitlines(), found.splitlines(), "approved", "found", "", "", 1
    )
    assert found == approved, "\n".join(difference)


def test_every_figure_of_the_site_is_among_them(site: Site) -> None:
    html = "".join(path.read_text(encoding="utf-8") for path in site.folder.rglob("*.html"))
    assert {name for name in PLACES if f'data-figure="{name}"' in html} == set(PLACES)
    scripts = {path.stem for path in (site.folder / "assets/javascripts/figures").glob("*.js")}
    figures = {name for name in scripts if f'data-figure="{name}"' in html}
    assert figures == set(PLACES)
