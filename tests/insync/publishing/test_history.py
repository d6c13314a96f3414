"""What was published at a commit, and what git says where it cannot tell."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from insync.problem import InsyncError
from insync.publishing.history import committed
from insync.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *words: str) -> None:
    named = ["-c", "user.name=A test", "-c", "user.email=test@test.example"]
    subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)


def test_a_commit_has_its_outputs_and_another_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "snippets/outputs").mkdir(parents=True)
    (tmp_path / "snippets/outputs/made.txt").write_text("[one]\n", encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "First")
    settings = read_settings(tmp_path)
    assert committed(settings, "HEAD") == {"made": "[one]\n"}
    with pytest.raises(InsyncError, match="git knows no commit `no-such`"):
        committed(settings, "no-such")


def test_where_git_refuses_its_own_words_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that belongs to someone else, or, as here, no repository at all."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.delenv("GIT_DIR", raising=False)
    with pytest.raises(InsyncError, match="git fails: fatal: not a git repository"):
        committed(read_settings(tmp_path), "HEAD")
