"""Pieces are found again as they were kept, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps import pieces as module
from conv1d_site.steps.pieces import Pieces

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Piece:
    text: str
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Other:
    text: str


def test_what_is_kept_is_found_by_a_later_build(tmp_path: Path) -> None:
    Pieces(tmp_path).keep(Piece, "a", Piece("卷积 \u2028", (1, 2)))
    assert Pieces(tmp_path).get(Piece, "a") == Piece("卷积 \u2028", (1, 2))
    assert Pieces(tmp_path).get(Piece, "b") is None
    assert Pieces(tmp_path).get(Other, "a") is None


@pytest.mark.parametrize("text", ["", "{}\n0", '{"text": 1}', "\x00\xff"])
def test_a_damaged_piece_is_none(tmp_path: Path, text: str) -> None:
    Pieces(tmp_path).keep(Piece, "a", Piece("x"))
    (path,) = tmp_path.iterdir()
    path.write_text(text, encoding="latin-1")
    assert Pieces(tmp_path).get(Piece, "a") is None


def test_a_cut_piece_is_none_and_can_be_kept_again(tmp_path: Path) -> None:
    Pieces(tmp_path).keep(Piece, "a", Piece("x" * 1000))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-100])
    later = Pieces(tmp_path)
    assert later.get(Piece, "a") is None
    later.keep(Piece, "a", Piece("y"))
    assert Pieces(tmp_path).get(Piece, "a") == Piece("y")


def test_where_nothing_can_be_written_one_build_has_it_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "pieces").write_text("a file where the folder should be", encoding="utf-8")
    kept = Pieces(tmp_path / "pieces")
    kept.keep(Piece, "a", Piece("x"))
    assert kept.get(Piece, "a") == Piece("x")
    kept.settle()
    assert Pieces(tmp_path / "pieces").get(Piece, "a") is None


def test_half_a_character_is_kept_in_memory_alone(tmp_path: Path) -> None:
    kept = Pieces(tmp_path)
    kept.keep(Piece, "a", Piece("\ud800"))
    assert kept.get(Piece, "a") == Piece("\ud800")
    assert Pieces(tmp_path).get(Piece, "a") is None


def test_memory_has_what_the_last_build_used_and_the_disk_the_rest(tmp_path: Path) -> None:
    kept = Pieces(tmp_path)
    kept.keep(Piece, "a", Piece("x"))
    kept.keep(Piece, "b", Piece("y"))
    kept.settle()
    assert kept.get(Piece, "a") == Piece("x")
    kept.settle()
    (tmp_path / "Piece-a").unlink()
    assert kept.get(Piece, "a") == Piece("x")  # from memory
    assert kept.get(Piece, "b") == Piece("y")  # from disk


def test_of_too_many_the_least_used_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 4)
    kept = Pieces(tmp_path)
    for number in range(5):
        kept.keep(Piece, str(number), Piece("x"))
        (tmp_path / f"Piece-{number}").touch()
    later = Pieces(tmp_path)
    assert later.get(Piece, "0")  # as used just now
    later.settle()
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == 2
    assert "Piece-0" in left
