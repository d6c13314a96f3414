"""Which words the search finds in a language that is written without spaces: Chinese, above all.

Material cuts the pages with jieba when the site is built, and a question in the browser, at the words that
its index then has.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Dictionary:
    """jieba's, read in the background: it takes a second, in which pages wait for the first snippets."""

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = tuple(terms)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        import jieba

        jieba.initialize()
        for term in self.terms:
            jieba.add_word(term)

    def wait(self) -> None:
        """Return when it has been read, and the terms, which it does not know by itself, have been added."""
        self._reading.join()
