"""Texts that are kept are whole, or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.project.texts import keep, kept

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["", "one", "two\nlines\n", "中\r\n\u2028文", "<p>\n"])
def test_a_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    keep(tmp_path / "new/text", text)
    assert kept(tmp_path / "new/text") == text
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["text"]


@pytest.mark.parametrize("damage", [b"", b"\xff", b"text", b"text\n" + b"0" * 64])
def test_a_file_that_is_not_whole_counts_as_absent(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "text"
    assert kept(file) is None
    keep(file, "text")
    for content in (damage, file.read_bytes()[1:], file.read_bytes()[:-1]):
        file.write_bytes(content)
        assert kept(file) is None


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keep(tmp_path / "file/text", "text")
    assert kept(tmp_path / "file/text") is None
