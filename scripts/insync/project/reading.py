"""The pages of a project: which there are, by the generator's own account, and each read and scanned."""

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from insync.pages.scan import Page, read_source, scan_text
from insync.problem import InsyncError, Place, Problem, suggestion
from insync.settings import SETTINGS, Settings

# Finds the pages of every language, each once, in the order in which lists name them.
Finder = Callable[[], Sequence[Path]]


def finder(settings: Settings) -> Finder:
    """What finds the project's pages: the generator that the settings name, else what lies in the folders.

    Raises InsyncError where there is no such generator.
    """
    if not settings.generator:
        return lambda: tuple(path for folder in settings.pages for path in sorted(_markdown_below(folder)))
    try:
        module = importlib.import_module(settings.generator)
    except ImportError as error:
        message = f"`generator` of [tool.insync] is `{settings.generator}`: {error}"
        raise InsyncError.of(message, suggestion("", ()), Place(settings.root / SETTINGS)) from None
    return lambda: module.find_pages(settings)


def _markdown_below(folder: Path) -> Iterator[Path]:
    """The Markdown files below a folder, linked ones too; nothing whose name begins with a dot."""
    for where, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(where, name) for name in files if name.endswith(".md") and name[0] != ".")


class Reading:
    """Reads pages afresh, and scans those whose text has changed since the last time."""

    def __init__(self, find: Finder) -> None:
        self.find = find
        self._scanned: dict[Path, tuple[str, Page]] = {}

    def read(self) -> list[Page | Problem]:
        """All pages as they are now, and a problem in the place of each that cannot be read.

        Raises InsyncError where the pages cannot be found.
        """
        found = {path: self._read(path) for path in self.find()}
        self._scanned = {path: self._scanned[path] for path in found if path in self._scanned}
        return list(found.values())

    def _read(self, path: Path) -> Page | Problem:
        try:
            source = read_source(path)
        except InsyncError as error:
            return error.problems[0]
        known = self._scanned.get(path)
        if known is None or known[0] != source:
            known = self._scanned[path] = (source, scan_text(path, source))
        return known[1]
