"""Every page in all languages of the site: addresses, switches, the site map."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import ROOT
from small_site import ADDRESS, Page, address, exists, pages

if TYPE_CHECKING:
    from small_site import SmallSite


def test_both_languages_have_the_same_addresses(built: Path) -> None:
    english = {path.relative_to(built) for path in pages(built) if not path.is_relative_to(built / "zh")}
    chinese = {path.relative_to(built / "zh") for path in pages(built / "zh")}
    assert english == chinese
    for path in (
        "blog/2021-09-27/post/index.html",
        "blog/category/notes-on-open-source-code/index.html",
        "blog/archive/2021/index.html",
        "notebooks/sample-note/index.html",
    ):
        assert Path(path) in english
    for path in english:
        assert path.as_posix().isascii()


def test_pages_say_their_language(built: Path) -> None:
    for path in pages(built):
        [root] = Page(path).all("html")
        assert root["lang"] == ("zh-Hans" if path.is_relative_to(built / "zh") else "en"), path


def test_pages_have_a_description_and_their_own_address(built: Path) -> None:
    for path in pages(built):
        page = Page(path)
        assert page.all("meta", name="description")[0]["content"], path
        if path.name != "404.html":
            [canonical] = page.all("link", rel="canonical")
            assert urlsplit(canonical["href"]).path == address(built, path)


def test_the_switch_leads_to_the_same_page(built: Path) -> None:
    for path in pages(built):
        here = address(built, path)
        chinese = path.is_relative_to(built / "zh")
        own = here.replace("/zh/", "/", 1) if chinese else here.replace("/path/", "/path/zh/", 1)
        links = Page(path).all(
            "a", hreflang="en" if chinese else "zh-Hans", lang="en" if chinese else "zh-Hans"
        )
        assert len(links) == 2, "one in the header, one at the end"
        for link in links:
            target = urljoin(here, link["href"])
            assert exists(built, target), (path, link)
            if path.name != "404.html":
                assert target == own


def test_an_untranslated_page_switches_to_the_nearest_index(small: SmallSite) -> None:
    small.write("en", "guide/only.md", "only")
    small.write("en", "alone/deep.md", "deep")
    small.write("zh", "guide/nur.md", "nur")
    assert small.build().returncode == 0
    for path, target in {
        "guide/only/": "../../zh/guide/",
        "alone/deep/": "../../zh/",
        "zh/guide/nur/": "../../../guide/",
    }.items():
        language = "en" if path.startswith("zh") else "zh-Hans"
        for link in Page(small.root / "site" / path / "index.html").all("a", hreflang=language):
            assert link["href"] == target
    sitemap = (small.root / "site/sitemap.xml").read_text(encoding="utf-8")
    assert f'hreflang="zh-Hans" href="{ADDRESS}zh/guide/only/"' not in sitemap


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_site_map_pairs_the_languages(built: Path, folder: str) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    root = etree.parse(built / folder / "sitemap.xml").getroot()
    found = {}
    for url in root.findall("s:url", names):
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", names)}
        found[url.findtext("s:loc", None, names)] = links
    assert f"{ADDRESS}{folder}guide/first/" in found
    for location, links in found.items():
        assert location is not None
        assert location.startswith(ADDRESS + folder)
        path = location.removeprefix(ADDRESS + folder)
        here = ADDRESS + path
        assert links == {"en": here, "x-default": here, "zh-Hans": f"{ADDRESS}zh/{path}"}
        assert all(exists(built, urlsplit(link or "").path) for link in links.values())


def test_the_error_page_speaks_both_languages(built: Path) -> None:
    for path in (built / "404.html", built / "zh/404.html"):
        page = Page(path)
        for language, home in (("en", "/some/path/"), ("zh-Hans", "/some/path/zh/")):
            assert page.all("p", lang=language)
            assert page.all("a", href=home)


def test_a_third_language_needs_its_folder_its_configuration_and_its_file(small: SmallSite) -> None:
    root = small.root
    (root / "languages").mkdir()
    for path in (ROOT / "scripts/conv1d_site/languages").glob("*.toml"):
        (root / "languages" / path.name).write_bytes(path.read_bytes())
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    settings = text.replace('"scripts/conv1d_site/languages"', '"languages"')
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    words = (root / "languages/en.toml").read_text(encoding="utf-8").partition("[theme]")[2]
    (root / "languages/fr.toml").write_text(
        'name = "Français"\npages = "docs/fr"\nfolder = "fr/"\nconfiguration = "mkdocs.fr.yml"\n'
        f"[theme]{words}",
        encoding="utf-8",
    )
    (root / "mkdocs.fr.yml").write_text(
        "INHERIT: mkdocs.yml\nsite_name: Conv1d\ndocs_dir: docs/fr\nsite_dir: site-fr\n"
        "theme: { language: fr }\nplugins: { mkdocs-jupyter: { cache_dir: .cache/mkdocs-jupyter/fr } }\n",
        encoding="utf-8",
    )
    front = "---\ndescription: Une page\n---\n\n"
    for path, title in {"index.md": "Accueil { #home }", "guide/first.md": "Première { #first }"}.items():
        (root / "docs/fr" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "docs/fr" / path).write_text(f"{front}# {title}\n\nVoilà.\n", encoding="utf-8")
    for folder in ("", "posts/"):
        (root / "docs/fr/blog" / folder).mkdir(parents=True, exist_ok=True)
    (root / "docs/fr/blog/index.md").write_text(f"{front}# Blog {{ #blog }}\n", encoding="utf-8")
    result = small.build()
    assert result.returncode == 0, result.stderr
    french = Page(root / "site/fr/guide/first/index.html")
    assert french.all("html")[0]["lang"] == "fr"
    assert french.all("a", hreflang="zh-Hans")[0]["href"] == "../../../zh/guide/first/"
    english = Page(root / "site/guide/first/index.html")
    assert [link["href"] for link in english.all("a", lang="fr")] == ["../../fr/guide/first/"] * 2
    assert english.all("a", lang="zh-Hans")
