"""What a source names, and what it tells that no event does."""

from __future__ import annotations

import pytest

from insync.running.named import named_paths, unseen


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
    ("source", "reason"),
    [
        ("datetime.now()", "asks for the time of now"),
        ("d.datetime.utcnow()", "asks for the time of now"),
        ("f = date.today", "asks for the time of now"),
        ("datetime \\\n    .now()", "asks for the time of now"),
        ("np.datetime64('now')", "asks for the time of now"),
        ('getattr(date, "today")()', "asks for the time of now"),
        ("import posix", "asks the system past Python's `os`"),
        ("from posix import stat", "asks the system past Python's `os`"),
        ("os.environ._data", "asks the system past Python's `os`"),
        ("os.sysconf('SC_AVPHYS_PAGES')", "asks how much memory is free"),
    ],
)
def test_a_source_tells_what_no_event_does(source: str, reason: str) -> None:
    assert list(unseen(source)) == [reason]


@pytest.mark.parametrize(
    "source",
    ["now = 1", "'as of now'", "x.known", "today()", "date(2020, 1, 1)", "import posixpath", "environ.data"],
)
def test_a_source_that_only_looks_a_little_like_it(source: str) -> None:
    assert list(unseen(source)) == []
