"""A site that is whole or not there: built beside its place, strictly, and published when all is well."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import Abort, BuildError
from mkdocs.plugins import event_priority
from mkdocs.utils import clean_directory

from conv1d_site.hooks import command, order
from conv1d_site.hooks.command import Command, start
from conv1d_site.steps.finish.publish import html_files, partial, publish, write_notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer

log = logging.getLogger("mkdocs.plugins.site_hooks")


# Counts warnings from here on, for all languages; what is only a warning while one writes stops a build.
@event_priority(order.Startup.WHOLE_SITE)
def on_startup(command: Command, dirty: bool) -> None:
    start(command, dirty)


# Empties the site's folder, as MkDocs would, and has the site written beside it.
@event_priority(order.Config.WHOLE_SITE)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if run.strict and not run.nested:
        run.site_dir = Path(config.site_dir)
        if run.site_dir.is_dir():
            clean_directory(str(run.site_dir))
        config.site_dir = str(partial(run.site_dir))
    return config


# If nothing was even warned of in any language, lets the site appear under its name.
@event_priority(order.PostBuild.WHOLE_SITE)
def on_post_build(config: MkDocsConfig) -> None:
    run = command.run
    if run.nested:
        return
    counts = run.warnings.get_counts()
    run.warnings.counts.clear()
    if counts:
        raise Abort(f"Aborted with {', '.join(f'{n} {name.lower()}s' for name, n in counts)} in strict mode!")
    if run.unfinished:  # the reason was logged as an error, unless logging is off
        raise Abort("Aborted with an error in another language!")
    if run.site_dir:
        publish(Path(config.site_dir), run.site_dir)
        config.site_dir = str(run.site_dir)
        run.site_dir = None


# Removes what a failed build has written.
@event_priority(order.BuildError.WHOLE_SITE)
def on_build_error(error: Exception) -> None:
    run = command.run
    if run.nested:
        return
    run.warnings.counts.clear()
    if run.site_dir:
        shutil.rmtree(partial(run.site_dir), ignore_errors=True)


# Keeps `mkdocs serve` alive through a rebuild that raises: every page shows the message until one succeeds.
@event_priority(order.Serve.WHOLE_SITE)
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    site_dir = Path(config.site_dir)
    pages = html_files(site_dir)

    def rebuild() -> None:
        nonlocal pages
        try:
            builder()
            pages = html_files(site_dir)
        # Whatever a page, a template or a plugin can raise; MkDocs' own errors are SystemExits as well.
        except Exception as error:
            log.error("%s", error, exc_info=not isinstance(error, Abort | BuildError))
            for page in pages:
                write_notice(site_dir / page, command.message(error))

    server.builder = rebuild
    return server
