"""Front matter: what MkDocs takes for it, and what is refused since MkDocs would publish or swallow it."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.utils.meta import get_data

from insync.pages.front import key_lines, read_meta, split_front_matter
from insync.pages.scan import scan_text

SOURCES = [
    "# Head\n",
    "---\ntitle: a\n---\n\n\n# Head\n",
    "---\ntitle: a\n...\n# Head\n",
    "---  \ntitle: a\n---\t\n# Head\n",
    "\n\n# Head\n",
    "---\ntags:\n  - a\n---\ntext\n---\nmore\n",
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_body_is_the_one_that_mkdocs_reads(source: str) -> None:
    assert split_front_matter(source)[1] == get_data(source)[0].lstrip("\n")
    assert not scan_text(Path("page.md"), source).errors


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("---\ndescription: Conv1d: what\ntitle: a\n---\ntext\n", 2, "is not YAML"),
        ("---\ntitle: a\ndescription: `x` is it\n---\ntext\n", 3, "is not YAML"),
        ("---\ntitle: {python a}\n---\ntext\n", 2, "is no text"),
        ("---\ntitle: a\ntitle: b\n---\ntext\n", 3, "stands twice"),
        ("---\ntitle:\n---\ntext\n", 2, "is None, which is no text"),
        ("---\ndescription: 0.5\n---\ntext\n", 2, "is 0.5, which is no text"),
        ("---\ntitle: a\nnotebook: ../x\n---\ntext\n", 3, "is '../x', which is no plain name"),
        ("---\nnotebook: 2021\n---\ntext\n", 2, "is 2021, which is no plain name"),
        ("---\nnotebook:\n---\ntext\n", 2, "is None, which is no plain name"),
        ("---\nscript: made\n---\ntext\n", 2, "`script` is 'made', which names no cell"),
        ("---\nscript:\n---\ntext\n", 2, "`script` is None, which names no cell"),
        ("---\ndate: 2021-02-30\n---\ntext\n", 2, "is not YAML"),
        ("---\njust text\n---\ntext\n", 1, "has no keys"),
        ("---\n- a\n- b\n---\ntext\n", 1, "has no keys"),
        ("---\n\n---\ntext\n", 1, "has no keys"),
        ("---\ntitle: a\n\ntext\n", 1, "never closed"),
        ("---\ntitle: a\n---", 1, "never closed"),
        ("\ufeff---\r\ntitle: a\r\n\r\ntext\r\n", 1, "never closed"),
        ("Note: the value is lost.\n\ntext\n", 1, "takes the page's first lines for metadata"),
        ("https://a.example is where\n\ntext\n", 1, "takes the page's first lines for metadata"),
        ("---\ntitle: a\n---\na private \ue000 character\n", 4, "needs U+E000"),
        ("---\ntitle: \ue001\n---\ntext\n", 2, "needs U+E000"),
    ],
)
def test_what_mkdocs_would_publish_or_swallow_is_refused_with_its_line(
    source: str, line: int, message: str
) -> None:
    (problem,) = scan_text(Path("page.md"), source).errors
    assert message in problem.message
    assert problem.page is not None
    assert problem.page.line == line
    assert problem.advice


@pytest.mark.parametrize("source", ["\nNote: a word.\n", "# Head\n\nNote: a word.\n", "***\n\nNote: a\n", ""])
def test_text_that_only_resembles_metadata_is_text(source: str) -> None:
    assert not scan_text(Path("page.md"), source).errors
    assert source.strip() in get_data(source)[0]


@pytest.mark.parametrize(
    ("front", "meta", "lines"),
    [
        (
            'title: >-\n  A long\n  title\n"notebook": page # for readers\n',
            {"title": "A long title", "notebook": "page"},
            [2, 5],
        ),
        ("title: 'It''s'\n", {"title": "It's"}, [2]),
        ("title: a: b\n", {}, []),
        ("- a\n", {}, []),
        ("", {}, []),
    ],
)
def test_what_the_front_matter_says_is_what_yaml_reads(
    front: str, meta: dict[str, str], lines: list[int]
) -> None:
    page = scan_text(Path("page.md"), f"---\n{front}---\ntext\n")
    assert dict(page.meta) == meta == dict(read_meta(front))
    assert list(key_lines(front).values()) == lines
