"""pymdownx.highlight that colours a piece of code once, however many pages, languages and builds show it.

Colouring took three tenths of a build, and every fence of a page is on the page's translation as well, which
another process may be rendering.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pymdownx.highlight import Highlight, HighlightExtension

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 8192  # pieces of code, about 2 kB each; a build of the whole site has 1,400
_coloured: dict[str, str] = {}
_MOST_BYTES = 30_000_000  # of the file: a build of the whole site leaves 2 MB


class _Kept:
    """What was coloured, in a file that several builds may read and write at once. Lost, it is made anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._versions = [version(name) for name in ("pygments", "pymdown-extensions")]
        self._database: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file() and path.stat().st_size > _MOST_BYTES:
                path.unlink()
            self._database = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute("CREATE TABLE IF NOT EXISTS code (key TEXT PRIMARY KEY, html TEXT)")
        except (OSError, sqlite3.Error) as error:
            self._lose(error)

    def get(self, key: str) -> str | None:
        """The code as HTML, if some build has coloured it."""
        found = self._ask("SELECT html FROM code WHERE key = ?", self._digest(key))
        return found[0] if found and isinstance(found[0], str) else None

    def put(self, key: str, html: str) -> None:
        """Keep the code as HTML for other processes and later builds."""
        self._ask("INSERT OR REPLACE INTO code VALUES (?, ?)", self._digest(key), html)

    def _ask(self, command: str, *values: str) -> tuple[object, ...] | None:
        if self._database:
            try:
                found: tuple[object, ...] | None = self._database.execute(command, values).fetchone()
                return found
            except sqlite3.Error as error:
                self._lose(error)
        return None

    def _digest(self, key: str) -> str:
        return hashlib.sha256(repr((self._versions, key)).encode("utf-8", "replace")).hexdigest()

    def _lose(self, error: Exception) -> None:
        """Do without the file; away with it if it is none of ours, and not only busy or out of reach."""
        self._database = None
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with contextlib.suppress(OSError):
                self._path.unlink()


_kept: _Kept | None = None


def keep_in(folder: Path) -> None:
    """Keep what is coloured from here on in a folder, and use what is there."""
    global _kept
    _kept = _Kept(folder / "highlight.sqlite")


class _Once(Highlight):  # type: ignore[misc]
    def highlight(self, src: str, language: str, *args: Any, code_block_count: int = 0, **kwargs: Any) -> Any:
        """The code as HTML. Every setting counts; the number of the block only for anchors of lines."""
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        block = code_block_count if self.anchor_linenums else 0
        key = repr((src, language, args, kwargs, settings, block))
        coloured = _coloured.get(key)
        if coloured is None:
            coloured = _kept.get(key) if _kept else None
            if coloured is None:
                coloured = super().highlight(
                    src, language, *args, code_block_count=code_block_count, **kwargs
                )
                # Code in a line is an element, which belongs to its page, and so is a title in HTML.
                if not isinstance(coloured, str) or self.title_mode == "html":
                    return coloured
                if _kept:
                    _kept.put(key, coloured)
            if len(_coloured) >= _MOST:
                _coloured.clear()
            _coloured[key] = coloured
        return coloured


class HighlightOnceExtension(HighlightExtension):  # type: ignore[misc]
    """`markdown_extensions: - conv1d_site.highlight_once: …`, with the options of pymdownx.highlight."""

    def get_pymdownx_highlighter(self) -> type[Highlight]:
        """What other extensions of pymdownx colour their code with."""
        return _Once


def makeExtension(**kwargs: Any) -> HighlightOnceExtension:  # noqa: N802 - the name that Python-Markdown calls
    """Python-Markdown's entry point."""
    return HighlightOnceExtension(**kwargs)
