"""One walk through all pages of the site: what opening each of them brings, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desk import DESKTOP, SMALLEST

if TYPE_CHECKING:
    from collections.abc import Container

    from barriers import Barriers
    from playwright.sync_api import ConsoleMessage, Page, Request, Response

PHONE: Any = {"width": 360, "height": 740}


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
    # What axe has against it, or leaves undecided, in both schemes, forced colours, and on the smallest
    # phone.
    barriers: list[str] = field(default_factory=list)
    # The numbers that can be asked, those of them that the tab key stops at, and the sections and folds on
    # the page.
    numbers: int = 0
    number_stops: int = 0
    groups: int = 0


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
  const looked = "article *, header *, .site-end *, .md-nav__title"
  for (const element of document.querySelectorAll(looked)) {
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

NUMBERS = """() => {
  const count = (root, selector) => root.querySelectorAll(`article ${selector}`).length
  const number = "a.insync-number[data-cell]"
  return [count(document, number), count(document, `${number}:not([tabindex="-1"])`),
    1 + count(document, "h2") + count(document, ":is(details, .tabbed-block, figure)")]
}"""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Tab:
    """A tab that opens one page after the other, as if each were its first, and writes down what happens.

    A tab of its own for each page would cost a processor second more.
    """

    def __init__(self, page: Page, barriers: Barriers, looked_at: Container[str]) -> None:
        self._page = page
        self._barriers = barriers
        self._looked_at = looked_at  # pages at which axe looks
        self._record: Visit | None = None
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._now().errors.append(str(error)))
        page.on("request", lambda request: self._now().requests.append(request.url))
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _now(self) -> Visit:
        """The record of the page at hand; of what happens on the way to the next one nothing is kept."""
        return self._record or Visit("")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._now().errors.append(message.text)

    def _failed(self, request: Request) -> None:
        self._now().failures.append(f"{request.url}: {request.failure}")

    def _response(self, answer: Response) -> None:
        if answer.status >= 400:
            self._now().failures.append(answer.url)

    def leave(self) -> None:
        """Leaves the page when it asks for nothing any more."""
        if self._record:
            self._page.wait_for_load_state("networkidle")
        self._record = None
        self._page.goto("about:blank")

    def visit(self, address: str) -> Visit:
        """Opens a page and looks at it; it goes on recording what happens until the page is left."""
        self.leave()
        page, record = self._page, Visit(address)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        self._record = record
        page.goto(record.address)
        record.language = page.locator("html").get_attribute("lang") or ""
        record.switches = page.locator("a[hreflang]").evaluate_all("links => links.map(link => link.href)")
        record.formulas = page.locator("math").count()
        record.numbers, record.number_stops, record.groups = page.evaluate(NUMBERS)
        page.set_viewport_size(DESKTOP)
        record.height = page.evaluate(HEIGHT)
        page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate("() => document.fonts.ready")
        record.broken_formulas = page.evaluate(BROKEN_FORMULAS)
        for width in (SMALLEST, PHONE):
            page.set_viewport_size(width)
            record.overflow[width["width"]] = page.evaluate(OVERFLOW)
            if width == SMALLEST:
                record.small_labels = page.evaluate(SMALL_LABELS)
        for scheme, name in (("light", "default"), ("dark", "slate")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_selector(f"body[data-md-color-scheme={name}]")
            record.faint += page.evaluate(FAINT, scheme)
        # The languages have the same elements, which the parity check holds: one is looked at on each screen.
        if address in self._looked_at:
            record.barriers = self._barriers.look(page, DESKTOP if record.language == "en" else SMALLEST)
        return record
