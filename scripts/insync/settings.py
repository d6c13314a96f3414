"""A project's settings: `[tool.insync]` of its pyproject.toml, and a file for each language.

The one source of them, for the command line and for whatever generates the site. Without that table the
defaults below hold, with one language whose pages are in docs/.
"""

import functools
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from insync.problem import InsyncError, Place, suggestion

SETTINGS = "pyproject.toml"
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Limits:
    """`seconds` and bytes of `output` that a snippet may take.

    The seconds are those of the clock, without what the snippet had to wait for a processor, where the system
    tells that (Linux does); at most ten times as many pass.
    The bytes are those that it prints, and as many of what else it gives: values, figures, answers to pages.
    """

    seconds: float = 60.0
    output: int = 1_000_000


@dataclass(frozen=True)
class Language:
    """A language of the site, as its file NAME.toml tells; `code` is NAME.

    `pages` is its folder of pages; `words` are the engine's own on its pages (none: the engine's English);
    `avoid` maps a word that its pages must not have (a regular expression) to the one that they must have,
    `quoting` is an example of the reason with which one may quote such a word. Pages may be missing in one
    that is not `complete`. `more` is all else in the file: the site's business.
    """

    code: str
    pages: Path
    words: dict[str, str] = field(default_factory=dict)
    avoid: dict[str, str] = field(default_factory=dict)
    quoting: str = "the old name"
    complete: bool = True
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """Where a project's parts lie, its languages (the source of the translations first), and its limits.

    `figures` is the module whose FIGURES the pages may show; empty where there are none. `generator` is that
    whose `find_pages(settings)` says which pages the site has; empty: all that are in the folders of pages.
    """

    root: Path
    languages: tuple[Language, ...]
    snippets: Path
    cache: Path
    limits: Limits = Limits()
    figures: str = ""
    generator: str = ""

    @property
    def pages(self) -> tuple[Path, ...]:
        """The folder of pages of each language."""
        return tuple(language.pages for language in self.languages)

    def language_of(self, page: Path) -> Language:
        """The language in whose folder the page lies; the first one for a page elsewhere."""
        return next((each for each in self.languages if each.pages in page.parents), self.languages[0])

    def language(self, code: str) -> Language:
        """The language with that code; raises InsyncError where there is none.

        Where no languages are set there is one without a code, which stands for any.
        """
        by_code = {language.code: language for language in self.languages}
        if found := by_code.get(code) or by_code.get(""):
            return found
        raise InsyncError.of(f"there is no language `{code}`", suggestion(code, by_code))


@dataclass(frozen=True)
class _Table:
    """`[tool.insync]` as it is written; paths are relative to the project's folder."""

    languages: str = ""
    source: str = ""
    snippets: str = "snippets"
    cache: str = ".cache/insync"
    figures: str = ""
    generator: str = ""
    time_limit: float = Limits.seconds
    output_limit: int = Limits.output


def read_settings(root: Path) -> Settings:
    """The settings of the project in that folder; raises InsyncError for what is not understood."""
    root = root.resolve()
    file = root / SETTINGS
    text = _bytes(file)
    # At every page somebody asks for them: files are read each time, and understood when they are others.
    table = _table(file, text)
    folder = root / table.languages if table.languages else None
    languages = tuple((path, _bytes(path)) for path in sorted(folder.glob("*.toml"))) if folder else ()
    return _settings(root, text, languages)


@functools.lru_cache(maxsize=8)
def _settings(root: Path, text: bytes, files: tuple[tuple[Path, bytes], ...]) -> Settings:
    table = _table(root / SETTINGS, text)
    limits = Limits(table.time_limit, table.output_limit)
    folders = root / table.snippets, root / table.cache
    return Settings(root, _languages(root, table, files), *folders, limits, table.figures, table.generator)


@functools.lru_cache(maxsize=8)
def _table(file: Path, text: bytes) -> _Table:
    table = _understood(_Table, _toml(file, text).get("tool", {}).get("insync", {}), file, "[tool.insync]")
    for name, limit in (("time_limit", table.time_limit), ("output_limit", table.output_limit)):
        if not limit > 0:
            raise InsyncError.of(f"`{name}` of [tool.insync] is {limit}", "Give it more.", Place(file))
    return table


def find_root(folder: Path) -> Path | None:
    """The nearest folder, this one or one above it, that is a project: with settings, or with snippets/."""
    for each in (folder, *folder.parents):
        file = each / SETTINGS
        if (each / "snippets").is_dir() or "insync" in _toml(file, _bytes(file)).get("tool", {}):
            return each
    return None


def _languages(root: Path, table: _Table, files: tuple[tuple[Path, bytes], ...]) -> tuple[Language, ...]:
    if not table.languages:
        return (Language("", root / "docs"),)
    folder = root / table.languages
    found = [_language(root, path, text) for path, text in files]
    codes = [language.code for language in found]
    if table.source not in codes:
        missing = f"{folder.name} has no {table.source}.toml"
        message = f"`source` of [tool.insync] is `{table.source}`, and {missing}"
        raise InsyncError.of(message, suggestion(table.source, codes), Place(root / SETTINGS))
    return tuple(sorted(found, key=lambda language: (language.code != table.source, language.code)))


def _language(root: Path, file: Path, text: bytes) -> Language:
    more = _toml(file, text)
    own = [each.name for each in fields(Language) if each.name not in ("code", "more")]
    told = {key: more.pop(key) for key in own if key in more}
    if not isinstance(told.get("pages"), str):
        advice = 'Write, for instance: pages = "docs/fr"'
        raise InsyncError.of("the language has no folder of pages", advice, Place(file))
    told |= {"code": file.stem, "pages": root / told["pages"], "more": more}
    return _understood(Language, told, file, "the file")


def _understood(kind: type[_Kind], data: object, file: Path, where: str) -> _Kind:
    """The table as a dataclass; a key that is not known, or a value of another type, is an error."""
    known = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    for key in data if isinstance(data, dict) else ():
        if key not in known:
            raise InsyncError.of(f"{where} has no `{key}`", suggestion(key, known), Place(file))
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise InsyncError.of(f"{where}: {error}", "Correct it.", Place(file)) from None


def _bytes(file: Path) -> bytes:
    """What is in a file; of no file, nothing."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _unreadable(file, error) from None


def _toml(file: Path, text: bytes) -> dict[str, Any]:
    """A TOML file's contents."""
    try:
        return tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> InsyncError:
    return InsyncError.of(f"the file cannot be read: {error}", "Correct it.", Place(file))
