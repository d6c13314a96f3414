"""Modules of a path that the snippet adds, or of the environment: found as Python does, and in the key."""

from __future__ import annotations

import os
import py_compile
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import markupsafe
import pytest
from conftest import make_snippet

from insync.running import inputs
from insync.running.runner import Runner

if TYPE_CHECKING:
    from conftest import Run

    from insync.running.runner import Outcome

BY_FINDER = """
import importlib.util
class Edited:
    def find_spec(name, path=None, target=None):
        if name == "edited":
            return importlib.util.spec_from_file_location(name, "../source/edited.py")
sys.meta_path.insert(0, Edited)
import edited
edited.value
"""
# What is imported, and the file (relative to the snippets' folder) with which the record must go.
IMPORTS = {
    "compiled": ("import copied._speedups as s\ns.__name__", "../library/copied"),
    "without its source": ("import sourceless\nsourceless.value", "../library/sourceless.pyc"),
    "of a namespace": (
        "import space.one, space.two\nspace.one.value, space.two.value",
        "../other/space/two.py",
    ),
    "of an archive": ("import zipped\nzipped.value", "../archive.zip"),
    "by a finder": (BY_FINDER, "../source/edited.py"),
    "by a finder, compiled before": ("import py_compile\n" + BY_FINDER, "../source/edited.py"),
}


@pytest.fixture
def snippets(tmp_path: Path) -> Path:
    """The snippets' folder; beside it are modules of all kinds, below `library`, `other` and `source`."""
    assert markupsafe.__file__
    for name in ("snippets", "library", "other/space", "library/space", "source"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copytree(Path(markupsafe.__file__).parent, tmp_path / "library/copied")
    for name in ("library/space/one", "other/space/two", "source/edited", "sourceless"):
        (tmp_path / f"{name}.py").write_text(f"value = '{name}'\n", encoding="utf-8")
    py_compile.compile(str(tmp_path / "sourceless.py"), str(tmp_path / "library/sourceless.pyc"))
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("zipped.py", "value = 'zipped'\n")
    return tmp_path / "snippets"


def run_in(folder: Path, runner: Runner, source: str) -> Outcome:
    path = 'import sys\nsys.path[:0] = ["../lib" + "rary", "../oth" + "er", "../arch" + "ive.zip"]\n'
    return runner.run(make_snippet(folder, f"# %% one\n{path}{source}\n"), {})


@pytest.mark.parametrize(("source", "keyed"), IMPORTS.values(), ids=IMPORTS)
def test_a_module_outside_the_environment_is_imported_and_in_the_key(
    snippets: Path, runner: Runner, source: str, keyed: str
) -> None:
    if "py_compile" in source:
        py_compile.compile(str(snippets / "../source/edited.py"))
    outcome = run_in(snippets, runner, source)
    assert outcome.record is not None, str(outcome.problem)
    assert outcome.record.cells[0].outputs
    assert list(inputs.changes(outcome.inputs, snippets)) == []
    changed = snippets / keyed
    for path in changed.glob("*.so") if changed.is_dir() else [changed]:
        path.write_bytes(path.read_bytes() + b"\n")
    assert list(inputs.changes(outcome.inputs, snippets))


@pytest.mark.parametrize("fork", [True, False])
def test_modules_of_pythonpath_are_found(snippets: Path, monkeypatch: pytest.MonkeyPatch, fork: bool) -> None:
    paths = [str(snippets / "../library"), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    runner = Runner(fork=fork)
    try:
        outcome = runner.run(make_snippet(snippets, "# %% one\nimport copied._speedups, sourceless\n"), {})
        assert outcome.record is not None, str(outcome.problem)
    finally:
        runner.close()


@pytest.mark.parametrize("fork", [True, False])
def test_nothing_of_the_folder_where_the_build_began_is_imported(
    snippets: Path, monkeypatch: pytest.MonkeyPatch, fork: bool
) -> None:
    (snippets.parent / "beside.py").write_text("a = 41\n", encoding="utf-8")
    for name in ("json", "random", "socket"):  # of what a server itself imports
        (snippets.parent / f"{name}.py").write_text("raise SystemExit(f'{__file__} is run')\n", "utf-8")
    monkeypatch.chdir(snippets.parent)
    runner = Runner(fork=fork)
    try:
        outcome = runner.run(make_snippet(snippets, "# %% one\nimport json\nimport beside\n"), {})
    finally:
        runner.close()
    assert outcome.problem is not None
    assert "No module named 'beside'" in outcome.problem.message


def test_a_snippet_that_is_a_link_runs_where_it_lies(tmp_path: Path, runner: Runner) -> None:
    for name in ("snippets", "shared"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text(name, encoding="utf-8")
        (tmp_path / name / "helper.py").write_text(f"a = {name!r}\n", encoding="utf-8")
    source = "# %% one\nimport helper\nopen('data.txt').read(), helper.a, __file__\n"
    (tmp_path / "shared/made.py").write_text(source, encoding="utf-8")
    (tmp_path / "snippets/made.py").symlink_to("../shared/made.py")
    snippet = make_snippet(tmp_path / "snippets", source)
    assert snippet.path.is_symlink()
    outcome = runner.run(snippet, {})
    assert outcome.record is not None, str(outcome.problem)
    assert outcome.record.cells[0].outputs[0].text == "('snippets', 'snippets', 'made.py')"
    assert list(inputs.changes(outcome.inputs, snippet.path.parent)) == []
    (tmp_path / "snippets/data.txt").write_text("other", encoding="utf-8")
    assert list(inputs.changes(outcome.inputs, snippet.path.parent)) == [("the file data.txt", "has changed")]


def test_a_path_added_in_one_cell_holds_in_the_next(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/inside.py").write_text("a = 41\n", encoding="utf-8")
    outcome = run("# %% one\nimport sys\nsys.path.append('deep')\n# %% two\nimport inside\ninside.a\n")
    assert outcome.record is not None, str(outcome.problem)
    assert outcome.record.cells[1].outputs[0].text == "41"
