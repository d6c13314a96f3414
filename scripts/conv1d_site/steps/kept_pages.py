"""The HTML of notebooks, from one build to the next, by way of a folder of each build's own.

mkdocs-jupyter keeps it in a folder in which builds at the same time would remove each other's files, and read
what is half written.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from insync.project.texts import keep, kept

if TYPE_CHECKING:
    from pathlib import Path


def take(shared: Path, own: Path) -> None:
    """Put what earlier builds have left into this build's own folder."""
    own.mkdir(parents=True, exist_ok=True)
    for path in shared.glob("*.json"):
        if text := kept(path):
            (own / path.name).write_text(text, encoding="utf-8")


def leave(own: Path, shared: Path) -> None:
    """Leave what this build has used to later ones, and no more; where that is not possible, nothing."""
    used = {path.name for path in own.glob("*.json")}
    for name in used:
        keep(shared / name, (own / name).read_text(encoding="utf-8"))
    for path in shared.glob("*.json"):
        if path.name not in used:
            with contextlib.suppress(OSError):
                path.unlink()
