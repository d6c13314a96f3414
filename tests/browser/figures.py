"""What the tests of all figures do: open one, hear what it says, look for barriers, time its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import Site
    from playwright.sync_api import Locator, Page

FOLDERS = ("", "zh/")
TIMEOUT = 120_000  # milliseconds; a busy machine is slow, and a right page passes at once
FRAME = 1000 / 60  # milliseconds: what a change should take at most, and does on a quiet machine
PHONE: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LIMIT = 1.5 * FRAME  # what fails a test: shared caches have made the same change half as slow again


def live(name: str) -> str:
    """The selector of a figure that its script has brought to life."""
    return f"figure[data-figure={name}][data-live=yes]"


def open_figure(
    site: Site, page: Page, name: str, path: str = "", state: str = "", folder: str = ""
) -> Locator:
    """Goes to the page at `path` and waits for its figure; `state` is what stands in the address."""
    page.goto(f"{site.address}{folder}{path}" + (f"?{name}={state}" if state else ""))
    figure = page.locator(live(name))
    expect(figure).to_be_attached()
    return figure


def said(figure: Locator) -> str:
    """The sentence that a screen reader is told."""
    return (figure.get_by_role("status").text_content() or "").replace("\xa0", " ")


def heights(figure: Locator) -> tuple[int, int]:
    """Where what follows the figure's sentence begins, from its top, and how high the sentence itself is."""
    below, high = figure.evaluate(
        """figure => {
          const sentence = figure.querySelector("[role=status]"), words = document.createRange()
          words.selectNodeContents(sentence)
          const below = sentence.parentElement.nextElementSibling.getBoundingClientRect().top
          return [below - figure.getBoundingClientRect().top, words.getBoundingClientRect().height]
        }"""
    )
    return round(below), round(high)


def enter(figure: Locator) -> None:
    """Goes to the figure by the one tab stop that it has."""
    figure.locator("[tabindex='0']").focus()


def tab_stops(figure: Locator) -> int:
    """How many places in the figure the tab key stops at."""
    focusable = figure.locator("button, input, [tabindex], a[href], summary, select")
    return focusable.evaluate_all(
        "all => all.filter(each => each.tabIndex >= 0 && each.checkVisibility()).length"
    )


def barriers(page: Page, name: str, scheme: str) -> list[tuple[str, str, str]]:
    """What axe finds against the figure, in a scheme ("light" or "dark") that has been asked for."""
    page.wait_for_selector(f"body[data-md-color-scheme={'slate' if scheme == 'dark' else 'default'}]")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # Of what passes, one node of each rule is named and no more: naming them all takes as long as looking.
    options = {"runOnly": tags, "resultTypes": ["violations"]}
    results = Axe().run(page, context=live(name), options=options)
    assert len(results.response["passes"]) > 10, "axe has looked"
    return [
        (each["id"], node["html"], node["failureSummary"])
        for each in results.response["violations"]
        for node in each["nodes"]
    ]


_CHANGES = """async ([name, keys]) => {
  const figure = document.querySelector(name)
  for (const key of keys) {
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
    if (typeof key === "string")
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}))
    else {
      const box = figure.querySelector(key.text === undefined ? "input[type=range]" : "textarea")
      box.value = key.text ?? key
      box.dispatchEvent(new Event("input", {bubbles: true}))
    }
    figure.getBoundingClientRect() // style and layout are part of it
  }
}"""
# The like of a figure, always the same: a table of 300 cells whose texts and marks change, and is laid out.
_REFERENCE = """async count => {
  const table = document.createElement("table")
  table.style.cssText = "position: absolute; inset: 0 auto auto 0; contain: layout style"
  for (let r = 0; r < 20; r++) {
    const row = table.insertRow()
    for (let c = 0; c < 15; c++) row.insertCell().append("")
  }
  document.body.append(table)
  for (let turn = 0; turn < count; turn++) {
    await new Promise(done => setTimeout(done))
    for (const row of table.rows) for (const cell of row.cells) {
      cell.firstChild.data = String(turn * cell.cellIndex)
      cell.toggleAttribute("data-marked")
    }
    table.getBoundingClientRect()
  }
  table.remove()
}"""
SLOW = 4  # times slower than this machine: a phone
TURNS = 40
REFERENCE = 8.2  # what a turn of it took, times SLOW, when every figure kept to its frame: 13.0 ms at most


def frame_time(page: Page, name: str, keys: Sequence[str | float | dict[str, str]]) -> float:
    """Milliseconds that a change takes a slow phone until it is laid out: its mean over `keys`.

    Keys go to what has the focus, numbers to the figure's slider, a {"text": …} into its box. What counts is
    the time for which the page's thread has a processor, for scripts, style and layout, in the quickest of
    three rounds: other work on the machine is not in it. It takes the caches, though, and hosts differ from
    hour to hour: the reference is timed as well, on a page of its own, and as much as it is slower the figure
    may be, too.
    """
    changes = [live(name), list(keys)]
    reference = page.context.new_page()
    times, references = [], []
    for _ in range(4):  # what runs for the first time is compiled as well: the first round does not count
        references.append(_spent(reference, _REFERENCE, TURNS) / TURNS)
        page.bring_to_front()
        times.append(_spent(page, _CHANGES, changes) / len(keys))
    reference.close()
    time, slower = min(times[1:]), max(1.0, min(references[1:]) / REFERENCE)
    print(f"{time:.1f} ms, where the reference takes {slower:.2f} times as long as it should")
    return time / slower


def _spent(page: Page, script: str, argument: Any) -> float:
    """Milliseconds of a slow phone's processor that a script takes the page's thread."""
    session: Any = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return sum(metrics[f"{part}Duration"] for part in ("Script", "RecalcStyle", "Layout"))

    before = spent()
    page.evaluate(script, argument)
    after = spent()
    session.detach()
    return SLOW * 1000 * (after - before)
