"""Times builds of one small site by this project and by others; prints a table, writes .cache/bench.json.

Every site has the same pages with the same two cells each, the same theme, search (with jieba: a paragraph of
each page is Chinese) and extensions; they differ in what puts a cell's output on the page:

    this project    the engine, each snippet in a process of its own
    plain MkDocs    nothing: the outputs are pasted in
    markdown-exec   the site generator's own process
    mkdocs-jupyter  a notebook a page, executed by a kernel

A build is one process from start to end. Columns are run in turn, round after round, so that whatever else
the machine does meets them all; a ratio or a difference is taken within its round. `cold` starts without a
cache, `warm` right after with the one just written. Needs the environment of requirements.txt; markdown-exec
is put into .venv-bench, which sees the other packages (torch among them) where they are.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from tools.bench.columns import COLUMNS, Column, write_site
from tools.bench.machine import machine_facts
from tools.bench.pages import outputs, page_name
from tools.bench.peers import peers_python
from tools.bench.report import Sample, keep, report, slope, table, targets
from tools.bench.timing import build


def check(column: Column, folder: Path, pages: int) -> None:
    """Refuses to time a build that did not do the work: the last page's last output must be on its page."""
    expected = outputs(pages)[-1][1].split()[0]
    page = folder / "site" / page_name(pages - 1) / "index.html"
    if not page.is_file() or expected not in page.read_text(encoding="utf-8"):
        raise click.ClickException(
            f"{column.name}: {page} does not show {expected}, which its last cell prints."
        )


def measure(
    columns: Sequence[Column], pages: int, rounds: int, slow_rounds: int, scratch: Path, peers: Path
) -> list[Sample]:
    """Builds every column's site `rounds` times in turn, cold and warm, with `pages` pages and twice that.

    A slow column is built `slow_rounds` times, with `pages` pages only.
    """
    samples = []
    for turn in range(-1, rounds):  # round -1 warms the disk's cache, compiles modules and is not counted
        label = f"round {turn + 1} of {rounds}" if turn >= 0 else "warming up"
        for size in (pages, 2 * pages):
            for column in columns:
                if column.slow and (size > pages or not 0 <= turn < slow_rounds):
                    continue
                folder = scratch / f"{column.name}-{size}"
                if not folder.exists():
                    write_site(column, folder, size)
                python = peers if column.own_environment else Path(sys.executable)
                shutil.rmtree(folder / ".cache", ignore_errors=True)
                for state in ("cold", "warm") if column.cached else ("cold",):
                    seconds = build(python, folder)
                    check(column, folder, size)
                    if turn >= 0:
                        samples.append(Sample(column.name, state, size, turn, seconds))
                    name = f"{column.name}, {state}" if column.cached else column.name
                    click.echo(f"  {label}: {size} pages, {name}: {seconds:.2f} s", err=True)
    return samples


@click.command()
@click.option("--pages", type=click.IntRange(1), default=20, show_default=True, help="Pages of the site.")
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="Times each build is run."
)
@click.option(
    "--slow-rounds", type=click.IntRange(0), default=1, show_default=True, help="Times mkdocs-jupyter is run."
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a target is missed.")
def main(pages: int, rounds: int, slow_rounds: int, strict: bool) -> None:
    """Time builds by this project, plain MkDocs, markdown-exec and mkdocs-jupyter."""
    peers = peers_python()
    machine = machine_facts(peers)
    columns = [column for column in COLUMNS if slow_rounds or not column.slow]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        samples = measure(columns, pages, rounds, slow_rounds, Path(scratch), peers)
    print(report(samples, pages, machine))
    judged = targets(samples, pages)
    result = {
        "pages": pages,
        "machine": machine,
        "rows": [asdict(row) for row in table(samples, pages)],
        "slopes_ms": {
            column.name: slope(samples, column.name, pages) for column in columns if not column.slow
        },
        "targets": [{**asdict(target), "kept": target.kept} for target in judged],
        "samples": [asdict(sample) for sample in samples],
    }
    keep("bench.json", result)
    if strict and not all(target.kept for target in judged):
        sys.exit(1)


if __name__ == "__main__":
    main()
