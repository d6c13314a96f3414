"""What a language's file says to the site, and where a page is in the other languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from mkdocs.utils import get_relative_url

from conv1d_site.steps.languages import (
    SiteLanguage,
    Translation,
    home_pages,
    read_languages,
    translations,
)
from insync.problem import InsyncError


def write(root: Path, **files: str) -> Path:
    """A project with these languages, English the first of them."""
    settings = '[tool.insync]\nlanguages = "languages"\nsource = "en"\n'
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    (root / "languages").mkdir()
    for code, text in files.items():
        whole = f'pages = "docs/{code}"\n{text}\n'
        (root / f"languages/{code}.toml").write_text(whole, encoding="utf-8")
    return root


def test_this_sites_languages() -> None:
    english, chinese = read_languages(ROOT)
    assert (english.code, english.folder, english.configuration, english.terms) == ("en", "", "", ())
    assert (chinese.code, chinese.folder, chinese.configuration) == ("zh", "zh/", "mkdocs.zh.yml")
    assert "互相关" in chinese.terms
    assert chinese.pages == ROOT / "docs/zh"


def test_a_language_is_what_its_file_says(tmp_path: Path) -> None:
    french = (
        'name = "Français"\nfolder = "fr/"\nconfiguration = "mkdocs.fr.yml"\n[theme]\nswitch = "En français"'
    )
    languages = read_languages(write(tmp_path, en="", fr=french))
    assert languages == (
        SiteLanguage("en", "en", tmp_path / "docs/en"),
        SiteLanguage(
            *("fr", "Français", tmp_path / "docs/fr", "fr/", "mkdocs.fr.yml"),
            words={"switch": "En français"},
        ),
    )
    assert home_pages(languages, "fr") == [
        Translation("en", "en", "", same_page=False, current=False, words={}),
        Translation("fr", "Français", "fr/", same_page=False, current=True, words={"switch": "En français"}),
    ]


def test_a_project_without_languages_has_one(tmp_path: Path) -> None:
    assert [language.pages for language in read_languages(tmp_path)] == [tmp_path / "docs"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('foldr = "fr/"', "fr.toml has no `foldr`"),
        ('search = { terms = "mot" }', "fr.toml: Expected `array`, got `str`"),
        ('configuration = "mkdocs.fr.yml"', "fr.toml: a language with a `configuration` has a `folder`"),
        ('configuration = "mkdocs.fr.yml"\nfolder = "fr"', "with a slash at its end"),
    ],
)
def test_what_is_not_understood_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InsyncError) as caught:
        read_languages(write(tmp_path, en="", fr=text))
    assert said in str(caught.value)


def test_a_page_leads_to_its_translation_or_to_the_nearest_index(tmp_path: Path) -> None:
    pages = {code: tmp_path / code for code in ("en", "fr", "zh")}
    languages = [SiteLanguage(code, code, pages[code], "" if code == "en" else f"{code}/") for code in pages]
    for path in ("en/guide/a.md", "fr/guide/a.md", "zh/guide/index.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()

    def found(path: str | None, url: str, current: str = "en") -> list[tuple[str, bool, bool]]:
        inside = [Path(path)] if path else []
        return [
            (each.url, each.same_page, each.current) for each in translations(languages, current, url, inside)
        ]

    assert found("guide/a.md", "guide/a/") == [
        ("guide/a/", True, True),
        ("fr/guide/a/", True, False),
        ("zh/guide/", False, False),
    ]
    assert found("guide/index.md", "guide/", "zh") == [
        ("", False, False),
        ("fr/", False, False),
        ("zh/guide/", True, True),
    ]
    assert found(None, "blog/archive/2021/")[1] == ("fr/blog/archive/2021/", True, False)


@pytest.mark.parametrize("url", ["", "zh/", "guide/a/", "zh/guide/a/", "zh/guide/"])
@pytest.mark.parametrize("page", ["", "zh/", "guide/a/", "guide/b.html", "zh/guide/a/"])
def test_an_address_seen_from_a_page_is_what_mkdocs_makes_of_it(url: str, page: str) -> None:
    translation = Translation("zh", "中文", url, same_page=True, current=False, words={})
    assert translation.seen_from(page).url == get_relative_url(url, page)
