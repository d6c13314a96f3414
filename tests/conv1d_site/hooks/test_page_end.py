"""A page's end says when it was built and with which torch, and where to say that it is unclear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from small_site import ADDRESS, Page, add_hook, pages

from insync.running.record import installed_versions

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite

BUILT = re.compile(r'<div class="md-copyright">(.*?)</div>')


def said(site: Path, folder: str, page: str) -> list[str]:
    """What the footer of a page says."""
    return BUILT.findall((site / folder / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("folder", "sentence"), [("", "Built on 14 November 2023"), ("zh/", "2023年11月14日构建")]
)
def test_all_pages_say_the_day_of_the_build(built: Path, folder: str, sentence: str) -> None:
    found = [path for path in pages(built / folder) if folder or "zh" not in path.relative_to(built).parts]
    assert len(found) > 5
    for path in found:
        assert BUILT.findall(path.read_text(encoding="utf-8")) == [sentence]


def test_pages_name_the_torch_that_computed_their_numbers(small: SmallSite) -> None:
    (small.root / "snippets/one.py").write_text("# %% one\nimport torch\nx = torch.ones(1)\n", "utf-8")
    for language in ("en", "zh"):
        small.write(language, "guide/one.md", "one", body="It is `{python one#one} x.numel()`.")
    result = small.build(SOURCE_DATE_EPOCH="86399")  # the last second of a day in UTC
    assert result.returncode == 0, result.stderr
    torch = installed_versions()["torch"]
    assert said(small.root, "site", "guide/index.html") == [f"Built on 1 January 1970 with torch {torch}"]
    assert said(small.root, "site/zh", "guide/one/index.html") == [f"1970年1月1日用 torch {torch} 构建"]


# Each process has a day of its own, as if midnight had come between their starts.
MIDNIGHT = """
import multiprocessing
from conv1d_site.hooks import command as shared

def on_startup(command, dirty):
    shared.run.day = "2001-01-01" if multiprocessing.parent_process() is None else "2001-01-02"
"""


def test_the_languages_say_the_same_day_though_midnight_comes_between(small: SmallSite) -> None:
    add_hook(small, MIDNIGHT)
    result = small.build()
    assert result.returncode == 0, result.stderr
    assert said(small.root, "site", "index.html") == ["Built on 1 January 2001"]
    assert said(small.root, "site/zh", "index.html") == ["2001年1月1日构建"]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("guide/first/", "Cross-correlation first"),
        ("zh/guide/first/", "互相关 first"),
        ("blog/2021-09-27/post/", "Cross-correlation post"),
        ("zh/notebooks/sample-note/", "Sample note"),
    ],
)
def test_a_link_leads_to_the_form_for_unclear_pages(built: Path, page: str, title: str) -> None:
    links = Page(built / page / "index.html").all("a")
    asked = [urlsplit(link["href"]) for link in links if "issues/new" in link["href"]]
    assert [each.path for each in asked] == ["/OWNER/NAME/issues/new"]
    assert parse_qs(asked[0].query)["where"] == [ADDRESS + page]
    assert parse_qs(asked[0].query)["title"] == [title]


def test_a_site_without_a_repository_links_no_form_and_no_colab(small: SmallSite) -> None:
    result = small.build(NOTEBOOKS_BRANCH="notebooks")
    assert result.returncode == 0, result.stderr
    for path in pages(small.root / "site"):
        text = path.read_text(encoding="utf-8")
        assert "issues/new" not in text
        assert "colab.research" not in text
