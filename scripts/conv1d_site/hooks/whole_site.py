"""A site that is whole or not there: built beside its place, strictly, and published when all is well."""

from __future__ import annotations

import atexit
import contextlib
import errno
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mkdocs.exceptions import Abort, BuildError
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, order
from conv1d_site.hooks.command import Command, start
from conv1d_site.steps.finish.publish import Unfinished, alone, clear, publish

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

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
    if run.site_dir and config.site_dir != str(run.site_dir):  # `serve --clean` builds in place the next time
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
