"""The `insync` command: run snippets, hold the published numbers to the code, and say what moved."""

import dataclasses
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from insync.problem import InsyncError, Place
from insync.project.project import Project
from insync.project.queue import Task
from insync.project.store import NoStore
from insync.publishing.check import look_for, unpublishable
from insync.publishing.explain import explain as explain_snippet
from insync.publishing.history import committed
from insync.publishing.outputs import (
    outputs_folder,
    outputs_path,
    published,
    read_published,
    remove_file,
    write_file,
)
from insync.publishing.parity import note_translations
from insync.publishing.phrasebook import write_phrases
from insync.publishing.summary import gone_rows, summary_rows
from insync.publishing.summary import summary as summary_of
from insync.settings import SETTINGS, Settings, find_root, read_settings

EXIT_CODES = """\b
Exit status:
  0    all is well
  1    something is wrong, or a published number moved; it is printed
  2    the command was not understood, or there is no project here
  130  it was stopped by Ctrl-C
"""


class _Insync(click.Group):
    """Ends any of its commands in a few lines where something is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InsyncError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            sys.exit(130)


@click.group(cls=_Insync, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="insync")
def main() -> None:
    """Numbers on pages, computed by the snippets beside them.

    Call it anywhere inside the project. The site itself is built by `mkdocs build`, which uses the same
    engine; these commands are for looking at single snippets and for checking what is published.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal or a pipe may lack arrows, and Chinese
        sys.stdout.reconfigure(errors="replace")


@main.command(epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
def run(names: tuple[str, ...]) -> None:
    """Run snippets afresh and print what they publish.

    NAME is a snippet's file or its name; without one, all that the pages ask for are run. What pages ask of a
    cell stands below its output.
    """
    with _project(names) as (project, tasks):
        if not tasks and not project.broken:
            click.echo("there is nothing to run: no page asks for a snippet", err=True)
        for task in tasks:
            if task.outcome.record:
                click.echo(f"# {task.snippet.name}")
                click.echo(published(task.snippet, task.outcome.record).partition("\n")[2])
        if problems := unpublishable(project, tasks, names):
            raise InsyncError(*problems)


@main.command(epilog=EXIT_CODES)
@click.option(
    "--portable", is_flag=True, help="Also run under every CPU capability, with and without oneDNN."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for a script.")
def check(*, portable: bool, as_json: bool) -> None:
    """Hold everything that is published to what the code gives now.

    Runs every snippet twice without the cache. Compares what comes of it with snippets/outputs, and looks
    for output that cannot repeat, typed numbers, differences between the languages, words that a language
    avoids, and leftovers.
    """
    with _project(()) as (project, tasks):
        found = look_for(project, tasks, portable=portable, progress=_progress)
        click.echo(found.as_json() if as_json else found.as_text())
        sys.exit(0 if found.well else 1)


@main.command(epilog=EXIT_CODES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
def update(names: tuple[str, ...]) -> None:
    """Write snippets/outputs anew from what the code gives now.

    NAME is a snippet's file or its name; without one, all are written, and outputs that no page needs any
    more are removed. Look at `git diff` afterwards: each line of it is a number that readers see.
    """
    with _project(names) as (project, tasks):
        # Not even what is whole: outputs of what could not be read would be taken for leftovers.
        if problems := unpublishable(project, tasks, names):
            raise InsyncError(*problems)
        written = 0
        for task in tasks:
            assert task.outcome.record is not None
            path = outputs_path(project.settings, task.snippet.name)
            text = published(task.snippet, task.outcome.record)
            if read_published(path) != text:
                write_file(path, text)
                click.echo(f"wrote {Place(path)}")
                written += 1
        for path in [] if names else sorted(outputs_folder(project.settings).glob("*.txt")):
            if path.stem not in {task.snippet.name for task in tasks}:
                remove_file(path)
                click.echo(f"removed {Place(path)}: no page shows that snippet")
                written += 1
        if not written:
            click.echo("nothing has changed")


@main.command(epilog=EXIT_CODES)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, for a script.")
def explain(name: str, *, as_json: bool) -> None:
    """Say whether the next build would run a snippet, and why.

    NAME is a snippet's file or its name. Nothing is run.
    """
    settings = _settings()
    answer = explain_snippet(Project(settings), _snippet_name(settings, name))
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
        before = committed(project.settings, base)
        rows = [
            row for task in tasks for row in summary_rows(project, task, before.pop(task.snippet.name, ""))
        ]
        failed = {task.snippet.name: task.outcome.problem for task in tasks if task.outcome.problem}
        failed |= project.broken
        rows += [row for name in before if name not in failed for row in gone_rows(name, before[name])]
        if as_json:
            click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=1))
        else:
            click.echo(summary_of(rows, failed))


@main.command(epilog=EXIT_CODES)
@click.argument("pages", nargs=-1, metavar="[PAGE]...", type=click.Path(path_type=Path))
def translated(pages: tuple[Path, ...]) -> None:
    """Note that a translation says what its source says now.

    PAGE is a translated page; without one, all are noted. `insync check` complains when the
    source changes afterwards.
    """
    project = Project(_settings(), store=NoStore())
    project.scan()
    for path in note_translations(project, {page.resolve() for page in pages}):
        click.echo(f"noted {Place(path)}")


@main.command(epilog=EXIT_CODES)
def phrases() -> None:
    """List what snippets say, for its translation.

    Comments, docstrings, and the words that snippets print and plot are shown in the language of the page.
    Writes an entry for each that is new into snippets/LANGUAGE/NAME.po, and takes out what no snippet says
    any more; `insync check` complains of entries that are empty.
    """
    with _project(()) as (project, tasks):
        if problems := unpublishable(project, tasks, ()):
            raise InsyncError(*problems)
        written = 0
        for path in write_phrases(project):
            click.echo(f"wrote {Place(path)}")
            written += 1
        if not written:
            click.echo("nothing has changed")


@contextmanager
def _project(names: Sequence[str]) -> Iterator[tuple[Project, list[Task]]]:
    """The project with all snippets run afresh, or those named."""
    settings = _settings()
    with closing(Project(settings, store=NoStore())) as project:
        project.preload()  # while the generator is asked for the pages
        project.start([_snippet_name(settings, name) for name in names])
        tasks = project.running()
        with _progress("running snippets", len(tasks)) as tick:
            for task in tasks:
                task.done.wait()
                tick()
        yield project, tasks


@contextmanager
def _progress(what: str, count: int) -> Iterator[Callable[[], None]]:
    """A progress bar on the terminal; where there is none (a log, a pipe), nothing."""
    with click.progressbar(length=count, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda: bar.update(1)


def _snippet_name(settings: Settings, name: str) -> str:
    """The snippet's name, where its file is named: `made.py`, or a path to it from where one is."""
    path = Path(name)
    here = path.name == name or path.resolve().parent == settings.snippets.resolve()
    return path.stem if here and path.suffix == ".py" else name


def _settings() -> Settings:
    root = find_root(Path.cwd())
    if root is None:
        missing = f"no folder above has snippets/ or [tool.insync] in its {SETTINGS}"
        raise click.UsageError(f"there is no project here: {missing}")
    return read_settings(root)
