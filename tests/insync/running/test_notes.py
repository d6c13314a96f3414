"""A run under which files change gives no record."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

LOOKS = {
    "contents": ("open('data' + '.txt').read()", "the file data.txt has changed while the snippet ran"),
    "names": ("sorted(os.listdir('folder'))", "the file folder has changed while the snippet ran"),
    "size": ("os.path.getsize('data' + '.txt')", "the file data.txt has changed while the snippet ran"),
}


@pytest.mark.parametrize(("look", "message"), LOOKS.values(), ids=LOOKS)
def test_a_file_that_is_saved_while_a_snippet_runs_gives_a_problem(
    run: Run, tmp_path: Path, look: str, message: str
) -> None:
    (tmp_path / "data.txt").write_text("0", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    done = threading.Event()

    def save() -> None:
        count = 0
        while not done.wait(0.05):
            count += 1
            (tmp_path / "data.txt").write_text("x" * count, encoding="utf-8")
            (tmp_path / f"folder/file{count}").touch()

    saving = threading.Thread(target=save)
    saving.start()
    try:
        outcome = run(f"# %% one\nimport os\nfirst = {look}\nwhile {look} == first: pass\n")
    finally:
        done.set()
        saving.join()
    assert outcome.problem is not None
    assert outcome.problem.message == message
    assert "build again" in outcome.problem.advice
    assert outcome.problem.snippet is not None
    assert outcome.problem.snippet.line == 2
