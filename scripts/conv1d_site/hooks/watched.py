"""Under `serve`: builds again when anything changes that a snippet has looked at, wherever it lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import EVENT_TYPE_MODIFIED, FileSystemEvent, FileSystemEventHandler

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs.livereload import LiveReloadServer
    from watchdog.observers.api import ObservedWatch

    from insync.project.project import Project

_LIST, _SCAN, _TREE = "list", "scan", "tree"  # see insync.running.inputs
_KINDS = {"read", "exists", "stat", "link", _LIST, _SCAN, _TREE}
_MADE = {"site", "node_modules"}  # folders of the project that nobody writes by hand


class Watched(FileSystemEventHandler):
    """What the snippets have looked at in the last build, but for what MkDocs watches itself.

    Their folders are watched, since a file that is saved may be a new one; but what else is written into
    them (the log of this very command, say) does not matter.
    """

    def __init__(self, server: LiveReloadServer) -> None:
        self._server = server
        self._watches: dict[tuple[str, bool], ObservedWatch] = {}
        self._looked: dict[str, set[str]] = {}

    def update(self, project: Project, already: Iterable[Path]) -> None:
        """Take the records of the build that is done; `already` has the folders that are watched anyway."""
        looked: dict[str, set[str]] = {}
        for kind, path in _looked_at(project):
            if not any(each == path or each in path.parents for each in already):
                looked.setdefault(str(path), set()).add(kind)
        self._looked = looked
        wanted = {_folder(Path(path), kinds) for path, kinds in looked.items()}
        for gone in self._watches.keys() - wanted:
            self._server.observer.unschedule(self._watches.pop(gone))
        for folder, recursive in wanted - self._watches.keys():
            watch = self._server.observer.schedule(self, folder, recursive=recursive)
            self._watches[folder, recursive] = watch

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Have the site built again, as MkDocs' own handler does, which asks nobody."""
        if any(self._matters(os.fsdecode(path), event) for path in (event.src_path, event.dest_path) if path):
            with self._server._rebuild_cond:
                self._server._want_rebuild = True
                self._server._rebuild_cond.notify_all()

    def _matters(self, path: str, event: FileSystemEvent) -> bool:
        if event.event_type == EVENT_TYPE_MODIFIED:
            itself, listed = path in self._looked and not event.is_directory, {_SCAN}
        else:
            itself = any(each == path or each.startswith(path + os.sep) for each in self._looked)
            listed = {_LIST, _SCAN}
        above = [str(each) for each in Path(path).parents]
        return (
            itself
            or bool(self._looked.get(above[0], set()) & listed)
            or any(_TREE in self._looked.get(each, ()) for each in above)
        )


def unread(project: Project, paths: Iterable[Path]) -> set[Path]:
    """Those of the files on which nothing depends that a snippet says."""
    looked = list(_looked_at(project))
    itself, above = (
        {path for _, path in looked},
        {path for kind, path in looked if kind in {_LIST, _SCAN, _TREE}},
    )
    return {path for path in paths if path not in itself and above.isdisjoint(path.parents)}


def _looked_at(project: Project) -> Iterator[tuple[str, Path]]:
    """The kinds of inputs and their paths, of those in the project that are somebody's work."""
    root = project.settings.root
    for task in project.tasks():
        for key in task.outcome.inputs:
            kind, _, name = key.partition(":")
            path = Path(os.path.normpath(project.settings.snippets / name))
            if kind in _KINDS and root in path.parents and Path(sys.prefix) not in path.parents:
                parts = path.relative_to(root).parts
                if parts[0] not in _MADE and not any(part.startswith(".") for part in parts):
                    yield kind, path


def _folder(path: Path, kinds: set[str]) -> tuple[str, bool]:
    """The folder in which a change of it is seen, and whether all below is to be seen too."""
    if path.is_dir() and kinds & {_LIST, _SCAN, _TREE}:
        return str(path), _TREE in kinds
    return str(next(each for each in path.parents if each.is_dir())), False
