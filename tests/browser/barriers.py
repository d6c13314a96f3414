"""What axe finds on a page that is open, at a price that lets the whole site be walked.

Axe asks of each element where it lies and what is below it, and a page has thousands, most of them the coloured
words of its listings. So contrast is looked at once for each kind of text: a text's kind is its element and all
that it lies in, with their classes, its colours and its size. (The contrast of every single text is computed in
visiting.py, which does not know what overlaps.) When that has been done, listings are plain text, as they are
to all other rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Axe's own options, but for three. It does not decide on single letters, mathematical signs, and texts near an
# icon that a style sheet draws; here such letters are words like others, and icons stand beside texts.
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
CONFIGURED: Any = {
    "checks": [{"id": "color-contrast", "options": CONTRAST}],
    "rules": [{"id": "color-contrast", "selector": "[data-new-kind]"}],
}
# What the width of the window can change: the rest is the same elements with the same names.
NARROW = ["target-size", "scrollable-region-focusable", "aria-hidden-focus", "bypass", "label", "button-name"]
CONTRAST_ONLY = ["color-contrast"]

# The shade at the edge of what scrolls is a gradient, through which axe does not look; the paper below it is plain.
PLAIN = """() => {
  for (const each of document.querySelectorAll(".md-typeset *"))
    if (getComputedStyle(each).backgroundAttachment.includes("local")) each.style.backgroundImage = "none"
}"""

# Marks one text of each kind that is not known; gives the kinds that are new. Texts of drawings are visiting.py's.
KINDS = """known => {
  const before = new Set(known), found = []
  const chains = new Map([[null, ""]])
  const chain = e => {
    if (!chains.has(e)) chains.set(e, `${chain(e.parentElement)} ${e.localName}.${e.getAttribute("class") ?? ""}`)
    return chains.get(e)
  }
  for (const each of document.querySelectorAll("[data-new-kind]")) each.removeAttribute("data-new-kind")
  for (const each of document.body.querySelectorAll("*:not(script, style, noscript, svg *)")) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue
    if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(each)
    const kind = [chain(each), color, backgroundColor, fontSize, fontWeight].join("|")
    if (before.has(kind)) continue
    before.add(kind)
    found.push(kind)
    each.dataset.newKind = ""
  }
  return found
}"""

FLAT = """() => {
  for (const code of document.querySelectorAll("pre > code"))
    for (const span of code.querySelectorAll("span:not([data-new-kind], :has([data-new-kind], aside))"))
      if (!span.closest("aside, [data-new-kind]")) span.replaceWith(...span.childNodes)
}"""

# Axe 4.12 takes a formula for no text.
RUN = """async options => {
  const { violations, incomplete, passes } = await axe.run(document, options)
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
    """Looks for barriers, page after page; remembers the kinds of text that it has seen, by what they were seen in."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}

    def begin(self, page: Page) -> None:
        """Brings axe onto the page; what it cannot see through is taken away."""
        page.evaluate(AXE)
        page.evaluate("options => axe.configure(options)", CONFIGURED)
        page.evaluate(PLAIN)

    def contrast(self, page: Page, scheme: str) -> list[str]:
        """What is wrong with kinds of text that have not been seen in that scheme."""
        return self._run(page, CONTRAST_ONLY, scheme) if self._mark(page, scheme) else []

    def all(self, page: Page, scheme: str) -> list[str]:
        """What any rule finds; of contrast, on kinds that have not been seen in that scheme. Flattens listings."""
        self._mark(page, scheme)
        page.evaluate(FLAT)
        return self._run(page, TAGS, scheme, least=20)

    def narrow(self, page: Page) -> list[str]:
        """What a narrow window can change."""
        return self._run(page, NARROW, "narrow")

    def _mark(self, page: Page, scheme: str) -> int:
        known = self._known.setdefault(scheme, [])
        found: list[str] = page.evaluate(KINDS, known)
        known += found
        return len(found)

    def _run(self, page: Page, rules: list[str], where: str, least: int = 0) -> list[str]:
        options = {"runOnly": rules, "resultTypes": ["violations", "incomplete"]}
        passed, told = page.evaluate(RUN, options)
        assert passed >= least, "axe has not looked"
        return [f"{where}: {each}" for each in told]
