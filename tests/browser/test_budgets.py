"""What the first view of each page loads, held below its budget: weight comes back little by little."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from weights import loaded, weights

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

BUDGETS = tomllib.loads((Path(__file__).parent / "budgets.toml").read_text(encoding="utf-8"))
# Every kind of page, opened to see that the files say what a browser does.
OPENED = (
    "",
    "guide/shapes/",
    "guide/receptive-field/",
    "guide/wrong-axis/",
    "reference/cheat-sheet/",
    "notebooks/conv1d-note/",
    "blog/",
    "trace/",
    "zh/guide/groups/",
    "zh/guide/frequencies/",
)


def budget(path: str, html: str) -> dict[str, int]:
    """The limits of the page at this path of a language."""
    kind = BUDGETS["figure" if "data-figure=" in html else "page"]
    return {**kind, **BUDGETS.get(path, {})}


def test_every_page_keeps_to_its_budget(site: Site) -> None:
    over = []
    for address in site.pages():
        path = address.removeprefix(site.address)
        page = site.folder / path / "index.html"
        limits = budget(path.removeprefix("zh/"), page.read_text(encoding="utf-8"))
        for kind, count in weights(loaded(page)).items():
            if count > limits[kind]:
                over.append(f"{path or 'home'}: {kind} {count:,} bytes, {limits[kind]:,} allowed")
    assert over == [], "budgets.toml beside this test says more"


def test_no_budget_is_for_a_page_that_is_gone(site: Site) -> None:
    paths = {address.removeprefix(site.address) for address in site.pages()}
    assert BUDGETS.keys() - {"page", "figure"} <= paths


@pytest.mark.parametrize("path", OPENED)
def test_a_browser_loads_what_the_files_say(site: Site, chromium: Browser, path: str) -> None:
    page = chromium.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(site.address + path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    files = loaded(site.folder / path / "index.html")
    wanted = {file.relative_to(site.folder).as_posix() for file in files}
    for _ in range(600):  # a busy machine is idle before a figure has asked for its scripts
        if wanted <= paths_of(asked, site):
            break
        page.wait_for_timeout(100)
    page.close()
    foreign = {each for each in asked if not each.startswith((site.address, "data:", "blob:"))}
    assert foreign == set()
    assert paths_of(asked, site) == wanted


def paths_of(addresses: set[str], site: Site) -> set[str]:
    """The files of the site that were asked for."""
    paths = {
        urlsplit(each).path.removeprefix("/conv1d/") for each in addresses if each.startswith(site.address)
    }
    return {each if each and not each.endswith("/") else f"{each}index.html" for each in paths}
