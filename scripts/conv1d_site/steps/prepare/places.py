"""No two things have the same place on the site: which files and which names of categories and tags would."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator


def clashes(files: Iterable[tuple[str, str]], folders: Collection[str]) -> Iterator[str]:
    """What is wrong with the places of a language's files.

    `files` are pairs of a file (or the line that asks for it) and its path on the site; `folders` are those,
    each with a slash at its end, that other languages lie in. Names that differ only in case, or in how an
    accent is written, are the same: on Windows and macOS they are one file.
    """
    taken: dict[str, tuple[str, str]] = {}
    for source, path in files:
        key = _folded(path)
        for folder in folders:
            if f"{key}/".startswith(_folded(folder)):
                yield f"{source}: its place on the site, {path}, is in another language's folder, {folder}"
        if key in taken:
            other, there = taken[key]
            differs = f" ({there})" if there != path else ""
            yield f"{source}: its place on the site, {path}, is that of {other}{differs}"
        taken[key] = source, path


def same_slugs(names: Iterable[tuple[str, str]], slug: Callable[[str], str]) -> Iterator[str]:
    """What is wrong with names of one kind: two that are not the same have the same address.

    `names` are pairs of the line that has it, and the name.
    """
    taken: dict[str, tuple[str, str]] = {}
    for place, name in names:
        address = slug(name)
        other, there = taken.setdefault(address, (name, place))
        if other != name:
            message = f"{place}: `{name}` has the same address as `{other}` ({there}): {address}"
            yield f"{message}; write both the same, or give one another in extra.slugs"


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
