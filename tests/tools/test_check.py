"""All checks run, whatever the first ones say, and those that failed are named; with stand-ins for them."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def check(
    folder: Path, more: Mapping[str, str] = MappingProxyType({}), **commands: str
) -> subprocess.CompletedProcess[str]:
    """`make check` with commands that log how they were called and do what is given besides."""
    for name in ("python", "shellcheck"):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*"\n{commands.get(name, "")}\n', encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": without_npm(folder), "PY": str(folder / "python")} | more
    command = ["sh", ROOT / "scripts/tools/check.sh"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def without_npm(folder: Path) -> str:
    """A path with what the script itself calls, and nothing that would install anything."""
    path = folder / "path"
    if not path.exists():
        path.mkdir()
        for name in ("sh", "dirname"):
            (path / name).symlink_to(str(shutil.which(name)))
    return str(path)


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
    environment = {"PATH": without_npm(tmp_path), "PY": str(tmp_path / "bin" / "python")}
    command = ["sh", ROOT / "scripts/tools/check.sh"]
    assert subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE).returncode == 0


def test_without_npm_scripts_are_not_linted_and_ci_does_not_put_up_with_that(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Scripts and style sheets were not linted: npm is not installed."
    done = check(tmp_path, {"CI": "true"})
    assert done.returncode == 1
    assert "Failed: scripts and style sheets (npm is missing)." in done.stdout


def test_make_test_and_make_check_run_the_same_list() -> None:
    for name in ("Makefile", "scripts/tools/test.sh"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "sh scripts/tools/check.sh" in text
        assert "mypy" not in text.replace(".mypy_cache", "")
