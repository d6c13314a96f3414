"""Puts the notebooks themselves beside their pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def copy_notebooks(folder: Path, target: Path) -> None:
    """Copies NAME.ipynb, for readers to download; a generator writes only the page that it makes of it."""
    for path in folder.glob("*.ipynb"):
        shutil.copyfile(path, target / path.name)
