"""What there is to take away: published and linked where it was made and asked for, and never a dead link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from small_site import SmallSite

if TYPE_CHECKING:
    from pathlib import Path


def site(root: Path, *, made: bool) -> SmallSite:
    """A site whose home page is its own, and an archive and books beside it."""
    small = SmallSite(root)
    if made:
        (root / "site-book").mkdir()
        (root / "site-offline.zip").write_bytes(b"archive")
        for language in ("en", "zh"):
            (root / f"site-book/conv1d-{language}.pdf").write_text(f"book {language}")
    return small


def test_they_are_published_with_their_links(tmp_path: Path) -> None:
    built = site(tmp_path, made=True).build(DOWNLOADS="true")
    assert built.returncode == 0, built.stderr
    for language, folder in (("en", tmp_path / "site"), ("zh", tmp_path / "site/zh")):
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert 'href="conv1d.pdf"' in page
        assert 'href="conv1d-offline.zip"' in page
        assert (folder / "conv1d.pdf").read_text() == f"book {language}"
        assert (folder / "conv1d-offline.zip").read_bytes() == b"archive"


def test_nobody_asked_and_they_are_not(tmp_path: Path) -> None:
    built = site(tmp_path, made=True).build()
    assert built.returncode == 0, built.stderr
    assert "conv1d.pdf" not in (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "site/conv1d.pdf").exists()


def test_what_was_not_made_stops_a_build_and_says_how(tmp_path: Path) -> None:
    built = site(tmp_path, made=False).build(DOWNLOADS="true")
    assert built.returncode == 1
    assert "there is no site-offline.zip: make offline" in built.stderr
    assert "there is no site-book/conv1d-zh.pdf: make book" in built.stderr
    assert not (tmp_path / "site").exists()
