"""The `insync` command: run snippets, hold the published numbers to the code, and say what moved."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project, Settings
from insync.publishing.explain import explain as explain_snippet
from insync.publishing.orphans import orphans
from insync.publishing.outputs import moves, published, read_published
from insync.publishing.parity import digest, parity
from insync.publishing.rerun import NoStore, differences, other_conditions, repeat_problems, run_again
from insync.publishing.summary import gone_rows, summary_rows
from insync.publishing.summary import summary as summary_of
from insync.publishing.typed import typed_numbers
from insync.rendering.problems import all_problems
from insync.running.job import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from insync.project.project import Task

EXIT_CODES = """\b
Exit status:
  0    all is well
  1    something is wrong, or a published number moved; it is printed
  2    the command was not understood, or there is no project here
  130  it was stopped by Ctrl-C
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="insync")
def main() -> None:
    """Numbers on pages, computed by the snippets beside them.

    Call it anywhere inside the project. The site itself is built by `mkdocs build`, which uses the same
    engine; these commands are for looking at single snippets and for checking what is published.
    """


@main.command(epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
def run(names: tuple[str, ...]) -> None:
    """Run snippets afresh and print what they publish.

    NAME is a snippet's file name without .py; without one, all that the pages ask for are run. What pages
    ask of a cell stands below its output.
    """
    with _project(names) as (project, tasks):
        for task in tasks:
            if task.outcome.record:
                click.echo(f"# {task.snippet.name}")
                click.echo(published(task.snippet, task.outcome.record).partition("\n")[2])
        if problems := _unpublishable(project, tasks, names):
            raise InsyncError(*problems)


@main.command(epilog=EXIT_CODES)
@click.option(
    "--portable", is_flag=True, help="Also run under every CPU capability, with and without oneDNN."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for a script.")
def check(*, portable: bool, as_json: bool) -> None:
    """Hold everything that is published to what the code gives now.

    Runs every snippet twice without the cache. Compares what comes of it with snippets/outputs, and looks
    for output that cannot repeat, typed numbers, differences between the languages, and leftovers.
    """
    with _project(()) as (project, tasks):
        problems = all_problems(project)
        with _progress("second run", len(tasks)) as tick:
            again = run_again(tasks[::-1], Conditions(), project.settings.limits, tick)
        problems += repeat_problems(tasks, again)
        problems += [problem for page in project.pages for problem in typed_numbers(project, page)]
        problems += [*parity(project), *orphans(project)]
        moved = [move for task in tasks for move in _moves(project, task)]
        problems += [problem for task in tasks for problem in _form_problems(project, task)]
        elsewhere = []
        for conditions in other_conditions() if portable else []:
            with _progress(str(conditions), len(tasks)) as tick:
                again = run_again(tasks, conditions, project.settings.limits, tick)
            elsewhere += differences(tasks, conditions, again)
        if as_json:
            found = {
                "ok": not (problems or moved or elsewhere),
                "problems": [_plain(problem) for problem in problems],
                "moved": [dataclasses.asdict(move) for move in moved],
                "not_portable": [dataclasses.asdict(difference) for difference in elsewhere],
            }
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for problem in problems:
                click.echo(str(problem))
            for task in tasks:
                click.echo(_diff(project, task), nl=False)
            for difference in elsewhere:
                where = f"snippets/{difference.snippet}.py, cell `{difference.cell}`"
                click.echo(f"{where}: other digits under {difference.conditions}")
                click.echo(f"  here:  {difference.here}\n  there: {difference.there}")
            if elsewhere:
                click.echo(
                    '  What to do: print fewer digits, or an inequality, or mark it not_portable="why"'
                )
            click.echo(_verdict(problems, moved, elsewhere, tasks, project))
        sys.exit(1 if problems or moved or elsewhere else 0)


@main.command(epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
def update(names: tuple[str, ...]) -> None:
    """Write snippets/outputs anew from what the code gives now.

    NAME is a snippet's file name without .py; without one, all are written, and outputs that no page needs
    any more are removed. Look at `git diff` afterwards: each line of it is a number that readers see.
    """
    with _project(names) as (project, tasks):
        folder = outputs_folder(project)
        # Not even what is whole: outputs of what could not be read would be taken for leftovers.
        if problems := _unpublishable(project, tasks, names):
            raise InsyncError(*problems)
        written = 0
        for task in tasks:
            assert task.outcome.record is not None
            path, text = folder / f"{task.snippet.name}.txt", published(task.snippet, task.outcome.record)
            if read_published(path) != text:
                _write(path, text)
                click.echo(f"wrote {Place(path)}")
                written += 1
        for path in [] if names else sorted(folder.glob("*.txt")):
            if path.stem not in {task.snippet.name for task in tasks}:
                path.unlink()
                click.echo(f"removed {Place(path)}: no page shows that snippet")
                written += 1
        if not written:
            click.echo("nothing has changed")


@main.command(epilog=EXIT_CODES)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, for a script.")
def explain(name: str, *, as_json: bool) -> None:
    """Say whether the next build would run a snippet, and why.

    NAME is a snippet's file name without .py. Nothing is run.
    """
    with _errors():
        answer = explain_snippet(Project(_settings()), name)
        if as_json:
            click.echo(json.dumps(dataclasses.asdict(answer), ensure_ascii=False, indent=1))
        else:
            click.echo(str(answer))


@main.command(epilog=EXIT_CODES)
@click.option("--base", default="HEAD", show_default=True, help="The commit to compare with.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON, for a script.")
def summary(base: str, *, as_json: bool) -> None:
    """Say in Markdown which published numbers moved since a commit, and on which pages.

    Compares snippets/outputs of that commit with what the code gives now, so that it also tells what a new
    version of torch does to every number.
    """
    with _project(()) as (project, tasks):
        committed = _committed(project, base)
        rows = [
            row for task in tasks for row in summary_rows(project, task, committed.pop(task.snippet.name, ""))
        ]
        failed = {task.snippet.name: task.outcome.problem for task in tasks if task.outcome.problem}
        failed |= project.broken()
        rows += [row for name in committed if name not in failed for row in gone_rows(name, committed[name])]
        if as_json:
            click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=1))
        else:
            click.echo(summary_of(rows, failed))


@main.command(epilog=EXIT_CODES)
@click.argument("pages", nargs=-1, metavar="[PAGE]...", type=click.Path(path_type=Path))
def translated(pages: tuple[Path, ...]) -> None:
    """Note that a translation says what its source says now.

    PAGE is a translated page (docs/zh/…); without one, all are noted. `insync check` complains when the
    source changes afterwards.
    """
    with _errors():
        settings = _settings()
        project = Project(settings, store=NoStore())
        project.look()
        source, *others = settings.pages
        by_path = {page.path: page for page in project.pages}
        wanted = {page.resolve() for page in pages}
        for path in sorted(by_path):
            folder = next((each for each in others if each in path.parents), None)
            if folder is None or (wanted and path not in wanted):
                continue
            original = by_path.get(source / path.relative_to(folder))
            if original and _note_source(path, digest(original)):
                click.echo(f"noted {Place(path)}")
            wanted.discard(path)
        for path in wanted:
            raise InsyncError(
                Problem("there is no such translated page", "Name a page below docs/zh.", Place(path))
            )


def outputs_folder(project: Project) -> Path:
    """Where the published outputs are committed."""
    return project.settings.snippets / "outputs"


@contextmanager
def _project(names: Sequence[str]) -> Iterator[tuple[Project, list[Task]]]:
    """The project with all snippets run afresh, or those named; errors end the command in a few lines."""
    with _errors():
        project = Project(_settings(), store=NoStore())
        try:
            project.begin(names)
            tasks = project.running()
            with _progress("running snippets", len(tasks)) as tick:
                for task in tasks:
                    task.done.wait()
                    tick()
            yield project, tasks
        finally:
            project.close()


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except InsyncError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)


