"""A state file survives a failed write, and one that is damaged is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from recover_seed.problem import BadInput
from recover_seed.question import Question
from recover_seed.state import Progress, load_state, save_state
from recover_seed.stream import Hit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer
QUESTION = Question(("0.1000", "0.2000"), 4, BOUND, (100, 200), (0, 10))
PROGRESS = Progress(150, (Hit(120, 3), Hit(149, 9)))


def test_a_state_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    save_state(tmp_path / "s", QUESTION, PROGRESS)
    assert load_state(tmp_path / "s", QUESTION) == PROGRESS


def test_a_failed_write_leaves_the_old_state_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    save_state(path, QUESTION, PROGRESS)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_state(path, QUESTION, Progress(200))
    assert load_state(path, QUESTION) == PROGRESS
    assert list(tmp_path.iterdir()) == [path]


DAMAGE: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "half": lambda text: text[: len(text) // 2],
    "zeros": lambda text: "\0" * len(text),
    "a list": lambda _: "[]",
    "a number": lambda _: "7",
    "no question": lambda _: '{"program": "recover_seed 1"}',
    "another program": lambda text: text.replace("recover_seed 1", "recover_seed 0"),
    "text for a number": lambda text: text.replace("150", '"150"'),
    "null for a number": lambda text: text.replace("150", "null"),
    "beyond the end": lambda text: text.replace("150", "250"),
    "a hit among seeds that are not done": lambda text: text.replace("150", "149"),
    "a hit before the beginning": lambda text: text.replace("120", "99"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_state_file_is_refused_in_one_message(damage: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "s"
    save_state(path, QUESTION, PROGRESS)
    text = path.read_text()
    path.write_text(damage(text))
    with pytest.raises(BadInput, match="damaged"):
        load_state(path, QUESTION)
