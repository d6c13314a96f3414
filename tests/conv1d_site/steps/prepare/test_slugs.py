"""Addresses of categories and tags."""

from __future__ import annotations

import pytest

from conv1d_site.steps.prepare.slugs import ascii_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Notes on open-source code", "notes-on-open-source-code"), ("C++ & Co.", "c-co"), ("新", "new")],
)
def test_slugs(name: str, slug: str) -> None:
    assert ascii_slug(name, "-", {"新": "new"}) == slug


def test_a_name_without_an_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="'新分类' has no address"):
        ascii_slug("新分类", "-", {})
