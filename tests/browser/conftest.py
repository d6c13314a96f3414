"""The real site, built once and served to a real browser, and one walk through all its pages."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import threading
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import DESKTOP, Desk
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from real_site import Served, wait_for

from figures import TIMEOUT
from tools.browser import ADVICE, find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 640}

FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=TIMEOUT)


@dataclass(frozen=True)
class Site:
    """The built site and where it is served."""

    folder: Path
    address: str

    def pages(self) -> list[str]:
        """The addresses of all pages, as the two site maps have them."""
        maps = [etree.parse(self.folder / path / "sitemap.xml") for path in (".", "zh")]
        found = [
            each.text or "" for site_map in maps for each in site_map.iter() if each.tag.endswith("}loc")
        ]
        assert len(found) >= 20, "that is not the whole site"
        return found

    def twin(self, address: str) -> str:
        """The address of the same page in the other language."""
        path = address.removeprefix(self.address)
        return self.address + (path.removeprefix("zh/") if path.startswith("zh/") else f"zh/{path}")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """The real site, built for the address that it is served at; one for all workers, if there are some."""
    with contextlib.ExitStack() as stack:
        told = getattr(request.config, "workerinput", {}).get("site")
        if not told:
            served = stack.enter_context(Served())
            told = (str(served.folder), served.address)
        wait_for(told[1])
        yield Site(Path(told[0]), told[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser that was found on this machine."""
    executable = find_browser()
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"There is no browser. {ADVICE}")
        pytest.skip(f"There is no browser. {ADVICE}")
    switches = [
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        switches.append("--no-sandbox")  # Chromium refuses to run as root with it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=switches)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Scripts:
    """An empty page in a browser, and where it finds the scripts of figures."""

    page: Page
    address: str


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@pytest.fixture(scope="module")
def scripts(chromium: Browser) -> Iterator[Scripts]:
    """The scripts of figures as they are, without a site around them."""
    handler = functools.partial(Quiet, directory=str(ROOT / "docs/theme/assets/javascripts"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/figures/"
        page = chromium.new_page()
        page.goto(address + "kit.js")
        yield Scripts(page, address)
        page.close()
        server.shutdown()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader's fresh profile, at a desk."""
    context = chromium.new_context(viewport=DESKTOP, color_scheme="light")  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT)
    yield context
    context.close()


@pytest.fixture
def fresh_page(context: BrowserContext) -> Page:
    """An empty tab in a fresh profile."""
    return context.new_page()


@pytest.fixture(scope="session")
def desk(chromium: Browser) -> Iterator[Desk]:
    """The tab that most tests share."""
    made = Desk(chromium)
    yield made
    made.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keeps whether a test has failed, for its fixtures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def page(request: pytest.FixtureRequest, desk: Desk) -> Iterator[Page]:
    """An empty tab, as clean as one in a fresh profile, and far sooner there."""
    yield desk.page()
    if request.node.stash.get(FAILED, False):
        desk.clear()


@dataclass
class Visit:
    """What opening one page brought."""

    address: str
    language: str = ""
    # Where the page's links to itself in another language lead.
    switches: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    # Pixels that the page is wider than the screen, by the screen's width.
    overflow: dict[int, int] = field(default_factory=dict)
    # At a desk, with all folds closed, in pixels.
    height: int = 0
    # Texts in pictures that are too small on the smallest phone, each with its size in pixels.
    small_labels: list[str] = field(default_factory=list)
    formulas: int = 0
    # The formulas that are drawn with no height, or cut off by the box they are in.
    broken_formulas: list[str] = field(default_factory=list)
    # Texts whose contrast is too low, in the light and in the dark scheme.
    faint: list[str] = field(default_factory=list)


# Contrast after WCAG 2, of each element that has text of its own, against what lies behind it. Its exceptions
# are made here as well: large text needs 3:1 only, and decoration nothing.
FAINT = """scheme => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
  const draw = canvas.getContext("2d", {willReadFrequently: true})
  const known = new Map()
  const rgba = colour => {
    if (!known.has(colour)) {
      draw.clearRect(0, 0, 1, 1); draw.fillStyle = colour; draw.fillRect(0, 0, 1, 1)
      known.set(colour, [...draw.getImageData(0, 0, 1, 1).data])
    }
    return known.get(colour)
  }
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] / 255 + below[i] * (1 - top[3] / 255))
  const behind = element => {
    const layers = []
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor))
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255])
  }
  const found = new Set()
  for (const element of document.querySelectorAll("article *, header *, .site-translations *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    const style = getComputedStyle(element)
    if (!own || !element.checkVisibility({opacityProperty: true})) continue
    if (element.closest("svg, .headerlink, annotation, [aria-hidden=true]")) continue
    const back = behind(element), front = over(rgba(style.color), back)
    const [a, b] = [luminance(front), luminance(back)].sort((x, y) => y - x)
    const ratio = (a + .05) / (b + .05)
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700
    if (ratio < (large ? 3 : 4.5))
      found.add([scheme, ratio.toFixed(2), element.tagName, element.className, element.textContent].join(" "))
  }
  return [...found]
}"""

BROKEN_FORMULAS = """() => [...document.querySelectorAll("math")].filter(math => {
  if (!math.checkVisibility()) return false
  const box = math.getBoundingClientRect(), around = math.closest(".math-display")
  return box.height < 5 || box.width < 3 || around && around.scrollHeight > around.clientHeight + 1
}).map(math => math.textContent.slice(0, 60))"""

HEIGHT = "() => document.querySelector('.md-content').scrollHeight"

# Signs above and below a letter are smaller than it, as everywhere.
SMALL_LABELS = """() => [...document.querySelectorAll("figure svg text")].map(text => {
  const {a, b, c, d} = text.getScreenCTM()
  return [text.textContent, parseFloat(getComputedStyle(text).fontSize) * Math.sqrt(Math.abs(a * d - b * c))]
}).filter(([text, size]) => text.trim() && size < 8.95)
  .map(([text, size]) => `${text}: ${size.toFixed(1)}`)"""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def visits(site: Site, chromium: Browser) -> list[Visit]:
    """All pages, opened once on a phone's screen and looked at in its widths and in both schemes."""
    context = chromium.new_context(viewport=PHONE, color_scheme="light")  # type: ignore[arg-type]
    found: list[Visit] = []
    open_pages: list[Page] = []
    for address in site.pages():
        # What a page asks for late it asks for while the next ones are looked at.
        if len(open_pages) == 4:
            finish(open_pages.pop(0))
        found.append(Visit(address))
        open_pages.append(visit(context, found[-1]))
    for page in open_pages:
        finish(page)
    context.close()
    return found


def visit(context: BrowserContext, record: Visit) -> Page:
    """Opens a page and looks at it; it goes on recording what happens until it is closed."""
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and record.errors.append(message.text))
    page.on("pageerror", lambda error: record.errors.append(str(error)))
    page.on("request", lambda request: record.requests.append(request.url))
    page.on("requestfailed", lambda request: record.failures.append(f"{request.url}: {request.failure}"))
    page.on("response", lambda answer: answer.status >= 400 and record.failures.append(answer.url))
    page.goto(record.address)
    record.language = page.locator("html").get_attribute("lang") or ""
    record.switches = page.locator("a[hreflang]").evaluate_all("links => links.map(link => link.href)")
    record.formulas = page.locator("math").count()
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    record.height = page.evaluate(HEIGHT)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate("() => document.fonts.ready")
    record.broken_formulas = page.evaluate(BROKEN_FORMULAS)
    for width in (SMALLEST, PHONE):
        page.set_viewport_size(width)  # type: ignore[arg-type]
        record.overflow[width["width"]] = page.evaluate(OVERFLOW)
        if width == SMALLEST:
            record.small_labels = page.evaluate(SMALL_LABELS)
    for scheme, name in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_selector(f"body[data-md-color-scheme={name}]")
        record.faint += page.evaluate(FAINT, scheme)
    return page


def finish(page: Page) -> None:
    """Closes a page when it asks for nothing any more."""
    page.wait_for_load_state("networkidle")
    page.close()
