"""What axe finds on a page that is open, at a price that lets the whole site be walked.

Axe asks of each element, for each rule, and a page has thousands: most are the coloured words of its
listings, the strokes of its plots, the parts of its formulas, and a menu that is the same on its neighbours.
To all rules but contrast they are nothing; so one text of each kind is kept, and the rest put away. A text's
kind is its element with its class, its colours, and its size. The contrast of every single text is computed
in visiting.py, which does not know what overlaps.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
from desk import DESKTOP

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Axe's own options, but for three. It does not decide on single letters, mathematical signs, and texts near
# an icon that a style sheet draws; here such letters are words like others, and icons stand beside texts.
CONTRAST: Any = {
    "boldValue": 700,
    "boldTextPt": 14,
    "largeTextPt": 18,
    "contrastRatio": {"normal": {"expected": 4.5}, "large": {"expected": 3}},
    "pseudoSizeThreshold": 0.25,
    "shadowOutlineEmMax": 0.2,
    "textStrokeEmMin": 0.03,
    "ignoreUnicode": False,
    "ignoreLength": True,
    "ignorePseudo": True,
}
CHECKS: Any = {"checks": [{"id": "color-contrast", "options": CONTRAST}]}
LIVE = "() => !document.querySelector('figure[data-figure]:not([data-live=yes])')"
SCHEMES = ("dark", "light", "forced")

# What axe cannot see through. The shade at the edge of what scrolls is a gradient on plain paper; of another
# gradient the colour that is painted first counts. Frames that lie over what they surround hide nothing.
# Menus are whole; axe leaves undecided what is cut off. Colours change at once.
PLAIN = """() => {
  for (const each of document.querySelectorAll(".md-typeset *")) {
    const style = getComputedStyle(each), image = style.backgroundImage
    if (image.includes("gradient"))
      each.dataset.gradient = style.backgroundAttachment.includes("local") ? "" : "text"
  }
  const sheet = document.createElement("style")
  sheet.textContent = `* { transition: none !important }
    .insync-kernel, .insync-signs { visibility: hidden !important }
    .md-sidebar__scrollwrap { overflow: visible !important }`
  document.head.append(sheet)
}"""

# A gradient's colours are those of the scheme at hand.
GRADIENTS = """() => {
  for (const each of document.querySelectorAll("[data-gradient]")) {
    each.style.backgroundImage = each.style.backgroundColor = ""
    const image = getComputedStyle(each).backgroundImage
    each.style.backgroundImage = "none"
    if (!each.dataset.gradient) continue
    const colours = image.match(/(?:rgb|color|oklab)[^()]*\\([^()]*\\)/g) ?? []
    each.style.backgroundColor = colours.findLast(colour => !/, 0\\)/.test(colour)) ?? ""
  }
}"""

# Marks one text of each kind that is not known; gives the kinds that are new. Texts of drawings axe never
# decides on, nor on a matrix' lines, which lie a little over each other, or a menu's title over its list:
# those of HTML visiting.py computes.
KINDS = """([known, scheme]) => {
  const before = new Set(known), found = [], behind = new Map([[null, ""]])
  const layers = e => {
    if (!behind.has(e)) {
      const { backgroundColor } = getComputedStyle(e)
      behind.set(e, layers(e.parentElement) + (/, 0\\)/.test(backgroundColor) ? "" : backgroundColor))
    }
    return behind.get(e)
  }
  const away = "script, style, noscript, svg *, .insync-lines span, .md-nav__title"
  for (const each of document.body.querySelectorAll(`*:not(${away})`)) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue
    if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const { width, height } = each.getBoundingClientRect()
    if (!width || !height) continue
    const { color, fontSize, fontWeight } = getComputedStyle(each)
    const name = `${each.localName}.${each.getAttribute("class") ?? ""}`
    const kind = [name, each.parentElement.localName, color, layers(each), fontSize, fontWeight].join("|")
    if (before.has(kind)) continue
    before.add(kind)
    found.push(kind)
    each.dataset.kinds = `${each.dataset.kinds ?? ""} ${scheme}`
  }
  return found
}"""

FLAT = """menu => {
  const away = "pre > code span:not([data-kinds], aside *), math :not([data-kinds])"
  for (const each of document.querySelectorAll(away))
    if (!each.querySelector("[data-kinds], aside")) each.replaceWith(...each.childNodes)
  for (const each of document.querySelectorAll("[role=img] > svg > *")) each.remove()
  if (!menu) document.querySelector(".md-nav--primary > ul")?.remove()
}"""

# Chromium does not tell of a letter's filling that it is forced, which axe asks for.
FILLED = """() => {
  for (const each of document.querySelectorAll("[data-kinds]"))
    each.style.webkitTextFillColor = getComputedStyle(each).color
}"""

# Axe 4.12 takes a formula for no text.
RUN = """async options => {
  const { violations, incomplete, passes } =
    await axe.run(document, { resultTypes: ["violations", "incomplete"], ...options })
  const told = []
  for (const [what, rules] of Object.entries({ violated: violations, undecided: incomplete }))
    for (const { id, nodes } of rules)
      for (const { html, target, any, all, none } of nodes) {
        if (id === "empty-table-header" && document.querySelector(target)?.querySelector("math")) continue
        const why = [...any, ...all, ...none].map(check => check.message).join("; ")
        told.push(`${what} ${id}: ${target.join(" ")} ${html.slice(0, 150)} ${why.slice(0, 250)}`)
      }
  return [passes.length, told]
}"""


class Barriers:
    """Looks for barriers, page after page; remembers the kinds of text, and the menus, that it has seen."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[str]] = {}
        self._menus: set[str] = set()

    def look(self, page: Page, screen: ViewportSize) -> list[str]:
        """What axe has against an open page, or leaves undecided; it is not what it was afterwards.

        Contrast at a desk, in both schemes and in forced colours; all else on the screen.
        """
        page.wait_for_function(LIVE)
        page.set_viewport_size(DESKTOP)
        page.evaluate(PLAIN)
        new = [scheme for scheme in SCHEMES if self._mark(page, scheme)]
        folder = page.url.rstrip("/").rpartition("/")[0]
        page.evaluate(FLAT, folder not in self._menus)
        self._menus.add(folder)
        page.evaluate(AXE)
        found = [each for scheme in new for each in _contrast(page, scheme)]
        _emulate(page, "light")
        page.set_viewport_size(screen)
        passed, told = page.evaluate(RUN, {"runOnly": TAGS, "rules": {"color-contrast": {"enabled": False}}})
        assert passed > 20, "axe has not looked"
        return found + [f"{screen['width']}: {each}" for each in told]

    def _mark(self, page: Page, scheme: str) -> bool:
        _emulate(page, scheme)
        known = self._kinds.setdefault(scheme, [])
        found: list[str] = page.evaluate(KINDS, [known, scheme])
        known += found
        return bool(found)


def _contrast(page: Page, scheme: str) -> list[str]:
    """What axe finds of the kinds of text that are new in the scheme."""
    _emulate(page, scheme)
    if scheme == "forced":
        page.evaluate(FILLED)
    rule = {"id": "color-contrast", "selector": f"[data-kinds~={scheme}]"}
    page.evaluate("given => axe.configure(given)", CHECKS | {"rules": [rule]})
    _, told = page.evaluate(RUN, {"runOnly": ["color-contrast"]})
    return [f"{scheme}: {each}" for each in told]


def _emulate(page: Page, scheme: str) -> None:
    """Shows the page in a scheme; forced colours are those of the light one."""
    dark = scheme == "dark"
    page.emulate_media(
        color_scheme="dark" if dark else "light", forced_colors="active" if scheme == "forced" else "none"
    )
    page.wait_for_selector(f"body[data-md-color-scheme={'slate' if dark else 'default'}]")
    page.evaluate(GRADIENTS)
