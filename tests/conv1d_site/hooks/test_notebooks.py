"""Notebooks on the site: each page links to its own, and one is a page like others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from small_site import Page, address, exists

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_page_links_to_its_notebook(built: Path, folder: str) -> None:
    path = built / folder / "blog/2021-09-27/post/index.html"
    links = {urljoin(address(built, path), link["href"]) for link in Page(path).all("a")}
    for target in ("notebooks/sample-note/", "notebooks/sample-note.ipynb", "notebooks/sample-note.py"):
        assert f"/some/path/{folder}{target}" in links
        assert exists(built, f"/some/path/{folder}{target}")


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_notebook_runs_in_colab_by_one_click(built: Path, folder: str) -> None:
    path = built / folder / "blog/2021-09-27/post/index.html"
    links = [link["href"] for link in Page(path).all("a") if "colab" in link["href"]]
    place = f"some/branch/{folder}notebooks/sample-note.ipynb"
    assert links == [f"https://colab.research.google.com/github/OWNER/NAME/blob/{place}"]
    assert exists(built, f"/some/path/{place.removeprefix('some/branch/')}")


@pytest.mark.parametrize(("folder", "title"), [("", "Cross-correlation post"), ("zh/", "互相关 post")])
def test_a_notebook_is_a_light_page_of_the_site(built: Path, folder: str, title: str) -> None:
    text = (built / folder / "notebooks/sample-note/index.html").read_text(encoding="utf-8")
    assert f'<h1 id="post">{title}</h1>' in text
    assert '<math display="block">' in text
    assert "cdnjs" not in text
    assert len(text) < 100_000
    assert json.loads((built / folder / "notebooks/sample-note.ipynb").read_text(encoding="utf-8"))["cells"]
