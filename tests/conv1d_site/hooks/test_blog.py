"""Categories and tags have addresses in ASCII, the same in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_site import Page

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tags_have_the_same_ascii_anchors(built: Path, language: str) -> None:
    page = Page(built / ("zh" if language == "zh" else "") / "blog/tags/index.html")
    assert page.all("h2", id="tag:computing-python")


def test_a_category_without_an_ascii_address_is_an_error(small: SmallSite) -> None:
    page = small.root / "docs/zh/blog/posts/post.md"
    page.write_text(page.read_text(encoding="utf-8").replace("开源代码学习笔记", "新分类"), encoding="utf-8")
    result = small.build()
    assert result.returncode != 0
    assert "'新分类' has no address" in result.stderr
