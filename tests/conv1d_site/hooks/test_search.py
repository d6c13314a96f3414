"""How the search cuts Chinese, and what it does when Material changes. The browser asks it questions."""

from __future__ import annotations

from pathlib import Path

import jieba
import material

from conv1d_site.hooks.search import WORDS, Dictionary, with_our_questions


def test_terms_of_the_site_are_words() -> None:
    Dictionary().wait()
    assert list(jieba.cut("互相关与感受野")) == ["互相关", "与", "感受野"]
    assert [word for term in WORDS for word in jieba.cut(term)] == WORDS


def test_the_installed_search_asks_ours() -> None:
    folder = Path(material.__file__).parent / "templates/assets/javascripts/workers"
    (worker,) = (path.read_text(encoding="utf-8") for path in folder.glob("search.*.min.js"))
    ours = with_our_questions(worker)
    assert ours is not None
    assert "=tellingWords(e,this.index.invertedIndex)," in ours
    assert "sc=Han" not in ours[ours.index("tellingWords(e,") :]


def test_an_unknown_search_is_told() -> None:
    assert with_our_questions("search(e){return this.index.search(e)}") is None
