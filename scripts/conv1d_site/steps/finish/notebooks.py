"""Puts the notebooks themselves beside their pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def copy_notebooks(notebooks: Iterable[Path], target: Path) -> None:
    """Copies NAME.ipynb, for readers to download; a generator writes only the page that it makes of it."""
    for path in notebooks:
        shutil.copyfile(path, target / path.name)
