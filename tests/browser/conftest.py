"""The real site, built once and served to a real browser, and one walk through all its pages."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import threading
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from barriers import Barriers
from desk import DESKTOP, Desk
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from real_site import Served, wait_for
from visiting import PHONE, Tab, Visit

from figures import TIMEOUT
from tools.browser import ADVICE, find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

# One of each kind of page, and every figure, in one language or the other. With AXE=all axe looks at all
# pages, which takes some three seconds of a processor for each (`make axe`).
AXE_PAGES = (
    "",
    "guide/",
    "guide/one-output/",
    "guide/output-length/",
    "guide/errors/",
    "reference/equations/",
    "recipes/causal/",
    "blog/",
    "zh/",
    "zh/trace/",
    "zh/glossary/",
    "zh/guide/groups/",
    "zh/guide/receptive-field/",
    "zh/guide/wrong-axis/",
    "zh/guide/weights/",
    "zh/reference/cheat-sheet/",
)

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


@pytest.fixture(scope="session")
def visits(site: Site, chromium: Browser) -> list[Visit]:
    """All pages, opened once on a phone's screen and looked at in its widths and in both schemes."""
    context = chromium.new_context(viewport=PHONE, color_scheme="light")  # type: ignore[arg-type]
    # What a page asks for late it asks for while the next ones are looked at.
    barriers = Barriers()
    pages = site.pages()
    looked_at = pages if os.environ.get("AXE") == "all" else {site.address + path for path in AXE_PAGES}
    tabs = [Tab(context.new_page(), barriers, looked_at) for _ in range(4)]
    found = [tab.visit(address) for tab, address in zip(cycle(tabs), pages, strict=False)]
    for tab in tabs:
        tab.leave()
    context.close()
    return found
