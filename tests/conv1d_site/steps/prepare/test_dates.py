"""Dates come from the project's history, and only from all of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from conv1d_site.steps.prepare.dates import Dates, dates

if TYPE_CHECKING:
    from pathlib import Path


def commit(root: Path, day: str, **texts: str) -> None:
    """Commit files on a day."""
    for name, text in texts.items():
        (root / "docs").mkdir(exist_ok=True)
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    who = {f"GIT_{each}_{what}": "x" for each in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{each}_DATE": f"{day}T12:00:00+00:00" for each in ("AUTHOR", "COMMITTER")}
    for command in (["add", "-A"], ["commit", "-qm", day]):
        subprocess.run(["git", *command], cwd=root, env={**os.environ, **who, **when}, check=True)


def test_a_file_has_the_day_of_its_first_and_of_its_last_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    commit(tmp_path, "2026-01-01", 页="one", b="one")
    commit(tmp_path, "2026-02-02", 页="two")
    assert dates(tmp_path, "docs") == {
        "docs/页.md": Dates("2026-01-01", "2026-02-02"),
        "docs/b.md": Dates("2026-01-01", "2026-01-01"),
    }
    shallow = tmp_path.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", tmp_path.as_uri(), str(shallow)], check=True)
    assert dates(shallow, "docs") == {}


def test_without_a_history_there_are_no_dates(tmp_path: Path) -> None:
    assert dates(tmp_path, "docs") == {}
