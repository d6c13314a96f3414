"""Under `serve`: what is saved is shown at once, the rest follows, and no error ends the server.

A saved page is made alone, with what the last whole build knows of all others; a style sheet or a script is
copied. Then the whole site is built beside the one that is shown, and takes its place when it is finished.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import Abort, BuildError
from mkdocs.plugins import CombinedEvent, event_priority

from conv1d_site.hooks import command, layout, order, saved_pages
from conv1d_site.hooks.built import Built
from conv1d_site.hooks.watched import unread
from conv1d_site.steps.finish import as_they_are
from conv1d_site.steps.finish.publish import html_files, same_pages, write_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.plugins.site_hooks")


class Superseded(BaseException):
    """A build is of no use any more: something was saved since. No error, which MkDocs would tell."""


# Has the site written beside the one that is shown.
@event_priority(order.Config.SERVING)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if run.aside and not run.nested:
        config.site_dir = str(run.aside)
    return config


# Notes what pages are like before plugins fill in what they know of all pages, a list of tags for instance.
@event_priority(order.Env.SERVING_NOTES)
def _note_contents(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    if command.run.serving:
        command.run.contents = _contents(files)
    return env


# Keeps what a saved page is made with.
@event_priority(order.Env.SERVING)
def _keep_what_is_built(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    run = command.run
    if run.serving and run.nav:
        of_others = frozenset(run.contents.items() ^ _contents(files).items())
        run.built[layout.language(config).code] = Built(
            config,
            files,
            run.nav,
            env,
            run.notebooks,
            run.made_with,
            frozenset(path for path, _ in of_others),
        )
    return env


on_env = CombinedEvent(_note_contents, _keep_what_is_built)


def _contents(files: Files) -> dict[str, str | None]:
    return {file.src_uri: file.page.content for file in files if file.page}


# Gives up a build that comes behind a page that is shown already, for a page that was saved meanwhile.
@event_priority(order.PrePage.SERVING)
def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    if command.run.superseded():
        raise Superseded
    return page


@event_priority(order.PageContext.SERVING)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    if command.run.superseded():
        raise Superseded
    return context


@event_priority(order.Serve.SERVING)
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    if not command.run.serving:  # `serve --clean` shows what a build would publish
        return server
    roots = [Path(each) for each in {*server._watched_paths, *map(os.path.abspath, config.watch)}]
    server.builder = _Serving(server, config, builder, roots, Path(config.site_dir)).save
    return server


@dataclass
class _Serving:
    """What is served from one save to the next."""

    server: LiveReloadServer
    config: MkDocsConfig
    build: Callable[[], None]
    watched: list[Path]  # files and folders
    site: Path  # the folder that is served

    places: as_they_are.Places = field(init=False)
    before: as_they_are.States = field(init=False)
    whole: bool = True  # the site is that of a build that came to its end
    behind: bool = False  # not all of it has what was saved
    older: Path | None = None  # the folder that was served before: somebody may just be reading it
    numbers: Iterable[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.places = self._as_they_are()
        self.before = as_they_are.states(self.watched)

    def save(self) -> None:
        """Do what is to be done when something was saved: MkDocs calls this."""
        now = as_they_are.states(self.watched)
        saved, self.before = as_they_are.changed(self.before, now), now
        copied = self._copy(saved & self.places.keys()) if self.whole else set()
        if saved and copied == saved and not self.behind:
            return
        shown = self._show_pages(saved - copied) if self.whole and saved != copied else False
        self._build(follows=shown or (self.behind and copied == saved))

    def _copy(self, saved: set[Path]) -> set[Path]:
        """Copy what the site has as it is; where that is not possible, the site is built, which says why."""
        if saved:
            with contextlib.suppress(OSError):
                as_they_are.copy(saved, self.places)
                log.info("Published as %s: %s", *self._said(saved))
                return saved
        return set()

    def _show_pages(self, saved: set[Path]) -> bool:
        """Make the pages that were saved, and let browsers have them; whether there were any."""
        project, start = layout.project(self.config), time.monotonic()
        if reason := saved_pages.why_not(saved, project):
            log.info("The whole site is built: %s", reason)
            return False
        try:
            made = saved_pages.make(saved, project, command.run.built.values(), self.site)
        except Exception as error:  # whatever it is, the whole build will come to it, and say it
            log.debug("A saved page was not made alone: %s", error, exc_info=True)
            return False
        if made:
            log.info(
                "Shown after %.1f s; the rest follows: %s", time.monotonic() - start, self._said(made)[1]
            )
            with self.server._epoch_cond:
                self.server._visible_epoch = self.server._wanted_epoch
                self.server._epoch_cond.notify_all()
        else:
            log.info("The whole site is built: %s is more than its own text", self._said(saved)[1])
        return bool(made)

    def _build(self, *, follows: bool) -> None:
        """Build the whole site; if it `follows` what is shown already, until something else is saved."""
        run = command.run
        assert run.folder
        run.aside = run.folder / f"site-{next(iter(self.numbers))}"
        run.superseded = (lambda: self.server._want_rebuild) if follows else (lambda: False)
        self.behind = True
        try:
            self.build()
        except Superseded:
            log.info("Something else was saved: the rest of the site follows it")
        # Whatever a page, a template or a plugin can raise; MkDocs' own errors are SystemExits as well.
        except Exception as error:
            log.error("%s", error, exc_info=not isinstance(error, Abort | BuildError))
            for page in html_files(self.site):
                write_notice(self.site / page, command.message(error))
            self.whole = False  # until a build succeeds
        else:
            self._publish(run.aside)
            return
        finally:
            run.superseded = lambda: False
        shutil.rmtree(run.aside, ignore_errors=True)

    def _publish(self, site: Path) -> None:
        """Serve another folder, in one step."""
        with self.server._epoch_cond:
            if not same_pages(self.site, site):  # who has seen the saved page need not load it again
                self.server._wanted_epoch = max(self.server._wanted_epoch + 1, round(time.monotonic() * 1000))
            self.server.root = str(site)
        self.server.error_handler = self._error_page
        if self.older:
            shutil.rmtree(self.older, ignore_errors=True)
        self.older, self.site = self.site, site
        self.places, self.whole, self.behind = self._as_they_are(), True, False

    def _error_page(self, status: int) -> bytes | None:
        with contextlib.suppress(OSError):
            return (self.site / f"{status}.html").read_bytes()
        return None

    def _said(self, paths: Iterable[Path]) -> tuple[str, str]:
        names = sorted({os.path.relpath(each, layout.root(self.config)) for each in paths})
        return ("they are" if len(names) > 1 else "it is"), ", ".join(names)

    def _as_they_are(self) -> as_they_are.Places:
        """Where the files of the theme are that a save may change without a build."""
        sites = [self.site, *(self.site / each.folder for each in layout.other_languages(self.config))]
        found = as_they_are.find(Path(str(self.config.theme.custom_dir)), "assets", sites)
        return {path: found[path] for path in unread(layout.project(self.config), found)}