@contextmanager
def _progress(what: str, count: int) -> Iterator[Callable[[], None]]:
    """A progress bar on the terminal; where there is none (a log, a pipe), nothing."""
    with click.progressbar(length=count, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda: bar.update(1)


def _settings() -> Settings:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file() and (folder / "snippets").is_dir():
            return Settings.at(folder)
    raise click.UsageError("there is no project here: no folder above has a mkdocs.yml and snippets/")


def _moves(project: Project, task: Task) -> list[Any]:
    if task.outcome.record is None:
        return []
    old = read_published(outputs_folder(project) / f"{task.snippet.name}.txt")
    return moves(task.snippet.name, old, published(task.snippet, task.outcome.record))


def _form_problems(project: Project, task: Task) -> Iterator[Problem]:
    """An outputs file in which all numbers are right, and which `insync update` would write otherwise."""
    if task.outcome.record is None or _moves(project, task):
        return
    path = outputs_folder(project) / f"{task.snippet.name}.txt"
    if read_published(path) != published(task.snippet, task.outcome.record):
        advice = f"Run: insync update {task.snippet.name}"
        yield Problem("the outputs file is not as insync writes it", advice, snippet=Place(path))


def _diff(project: Project, task: Task) -> str:
    """A unified diff of an outputs file, with a word on last digits."""
    if task.outcome.record is None:
        return ""
    path = outputs_folder(project) / f"{task.snippet.name}.txt"
    old, new = read_published(path), published(task.snippet, task.outcome.record)
    lines = difflib.unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        f"{Place(path)} (published)",
        "what the code gives now",
    )
    text = "".join(lines)
    if text and (found := _moves(project, task)) and all(move.kind == "rounding" for move in found):
        text += "  (only last digits, by one unit: print fewer digits, or mark the cell not_portable)\n"
    return text


