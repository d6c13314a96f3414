"""Languages of one site, seen together: no two in one place, and none without words that another has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from insync.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conv1d_site.steps.site_language import SiteLanguage

_FOLDER = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_-]*/)+")
_PLACEHOLDER = re.compile(r"\{\w+\}")


def problems(languages: Sequence[SiteLanguage]) -> Iterator[Problem]:
    """What is wrong with the languages' files; the source of the translations is the first of them."""
    main = [each for each in languages if not each.configuration]
    for language in main[1:]:
        message = f"{language.code}.toml names no `configuration`, and neither does {main[0].code}.toml"
        yield Problem(f"{message}: one language's pages lie in no folder", "Name it, and give it a `folder`.")
    for language in languages:
        yield from _folder_problems(language)
        yield from _word_problems(languages[0], language)
    for index, language in enumerate(languages):
        for other in languages[:index]:
            yield from _shared(other, language)


def _folder_problems(language: SiteLanguage) -> Iterator[Problem]:
    file, folder = f"{language.code}.toml", language.folder
    example = f'Write, for instance: folder = "{language.code}/"'
    if language.configuration and not folder.endswith("/"):
        message = f"{file}: a language with a `configuration` has a `folder`, with a slash at its end"
        yield Problem(message, example)
    elif folder and not language.configuration:
        message = f"{file}: a language with a `folder` ({folder}) has a `configuration`"
        yield Problem(message, "Name it, or take the folder out: the main language has none.")
    elif folder and not _FOLDER.fullmatch(folder):
        message = f"{file}: the folder {folder} is none of the site's"
        yield Problem(f"{message}; it is of letters of ASCII, digits, - and _", example)


def _word_problems(source: SiteLanguage, language: SiteLanguage) -> Iterator[Problem]:
    """Words of the theme that are missing, and those that say nothing of what the source's put into them."""
    advice = f"Write them as in {source.code}.toml."
    file = f"{language.code}.toml: [theme]"
    if missing := [name for name in source.words if name not in language.words]:
        yield Problem(f"{file} has no {', '.join(f'`{name}`' for name in missing)}", advice)
    for name, word in source.words.items():
        wanted = set(_PLACEHOLDER.findall(word))
        if name in language.words and wanted != set(_PLACEHOLDER.findall(language.words[name])):
            yield Problem(
                f"{file}: `{name}` is to have {' and '.join(sorted(wanted)) or 'no braces'}", advice
            )


def missing_words(language: SiteLanguage, theme: Path) -> Iterator[Problem]:
    """What the templates in the theme's folder say that the language has no words for."""
    templates = (path.read_text(encoding="utf-8") for path in theme.rglob("*.html"))
    said = {name for text in templates for name in re.findall(r"\bwords\.(\w+)", text)}
    if missing := sorted(said - language.words.keys()):
        names = ", ".join(f"`{name}`" for name in missing)
        yield Problem(f"{language.code}.toml: [theme] has no {names}, which the theme says", "Write them.")


def _shared(one: SiteLanguage, other: SiteLanguage) -> Iterator[Problem]:
    """What two languages cannot both have."""
    files = f"{one.code}.toml and {other.code}.toml"
    folders = sorted(each.folder.casefold() for each in (one, other))
    if folders[0] and folders[1].startswith(folders[0]):
        message = f"{files}: of the folders {one.folder} and {other.folder}, one lies in the other"
        yield Problem(message, "Give each one of its own.")
    if one.pages == other.pages or one.pages in other.pages.parents or other.pages in one.pages.parents:
        yield Problem(f"{files}: their `pages` are the same, or lie in one another", "Keep them apart.")
    if one.configuration and one.configuration == other.configuration:
        yield Problem(f"{files} name the same `configuration`, {one.configuration}", "Make one for each.")
