"""A finished site is moved to its place, even piece by piece; what is unfinished is nobody else's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.finish import publish as module
from conv1d_site.steps.finish.publish import Unfinished, alone, clear, publish

if TYPE_CHECKING:
    from collections.abc import Callable


def write(folder: Path, **texts: str) -> Path:
    """A site of these pages: `zh__index` is zh/index.html."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def refuse(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    """A folder that can be neither removed nor replaced, such as a container's volume."""
    for name in ("rmdir", "replace"):
        original: Callable[..., object] = getattr(Path, name)

        def refusing(path: Path, *rest: Path, original: Callable[..., object] = original) -> object:
            if target in (path, *rest):
                raise OSError("device or resource busy")
            return original(path, *rest)

        monkeypatch.setattr(Path, name, refusing)


def test_a_site_is_published_where_something_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = write(tmp_path / "site.partial", index="new", zh__index="新")
    target = write(tmp_path / "site", zh__zh__index="another's", index="another's")
    order: list[str] = []

    def move(source: Path, destination: Path) -> object:
        order.append(source.name)
        return original(source, destination)

    original: Callable[[Path, Path], object] = shutil.move
    refuse(monkeypatch, target)
    monkeypatch.setattr(shutil, "move", move)
    publish(built, target)
    assert order == ["zh", "index.html"]
    assert read(target) == {"index.html": "new", "zh/index.html": "新"}
    assert not built.exists()


def test_what_cannot_be_published_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = write(tmp_path / "site.partial", a="new", b="new", index="new")
    target = write(tmp_path / "site", index="old")
    (target / ".git").touch()

    def full(source: Path, destination: Path) -> object:
        if source.name == "b.html":
            raise OSError("no space left on device")
        return original(source, destination)

    original: Callable[[Path, Path], object] = shutil.move
    monkeypatch.setattr(shutil, "move", full)
    with pytest.raises(OSError, match="no space"):
        publish(built, target)
    assert [path.name for path in target.iterdir()] == [".git"]


def test_another_builds_site_is_replaced_in_one_step(tmp_path: Path) -> None:
    built = write(tmp_path / "own/site", index="mine")
    target = write(tmp_path / "site", index="another's", left="another's")
    publish(built, target)
    assert read(target) == {"index.html": "mine"}
    assert list((tmp_path / "own").iterdir()) == []


@pytest.mark.parametrize("mounted", [False, True])
def test_a_place_is_emptied_but_for_hidden_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounted: bool
) -> None:
    target = write(tmp_path / "site", index="old", zh__index="old")
    if mounted:
        refuse(monkeypatch, target)
    else:
        (target / ".nojekyll").touch()
    clear(target, tmp_path / "aside")
    assert [path.name for path in target.iterdir()] == ([] if mounted else [".nojekyll"])
    clear(tmp_path / "nowhere", tmp_path / "aside")


def test_an_unfinished_site_lies_beside_its_place(tmp_path: Path) -> None:
    first, second = (Unfinished(tmp_path / "new/site") for _ in range(2))
    assert first.folder != second.folder
    for each in (first, second):
        assert each.folder.parent == tmp_path / "new"
        assert each.folder.name.startswith("site.partial-")
    (tmp_path / "new/site.partial-dead/site").mkdir(parents=True)
    third = Unfinished(tmp_path / "new/site")
    found = {path for path in (tmp_path / "new").iterdir() if path.is_dir()}
    assert found == {first.folder, second.folder, third.folder}
    for each in (first, second, third):
        each.remove()
    assert list((tmp_path / "new").iterdir()) == []


def test_what_is_mounted_holds_the_unfinished_site_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write(tmp_path / "site", index="old")
    monkeypatch.setattr(module.os.path, "ismount", lambda path: path == target)
    own = Unfinished(target)
    assert own.folder.parent == target
    write(own.site, index="new")
    publish(own.site, target)
    own.remove()
    assert read(target) == {"index.html": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_builder_whose_new_folder_is_taken_for_a_dead_ones_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    mkdtemp = module.tempfile.mkdtemp

    def made_and_removed(**named: str) -> str:
        made.append(mkdtemp(**named))
        if len(made) == 1:  # another build begins just now, and sees no lock in it
            module._remove_dead(tmp_path, "site.partial-")
        return str(made[-1])

    monkeypatch.setattr(module.tempfile, "mkdtemp", made_and_removed)
    own = Unfinished(tmp_path / "site")
    assert str(own.folder) == made[1]
    own.remove()
    assert list(tmp_path.iterdir()) == []


def test_one_build_at_a_time_changes_the_site(tmp_path: Path) -> None:
    with alone(tmp_path / "site"):
        assert module.take(tmp_path / "site.lock") is None
    with alone(tmp_path / "nowhere/site"):  # where there can be no lock, the site cannot be written either
        pass
    assert list(tmp_path.iterdir()) == []
