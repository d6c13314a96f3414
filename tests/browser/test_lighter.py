"""What a build has made lighter looks as it was written: fonts and style sheets, beside the whole ones."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import material
import pytest
from conftest import ROOT
from fontTools.ttLib import TTFont
from matplotlib.image import imread
from playwright.sync_api import expect

from conv1d_site.steps.finish.lighten import pages
from conv1d_site.steps.finish.math_font import characters

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
WRITTEN = (ROOT / "docs/theme/assets", Path(material.__file__).parent / "templates/assets")

NOISE = 8  # of 255: two pictures of the very same page differ now and then, at the edges of letters

# Where each element stands, and, of the first two of a kind, all that is computed for it and for what is
# drawn before and behind it. Not variables: their blanks are others, and they do nothing by themselves.
LOOKS = """async () => {
  await document.fonts.ready
  await new Promise(resolve => setTimeout(resolve, 700)) // Material moves its tooltips late
  document.querySelectorAll("details").forEach(each => { each.open = true })
  // Where Material scrolls the menus to depends on how much of the page was there by then.
  document.querySelectorAll(".md-sidebar__scrollwrap").forEach(each => { each.scrollTop = 0 })
  const seen = new Map()
  return [...document.querySelectorAll("*")].map(each => {
    const {x, y, width, height} = each.getBoundingClientRect()
    const kind = [each, each.parentElement].map(e => `${e?.tagName}.${e?.getAttribute("class")}`).join(" in ")
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    let all = ""
    if (seen.get(kind) < 3) for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(each, part)
      if (part && style.content === "none") continue
      for (const name of style) if (!name.startsWith("--")) all += `${name}:${style.getPropertyValue(name)};`
    }
    return [`${kind} at ${[x, y, width, height]}`, all]
  })
}"""


def as_written(route: Route) -> None:
    """Answer with the file that somebody wrote, not with what the build has made of it."""
    path = route.request.url.partition("/assets/")[2]
    (file,) = (folder / path for folder in WRITTEN if (folder / path).is_file())
    route.fulfill(path=file)


def both(site: Site, chromium: Browser, path: str, scheme: str, size: dict[str, int]) -> tuple[Page, Page]:
    """The page with its files as published, and with the whole ones."""
    opened = []
    for whole in (False, True):
        page = chromium.new_page(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport=size,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        if whole:
            page.route(re.compile(r"/assets/(fonts/|.*\.css$)"), as_written)
        page.goto(site.address + path, wait_until="networkidle")
        opened.append(page)
    return opened[0], opened[1]


def difference(light: Page, whole: Page) -> float:
    """The largest difference of a colour in the pictures of the whole pages."""
    one, other = (imread(BytesIO(page.screenshot(full_page=True)), "png") for page in (light, whole))
    return float(abs(one - other).max() * 255) if one.shape == other.shape else 255


def assert_same(light: Page, whole: Page) -> None:
    for _ in range(20):  # a busy machine may not have finished one of them
        light.wait_for_timeout(200)
        looks = [page.evaluate(LOOKS) for page in (light, whole)]
        different = [one[0] for one, other in zip(*looks, strict=False) if one != other]
        if not different and (differs := difference(light, whole)) <= NOISE:
            break
    assert different == []
    assert differs <= NOISE
    light.close()
    whole.close()


@pytest.mark.parametrize(
    ("path", "scheme", "size"),
    [
        ("", "dark", DESK),
        ("guide/formula/", "light", DESK),
        ("guide/receptive-field/", "dark", DESK),
        ("guide/shapes/", "light", PHONE),
        ("reference/equations/", "light", DESK),
        ("notebooks/conv1d-note/", "light", DESK),
        ("trace/", "dark", PHONE),
        ("blog/", "light", DESK),
        ("zh/guide/groups/", "light", DESK),
    ],
)
def test_a_page_looks_the_same_with_the_whole_files(
    site: Site, chromium: Browser, path: str, scheme: str, size: dict[str, int]
) -> None:
    assert_same(*both(site, chromium, path, scheme, size))


def test_the_search_and_the_menu_look_the_same(site: Site, chromium: Browser) -> None:
    pair = both(site, chromium, "zh/guide/shapes/?q=padding", "dark", DESK)
    for page in pair:
        expect(page.locator(".md-search-result__item").nth(3)).to_be_visible()
    assert_same(*pair)
    pair = both(site, chromium, "guide/shapes/", "light", PHONE)
    for page in pair:
        page.locator("header label[for=__drawer]").click()
        expect(page.locator(".md-nav--primary")).to_be_in_viewport()
    assert_same(*pair)


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
def test_the_font_has_all_that_the_formulas_need(site: Site, folder: str) -> None:
    home = site.folder / folder
    text = characters(pages(home, () if folder else ("zh",)))
    assert len(text) > 80
    fonts = [TTFont(path / "fonts/stix-two-math.woff2") for path in (home / "assets", WRITTEN[0])]
    cut, whole = (font.getBestCmap().keys() for font in fonts)
    assert {ord(each) for each in text} & whole <= cut
    assert fonts[0]["MATH"].table.MathConstants.AxisHeight.Value == (
        fonts[1]["MATH"].table.MathConstants.AxisHeight.Value
    )
