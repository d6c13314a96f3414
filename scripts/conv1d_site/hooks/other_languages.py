"""Builds the other languages beneath the main one, so that one command makes the whole site.

A `build` makes them at the same time, each in a process of its own; `serve`, which keeps much from one
rebuild to the next, makes them in its own process when the pages of the main language are written.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.hooks.second_build import Building
from conv1d_site.steps.finish.publish import write_notice

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

    from conv1d_site.steps.site_language import SiteLanguage

log = logging.getLogger("mkdocs.plugins.site_hooks")


# Starts them, as soon as MkDocs has emptied the folder that they are written into.
@event_priority(order.Files.OTHER_LANGUAGES)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    if command.run.apart:
        for language in layout.other_languages(config):
            log.info("Building %s (%s) at the same time", language.name, language.configuration)
            command.run.beside.append(
                Building(
                    str(layout.root(config) / language.configuration),
                    str(Path(config.site_dir) / language.folder),
                    config,
                    layout.project(config),
                    afresh=command.run.pieces is None,
                    day=command.run.day,
                )
            )
    return files


# Builds them, or waits for those that are being built.
@event_priority(order.PostBuild.OTHER_LANGUAGES)
def on_post_build(config: MkDocsConfig) -> None:
    run = command.run
    if run.nested:
        return
    if not run.apart:
        for language in layout.other_languages(config):
            _build_language(config, language)
    if run.beside:
        run.at_hand = "waiting for the other languages"
    finished = [building.finish() for building in run.beside]
    run.beside.clear()
    run.incomplete = not all(finished)


# Ends those that are being built.
@event_priority(order.BuildError.OTHER_LANGUAGES)
def on_build_error(error: Exception) -> None:
    if not command.run.nested:
        _end_them()


# The same after Ctrl-C, which is no error to MkDocs.
@event_priority(order.Shutdown.OTHER_LANGUAGES)
def on_shutdown() -> None:
    _end_them()


def _end_them() -> None:
    for building in command.run.beside:
        building.end()


def _build_language(config: MkDocsConfig, language: SiteLanguage) -> None:
    """Builds another language's configuration into its folder of the site at hand."""
    log.info("Building %s (%s)", language.name, language.configuration)
    run = command.run
    site_dir = Path(config.site_dir) / language.folder
    run.nested = True
    try:
        other = load_config(
            config_file=str(layout.root(config) / language.configuration),
            site_dir=str(site_dir),
            site_url=config.site_url and config.site_url + language.folder,
            use_directory_urls=config.use_directory_urls,
            strict=False,  # our own counter counts for both
        )
        other.plugins.on_startup(command=run.command, dirty=False)
        build(other, serve_url=other.site_url if run.serving else None)
    # Under `serve` the other language must not be lost for an error in this one.
    except Exception as error:
        if not run.serving:
            raise
        log.error("%s was not built: %s", language.name, error)
        write_notice(site_dir / "index.html", f"{language.configuration}: {command.message(error)}")
    finally:
        run.nested = False
