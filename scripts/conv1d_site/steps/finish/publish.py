"""A site that is whole or not there: made in its build's own folder, moved to its place when finished."""

from __future__ import annotations

import contextlib
import errno
import html
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conv1d_site.steps.finish.lock import Lock, take

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = "lock"  # in an unfinished build's folder: held while the build lives


class Unfinished:
    """A folder in which one build makes its site, beside the site's place; its name calls it partial.

    `site` is the folder to build in; the build may keep other things beside it. What builds have left that
    ended before their time is removed. Raises OSError where nothing can be written.
    """

    def __init__(self, site_dir: Path) -> None:
        if site_dir.exists() and not site_dir.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(site_dir))
        site_dir.parent.mkdir(parents=True, exist_ok=True)
        beside = (site_dir.parent, f"{site_dir.name}.partial-")
        inside = (site_dir, ".partial-")  # hidden: no part of the site
        for place in (beside, inside):
            _remove_dead(*place)
        # Where something is mounted (a container's volume), only what lies in it can be moved in one step.
        alone = os.path.ismount(site_dir) or (site_dir.is_dir() and not os.access(site_dir.parent, os.W_OK))
        self.folder, self._lock = _own_folder(*(inside if alone else beside))
        self.site = self.folder / "site"

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        _remove(self.folder, self._lock)


def _own_folder(parent: Path, prefix: str) -> tuple[Path, Lock | None]:
    """A new folder, and the lock that tells other builds that its own is alive."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            if lock := take(folder / _LOCK):
                return folder, lock
        except FileNotFoundError:
            pass
        except OSError:  # there are no locks here: then nobody removes it
            return folder, None
        # Another build has taken it for a dead one's just now, and removes it.


def _remove_dead(parent: Path, prefix: str) -> None:
    """Remove the folders of builds that are no longer alive."""
    with contextlib.suppress(OSError):
        for folder in [each for each in parent.iterdir() if each.name.startswith(prefix)]:
            with contextlib.suppress(OSError):
                if lock := take(folder / _LOCK):
                    _remove(folder, lock)


def _remove(folder: Path, lock: Lock | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if lock:
        lock.release()
    with contextlib.suppress(OSError):  # Windows removes no lock that is held
        folder.rmdir()


@contextlib.contextmanager
def alone(site_dir: Path) -> Iterator[None]:
    """Only one build at a time changes what lies in the site's place; waits for another."""
    lock = None
    for path in (site_dir.with_name(f"{site_dir.name}.lock"), site_dir / ".lock"):
        with contextlib.suppress(OSError):
            lock = take(path, wait=True)
            break
    try:
        yield
    finally:
        if lock:
            lock.release()


def clear(site_dir: Path, aside: Path) -> None:
    """Empty the site's place: in one step, by way of `aside`, if that is possible. Hidden files stay.

    To be called `alone`. Raises OSError where something cannot be removed.
    """
    if not site_dir.is_dir() or not any(site_dir.iterdir()):
        return
    if not any(path.name.startswith(".") for path in site_dir.iterdir()):
        with contextlib.suppress(OSError):
            site_dir.replace(aside)
            shutil.rmtree(aside, ignore_errors=True)
            return
    # The home page first: what is left is then not taken for a site.
    for path in sorted(_seen(site_dir), key=lambda path: path.name != "index.html"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def publish(built: Path, site_dir: Path) -> None:
    """Move a finished site to its place: in one step if it is free, else piece by piece, the home page last.

    The folder may exist and hold hidden files (a worktree of the branch that is published, say); they stay.
    Nothing stays of a site that another build has published in the meantime. To be called `alone`. Raises
    OSError where that is not possible; there is then no site.
    """
    clear(site_dir, built.with_name("replaced"))
    try:
        if site_dir.is_dir():
            site_dir.rmdir()
        built.replace(site_dir)
    except OSError:
        site_dir.mkdir(parents=True, exist_ok=True)
        try:
            for path in sorted(built.iterdir(), key=lambda path: path.name == "index.html"):
                shutil.move(path, site_dir / path.name)
        except OSError:
            with contextlib.suppress(OSError):
                clear(site_dir, built.with_name("replaced"))
            raise
        built.rmdir()


def _seen(site_dir: Path) -> list[Path]:
    return [path for path in site_dir.iterdir() if not path.name.startswith(".")]


def html_files(site_dir: Path) -> list[Path]:
    """All pages of a site, as seen from its folder."""
    return [path.relative_to(site_dir) for path in site_dir.rglob("*.html")]


def same_pages(one: Path, other: Path) -> bool:
    """Whether two sites have the same pages, byte for byte."""
    pages = html_files(one)
    return sorted(pages) == sorted(html_files(other)) and all(
        (one / page).read_bytes() == (other / page).read_bytes() for page in pages
    )


def write_notice(path: Path, message: str) -> None:
    """Writes a page that says only why there is no page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not built</title></head>'
        f'<body><h1>Not built</h1><pre style="white-space: pre-wrap">{html.escape(message)}</pre></body>'
        "</html>",
        encoding="utf-8",
    )
