"""Notebooks as files, their names, and where their links lead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mkdocs.structure.files import File

from conv1d_site.steps.prepare.notebooks import Notebooks, notebook_files
from insync.problem import InsyncError

if TYPE_CHECKING:
    from conftest import Site

FRONT = "---\nnotebook: {}\n---\n\n# Title {{ #title }}\n\nSee [this](other.md#here).\n"
URLS = {
    "index.md": "./",
    "guide/README.md": "guide/",
    "guide/b.md": "guide/b/",
    "guide/页 b.md": "guide/%E9%A1%B5%20b/",
    "blog/posts/note.md": "blog/2021-09-27/a-slug/",
    "pic.png": "pic.png",
    "guide/c#.md": "guide/c%23/",
    "notebooks/a.ipynb": "notebooks/a.ipynb",
    "notebooks/one.ipynb": "notebooks/one.ipynb",
}


def notebooks(site: Site, site_url: str | None = None, **urls: str) -> Notebooks:
    folders = site.root / "notebooks", site.root / "scripts"
    return Notebooks(site.project, "en", site.root / "docs/en", *folders, site_url, URLS | urls)


def test_a_place_is_kept_until_the_notebook_is_written_and_no_longer_than_its_page(site: Site) -> None:
    site.page(FRONT.format("one"))
    site.page(FRONT.format("two"), "draft")
    site.page(FRONT.format("zwei"), language="zh")
    site.project.start()
    made = notebooks(site)
    made.urls = URLS | {"other.md": "other/"}
    made.keep_places({"page.md"})
    assert [path.name for path in notebook_files(made.folder)] == ["one.ipynb", "one.py"]
    assert not any(path.read_bytes() for path in notebook_files(made.folder))
    assert (made.name_of("page.md"), made.name_of("draft.md")) == ("one", "")
    made.write("nowhere")
    made.write_all()
    text = (made.folder / "one.ipynb").read_text(encoding="utf-8")
    assert "[this](../other/#here)" in json.loads(text)["cells"][-1]["source"]
    (site.root / "docs/en/page.md").unlink()
    site.project.start()
    notebooks(site).keep_places({"page.md"})
    assert notebook_files(made.folder) == []


def test_a_draft_has_no_notebook(site: Site) -> None:
    site.page(FRONT.format("one"))
    site.page(FRONT.format("two"), "draft")
    site.project.start()
    made = notebooks(site)
    made.keep_places({"page.md", "draft.md"})
    assert made.leave_out({"draft.md", "other.md"}) == ["two"]
    assert list(made.by_name) == ["one"]
    made.write_all()
    assert not (made.folder / "two.ipynb").read_bytes()


def test_a_script_is_kept_between_builds(site: Site) -> None:
    site.page(FRONT.format("one"))
    site.project.start()
    for folder in ("a", "b"):
        made = notebooks(site)
        made.folder = site.root / folder
        made.keep_places({"page.md"})
        made.write_all()
    (kept,) = made.scripts.iterdir()
    assert kept.read_text(encoding="utf-8").startswith((made.folder / "one.py").read_text(encoding="utf-8"))
    assert (site.root / "a/one.py").read_bytes() == (site.root / "b/one.py").read_bytes() != b""


@pytest.mark.parametrize("second", ["one", "One", '"ONE" # so'])
def test_two_pages_cannot_have_one_name(site: Site, second: str) -> None:
    site.page(FRONT.format("one"), "a")
    site.page(f"---\ntitle: x\nnotebook: {second}\n---\n\n# B {{ #b }}\n", "b")
    site.project.start()
    with pytest.raises(InsyncError) as caught:
        notebooks(site).keep_places({"a.md", "b.md"})
    assert "docs/en/b.md:3: the notebook's name" in str(caught.value)
    assert "is that of docs/en/a.md:2 as well" in str(caught.value)


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "a.b", "a/b", "../x", "笔记", "a b", "x" * 101])
def test_what_cannot_be_a_file_everywhere_is_no_name(site: Site, name: str) -> None:
    site.page(FRONT.format(name))
    site.project.start()
    made = notebooks(site)
    made.keep_places({"page.md"})
    assert not made.by_name
    (problem,) = site.project.pages[0].errors
    assert str(problem).startswith(f"docs/en/page.md:2: `notebook` is {name!r}, which is no plain name")


@pytest.mark.parametrize(
    ("page", "target", "path"),
    [
        ("index.md", "index.md", "index.md"),
        ("index.md", "guide/README.md", "guide/README.md"),
        ("guide/a.md", "b.md", "guide/b.md"),
        ("guide/a.md", "./../guide/b.md", "guide/b.md"),
        ("guide/a.md", "页 b.md", "guide/页 b.md"),
        ("guide/a.md", "%E9%A1%B5%20b.md", "guide/页 b.md"),
        ("guide/a.md", "../index.md", "index.md"),
        ("guide/a.md", "../blog/posts/note.md", "blog/posts/note.md"),
        ("blog/posts/note.md", "../../pic.png", "pic.png"),
    ],
)
def test_a_link_leads_to_where_the_site_has_it(site: Site, page: str, target: str, path: str) -> None:
    site.page(FRONT.format("one"), page.removesuffix(".md"))
    site.project.start()
    for site_url, here, start in (
        ("https://site.example/", "notebooks/one/", "https://site.example/"),
        (None, "notebooks/one/", "../../"),
        (None, "notebooks/one.ipynb", "../"),
    ):
        made = notebooks(site, site_url, **{"notebooks/one.ipynb": here})
        made.keep_places({page})
        assert made.address("one", target) == start + URLS[path].removeprefix("./")
        assert made.address("one", "nowhere.md") == "nowhere.md"


def test_addresses_are_written_as_mkdocs_writes_them() -> None:
    assert File("guide/页 b.md", ".", ".", use_directory_urls=True).url == URLS["guide/页 b.md"]


@pytest.mark.parametrize(
    ("page", "target", "url"),
    [
        ("guide/a.md", "c%23.md", "guide/c%23/"),
        ("guide/a.md", "../notebooks/a.ipynb", "notebooks/a.ipynb"),
        # As raw HTML has it, and a folder: from the page's address.
        ("guide/a.md", "../../pic.png", "pic.png"),
        ("guide/a.md", "../b/", "guide/b/"),
        ("guide/README.md", "b/", "guide/b/"),
        ("guide/a.md", "../../", ""),
        ("index.md", "pic.png", "pic.png"),
    ],
)
def test_a_link_leads_to_a_file_or_a_folder_of_the_site(site: Site, page: str, target: str, url: str) -> None:
    site.page(FRONT.format("one"), page.removesuffix(".md"))
    site.project.start()
    made = notebooks(site, "https://site.example/", **{"guide/a.md": "guide/a/"})
    made.keep_places({page})
    assert made.address("one", target) == f"https://site.example/{url}"
