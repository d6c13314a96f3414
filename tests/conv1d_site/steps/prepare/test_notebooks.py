"""Notebooks as files, and where their links lead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mkdocs.structure.files import File

from conv1d_site.steps.prepare.notebooks import Notebooks, notebook_files

if TYPE_CHECKING:
    from conftest import Site

POST = "blog/2021-09-27/note/"


def notebooks(site: Site, site_url: str | None = None) -> Notebooks:
    return Notebooks(site.project, "en", site.root / "docs/en", site.root / "notebooks", site_url)


def test_a_place_is_kept_until_the_notebook_is_written_and_no_longer_than_its_page(site: Site) -> None:
    site.page("---\nnotebook: one\n---\n\n# Title { #title }\n\nSee [this](other.md#here).\n")
    site.page("---\nnotebook: zwei\n---\n\n# Title { #title }\n", language="zh")
    site.project.start()
    made = notebooks(site)
    made.keep_places()
    assert [path.name for path in notebook_files(made.folder)] == ["one.ipynb", "one.py"]
    assert not any(path.read_bytes() for path in notebook_files(made.folder))
    made.write("nowhere")
    made.write_all()
    text = (made.folder / "one.ipynb").read_text(encoding="utf-8")
    assert "[this](../../other/#here)" in json.loads(text)["cells"][-1]["source"]
    (site.root / "docs/en/page.md").unlink()
    site.project.start()
    notebooks(site).keep_places()
    assert notebook_files(made.folder) == []


@pytest.mark.parametrize(
    ("page", "target", "url"),
    [
        ("index.md", "index.md", ""),
        ("index.md", "guide/index.md", "guide/"),
        ("guide/a.md", "b.md", "guide/b/"),
        ("guide/a.md", "../index.md", ""),
        ("guide/a.md", "../blog/posts/note.md", POST),
        ("blog/posts/note.md", "../../guide/README.md", "guide/"),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(site: Site, page: str, target: str, url: str) -> None:
    site.page("---\ndate: 2021-09-27\n---\n\n# Note { #note }\n", "blog/posts/note")
    path = site.root / "docs/en" / page
    assert notebooks(site).address(path, target) == f"../../{url}"
    assert notebooks(site, "https://site.example/").address(path, target) == f"https://site.example/{url}"
    if url != POST:
        docs_path = (path.parent / target).resolve().relative_to(site.root / "docs/en").as_posix()
        assert File(docs_path, ".", ".", use_directory_urls=True).url.removeprefix("./") == url


@pytest.mark.parametrize(
    ("page", "target", "url"),
    [
        ("guide/a.md", "../assets/dot.png", "assets/dot.png"),
        ("guide/a.md", "my%20page.md", "guide/my%20page/"),
        ("guide/a.md", "c%23.md", "guide/c%23/"),
        ("guide/a.md", "../notebooks/a.ipynb", "notebooks/a.ipynb"),
        # As raw HTML has it, and a folder: from the page's address.
        ("guide/a.md", "../../assets/dot.png", "assets/dot.png"),
        ("guide/a.md", "../../assets/theme.svg", "assets/theme.svg"),
        ("guide/a.md", "../b/", "guide/b/"),
        ("guide/index.md", "b/", "guide/b/"),
        ("guide/a.md", "../../", ""),
        ("index.md", "assets/dot.png", "assets/dot.png"),
    ],
)
def test_a_link_leads_to_a_file_or_a_folder_of_the_site(site: Site, page: str, target: str, url: str) -> None:
    site.write("docs/en/assets/dot.png", "")
    path = site.root / "docs/en" / page
    assert notebooks(site).address(path, target) == f"../../{url}"
    assert notebooks(site, "https://site.example/").address(path, target) == f"https://site.example/{url}"
