"""What a source names, and whether it asks for the date."""

from __future__ import annotations

import pytest

from insync.running.named import asks_for_the_date, named_paths


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("open('data.txt')", {"data.txt": True}),
        ("open(b'data.txt')", {"data.txt": True}),
        ("f(f'folder/{n}.raw')", {"folder/{n}.raw": False, "folder/": False, ".raw": False}),
        ("sql('attach \"other.db\" as o')", {'attach "other.db" as o': False, "other.db": False}),
        ("f('a word')", {"a word": False}),
        ("f('two\\nlines', '')", {}),
        ('"""data.txt"""', {"data.txt": True}),
        ("x = = 'data.txt'", {"data.txt": True}),
        ("# don't\nf('data.txt')", {"data.txt": True}),
    ],
)
def test_the_texts_that_could_name_a_file(source: str, names: dict[str, bool]) -> None:
    assert dict(named_paths(source)) == names


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now()",
        "d.datetime.utcnow()",
        "f = date.today",
        "datetime \\\n    .now()",
        "np.datetime64('now')",
        'getattr(date, "today")()',
    ],
)
def test_a_source_that_asks_for_the_date(source: str) -> None:
    assert asks_for_the_date([source])


@pytest.mark.parametrize("source", ["now = 1", "'as of now'", "x.known", "today()", "date(2020, 1, 1)"])
def test_a_source_that_does_not(source: str) -> None:
    assert not asks_for_the_date([source])
