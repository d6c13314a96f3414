"""Pages fetch nothing from elsewhere, and need no address; templates are kept from one build to the next."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import jinja2
from mkdocs.structure.files import File, Files
from small_site import Page, address, exists, pages

from conv1d_site.hooks import pages as hook

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from small_site import SmallSite


def test_pages_are_converted_in_the_order_of_the_navigation() -> None:
    names = ["numbers.md", "guide/b.md", "guide/a.md", "left.md", "notebooks/a.ipynb", "notebooks/c.ipynb"]
    files = Files([File(name, ".", "site", use_directory_urls=True) for name in names])
    nav = ["guide/a.md", {"Part": [{"Title": "guide/b.md"}, "notebooks/c.ipynb", "numbers.md"]}]
    sorted_files = hook.on_files(files, cast("Any", SimpleNamespace(nav=nav, extra={})))
    assert [file.src_uri for file in sorted_files] == [
        "guide/a.md",
        "notebooks/a.ipynb",  # of guide/a.md, and so behind it
        "guide/b.md",
        "notebooks/c.ipynb",
        "numbers.md",
        "left.md",
    ]
    late = SimpleNamespace(nav=nav, extra={"late": ["guide/a.md"]})
    sorted_files = hook.on_files(files, cast("Any", late))
    assert [file.src_uri for file in sorted_files] == [
        "guide/b.md",
        "notebooks/c.ipynb",
        "numbers.md",
        "guide/a.md",
        "notebooks/a.ipynb",
        "left.md",
    ]


def test_compiled_templates_are_kept_where_there_is_room_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []
    compile_ = jinja2.Environment.compile

    def count(environment: jinja2.Environment, source: str, *rest: Any, **named: Any) -> Any:
        compiled.append(source)
        return compile_(environment, source, *rest, **named)

    def rendered() -> str:
        def made() -> jinja2.Environment:
            return jinja2.Environment(loader=jinja2.DictLoader({"a.html": "{{ 1 + 1 }}"}))

        theme = SimpleNamespace(get_env=made)
        config: Any = SimpleNamespace(config_file_path=str(tmp_path / "mkdocs.yml"), theme=theme)
        hook._keep_compiled_templates(config)
        return str(theme.get_env().get_template("a.html").render())

    monkeypatch.setattr(jinja2.Environment, "compile", count)
    assert [rendered(), rendered()] == ["2", "2"]
    assert len(compiled) == 1
    shutil.rmtree(tmp_path / ".cache")
    (tmp_path / ".cache").write_text("a file where the folder should be", encoding="utf-8")
    assert rendered() == "2"


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    fetched = {
        "script": "src",
        "img": "src",
        "iframe": "src",
        "source": "src",
        "object": "data",
        "link": "href",
    }
    for path in pages(built):
        for tag, has in Page(path).elements:
            if tag == "link" and has.get("rel") in {"canonical", "prev", "next", "edit"}:
                continue
            value = has.get(fetched.get(tag, ""), "")
            assert not re.match(r"(?:https?:)?//", value), (path, tag, value)
            assert "data-md-component" not in has or has["data-md-component"] != "source", (
                "asks GitHub for stars"
            )
    for path in built.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), (
            path
        )


def test_what_pages_fetch_is_there(built: Path) -> None:
    for path in pages(built):
        for tag, has in Page(path).elements:
            value = has.get({"script": "src", "img": "src", "link": "href"}.get(tag, ""), "")
            if value and not value.startswith("data:") and has.get("rel") != "canonical":
                assert exists(built, urlsplit(urljoin(address(built, path), value)).path), (path, value)
    css = (built / "assets/stylesheets/site.css").read_text(encoding="utf-8")
    for url in re.findall(r"url\(\"([^\"]*)\"\)", css):
        assert (built / "assets/stylesheets" / url).is_file()
    assert (built / "assets/fonts/OFL.txt").is_file()


def test_without_an_address_the_site_works(small: SmallSite) -> None:
    result = small.build(SITE_URL="")
    assert result.returncode == 0, result.stderr
    page = Page(small.root / "site/guide/first/index.html")
    assert not page.all("link", rel="canonical")
    assert not (small.root / "site/sitemap.xml").exists()
    text = (small.root / "site/guide/first/index.html").read_text(encoding="utf-8")
    assert "navigation.instant" not in text
    assert page.all("a", hreflang="zh-Hans")[0]["href"] == "../../zh/guide/first/"
