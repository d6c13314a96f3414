"""On a terminal, how far a build is that takes a while: which page, how many there are, and what is left."""

from __future__ import annotations

import logging
import multiprocessing
import sys
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import InclusionLevel

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.meter import Meter, State

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page


# Begins with the first language; the others count on, if they are not built beside it.
@event_priority(order.Nav.PROGRESS)
def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    run = command.run
    lowest = InclusionLevel.is_in_serve if run.serving else InclusionLevel.is_included
    run.counted = {"all": len(files.documentation_pages(inclusion=lowest))}
    if run.nested or not _is_wanted():
        return nav
    languages = 1 if run.apart else 1 + len(layout.other_languages(config))
    steps, project = 2 * run.counted["all"] * languages, layout.project(config)

    def state() -> State:
        tasks = project.running()
        snippets = sum(task.done.is_set() for task in tasks)
        text = f"{run.at_hand} ({snippets} of {len(tasks)} snippets run)"
        return State(run.steps_done + snippets, steps + len(tasks), text)

    run.steps_done, run.meter = 0, Meter(sys.stderr, state)
    for handler in logging.getLogger("mkdocs").handlers:
        handler.addFilter(_make_room)
    run.meter.start()
    return nav


@event_priority(order.PageMarkdown.PROGRESS)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    _count("converting", page, config)
    return markdown


@event_priority(order.PageContext.PROGRESS)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    _count("writing", page, config)
    return context


@event_priority(order.PostBuild.PROGRESS)
def on_post_build(config: MkDocsConfig) -> None:
    if not command.run.nested:
        _end()


@event_priority(order.BuildError.PROGRESS)
def on_build_error(error: Exception) -> None:
    if not command.run.nested:
        _end()


# Of a build that Ctrl-C has ended.
@event_priority(order.Shutdown.PROGRESS)
def on_shutdown() -> None:
    _end()


def _is_wanted() -> bool:
    """Whether there is a terminal, of which this is the first process, and somebody who wants to be told."""
    told = logging.getLogger("mkdocs").isEnabledFor(logging.INFO)
    return sys.stderr.isatty() and told and not multiprocessing.parent_process()


def _count(doing: str, page: Page, config: MkDocsConfig) -> None:
    run = command.run
    run.steps_done += 1
    run.counted[doing] = run.counted.get(doing, 0) + 1
    where = f"{layout.language(config).folder}{page.file.src_uri}"
    run.at_hand = f"{doing} {where}, {run.counted[doing]} of {run.counted['all']}"


def _make_room(record: logging.LogRecord) -> bool:
    if command.run.meter:
        command.run.meter.clear()
    return True


def _end() -> None:
    if command.run.meter:
        command.run.meter.close()
        command.run.meter = None
