"""Pieces of a site, kept from one build to the next: each under a digest of all that it was made of."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from insync.project.texts import keep, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST = 4096  # files; a build of the whole site uses some 400
_Kind = TypeVar("_Kind")


class Pieces:
    """A folder of pieces, and those of them that the last build has used in memory.

    Several builds may use the folder at once. What is lost, damaged or cannot be written is made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[type, str], Any] = {}
        self._used: set[tuple[type, str]] = set()

    def get(self, kind: type[_Kind], key: str) -> _Kind | None:
        """The piece of that kind (a type that msgspec knows) and key; None where there is none."""
        known: _Kind | None = self._known.get((kind, key))
        if known is None:
            file = self._file(kind, key)
            with contextlib.suppress(msgspec.DecodeError, OSError):
                if (text := kept(file)) is not None:
                    known = self._known[kind, key] = msgspec.json.decode(text, type=kind)
                    os.utime(file)  # what is used stays, when others go
        if known is not None:
            self._used.add((kind, key))
        return known

    def keep(self, kind: type[_Kind], key: str, piece: _Kind) -> None:
        """Keep a piece for later builds."""
        self._known[kind, key] = piece
        self._used.add((kind, key))
        with contextlib.suppress(UnicodeEncodeError):  # half a character, which no file holds
            keep(self._file(kind, key), msgspec.json.encode(piece).decode())

    def settle(self) -> None:
        """Forget what the build that is done has not used; of what is on disk, what is used least."""
        self._known = {name: piece for name, piece in self._known.items() if name in self._used}
        self._used = set()
        with contextlib.suppress(OSError):
            files = [path for path in self._folder.iterdir() if path.suffix != ".part"]
            if len(files) > _MOST:
                for path in sorted(files, key=_written)[: len(files) - _MOST // 2]:
                    path.unlink(missing_ok=True)

    def _file(self, kind: type, key: str) -> Path:
        return self._folder / f"{kind.__name__}-{key}"


def once(pieces: Pieces | None, kind: type[_Kind], key: str, make: Callable[[], _Kind]) -> _Kind:
    """The piece of that kind and key, made if no build has kept it; without pieces, made each time."""
    if pieces is None:
        return make()
    piece = pieces.get(kind, key)
    if piece is None:
        piece = make()
        pieces.keep(kind, key, piece)
    return piece


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another build has removed it
        return 0.0
