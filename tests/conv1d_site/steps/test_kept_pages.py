"""What mkdocs-jupyter keeps comes and goes by a folder of the build's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv1d_site.steps import kept_pages

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_used_is_there_for_the_next_build_and_no_more(tmp_path: Path) -> None:
    shared, one, two, three = (tmp_path / name for name in ("shared", "one", "two", "three"))
    kept_pages.take(shared, one)
    (one / "a.json").write_text('{"content": "页"}', encoding="utf-8")
    (one / "b.json").write_text("{}", encoding="utf-8")
    kept_pages.leave(one, shared)
    kept_pages.take(shared, two)
    assert (two / "a.json").read_text(encoding="utf-8") == '{"content": "页"}'
    (two / "b.json").unlink()
    kept_pages.leave(two, shared)
    (shared / "a.json").write_text('{"cont', encoding="utf-8")  # half written, or of an earlier version
    kept_pages.take(shared, three)
    assert list(three.iterdir()) == []


def test_where_nothing_can_be_left_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept_pages.take(tmp_path / "file/shared", tmp_path / "own")
    (tmp_path / "own/a.json").write_text("{}", encoding="utf-8")
    kept_pages.leave(tmp_path / "own", tmp_path / "file/shared")
