"""What the site has as it is may be copied when it is saved, and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.finish import as_they_are

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_new_gone_and_other_files_have_changed_and_no_others(tmp_path: Path) -> None:
    kept, other, gone = (write(tmp_path / f"文件/{name}.css", name) for name in ("kept", "other", "gone"))
    single = write(tmp_path / "mkdocs.yml", "one")
    for name in ("__pycache__/x.pyc", ".kept.css.swp", "4913", "kept.css~", ".#kept.css", "#kept.css#"):
        write(tmp_path / "文件" / name, "made")
    roots = [tmp_path / "文件", single, tmp_path / "missing"]
    before = as_they_are.states(roots)
    assert before.keys() == {kept, other, gone, single}
    write(other, "longer than before")
    gone.unlink()
    new = write(tmp_path / "文件/deep/new.css", "new")
    write(tmp_path / "文件/__pycache__/y.pyc", "made")
    os.utime(single, ns=(1, 1))
    after = as_they_are.states(roots)
    assert as_they_are.changed(before, after) == {other, gone, new, single}
    assert as_they_are.changed(after, after) == set()


def test_a_link_to_nothing_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "link.css").symlink_to(tmp_path / "nowhere")
    assert as_they_are.states([tmp_path]) == {}


def test_only_files_that_every_site_has_byte_for_byte_have_places(tmp_path: Path) -> None:
    theme, sites = tmp_path / "theme", [tmp_path / "site", tmp_path / "site/zh"]
    names = ["same.css", "changed.js", "in-one.svg", "nowhere.css"]
    for name in names:
        write(theme / "assets" / name, name)
    write(theme / "main.html", "same")
    for number, site in enumerate(sites):
        write(site / "assets/same.css", "same.css")
        write(site / "assets/changed.js", "minified" if number else "changed.js")
        write(site / "main.html", "same")
    write(sites[0] / "assets/in-one.svg", "in-one.svg")
    found = as_they_are.find(theme, "assets", sites)
    assert found == {theme / "assets/same.css": tuple(site / "assets/same.css" for site in sites)}


def test_a_copy_takes_the_old_ones_place_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    saved = write(tmp_path / "a.css", "new")
    places = [write(tmp_path / f"{each}/a.css", "old") for each in ("site", "zh")]
    as_they_are.copy([saved], {saved: places})
    assert [each.read_text() for each in places] == ["new", "new"]
    assert sorted(each.name for each in tmp_path.rglob("*") if each.is_file()) == ["a.css"] * 3


def test_a_file_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        as_they_are.copy([tmp_path / "a.css"], {})
