"""The command that is running: the one state that the hooks share.

This module is imported in the ordinary way, and so exists once; see `conv1d_site.hooks`.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

from mkdocs.exceptions import BuildError
from mkdocs.utils import CountHandler, get_build_datetime

from insync.running.processors import processors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

    from conv1d_site.hooks.built import Built
    from conv1d_site.hooks.second_build import Building
    from conv1d_site.hooks.watched import Watched
    from conv1d_site.steps.meter import Meter
    from conv1d_site.steps.pieces import Pieces
    from conv1d_site.steps.prepare.dates import Dates
    from conv1d_site.steps.prepare.notebooks import Notebooks
    from conv1d_site.steps.prepare.search import Dictionary
    from conv1d_site.steps.site_language import SiteLanguage
    from insync.problem import Problem

Command = Literal["build", "gh-deploy", "serve"]


@dataclass
class Run:
    """One command from its start to its end; every rebuild of `serve` belongs to the same run."""

    command: Command = "build"
    # The day that pages say: the same in every language, also when midnight comes meanwhile. In UTC, or what
    # SOURCE_DATE_EPOCH says.
    day: str = field(default_factory=lambda: f"{get_build_datetime():%Y-%m-%d}")
    warnings: CountHandler = field(default_factory=lambda: CountHandler(level=logging.WARNING))
    languages: tuple[SiteLanguage, ...] = ()
    # The place that the finished site is moved to; None when no move is needed.
    site_dir: Path | None = None
    # What is to be given back at the end, however that comes: temporary folders, locks.
    held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    # This run's own folder, for what no other build may change.
    folder: Path | None = None
    # What was wrong with the numbers of the pages that have been rendered.
    problems: list[Problem] = field(default_factory=list)
    # What is left of the page syntax on finished pages.
    leftovers: list[Problem] = field(default_factory=list)
    # Of the language that is being built.
    notebooks: Notebooks | None = None
    kept_pages: Path | None = None
    # What earlier builds have made, and a digest of what all pieces of the language at hand depend on. None
    # in a build that makes everything itself, or of a language of which not all that matters is known.
    pieces: Pieces | None = None
    made_with: str | None = None
    # For the search, where this process builds a language that needs one.
    dictionary: Dictionary | None = None
    # The other languages whose pages are being built beside this one's.
    beside: list[Building] = field(default_factory=list)
    # One of them has failed.
    incomplete: bool = False
    # Under `serve`, once the first build is done.
    watched: Watched | None = None
    # Of the language that is being built: when its pages were written and changed, and what the site has.
    dates: dict[str, Dates] = field(default_factory=dict)
    files: Files | None = None
    nav: Navigation | None = None
    # Under `serve`: what the last build of each language (its code) has left, the folder that the site is
    # written into, and whether this build is of no use any more.
    built: dict[str, Built] = field(default_factory=dict)
    aside: Path | None = None
    contents: dict[str, str | None] = field(default_factory=dict)  # of pages, before plugins see all of them
    superseded: Callable[[], bool] = lambda: False
    # On a terminal: how many steps of pages are done by now (each has two), how many of each kind in the
    # language at hand, and what is being done.
    meter: Meter | None = None
    steps_done: int = 0
    counted: dict[str, int] = field(default_factory=dict)
    at_hand: str = "reading"
    # True while the build of one configuration is building another.
    nested: bool = False

    @property
    def serving(self) -> bool:
        """The pages are shown to their authors."""
        return self.command == "serve"

    @property
    def apart(self) -> bool:
        """Every language has a process of its own, which costs some four seconds of a core more."""
        return not self.serving and processors() > 1


run = Run()


def start(command: Command, dirty: bool) -> None:
    """Start a run, which counts warnings from here on if any is to end it; not within another.

    Raises BuildError for a dirty one: MkDocs would leave every page as it was whose Markdown has not changed,
    and a number on it that has.
    """
    global run
    if dirty:
        what = "--dirty would keep pages whose numbers have changed"
        raise BuildError(f"{what}. Leave it out: what has not changed is not run again in any case.")
    if run.nested:
        return
    logging.getLogger("mkdocs").removeHandler(run.warnings)
    run = Run(command)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)
    if not run.serving:
        log = logging.getLogger("mkdocs")
        log.setLevel(min(log.level, logging.WARNING))  # `--quiet` silences what must end a build
        log.addHandler(run.warnings)


def _end(number: int, frame: object) -> NoReturn:
    """End in order, as Ctrl-C does, so that what is held is given back."""
    sys.exit(128 + number)


def message(error: Exception) -> str:
    """What went wrong; MkDocs hides it behind an `Abort` once it has been printed."""
    return str(error.__context__ if isinstance(error.__context__, BuildError) else error)
