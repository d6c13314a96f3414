"""The site's languages: what their files say, and where a page is in each of them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from conv1d_site.steps.addresses import seen_from
from conv1d_site.steps.site_language import SiteLanguage
from conv1d_site.steps.together import problems
from insync.problem import InsyncError, Problem, suggestion
from insync.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from insync.settings import Language


@dataclass(frozen=True)
class Translation:
    """A page in a language of the site.

    `url` is its address beneath that of the whole site, `zh/guide/` say; in templates, one that can be linked
    to. `same_page`: the page itself has been translated; otherwise `url` is that of the nearest index above
    it. `current`: this is the language that is being built. `words` is what the theme says in the language
    that `url` leads to.
    """

    language: str
    name: str
    url: str
    same_page: bool
    current: bool
    words: dict[str, str]

    def seen_from(self, page: str) -> Translation:
        """With an address that is relative to a page's own, so that the site can lie anywhere."""
        return replace(self, url=seen_from(page, self.url))

    def beneath(self, root: str) -> Translation:
        """With an address that begins with the whole site's."""
        return replace(self, url=root + self.url)


def read_languages(root: Path) -> tuple[SiteLanguage, ...]:
    """The languages of the project in that folder, the source of the translations first.

    Raises InsyncError for settings that are not understood, or that do not go together.
    """
    languages = tuple(_site_language(language) for language in read_settings(root).languages)
    if found := tuple(problems(languages)):
        raise InsyncError(*found)
    return languages


def home_pages(languages: Sequence[SiteLanguage], current: str, index: str = "") -> list[Translation]:
    """The home page of each language; `current` is the code of the one that is being built.

    `index` is how the address of a folder's own page ends: empty, or `index.html`.
    """
    return [
        Translation(each.tag, each.name, each.folder + index, False, each.code == current, each.words)
        for each in languages
    ]


def translations(
    languages: Sequence[SiteLanguage], current: str, url: str, sources: Sequence[Path], index: str = ""
) -> list[Translation]:
    """A page in all languages, its own included.

    `url` is its address beneath its own language's root, `sources` are the files that it is made of, as seen
    from that language's folder of pages: its own, or those of a notebook or of the blog's archive. A language
    that has one of them has the page.
    """
    found = []
    for language, home in zip(languages, home_pages(languages, current), strict=True):
        there = url
        made = not sources or any((language.pages / source).is_file() for source in sources)
        if not made and not home.current:
            there = _nearest_index(language, sources[0]) + index
        found.append(replace(home, url=home.url + there.removeprefix("./"), same_page=there == url))
    return found


def _nearest_index(language: SiteLanguage, source: Path) -> str:
    """The address, seen from the language's own root, of the nearest folder above the page with an index."""
    for folder in source.parents:
        if any((language.pages / folder / name).is_file() for name in ("index.md", "README.md")):
            return quote(folder.as_posix()) + "/"
    return "./"


@dataclass(frozen=True)
class _Search:
    terms: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _More:
    """What a language's file says to the site, beside what it says to the engine."""

    name: str = ""
    folder: str = ""
    configuration: str = ""
    search: _Search = _Search()
    theme: dict[str, str] = field(default_factory=dict)
    own_script: bool = False
    tag: str = ""


def _site_language(language: Language) -> SiteLanguage:
    file = f"{language.code}.toml"
    known = [each.name for each in fields(_More)]
    for key in language.more:
        if key not in known:
            raise InsyncError(Problem(f"{file} has no `{key}`", suggestion(key, known)))
    try:
        more = msgspec.convert(language.more, _More)
    except msgspec.ValidationError as error:
        raise InsyncError(Problem(f"{file}: {error}", "Correct it.")) from None
    return SiteLanguage(
        language.code,
        more.name or language.code,
        language.pages,
        more.folder,
        more.configuration,
        more.search.terms,
        more.search.synonyms,
        more.theme,
        more.own_script,
        more.tag,
    )
