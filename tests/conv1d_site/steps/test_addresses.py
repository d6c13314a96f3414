"""Addresses as links: what MkDocs makes of them."""

from __future__ import annotations

import pytest
from mkdocs.utils import get_relative_url

from conv1d_site.steps.addresses import seen_from


@pytest.mark.parametrize("url", ["", "./", "zh/", "index.html", "guide/a/", "guide/a.html", "x/y.ipynb"])
@pytest.mark.parametrize("page", ["", "./", "zh/", "guide/a/", "guide/b.html", "notebooks/x.ipynb"])
def test_a_link_is_what_mkdocs_makes_of_it(url: str, page: str) -> None:
    assert seen_from(page, url) == get_relative_url(url, page)
