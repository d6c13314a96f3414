"""Long files come first, each whole; what is not long stays where it was."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from order import LONG, TESTS, long_first


def test_every_file_that_is_called_long_is_there_once() -> None:
    assert [name for name in LONG if not (TESTS / name).is_file()] == []
    assert len(set(LONG)) == len(LONG)


def test_long_files_come_first_and_no_test_is_lost() -> None:
    short = ["test_a.py", "tools/test_b.py"]
    names = [*short, *reversed(LONG), "test_c.py"]
    items: list[Any] = [
        SimpleNamespace(path=TESTS / name, number=number) for name in names for number in (1, 2)
    ]
    long_first(items)
    expected = [(TESTS / name, number) for name in [*LONG, *short, "test_c.py"] for number in (1, 2)]
    assert [(item.path, item.number) for item in items] == expected
