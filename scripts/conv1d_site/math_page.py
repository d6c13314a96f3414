"""How one complains about a formula that cannot be rendered: with its page and line, on the page or not."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as etree  # noqa: N813 - as Python-Markdown itself calls it
from pathlib import Path
from typing import TYPE_CHECKING, cast

from markdown.util import ETX, STX, AtomicString

from conv1d_site.tex import MathError

if TYPE_CHECKING:
    from markdown import Markdown


def page_error(message: str) -> Exception:
    """The exception that ends a build with this message and no more.

    MkDocs prints its own kind of error in few lines, any other with a traceback. It is not imported for that:
    another generator may be at work, which gets a `MathError`.
    """
    mkdocs = sys.modules.get("mkdocs.exceptions")
    return cast("Exception", mkdocs.BuildError(message)) if mkdocs else MathError(message)


class MathPage:
    """What the steps share about the page at hand: its source, and how to complain."""

    def __init__(self, md: Markdown, errors_on_page: bool) -> None:
        self._md = md
        self._errors_on_page = errors_on_page
        self.source: list[str] = []

    def problem(self, reason: str, formula: str) -> etree.Element:
        """Raises, or returns the notice that stands in the formula's place."""
        message = f"{self._place(formula)}: cannot render this formula: {reason}"
        if not self._errors_on_page:
            raise page_error(message)
        notice = etree.Element("span", {"class": "insync-problem", "role": "alert"})
        notice.text = AtomicString(message)
        return notice

    def _place(self, formula: str) -> str:
        """A formula's page and line, counted in the file with its front matter, as well as can be known."""
        name, path = self._file()
        lines = self.source
        if path and path.suffix == ".md" and path.is_file():
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        line = _line_of(formula, lines)
        return f"{name}:{line}" if name and line else name or f"line {line or '?'}"

    def _file(self) -> tuple[str, Path | None]:
        """The page's name and file, as MkDocs tells them or else as Zensical does; empty when no one does."""
        if "relpath" in self._md.treeprocessors:
            file = getattr(self._md.treeprocessors["relpath"], "file", None)
            return getattr(file, "src_uri", ""), Path(getattr(file, "abs_src_path", None) or "")
        for processor in self._md.preprocessors:
            if path := getattr(getattr(processor, "page", None), "path", None):
                return str(path), Path(path)
        return "", None


def _line_of(formula: str, lines: list[str]) -> int | None:
    """The number of the first line on which the formula begins; its code spans may have been placeholders."""
    pieces = [piece.strip() for piece in re.split(rf"{STX}[^{ETX}]*{ETX}|\n", formula)]
    text = "\n".join(lines).expandtabs(4)  # as Markdown has done with the formula
    for candidate in (formula, max(pieces, key=len)):
        if candidate.strip() and (position := text.find(candidate)) >= 0:
            return text.count("\n", 0, position) + 1
    return None
