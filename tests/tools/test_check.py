"""All checks run, whatever the first ones say, and those that failed are named; with stand-ins for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def check(folder: Path, **commands: str) -> subprocess.CompletedProcess[str]:
    """`make check` with commands that log how they were called and do what is given besides."""
    for name in ("python", "shellcheck"):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*"\n{commands.get(name, "")}\n', encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": os.defpath, "PY": str(folder / "python")}
    command = ["sh", ROOT / "scripts/tools/check.sh"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_every_check_runs(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0
    said = done.stdout.splitlines()
    assert {"python -m ruff check", "python -m ruff format --check", "python -m mypy"} <= set(said)
    assert any("importlinter" in line for line in said)
    [shell] = [line for line in said if line.startswith("shellcheck ")]
    scripts = {str(path.relative_to(ROOT)) for path in (ROOT / "scripts").rglob("*.sh")}
    assert set(shell.split()) == {"shellcheck", ".ci/run", *scripts}


def test_those_that_failed_are_named_and_the_others_still_run(tmp_path: Path) -> None:
    done = check(tmp_path, python='[ "$3" != check ]', shellcheck="exit 1")
    assert done.returncode == 1
    assert "python -m mypy" in done.stdout
    assert done.stdout.splitlines()[-1] == "Failed: lint, shell scripts. What was wrong stands above."


def test_where_there_is_no_shellcheck_the_others_run(tmp_path: Path) -> None:
    check(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "python")
    environment = {"PATH": os.defpath, "PY": str(tmp_path / "bin" / "python")}
    command = ["sh", ROOT / "scripts/tools/check.sh"]
    assert subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE).returncode == 0


def test_make_test_and_make_check_run_the_same_list() -> None:
    for name in ("Makefile", "scripts/tools/test.sh"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "sh scripts/tools/check.sh" in text
        assert "mypy" not in text.replace(".mypy_cache", "")
