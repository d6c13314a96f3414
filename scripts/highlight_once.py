"""pymdownx.highlight that colours a piece of code once, however many pages, languages and rebuilds show it.

Colouring took three tenths of a build, and every fence of a page is on the page's translation as well.
"""

from __future__ import annotations

from typing import Any

from pymdownx.highlight import Highlight, HighlightExtension

_MOST = 8192  # pieces of code, about 2 kB each; a build of the whole site has 1,400
_coloured: dict[str, str] = {}


class _Once(Highlight):  # type: ignore[misc]
    def highlight(self, src: str, language: str, *args: Any, code_block_count: int = 0, **kwargs: Any) -> Any:
        """The code as HTML. Every setting counts; the number of the block only for anchors of lines."""
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        block = code_block_count if self.anchor_linenums else 0
        key = repr((src, language, args, kwargs, settings, block))
        coloured = _coloured.get(key)
        if coloured is None:
            coloured = super().highlight(src, language, *args, code_block_count=code_block_count, **kwargs)
            # Code in a line is an element, which belongs to its page, and so is a title in HTML.
            if isinstance(coloured, str) and self.title_mode != "html":
                if len(_coloured) >= _MOST:
                    _coloured.clear()
                _coloured[key] = coloured
        return coloured


class HighlightOnceExtension(HighlightExtension):  # type: ignore[misc]
    """`markdown_extensions: - highlight_once: …`, with the options of pymdownx.highlight."""

    def get_pymdownx_highlighter(self) -> type[Highlight]:
        """What other extensions of pymdownx colour their code with."""
        return _Once


def makeExtension(**kwargs: Any) -> HighlightOnceExtension:  # noqa: N802 - the name that Python-Markdown calls
    """Python-Markdown's entry point."""
    return HighlightOnceExtension(**kwargs)
