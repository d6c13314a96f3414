"""A site that is whole or not there: built beside its place, strictly, and published when all is well."""

from __future__ import annotations

import atexit
import contextlib
import errno
import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mkdocs.exceptions import Abort, BuildError
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.hooks.command import Command, start
from conv1d_site.hooks.watched import unread
from conv1d_site.steps.finish import as_they_are
from conv1d_site.steps.finish.publish import Unfinished, alone, clear, html_files, publish, write_notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer

log = logging.getLogger("mkdocs.plugins.site_hooks")

# Of the errors that an operating system can raise, those that are no fault of the program's.
UNWRITABLE = {errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS}


# Counts warnings from here on, for all languages; what is only a warning while one writes stops a build.
@event_priority(order.Startup.WHOLE_SITE)
def on_startup(command: Command, dirty: bool) -> None:
    start(command, dirty)


# Empties the site's place, as MkDocs would, and has the site written in a folder of this build's own.
@event_priority(order.Config.WHOLE_SITE)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if run.nested or run.folder:
        return config
    if run.serving:
        run.folder = Path(run.held.enter_context(TemporaryDirectory(prefix="mkdocs_own_")))
    else:
        run.site_dir = place = Path(config.site_dir).resolve()
        try:
            unfinished = Unfinished(place)
            run.held.callback(unfinished.remove)
            run.folder = unfinished.folder
            with alone(place):
                clear(place, run.folder / "replaced")
        except OSError as error:
            raise _unwritable(place, error) from None
        config.site_dir = str(unfinished.site)
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
    if run.incomplete:  # the reason was logged as an error, unless logging is off
        raise Abort("Aborted with an error in another language!")
    if run.site_dir:
        with contextlib.ExitStack() as publishing:
            publishing.enter_context(alone(run.site_dir))
            try:
                publish(Path(config.site_dir), run.site_dir)
            except OSError as error:
                raise _unwritable(run.site_dir, error) from None
            config.site_dir = str(run.site_dir)
            if run.command == "gh-deploy":  # which reads it from there until the process ends
                atexit.register(publishing.pop_all().close)


# Removes what a failed build has written, and says in one line what could not be written.
@event_priority(order.BuildError.WHOLE_SITE)
def on_build_error(error: Exception) -> None:
    run = command.run
    if run.nested:
        return
    run.warnings.counts.clear()
    if not run.serving:
        run.held.close()
        if isinstance(error, OSError) and error.errno in UNWRITABLE:
            what = error.filename2 or error.filename or "a file"
            raise BuildError(f"{what} cannot be written: {error.strerror}")


# Gives back what the command has taken; a build that Ctrl-C has stopped comes only here.
@event_priority(order.Shutdown.WHOLE_SITE)
def on_shutdown() -> None:
    command.run.held.close()


def _unwritable(place: Path, error: OSError) -> BuildError:
    message = f"the site cannot be written into {place} ({error.strerror})"
    return BuildError(f"{message}; name another folder: mkdocs build -d FOLDER")


# Keeps `mkdocs serve` alive through a rebuild that raises: every page shows the message until one succeeds.
# What the site has as it is (a style sheet, a script) is copied when it alone is saved, which takes no build.
@event_priority(order.Serve.WHOLE_SITE)
def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]
) -> LiveReloadServer:
    site_dir = Path(config.site_dir)
    roots = [Path(each) for each in {*server._watched_paths, *map(os.path.abspath, config.watch)}]
    pages, places, before = html_files(site_dir), _as_they_are(config), as_they_are.states(roots)

    def rebuild() -> None:
        nonlocal pages, places, before
        now = as_they_are.states(roots)
        saved, before = as_they_are.changed(before, now), now
        try:
            if saved and saved <= places.keys():
                # Where it cannot be copied, the site is built, which says what cannot be written.
                with contextlib.suppress(OSError):
                    as_they_are.copy(saved, places)
                    log.info("Published as %s: %s", *_said(saved, layout.root(config)))
                    return
            builder()
            pages, places = html_files(site_dir), _as_they_are(config)
        # Whatever a page, a template or a plugin can raise; MkDocs' own errors are SystemExits as well.
        except Exception as error:
            log.error("%s", error, exc_info=not isinstance(error, Abort | BuildError))
            for page in pages:
                write_notice(site_dir / page, command.message(error))
            places = {}  # until a build succeeds

    server.builder = rebuild
    return server


def _said(saved: set[Path], root: Path) -> tuple[str, str]:
    names = sorted(os.path.relpath(each, root) for each in saved)
    return ("they are" if len(names) > 1 else "it is"), ", ".join(names)


def _as_they_are(config: MkDocsConfig) -> as_they_are.Places:
    """Where the files of the theme are that a save may change without a build."""
    project, site_dir = layout.project(config), Path(config.site_dir)
    sites = [site_dir, *(site_dir / each.folder for each in layout.other_languages(config))]
    found = as_they_are.find(Path(str(config.theme.custom_dir)), "assets", sites)
    return {path: found[path] for path in unread(project, found)}
