"""Plots on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Site

PLOT = "# %% one\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2]);\n"
FENCE = "```snippet\nmade#one\nalt: A line.\n```\n"


def ids(html: str) -> list[str]:
    return re.findall(r'<(?:g|path|clipPath|svg|use)\b[^>]*? id="([^"]+)"', html)


def test_a_plot_that_is_shown_twice_or_on_two_pages_has_ids_of_its_own_each_time(site: Site) -> None:
    site.snippet(PLOT)
    site.page(f"{FENCE}\n??? note\n\n    text\n\n{FENCE}")
    site.page(FENCE, "other")
    html = str(site.render().content) + str(site.render("other").content)
    assert html.count("<svg") == 3
    assert len(ids(html)) == len(set(ids(html))) > 10
    asked = set(re.findall(r'(?:url\(#|href="#)((?:p|made)[^")]+)', html))
    assert asked
    assert asked <= set(ids(html)) | set(re.findall(r'id="([^"]+)"', html))
