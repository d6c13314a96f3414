"""Files that a site has as they are: when only such are saved, copies are all that a build would make."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Of files: when each was written last, in nanoseconds, and how long it is, in bytes.
States = dict[Path, tuple[int, int]]
Places = dict[Path, tuple[Path, ...]]  # of files: where the site has them


# What editors write beside a file while it is open: Vim's swap file and trial, backups, Emacs' locks.
_EDITORS = re.compile(r"\..*\.sw.|4913|.*~|\.#.*|#.*#")


def states(roots: Iterable[Path]) -> States:
    """What the files at or below these paths are like; not what Python and editors write for themselves."""
    found: States = {}
    for root in roots:
        for path in _below(root) if root.is_dir() else (root,):
            with contextlib.suppress(OSError):  # removed meanwhile, or a link to nothing
                state = path.stat()
                found[path] = (state.st_mtime_ns, state.st_size)
    return found


def _below(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root, followlinks=True):
        names[:] = [name for name in names if name != "__pycache__"]
        yield from (Path(folder) / name for name in files if not _EDITORS.fullmatch(name))


def changed(before: States, now: States) -> set[Path]:
    """The files that are new, gone or others."""
    return {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}


def find(theme: Path, folder: str, sites: Sequence[Path]) -> Places:
    """The files in a folder of the theme of which every language's site has the very same bytes."""
    found: Places = {}
    for path in (theme / folder).rglob("*"):
        if path.is_file():
            places = tuple(site / path.relative_to(theme) for site in sites)
            if all(_same(path, place) for place in places):
                found[path] = places
    return found


def _same(path: Path, place: Path) -> bool:
    try:
        return path.read_bytes() == place.read_bytes()
    except OSError:
        return False


def copy(saved: Iterable[Path], places: Mapping[Path, Sequence[Path]]) -> None:
    """Put saved files into their places, each in one step: who asks for one gets the old or the new, whole.

    Raises OSError where that is not possible; KeyError for a file that has no place.
    """
    for path in saved:
        for place in places[path]:
            half = place.with_name(f".{place.name}.partial")
            shutil.copyfile(path, half)
            half.replace(place)
