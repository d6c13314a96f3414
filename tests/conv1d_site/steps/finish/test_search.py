"""What the search does when Material changes."""

from __future__ import annotations

from pathlib import Path

import material

from conv1d_site.steps.finish.search import WORKER, with_our_questions


def test_the_installed_search_asks_ours() -> None:
    folder = Path(material.__file__).parent / "templates/assets/javascripts/workers"
    (file,) = folder.glob("search.*.min.js")
    assert WORKER.fullmatch(f"assets/javascripts/workers/{file.name}")
    ours = with_our_questions(file.read_text(encoding="utf-8"))
    assert ours is not None
    assert "=tellingWords(e,this.index.invertedIndex)," in ours
    assert "sc=Han" not in ours[ours.index("tellingWords(e,") :]


def test_an_unknown_search_is_told() -> None:
    assert with_our_questions("search(e){return this.index.search(e)}") is None
