"""A language of the site, as its file tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class SiteLanguage:
    """A language of the site.

    `pages` is its folder of pages, `folder` that of its finished pages beneath the whole site: empty, or with
    a slash at its end. `configuration` is the file by which the generator builds it; empty for the language
    of the main configuration, whose build makes the others as well. `terms` are words of the language that
    the search must not cut, `synonyms` those that pages use for words that readers ask for, `words` what the
    theme says in it. `own_script`: it has other letters than English. `tag` is its tag after BCP 47, for
    readers' machines: empty where the code is one.
    """

    code: str
    name: str
    pages: Path
    folder: str = ""
    configuration: str = ""
    terms: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    own_script: bool = False
    tag: str = ""

    def __post_init__(self) -> None:
        """The code, unless the file says more."""
        object.__setattr__(self, "tag", self.tag or self.code)