def _verdict(
    problems: list[Problem], moved: list[Any], elsewhere: list[Any], tasks: list[Task], project: Project
) -> str:
    numbers = sum(len(page.questions) for page in project.pages)
    if not (problems or moved or elsewhere):
        return (
            f"All is well: {len(tasks)} snippets, {numbers} numbers and claims on {len(project.pages)} pages."
        )
    parts = []
    if moved:
        parts.append(f"{len(moved)} published lines moved (if that is right: insync update, and commit)")
    if problems:
        parts.append(f"{len(problems)} problems")
    if elsewhere:
        parts.append(f"{len(elsewhere)} lines differ elsewhere")
    return "Found: " + ", ".join(parts) + "."


def _plain(problem: Problem) -> dict[str, str]:
    return {
        "message": problem.message,
        "advice": problem.advice,
        "page": str(problem.page or ""),
        "snippet": str(problem.snippet or ""),
        "detail": problem.detail,
    }


def _unpublishable(project: Project, tasks: Sequence[Task], names: Sequence[str]) -> list[Problem]:
    """Why not all numbers that were asked for (those of `names`, or all) can be published."""
    found = [] if names else [*project.scan_problems(), *project.broken().values()]
    found += [task.outcome.problem for task in tasks if task.outcome.problem]
    ran = {task.snippet.name for task in tasks if task.outcome.record}
    for page in project.pages:
        for question in page.questions:
            if question.ref.snippet in ran and (
                error := project.value(question.ref, question.expression).error
            ):
                advice = "Correct the page or the snippet."
                place = Place(page.path, question.line)
                found.append(Problem(f"`{question.expression}` gives no number: {error}", advice, place))
    return found


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        advice = "Make room, or check the folder's rights."
        raise InsyncError(Problem(f"{Place(path)} cannot be written: {error.strerror}", advice)) from None


def _committed(project: Project, base: str) -> dict[str, str]:
    """Snippet → its outputs file as it was at a commit."""
    folder = outputs_folder(project).relative_to(project.settings.root).as_posix()
    if _git(project, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}") is None:
        raise InsyncError(
            Problem(f"git knows no commit `{base}`", "Name one that is here: git log, or fetch it.")
        )
    listed = _git(project, "ls-tree", "-z", "--name-only", base, f"./{folder}/") or b""
    paths = [Path(name) for name in listed.decode("utf-8").split("\0") if name.endswith(".txt")]
    return {
        path.stem: (_git(project, "show", f"{base}:./{path.as_posix()}") or b"").decode("utf-8", "replace")
        for path in paths
    }


def _git(project: Project, *words: str) -> bytes | None:
    """What git prints; None where it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=project.settings.root, capture_output=True)
    except FileNotFoundError:
        advice = "Install git; the summary compares with a commit."
        raise InsyncError(Problem("git is not installed", advice)) from None
    return done.stdout if done.returncode == 0 else None


def _note_source(path: Path, digits: str) -> bool:
    """Write the digest into a page's front matter; whether that changed the file."""
    text = path.read_bytes().decode("utf-8")
    line = f'translation_of: "{digits}"'
    front = re.match(r"---[ \t]*\r?\n(.*?\n)??(?=---|\.\.\.)", text, re.DOTALL)
    if front is None:
        changed = f"---\n{line}\n---\n\n{text}"
    elif re.search(r"^translation_of:", front[0], re.MULTILINE):
        changed = re.sub(r"^translation_of:[^\r\n]*", line, text, count=1, flags=re.MULTILINE)
    else:
        changed = re.sub(r"\A---[ \t]*(\r?\n)", rf"---\1{line}\1", text, count=1)
    if changed != text:
        path.write_bytes(changed.encode("utf-8"))
    return changed != text
