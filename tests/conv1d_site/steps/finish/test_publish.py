"""A finished site is moved to its place, even piece by piece."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from conv1d_site.steps.finish.publish import publish

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_a_site_is_published_where_something_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder that can be neither removed nor replaced, such as a container's volume.
    built, target = tmp_path / "site.partial", tmp_path / "site"
    (built / "zh").mkdir(parents=True)
    (built / "index.html").write_text("new", encoding="utf-8")
    (built / "zh/index.html").write_text("新", encoding="utf-8")
    target.mkdir()
    order: list[str] = []

    def refuse(path: Path, *_: object) -> None:
        raise OSError("device or resource busy")

    def move(source: Path, destination: Path) -> object:
        order.append(source.name)
        return original(source, destination)

    original: Callable[[Path, Path], object] = shutil.move
    rmdir = Path.rmdir
    monkeypatch.setattr(Path, "rmdir", lambda path: refuse(path) if path == target else rmdir(path))
    monkeypatch.setattr(shutil, "move", move)
    publish(built, target)
    assert order == ["zh", "index.html"]
    assert (target / "zh/index.html").read_text(encoding="utf-8") == "新"
    assert not built.exists()
