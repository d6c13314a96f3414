"""Code that a page offers as a file: what the file holds, where it lies, and what cannot be offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_site import ADDRESS, Page, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

CODE = 'def half(x):\n    """Half of it, für 你。"""\n    return x / 2'


@pytest.fixture
def small(tmp_path: Path) -> SmallSite:
    site = SmallSite(tmp_path)
    more = "\n\n\n# %% use\nprint(half(3))\n"
    (tmp_path / "snippets/made.py").write_text(f"# %% code\n{CODE}{more}", encoding="utf-8")
    for language in ("en", "zh"):
        site.write(
            language,
            "guide/first.md",
            "first",
            "script: made#code\n",
            "```snippet\nmade#code\nshow: code\n```",
        )
    return site


def test_each_language_has_the_file_beside_the_page_and_links_it(small: SmallSite) -> None:
    built = small.build()
    assert built.returncode == 0, built.stderr
    for root in (small.root / "site", small.root / "site/zh"):
        text = (root / "guide/made.py").read_text(encoding="utf-8")
        assert text.endswith(f"\n\n{CODE}\n")
        assert text.startswith(f"# From {ADDRESS}")
        namespace: dict[str, object] = {}
        exec(text, namespace)
        assert "half" in namespace
        links = Page(root / "guide/first/index.html").all("a", href="../made.py")
        assert [link["download"] for link in links] == [""]
        assert not Page(root / "guide/index.html").all("a", download="")


def test_without_directories_in_addresses_the_link_leads_there_too(small: SmallSite) -> None:
    configuration = small.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(f"use_directory_urls: false\n{text}", encoding="utf-8")
    assert small.build().returncode == 0
    assert Page(small.root / "site/guide/first.html").all("a", href="made.py")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("made", "`script` is 'made', which names no cell"),
        ("[made]", "`script` is ['made'], which names no cell"),
        ("made#cod", "`made` has no cell `cod`"),
        ("mode#code", "there is no snippet `mode`"),
    ],
)
def test_a_cell_that_is_not_there_ends_the_build_with_the_page_and_the_line(
    small: SmallSite, script: str, message: str
) -> None:
    for language in ("en", "zh"):
        small.write(language, "guide/first.md", "first", f"script: {script}\n")
    built = small.build()
    assert built.returncode == 1
    assert message in built.stderr
    assert "docs/en/guide/first.md:3" in built.stderr


def test_code_that_fails_is_not_handed_out_though_no_fence_shows_it(small: SmallSite) -> None:
    (small.root / "snippets/made.py").write_text("# %% code\n1 / 0\n", encoding="utf-8")
    for language in ("en", "zh"):
        small.write(language, "guide/first.md", "first", "script: made#code\n")
    built = small.build()
    assert built.returncode == 1
    assert "ZeroDivisionError" in built.stderr


def test_a_file_of_the_pages_own_is_not_overwritten(small: SmallSite) -> None:
    (small.root / "docs/en/guide/made.py").write_text("mine\n", encoding="utf-8")
    built = small.build()
    assert built.returncode == 1
    assert "docs/en/guide/made.py: the code that a page offers as guide/made.py" in built.stderr


def test_two_pages_may_offer_the_same_code(small: SmallSite) -> None:
    for language in ("en", "zh"):
        small.write(language, "guide/second.md", "second", "script: made#code\n")
    built = small.build()
    assert built.returncode == 0, built.stderr
    assert Page(small.root / "site/guide/second/index.html").all("a", href="../made.py", download="")
