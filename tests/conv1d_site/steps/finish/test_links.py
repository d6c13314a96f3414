"""Links of a finished site: dead ones are found, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.finish.links import dead_links

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://site.example/some/path/"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    for name in ("index.html", "guide/index.html", "a b.html", "页/index.html", "pic.png", "404.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "guide/index.html"


@pytest.mark.parametrize(
    "good",
    [
        '<a href="../">', '<a href="..">', '<a href="./#x">', '<a href="#x">', '<a href="?q=1">',
        "<img alt='x' src='../pic.png?1'>", '<a href="../a%20b.html">', '<a href="../%E9%A1%B5/">',
        '<a href="../页">', f'<link rel="canonical" href="{URL}guide/">', '<a href="/some/path/guide/">',
        '<a href="/elsewhere/">', '<a href="https://other.example/x">', '<a href="//other.example/x">',
        '<a href="mailto:a@b">', '<a href="../../../x">', '<a data-href="nowhere">',
        '<code>href="nowhere"</code>', '<a href="">',
        '<!-- <a href="nowhere"> -->', "<script>x = '<a href=\"nowhere\">'</script>", '<a\nhref="../">',
    ],
)  # fmt: skip
def test_what_is_there_or_outside_is_no_dead_link(page: Path, good: str) -> None:
    page.write_text(good, encoding="utf-8")
    assert list(dead_links(page.parents[1], URL)) == []


@pytest.mark.parametrize(
    ("bad", "link"),
    [
        ('<a class="x" href="nowhere/">', "nowhere/"),
        ('<a href="../pic.png/">', "../pic.png/"),
        ("<a title='a &gt; b' href='../guide.html'>", "../guide.html"),
        ('<img src="pic.png">', "pic.png"),
        ('<script src="../x.js"></script>', "../x.js"),
        (f'<a href="{URL}zh/">', "/some/path/zh/"),
        ('<a href="/some/path/zh/">', "/some/path/zh/"),
        ('<a href="../?a&amp;b"><a href="x?a&amp;b">', "x?a&b"),
    ],
)
def test_what_leads_nowhere_is_one(page: Path, bad: str, link: str) -> None:
    page.write_text(bad, encoding="utf-8")
    ((where, what),) = dead_links(page.parents[1], URL)
    assert where.as_posix() == "guide/index.html"
    assert what.removeprefix("https://site.example") == link


def test_without_an_address_nobody_knows_what_lies_at_the_root(page: Path) -> None:
    page.write_text('<a href="/nowhere/"><a href="nowhere/">', encoding="utf-8")
    assert [link for _, link in dead_links(page.parents[1], "")] == ["nowhere/"]


def test_a_dead_link_is_told_once_for_each_page(page: Path) -> None:
    page.write_text('<a href="nowhere/"><a class="x" href="nowhere/">', encoding="utf-8")
    assert [link for _, link in dead_links(page.parents[1], URL)] == ["nowhere/"]
