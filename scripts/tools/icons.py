"""Makes the site's icons as PNG, for those that take no SVG: docs/theme/assets/images/icon-WIDTH.png.

    python scripts/tools/icons.py

Takes the tests' browser. To be called again when favicon.svg has changed.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.browser import find_browser

FOLDER = Path(__file__).parents[2] / "docs/theme/assets/images"
WIDTHS = (180, 512)  # a phone's home screen; an application's icon, and what stands beside a shared link
PAPER = "#fdfdfb"


def main() -> None:
    """Draw them: the mark in the middle of a square of the site's paper."""
    mark = (FOLDER / "favicon.svg").read_text(encoding="utf-8")
    style = f"body {{ margin: 0; background: {PAPER}; display: grid; height: 100vh; place-items: center }}"
    browser_path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": width})
            page.set_content(f"<style>{style} svg {{ width: 76%; height: auto }}</style>{mark}")
            page.screenshot(path=FOLDER / f"icon-{width}.png")
        browser.close()


if __name__ == "__main__":
    main()
