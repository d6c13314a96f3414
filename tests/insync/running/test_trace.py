"""Which files a run looked at, and what it may not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.inputs import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def inputs(run: Run, source: str) -> dict[str, str]:
    outcome = run(source)
    assert outcome.record is not None, str(outcome.problem)
    return outcome.record.inputs


def test_a_file_read_is_known_by_its_contents(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_bytes(b"1 2 3")
    seen = inputs(run, "# %% one\nopen('data.txt').read()\n")
    assert seen == {"read:data.txt": fingerprint("read", tmp_path / "data.txt")}


def test_files_outside_the_snippets_folder_are_known_by_their_relative_path(run: Run, tmp_path: Path) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-beside"
    folder.mkdir()
    (folder / "data.txt").write_text("1", encoding="utf-8")
    assert f"read:../{folder.name}/data.txt" in inputs(run, f"# %% one\nopen({str(folder / 'data.txt')!r})\n")


@pytest.mark.parametrize(
    "look",
    [
        "os.path.exists('missing.txt')",
        "os.path.isfile('missing.txt')",
        "pathlib.Path('missing.txt').exists()",
        "pathlib.Path('missing.txt').is_file()",
    ],
)
def test_a_file_looked_for_in_vain_is_known_to_be_absent(run: Run, look: str) -> None:
    assert inputs(run, f"# %% one\nimport os, pathlib\n{look};\n") == {"exists:missing.txt": "absent"}


def test_a_file_that_could_not_be_opened_is_known_to_be_absent(run: Run) -> None:
    source = '# %% one tags=["raises-exception"]\nopen("missing.txt")\n'
    assert inputs(run, source)["read:missing.txt"] == "absent"


@pytest.mark.parametrize(
    "look", ["os.listdir('.')", "list(pathlib.Path().glob('*'))", "list(pathlib.Path().iterdir())"]
)
def test_a_folder_listed_is_known_by_its_names(run: Run, tmp_path: Path, look: str) -> None:
    (tmp_path / "a.txt").touch()
    seen = inputs(run, f"# %% one\nimport os, pathlib\n{look};\n")["list:."]
    assert seen == fingerprint("list", tmp_path)
    (tmp_path / "b.txt").touch()
    assert seen != fingerprint("list", tmp_path)


def test_imports_and_their_imports_are_known(run: Run, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import deeper\nfrom package import part\n", encoding="utf-8")
    (tmp_path / "deeper.py").write_text("a = 1\n", encoding="utf-8")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "part.py").touch()
    seen = inputs(run, "# %% one\nimport helper\n")
    read = {key for key in seen if key.startswith("read:")}
    assert read == {
        "read:helper.py",
        "read:deeper.py",
        "read:package/__init__.py",
        "read:package/part.py",
    }


def test_what_is_installed_is_covered_by_its_version_and_not_listed(run: Run) -> None:
    source = "# %% one\nimport json.tool, torch, numpy, matplotlib.pyplot as plt\nplt.plot([1]);\n"
    assert {key for key in inputs(run, source) if key.startswith(("read:", "list:"))} == set()


def test_a_module_that_would_stand_before_an_installed_one_is_looked_for(run: Run) -> None:
    assert inputs(run, "# %% one\nimport wave\n").get("exists:wave.py") == "absent"


def test_temporary_files_are_no_inputs(run: Run) -> None:
    source = "# %% one\nimport tempfile\nwith tempfile.NamedTemporaryFile() as f: open(f.name).read()\n"
    assert inputs(run, source) == {}


@pytest.mark.parametrize(
    "change",
    [
        "open('a.txt', 'w')",
        "open('a.txt', 'a')",
        "open('a.txt', 'r+')",
        "os.open('new.txt', os.O_CREAT)",
        "pathlib.Path('a.txt').write_text('x')",
        "pathlib.Path('a.txt').unlink()",
        "pathlib.Path('new').mkdir()",
        "os.rename('a.txt', 'b.txt')",
        "shutil.copy('a.txt', 'b.txt')",
        "shutil.move('a.txt', 'b.txt')",
        "os.symlink('a.txt', 'b.txt')",
        "os.chmod('a.txt', 0)",
        "os.truncate('a.txt', 0)",
        "shutil.rmtree('folder')",
        "os.remove('a.txt', dir_fd=os.open('.', os.O_RDONLY))",
    ],
)
def test_nothing_beside_the_snippet_can_be_changed(run: Run, tmp_path: Path, change: str) -> None:
    (tmp_path / "a.txt").write_text("kept", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    outcome = run(f"# %% one\nimport os, pathlib, shutil, torch\n{change}\n")
    assert outcome.problem is not None
    assert "may write only below tempfile.gettempdir()" in str(outcome.problem)
    assert outcome.problem.snippet is not None
    assert outcome.problem.snippet.line == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "folder", "made.py"]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "kept"
