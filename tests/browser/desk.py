"""A reader's desk that is kept from test to test: one tab, as clean as a new one before each.

A fresh profile costs a processor second for every test: a process, an empty cache, scripts compiled anew.
This one keeps those, and nothing that a page, a test or a reader could notice. What cannot be taken back (a
clock, a route, whatever is run in all pages to come) needs a fresh profile: fixtures `context`, `fresh_page`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from playwright.sync_api import Error

from figures import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

DESKTOP: Any = {"width": 1280, "height": 900}
SMALLEST: Any = {"width": 320, "height": 640}
# Of the page and of its context: each outlives the test that asks for it.
REFUSED = (
    "add_init_script",
    "add_locator_handler",
    "expose_binding",
    "expose_function",
    "once",
    "route",
    "route_from_har",
    "route_web_socket",
    "set_default_navigation_timeout",
    "set_default_timeout",
    "set_extra_http_headers",
)
CLOCK = ("install", "pause_at", "set_fixed_time", "set_system_time")
STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
AS_IT_IS: Any = {"media": "null", "reduced_motion": "null", "forced_colors": "null", "contrast": "null"}


class Desk:
    """One tab in one profile."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None
        self._session: CDPSession | None = None
        self._listeners: list[tuple[Any, Callable[..., Any]]] = []

    def page(self) -> Page:
        """The tab, clean; another one if the last has crashed or was closed."""
        if self._page and not self._page.is_closed():
            try:
                self._clean(self._page)
            except Error:  # it has crashed
                self.clear()
            else:
                return self._page
        self.clear()
        return self._new()

    def clear(self) -> None:
        """Throws the profile away, as after a test that has failed: nobody knows what it has left."""
        if self._page:
            self._page.context.close()
        self._page = self._session = None

    def _new(self) -> Page:
        context = self._browser.new_context(viewport=DESKTOP, color_scheme="light")
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        self._session = context.new_cdp_session(page)
        self._listeners = []
        listen = page.on

        def remembered(event: Any, f: Callable[..., Any]) -> None:
            self._listeners.append((event, f))
            listen(event, f)

        page.on = remembered  # type: ignore[method-assign]
        for name in REFUSED:
            for owner in (page, context):
                if hasattr(owner, name):
                    setattr(owner, name, _refuse(name))
        for name in CLOCK:
            setattr(context.clock, name, _refuse(f"clock.{name}"))
        self._page = page
        return page

    def _clean(self, page: Page) -> None:
        context = page.context
        for event, f in self._listeners:
            page.remove_listener(event, f)
        self._listeners.clear()
        for other in context.pages:
            if other is not page:
                other.close()
        context.set_offline(False)
        context.clear_permissions()
        origin = page.evaluate("location.origin")
        self._forget(context, origin)
        # Away from the page, so that the next address is not only a place on it.
        page.evaluate("() => { try { sessionStorage.clear(); window.name = '' } catch {} }")
        page.goto("about:blank")
        self._forget(context, origin)  # what the page has written when it was left
        page.mouse.move(-1, -1)
        for key in ("Shift", "Control", "Alt", "Meta"):
            page.keyboard.up(key)
        page.emulate_media(color_scheme="light", **AS_IT_IS)
        page.set_viewport_size(DESKTOP)
        assert self._session
        self._session.send("Page.resetNavigationHistory")

    def _forget(self, context: BrowserContext, origin: str) -> None:
        context.clear_cookies()
        assert self._session
        if origin != "null":
            stored = {"origin": origin, "storageTypes": STORED}
            self._session.send("Storage.clearDataForOrigin", stored)


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError(f"{name} would outlive this test: take fresh_page, or a page of `context`")

    return refuse
