"""The highlighter that remembers: the same HTML as pymdownx.highlight's, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from markdown import Markdown

from conv1d_site import highlight_once
from conv1d_site.roles import in_block

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = (
    '```python\na = 1\n```\n\n```text\na = 1\n```\n\n``` { .python #here title="A title" }\na = 1\n```\n',
    "```python\na = 1\n```\n\n```python\n# \u4e2d\u6587 <b> &amp;\n```\n\n    indented\n",
    '```python hl_lines="1"\na = 1\nb = 2\n```\n\n```python linenums="5"\na = 1\n```\n',
    "```python\na = 1\n```\n\nIn a line: `#!python a = 1` and `#!python a = 1`.\n",
)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    highlight_once._coloured.clear()
    yield
    highlight_once._coloured.clear()
    highlight_once._folder = None


def convert(page: str, extension: str, **options: Any) -> str:
    extensions = [extension, "pymdownx.superfences", "pymdownx.inlinehilite"]
    return str(Markdown(extensions=extensions, extension_configs={extension: options}).convert(page))


@pytest.mark.parametrize(
    "options",
    [{}, {"pygments_lang_class": True}, {"anchor_linenums": True, "linenums": True}, {"auto_title": True}],
)
def test_pages_look_as_they_do_with_pymdownx_however_often_they_are_made(options: dict[str, Any]) -> None:
    """Roles and elements without a colour apart, which tests/conv1d_site/test_roles.py is about."""
    expected = [in_block(convert(page, "pymdownx.highlight", **options)) for page in PAGES]
    for _ in range(2):
        made = [convert(page, "conv1d_site.highlight_once", **options) for page in PAGES]
        assert [in_block(page) for page in made] == expected  # pymdownx colours indented code by itself


def test_a_piece_of_code_is_coloured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = []
    original = highlight_once.Highlight.highlight

    def highlight(self: Any, src: str, *args: Any, **kwargs: Any) -> Any:
        coloured.append(src)
        return original(self, src, *args, **kwargs)

    monkeypatch.setattr(highlight_once.Highlight, "highlight", highlight)
    for _ in range(3):
        convert("```python\na = 1\n```\n\n> ```python\n> b = 2\n> ```\n", "conv1d_site.highlight_once")
    assert coloured == ["a = 1", "b = 2"]


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlight_once, "_MOST", 10)
    for number in range(25):
        assert str(number) in convert(f"```text\n{number}\n```\n", "conv1d_site.highlight_once")
    assert 0 < len(highlight_once._coloured) <= 10


def test_what_was_coloured_is_kept_for_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    highlight_once.keep_in(tmp_path / "cache")
    fences = PAGES[0], PAGES[2]
    expected = [convert(page, "conv1d_site.highlight_once") for page in fences]
    highlight_once._coloured.clear()
    highlight_once.keep_in(tmp_path / "cache")  # as another process does
    coloured = []
    monkeypatch.setattr(
        highlight_once.Highlight, "highlight", lambda *given, **_: coloured.append(given[1]) or "made again"
    )
    assert [convert(page, "conv1d_site.highlight_once") for page in fences] == expected
    assert not coloured
    monkeypatch.setattr(highlight_once, "version", lambda _: "next")  # may colour otherwise
    highlight_once._coloured.clear()
    highlight_once.keep_in(tmp_path / "cache")
    convert(PAGES[0], "conv1d_site.highlight_once")
    assert coloured


def test_what_is_kept_and_cannot_be_read_is_coloured_anew(tmp_path: Path) -> None:
    highlight_once.keep_in(tmp_path)
    expected = convert(PAGES[0], "conv1d_site.highlight_once")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(b"\xff nonsense")
    highlight_once._coloured.clear()
    assert convert(PAGES[0], "conv1d_site.highlight_once") == expected
    assert all(path.read_bytes()[:1] == b"<" for path in kept)


def test_where_nothing_can_be_kept_code_is_coloured_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    highlight_once.keep_in(tmp_path / "file")
    assert "<span" in convert(PAGES[0], "conv1d_site.highlight_once")
    monkeypatch.setattr(highlight_once, "_MOST", 2)
    for _ in range(2):  # when it is too much, it is begun anew
        highlight_once.keep_in(tmp_path)
        assert not [path for path in tmp_path.glob("highlight/*/*") if path.is_file()]
        highlight_once._coloured.clear()
        for page in PAGES:
            assert "<span" in convert(page, "conv1d_site.highlight_once")
        assert len(list(tmp_path.glob("highlight/*/*"))) > 2
