"""What a change touches, checked while one works: `make test-fast`. All of it: `make test`.

    python scripts/tools/fast.py         what differs from the last commit; if nothing does, that commit
    python scripts/tools/fast.py main    what differs from there, the commits since it included

Names say which tests: scripts/insync/pages/syntax.py has tests/insync/pages/test_syntax.py, and where
a file has none of its own, the one of its folder counts. For pages and snippets the site is built. What opens
the built site, or runs every snippet again, is only named.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
BROWSER = "tests/browser"
ALL_WELL = {0, 5}  # 5 is pytest's for files of which no test is a quick one


@dataclass(frozen=True)
class Chosen:
    """What is to be run for a change; paths from the project's folder."""

    python: tuple[str, ...]  # to lint
    scripts: tuple[str, ...]  # scripts and style sheets, to lint
    tests: tuple[str, ...]  # to run
    named: tuple[str, ...]  # tests that open the built site
    site: bool  # whether the site, or a number on it, may be another


def choose(changed: Iterable[str], tests: Iterable[str], there: Iterable[str]) -> Chosen:
    """What to run when these files have changed, of these tests; `there` are those that were not removed."""
    known, kept, wanted = set(tests), set(there), set[str]()
    paths = [PurePosixPath(each) for each in sorted(set(changed))]
    for path in paths:
        wanted |= known & set(_names(path))
    return Chosen(
        tuple(str(path) for path in paths if path.suffix == ".py" and str(path) in kept),
        tuple(str(path) for path in paths if path.suffix in {".js", ".css"} and str(path) in kept),
        tuple(sorted(each for each in wanted if not each.startswith(BROWSER))),
        tuple(sorted(each for each in wanted if each.startswith(BROWSER))),
        any(path.parts[0] in {"docs", "snippets"} or path.suffix in {".toml", ".yml"} for path in paths),
    )


def _names(path: PurePosixPath) -> list[str]:
    """The tests that this file may have, by its name."""
    room, names = path.parts[0], [_plain(part) for part in (*path.parts[:-1], path.stem)]
    if room == "tests":
        return [str(path)]
    if room == "scripts" and path.suffix in {".py", ".sh", ".json"}:
        depths = range(len(names) - 1, 1, -1)
        places = [PurePosixPath("tests", *names[1:depth], f"test_{names[depth]}.py") for depth in depths]
        return [*map(str, places), "tests/test_house.py"]
    if room == "snippets":
        return [f"tests/recipes/test_{names[-1].removeprefix('recipe_')}.py", f"tests/test_{names[-1]}.py"]
    if room == "docs":
        return [f"{BROWSER}/test_{name}.py" for name in names[1:]] + ["tests/test_project.py"]
    return ["tests/test_project.py"]


def _plain(part: str) -> str:
    return part.replace("-", "_")


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    return [name for name in done.stdout.split("\0") if name]


def changed_since(commit: str | None) -> list[str]:
    """The files that differ from a commit, or from the last one; what git does not know yet is among them."""
    new = _git("ls-files", "-z", "--others", "--exclude-standard")
    differing = _git("diff", "-z", "--name-only", commit or "HEAD", "--") + new
    return differing if commit or differing else _git("diff", "-z", "--name-only", "HEAD~1", "--")


def commands(chosen: Chosen, folder: str) -> Iterator[tuple[str, list[str]]]:
    """What to run, each with what it is called, the quick first; what is built goes into that folder."""
    python, biome = sys.executable, ROOT / "node_modules/.bin/biome"
    if chosen.python:
        yield "lint", [python, "-m", "ruff", "check", *chosen.python]
        yield "format (make format mends it)", [python, "-m", "ruff", "format", "--check", *chosen.python]
        yield "types", [python, "-m", "mypy"]
    if chosen.scripts and biome.exists():
        yield "scripts and style sheets", [str(biome), "lint", "--error-on-warnings", *chosen.scripts]
    if chosen.tests:
        quick = "not slow and not browser and not speed"
        yield "tests", [python, "-m", "pytest", "-q", "-n", "auto", "-m", quick, *chosen.tests]
    if chosen.site:
        yield "site", [python, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("commit", required=False)
def main(commit: str | None) -> None:
    """Check what a change touches, since COMMIT or the last one."""
    changed = changed_since(commit)
    if not changed:
        click.echo("Nothing has changed.")
        return
    tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    chosen = choose(changed, tests, [each for each in changed if (ROOT / each).is_file()])
    failed = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, command in commands(chosen, str(Path(folder, "site"))):
            click.secho(f"{name}: {', '.join(chosen.tests)}" if name == "tests" else name, bold=True)
            if subprocess.run(command, cwd=ROOT).returncode not in ALL_WELL:
                failed.append(name)
    if chosen.named:
        click.echo(f"Not run, since they open the built site: make test ARGS='{' '.join(chosen.named)}'")
    if chosen.site:
        click.echo("Not run, since it runs every snippet twice: insync check")
    if failed:
        raise click.ClickException(f"{', '.join(failed)}. What was wrong stands above.")


if __name__ == "__main__":
    main()
