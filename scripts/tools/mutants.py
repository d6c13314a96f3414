"""Breaks the project in the ways of tests/mutants.toml, one at a time, and says which of them no test finds.

    python scripts/tools/mutants.py                  all of them: `make mutants`
    python scripts/tools/mutants.py --only rounded   those whose name has that word

Works in a copy of the project's files as they are, with this environment. A mutant is found if the tests that
are named for it fail. Those tests must pass before anything is broken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests/mutants.toml"


@dataclass(frozen=True)
class Mutant:
    """A way to break the project: in `file` the text `old`, which stands there once, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class _List:
    mutant: tuple[Mutant, ...]


def read_mutants(path: Path = LIST) -> tuple[Mutant, ...]:
    """All mutants; raises msgspec.ValidationError for a list that is none."""
    return msgspec.toml.decode(path.read_bytes(), type=_List).mutant


def outdated(mutant: Mutant, root: Path = ROOT) -> str:
    """Why a mutant can no longer be made or looked for, or an empty text."""
    file = root / mutant.file
    count = file.read_text(encoding="utf-8").count(mutant.old) if file.is_file() else 0
    if count != 1:
        return f"`{mutant.old}` stands {count} times in {mutant.file}"
    gone = [test for test in mutant.tests if not (root / test.partition("::")[0]).is_file()]
    return f"there is no {gone[0]}" if gone else ""


def passes(root: Path, tests: Sequence[str]) -> bool:
    """Whether these tests pass in that copy. Raises ClickException where they could not even be run."""
    environment = os.environ | {"PYTHONPATH": str(root / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if ran.returncode not in {0, 1}:
        raise click.ClickException(
            f"{' '.join(tests)} cannot be run:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        )
    return ran.returncode == 0


def copy_project(place: Path) -> None:
    """The project's files as they are, whether or not they are committed, and what builds have kept."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    if (ROOT / ".cache").is_dir():
        shutil.copytree(ROOT / ".cache", place / ".cache")


def found(mutant: Mutant, copy: Path) -> bool:
    """Whether a test fails once the copy is broken; it is whole again afterwards."""
    file = copy / mutant.file
    whole = file.read_bytes()
    file.write_bytes(whole.replace(mutant.old.encode(), mutant.new.encode()))
    try:
        return not passes(copy, mutant.tests)
    finally:
        file.write_bytes(whole)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", default="", help="Those whose name has these words.")
def main(*, only: str) -> None:
    """Break the project in every listed way, and see whether the tests find it."""
    mutants = [mutant for mutant in read_mutants() if only in mutant.name]
    if not mutants:
        raise click.ClickException(f"no mutant's name has `{only}`")
    for mutant in mutants:
        if reason := outdated(mutant):
            raise click.ClickException(f"{mutant.name}: {reason}")
    with TemporaryDirectory(prefix="mutants-") as place:
        copy = Path(place, "project")
        copy_project(copy)
        tests = sorted({test for mutant in mutants for test in mutant.tests})
        click.echo(f"{len(mutants)} mutants; first, {len(tests)} files of tests as they are")
        if not passes(copy, tests):
            raise click.ClickException("tests fail before anything is broken: make test")
        missed = []
        for number, mutant in enumerate(mutants, 1):
            is_found = found(mutant, copy)
            click.echo(f"{number:3}  {'found ' if is_found else 'MISSED'}  {mutant.name}")
            missed += [] if is_found else [mutant]
    if missed:
        raise click.ClickException(f"{len(missed)} of {len(mutants)} are found by no test named for them")
    click.echo(f"All {len(mutants)} are found.")


if __name__ == "__main__":
    main()
