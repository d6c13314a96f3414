"""The house: small files of one job each, and the map at its door."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

import insync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 60


def tracked(*patterns: str) -> list[Path]:
    """The files of these patterns that git tracks, or would."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def modules() -> list[Path]:
    return tracked("scripts/*.py")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module, with how many lines each has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("kind", ["*.py", "*.js", "*.css", "*.sh", "*.html"])
def test_no_file_is_too_long_to_be_read_in_one_go(kind: str) -> None:
    long = {}
    for path in tracked(f"scripts/{kind}", f"docs/theme/{kind}"):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > MOST_FILE_LINES:
            long[path.relative_to(ROOT).as_posix()] = count
    assert long == {}


def test_no_function_is_too_long_to_be_read_in_one_go() -> None:
    long = {
        f"{path.relative_to(ROOT).as_posix()}:{name}": count
        for path in modules()
        for name, count in functions(path)
        if count > MOST_FUNCTION_LINES
    }
    assert long == {}


def test_every_module_says_its_job_in_its_first_line() -> None:
    silent = []
    for path in modules():
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if not doc.split("\n")[0].strip():
            silent.append(path.relative_to(ROOT).as_posix())
    assert silent == []


def rooms(folder: Path) -> dict[str, set[str]]:
    """The rooms of the engine with the modules in each; what is no room has none."""
    found: dict[str, set[str]] = {}
    for path in folder.iterdir():
        if path.is_dir() and (path / "__init__.py").is_file():
            inside = {each.stem for each in path.glob("*.py")} | {
                each.name for each in path.iterdir() if (each / "__init__.py").is_file()
            }
            found[path.name] = inside - {"__init__"}
        elif path.suffix == ".py" and not path.stem.startswith("__"):
            found[path.stem] = set()
    return found


def test_the_engines_map_names_every_room_and_every_module() -> None:
    text = " ".join((insync.__doc__ or "").split())
    told = {}
    for entry in text.split(" - `")[1:]:
        name, _, rest = entry.partition("`, ")
        modules = rest.rpartition(": ")[2] if " · " in rest else ""
        told[name] = {each.strip() for each in modules.split("·") if each.strip()}
    assert told == rooms(ROOT / "scripts" / "insync")


def test_the_map_is_in_the_order_of_the_contract() -> None:
    order = re.findall(r"^- `(\w+)`", insync.__doc__ or "", flags=re.MULTILINE)
    layers = re.search(r"^layers = \[(\"publishing.*)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert layers
    assert order == re.findall(r'"(\w+)"', layers[1])


FOLDERS = ("scripts", "snippets", "tests")


def test_what_the_map_at_the_door_names_is_there() -> None:
    """Paths are as seen from scripts/ or from the engine; a name behind a colon is defined in the file."""
    text = (ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.(?:py|sh|toml|json|md))(?:: ([\w.]+))?`", text)
    assert len(named) > 15
    for name, member in named:
        found = [
            path
            for folder in (ROOT.glob("*"), *((ROOT / each).rglob("*") for each in FOLDERS))
            for path in folder
            if path.as_posix().endswith(f"/{name}")
        ]
        assert found, name
        for part in filter(None, member.split(".")):
            defined = re.compile(rf"^\s*(?:def|class) {part}\b|^{part}\b", re.MULTILINE)
            assert any(defined.search(path.read_text(encoding="utf-8")) for path in found), (name, part)


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("insync/running/job.py", "import insync.project.store", "import only from those below them BROKEN"),
        ("insync/pages/scan.py", "import conv1d_site.figures", "knows nothing of this site"),
        ("conv1d_site/steps/languages.py", "import mkdocs.config", "do not know MkDocs"),
        ("recover_seed/stream.py", "import recover_seed.search", "No circles BROKEN"),
    ],
)
def test_an_arrow_that_points_up_breaks_a_contract(
    tmp_path: Path, module: str, line: str, broken: str
) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "scripts" / module).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-logo", "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "scripts"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert broken in done.stdout
