"""The prose of a page: what is read of it, where, and what is left out."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from insync.pages.scan import scan_text
from insync.publishing.prose import prose_of


def prose(text: str) -> list[tuple[int, list[str]]]:
    """Each piece's line and its words."""
    page = scan_text(Path("page.md"), dedent(text).lstrip("\n"))
    return [(piece.line, piece.text.split()) for piece in prose_of(page)]


def words(text: str) -> list[str]:
    return [word for _, piece in prose(text) for word in piece]


def test_every_text_that_a_reader_meets_is_read_in_its_place() -> None:
    text = """
        ---
        title: Title
        tags: [tag]
        description: one
          two
        date: 2021-09-27
        ---

        # Heading { #heading }

        First
        second.

        ```snippet
        made#cell
        show: code
        title: Code
        alt: Bars
        note: left => right
        ```

        ```claim
        says: It holds.
        holds: x < y
        ```

        ```python
        code
        ```

        | a | b |
        |---|---|
        | c | d |
    """
    assert prose(text) == [
        (2, ["title:", "Title"]),
        (4, ["description:", "one"]),
        (5, ["two"]),
        (9, ["#", "Heading"]),
        (11, ["First", "second."]),
        (17, ["Code"]),
        (18, ["Bars"]),
        (19, ["right"]),
        (23, ["It", "holds."]),
        (31, ["|", "a", "|", "b", "|", "|---|---|", "|", "c", "|", "d", "|"]),
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a `{python} x` b", "a b"),
        ("a `{quoted the note} x` b", "a b"),
        ("a ``{python} x`` b", "a ``{python} x`` b"),
        ("a [b](c.md) d", "a [b] ) d"),
        ('a [b](c.md "d e") f', 'a [b] "d e") f'),
        ("![a](b.svg){ .c #d }", "![a] )"),
        ("![a](b.svg){: title='c d' .e }", "![a] ) c d"),
        ("a {b} c", "a {b} c"),
        ("$\\frac{1}{2}$", "$\\frac{1}{2}$"),
        ("<b class='c'>a</b>", "a"),
        ('<img alt="a b" title="c" src="d">', "a b c"),
        ("a < b and c > d", "a < b and c > d"),
        ("a <!-- b --> c", "a c"),
        ("a <https://b.example> c", "a c"),
        ("a https://b.example/c, d", "a d"),
        ("[a]: b/c.md", ""),
        ("[^a]: b", "[^a]: b"),
    ],
)
def test_what_is_not_for_reading_is_left_out(text: str, left: str) -> None:
    assert words(text) == left.split()


@pytest.mark.parametrize("text", ["a `{python} x\n` b", "a <!-- b\nc --> d", "[a](b.md)", "a <b\nc='d'> e"])
def test_positions_stay_as_they_are(text: str) -> None:
    (piece,) = prose_of(scan_text(Path("page.md"), text))
    assert len(piece.text) == len(text)
    assert [index for index, sign in enumerate(piece.text) if sign == "\n"] == [
        index for index, sign in enumerate(text) if sign == "\n"
    ]
