"""Which pages there are, and that each is read afresh."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from insync.pages.scan import Page
from insync.problem import InsyncError, Problem
from insync.project.reading import Reading, finder
from insync.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("# Head { #head }\n", encoding="utf-8")


def test_hidden_files_are_no_pages_and_linked_folders_are_followed(tmp_path: Path) -> None:
    write(tmp_path / "docs", "b.md", "a/c.md", ".#b.md", ".ipynb_checkpoints/b.md", "notes.txt")
    write(tmp_path / "shared", "more.md")
    (tmp_path / "docs/linked").symlink_to(tmp_path / "shared")
    found = finder(read_settings(tmp_path))()
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "docs/a/c.md",
        "docs/b.md",
        "docs/linked/more.md",
    ]


def test_a_generator_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.insync]\ngenerator = "no_such_module"\n', encoding="utf-8"
    )
    with pytest.raises(InsyncError, match=r"`generator` of .tool.insync. is `no_such_module`"):
        finder(read_settings(tmp_path))


def test_a_page_is_scanned_again_when_its_text_has_changed_and_only_then(tmp_path: Path) -> None:
    write(tmp_path, "page.md")
    page = tmp_path / "page.md"
    reading = Reading(lambda: [page])
    (first,), (second,) = reading.read(), reading.read()
    assert first is second
    times = page.stat()
    page.write_text("# Heap { #heap }\n", encoding="utf-8")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    (third,) = reading.read()
    assert isinstance(third, Page)
    assert third.text == "# Heap { #heap }"


def test_a_page_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "b.md").write_bytes(b"\xff")
    bad, missing, good = Reading(lambda: [tmp_path / name for name in ("b.md", "c.md", "a.md")]).read()
    assert isinstance(bad, Problem)
    assert isinstance(missing, Problem)
    assert isinstance(good, Page)


def test_what_one_build_saw_of_a_page_is_forgotten_by_the_next(site: Site) -> None:
    """A page that was saved half typed while it was being converted, and has been mended since."""
    site.snippet("# %% one\na = 1\n")
    path = site.page("# Head { #head }\n\n`{python made#one} a`\n")
    site.project.on_problem = lambda _: None
    site.project.start()
    path.write_text("# Head { #head }\n\n`{python made#one} a.me`\n", encoding="utf-8")
    site.render()
    assert [question.asked.text for question in site.project.pages[0].questions] == ["a.me"]
    assert len(site.project.pages) == 1
    path.write_text("# Head { #head }\n\n`{python made#one} a + 1`\n", encoding="utf-8")
    site.project.start()
    assert [question.asked.text for page in site.project.pages for question in page.questions] == ["a + 1"]


@pytest.mark.parametrize("typed", ['f"half\t{a}"', "a  ", "[a,\n   \ta]"])
def test_tabs_and_blanks_give_no_two_texts_of_a_page(site: Site, typed: str) -> None:
    site.html(f"# Head {{ #head }}\n\nIt is `{{python made#one}} {typed}`.\n   \n", "# %% one\na = 1\n")
    assert not site.project._extra
    assert len(site.runner.runs) == 1
