"""What is installed is read off the names of its folders."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from insync.running import installed
from insync.running.runner import Runner

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_distribution_is_there_with_its_version() -> None:
    found = installed.packages()
    for name in ("torch", "numpy", "matplotlib"):
        assert f"{name}-{importlib.metadata.version(name)}" in found


def test_an_upgrade_is_seen_at_once(tmp_path: Path) -> None:
    (tmp_path / "tiny-1.0.dist-info").mkdir()
    (tmp_path / "tiny.py").touch()
    assert installed.packages([str(tmp_path), str(tmp_path / "none")]) == ("tiny-1.0",)
    (tmp_path / "tiny-1.0.dist-info").rename(tmp_path / "tiny-1.1.dist-info")
    assert installed.packages([str(tmp_path)]) == ("tiny-1.1",)


def test_a_fork_server_that_knows_what_was_before_an_upgrade_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner = Runner(fork=True)
    try:
        runner.start(())
        first = runner._server
        runner.start(())
        assert runner._server is first
        monkeypatch.setattr(installed, "packages", lambda: ("tiny-1.1",))
        runner.start(())
        assert runner._server is not first
    finally:
        runner.close()
