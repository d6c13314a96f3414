"""pymdownx.highlight that colours a piece of code once, however many pages, languages and builds show it.

Colouring took three tenths of a build, and every fence of a page is on the page's translation as well, which
another process may be rendering.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pymdownx.highlight import Highlight, HighlightExtension

from conv1d_site import roles
from insync.project.texts import keep, kept

_MOST = 8192  # pieces of code, about 2 kB each; a build of the whole site has 1,400
_coloured: dict[str, str] = {}
_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep what is coloured from here on in a folder, a file for each piece, and use what is there.

    Several builds may do so at once. What is lost, or cannot be written, is coloured anew.
    """
    global _folder
    versions = [version(name) for name in ("pygments", "pymdown-extensions")]
    ours = hashlib.sha256(Path(roles.__file__).read_bytes()).hexdigest()[:12]
    _folder = folder / "highlight" / "-".join([*versions, ours])
    with contextlib.suppress(OSError):
        if _folder.is_dir() and sum(1 for _ in _folder.iterdir()) > _MOST:
            shutil.rmtree(_folder)
        _folder.mkdir(parents=True, exist_ok=True)


def _file(key: str) -> Path | None:
    return _folder and _folder / hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class _Once(Highlight):  # type: ignore[misc]
    def highlight(self, src: str, language: str, *args: Any, code_block_count: int = 0, **kwargs: Any) -> Any:
        """The code as HTML. Every setting counts; the number of the block only for anchors of lines."""
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        block = code_block_count if self.anchor_linenums else 0
        key = repr((src, language, args, kwargs, settings, block))
        coloured = _coloured.get(key)
        if coloured is None:
            file = _file(key)
            coloured = kept(file) if file else None
            if coloured is None:
                coloured = super().highlight(
                    src, language, *args, code_block_count=code_block_count, **kwargs
                )
                # Code in a line is an element, which belongs to its page, and so is a title in HTML.
                if not isinstance(coloured, str) or self.title_mode == "html":
                    return coloured
                coloured = roles.in_block(coloured)
                if file:
                    keep(file, coloured)
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
