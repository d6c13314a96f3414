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

import hashlib
import io
import json
import os
import platform
import shutil
import site
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[3]
PEERS = ROOT / ".venv-bench"
PLAIN = "plain MkDocs"

# What has to hold, and what it is measured against.
WARM_RATIO = 1.1  # × plain
SLOPE_MS = 20.0  # for each further page with its snippet, cold


# -------------------------------------------------------------------------------------------------- the sites


@dataclass(frozen=True)
class Cell:
    """One cell: a name, what the page says about it, and its code."""

    name: str
    heading: str
    prose: str
    code: str


def cells(number: int) -> tuple[Cell, Cell]:
    """The two cells of page `number`, a layer and one output of it by hand; each page has its own seed."""
    return (
        Cell(
            "layer",
            "A layer",
            "A layer with three input channels, two output channels and a window of four.",
            f"import torch\n\ntorch.manual_seed({number})\nlayer = torch.nn.Conv1d(3, 2, 4)\n"
            "x = torch.rand(1, 3, 10)\ny = layer(x)\nprint(tuple(y.shape))",
        ),
        Cell(
            "by_hand",
            "By hand",
            "The first output is a sum of twelve products and the bias. 第一个输出是十二个乘积与偏置之和。",
            "total = (layer.weight[0] * x[0, :, 0:4]).sum() + layer.bias[0]\n"
            'print(f"{total.item():.4f} = {y[0, 0, 0].item():.4f}")',
        ),
    )


def outputs(pages: int) -> list[tuple[str, str]]:
    """What the cells of each page print, by running them: this is what plain MkDocs gets pasted in."""
    results = []
    for number in range(pages):
        namespace: dict[str, Any] = {}
        printed = []
        for cell in cells(number):
            with redirect_stdout(io.StringIO()) as stdout:
                exec(cell.code, namespace)
            printed.append(stdout.getvalue())
        results.append((printed[0], printed[1]))
    return results


def page_name(number: int) -> str:
    """The name of a page and of its snippet, lower_snake as snippets are."""
    return f"page_{number:04}"


def markdown_page(number: int, blocks: Sequence[str]) -> str:
    """A page with one block for each cell, under its heading and prose."""
    parts = [f"# Page {number} {{ #page }}\n"]
    for cell, block in zip(cells(number), blocks, strict=True):
        parts.append(f"## {cell.heading} {{ #{cell.name} }}\n\n{cell.prose}\n\n{block}\n")
    return "\n".join(parts)


def fence(info: str, body: str) -> str:
    """A fenced code block."""
    return f"```{info}\n{body.rstrip()}\n```"


def write_snippets(folder: Path, pages: int) -> None:
    """This project's pages, and a snippet for each."""
    (folder / "snippets").mkdir(parents=True)
    for number in range(pages):
        name = page_name(number)
        source = "\n\n".join(f"# %% {cell.name}\n{cell.code}" for cell in cells(number))
        (folder / "snippets" / f"{name}.py").write_text(source + "\n", encoding="utf-8")
        blocks = [fence("snippet", f"{name}#{cell.name}") for cell in cells(number)]
        (folder / "docs" / f"{name}.md").write_text(markdown_page(number, blocks), encoding="utf-8")


def write_plain(folder: Path, pages: int) -> None:
    """Pages with the code and, pasted in, what it printed."""
    for number, printed in enumerate(outputs(pages)):
        blocks = [
            fence("python", cell.code) + "\n\n" + fence("text", text)
            for cell, text in zip(cells(number), printed, strict=True)
        ]
        (folder / "docs" / f"{page_name(number)}.md").write_text(
            markdown_page(number, blocks), encoding="utf-8"
        )


def write_markdown_exec(folder: Path, pages: int) -> None:
    """Pages whose code blocks are run by markdown-exec, in one session a page."""
    for number in range(pages):
        name = page_name(number)
        info = f'python exec="true" source="above" result="text" session="{name}"'
        blocks = [fence(info, cell.code) for cell in cells(number)]
        (folder / "docs" / f"{name}.md").write_text(markdown_page(number, blocks), encoding="utf-8")


def write_notebooks(folder: Path, pages: int) -> None:
    """A notebook without outputs for each page."""
    from nbformat import v4, write

    for number in range(pages):
        notebook = v4.new_notebook(cells=[v4.new_markdown_cell(f"# Page {number}")])  # type: ignore[no-untyped-call]
        for index, cell in enumerate(cells(number)):
            text = v4.new_markdown_cell(f"## {cell.heading}\n\n{cell.prose}")  # type: ignore[no-untyped-call]
            code = v4.new_code_cell(cell.code)  # type: ignore[no-untyped-call]
            text["id"], code["id"] = (
                f"text-{index}",
                f"code-{index}",
            )  # random otherwise, and part of the cache's key
            notebook.cells += [text, code]
        notebook.cells[0]["id"] = "title"
        write(notebook, folder / "docs" / f"{page_name(number)}.ipynb")  # type: ignore[no-untyped-call]


# What all have: the theme, search in two languages, and the extensions of the project's own pages.
COMMON = """\
site_name: Bench
docs_dir: docs
site_dir: site
theme:
  name: material
  language: en
  font: false
plugins:
  search:
    lang: [en, zh]
    separator: '[\\s\\u200b\\-,:!=\\[\\]()"`/]+|\\.(?!\\d)'
{plugins}
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - md_in_html
  - tables
  - pymdownx.details
  - pymdownx.highlight:
      pygments_lang_class: true
  - pymdownx.superfences
  - pymdownx.tabbed:
      alternate_style: true
{extensions}
"""


def configuration(plugins: str = "", extensions: str = "", rest: str = "") -> str:
    """A mkdocs.yml of the common part and a column's own lines."""
    return COMMON.format(plugins=plugins, extensions=extensions) + rest


def project_configuration() -> str:
    """The lines by which a mkdocs.yml uses this project's engine: its extension and its hook."""
    hook = json.dumps(str(ROOT / "scripts/conv1d_site/hooks/numbers.py"))
    return configuration(extensions="  - insync: {pages: [docs]}", rest=f"hooks: [{hook}]\n")


@dataclass(frozen=True)
class Column:
    """One way to build the site: its name, its pages, its configuration, and where its caches are."""

    name: str
    write: Callable[[Path, int], None]
    configuration: Callable[[], str]
    own_environment: bool = False
    cached: bool = False
    slow: bool = False


PROJECT = Column("this project", write_snippets, project_configuration, cached=True)
# In the order of a round: this project's warm build right before the plain one that it is compared with.
COLUMNS = (
    PROJECT,
    Column(PLAIN, write_plain, configuration),
    Column(
        "markdown-exec",
        write_markdown_exec,
        lambda: configuration(plugins="  markdown-exec: {}"),
        own_environment=True,
    ),
    Column(
        "mkdocs-jupyter",
        write_notebooks,
        lambda: configuration(
            plugins="  mkdocs-jupyter: {include: ['*.ipynb'], execute: true, kernel_name: python3, "
            "cache_dir: .cache/mkdocs-jupyter}"
        ),
        own_environment=True,
        cached=True,
        slow=True,
    ),
)
CACHED = {column.name for column in COLUMNS if column.cached}


def write_site(column: Column, folder: Path, pages: int) -> Path:
    """Writes the whole site of a column; returns its folder."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Bench { #bench }\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(column.configuration(), encoding="utf-8")
    column.write(folder, pages)
    return folder


# -------------------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True)
class Sample:
    """One build: its column, `cold` or `warm`, how many pages, in which round, and its seconds in all."""

    column: str
    state: str
    pages: int
    round: int
    seconds: float


def build(python: Path, folder: Path) -> float:
    """Builds a site as a process of its own; returns its seconds. Raises ClickException when it fails."""
    environment = {
        # Without compiled modules every start would compile this project's own again, and only those: the
        # peers' came compiled with their packages.
        **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONHASHSEED": "0",
        # A .pth file brings nbconvert's modules into .venv-bench, but not its templates.
        "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),
    }
    start = time.perf_counter()
    done = subprocess.run(
        [python, "-m", "mkdocs", "build", "--quiet", "--strict"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise click.ClickException(f"The build in {folder} failed:\n{done.stdout.strip()}")
    return seconds


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


def peers_python() -> Path:
    """The Python of .venv-bench, made or renewed if need be.

    It sees the packages of the running environment through a .pth file, so torch and the site generator are
    the same files in every column and nothing is downloaded twice; requirements-bench.txt goes there alone.
    """
    python = PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = ROOT / "requirements-bench.txt"
    packages = site.getsitepackages()[0]
    wanted = requirements.read_text(encoding="utf-8") + (ROOT / "constraints.txt").read_text(encoding="utf-8")
    stamp = hashlib.sha256(f"{wanted}{packages}{sys.version}{PEERS}".encode()).hexdigest()
    stamp_file = PEERS / ".has"
    if stamp_file.is_file() and stamp_file.read_text() == stamp:
        return python
    click.echo("Making .venv-bench.", err=True)
    venv.create(PEERS, clear=True, symlinks=os.name != "nt")
    own = sysconfig.get_path("purelib", "venv", {"base": str(PEERS), "platbase": str(PEERS)})
    # addsitedir, not a bare path: it reads the .pth files there too, among them the one of this project.
    line = f"import site; site.addsitedir({packages!r})\n"
    Path(own, "packages-of-the-project.pth").write_text(line, encoding="utf-8")
    subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", requirements],
        cwd=ROOT,
        check=True,
    )
    stamp_file.write_text(stamp)
    return python


# ----------------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds, and times plain MkDocs, each as (median, least, most)."""

    column: str
    state: str
    rounds: int
    seconds: tuple[float, float, float]
    ratio: tuple[float, float, float]


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and most; of at least one value."""
    return statistics.median(values), min(values), max(values)


def table(samples: Sequence[Sample], pages: int) -> list[Row]:
    """The rows for builds of so many pages, in the order in which they were first run."""
    chosen = [sample for sample in samples if sample.pages == pages]
    plain = {sample.round: sample.seconds for sample in chosen if sample.column == PLAIN}
    rows = []
    for column, state in dict.fromkeys((sample.column, sample.state) for sample in chosen):
        own = [sample for sample in chosen if (sample.column, sample.state) == (column, state)]
        ratios = [sample.seconds / plain[sample.round] for sample in own]
        rows.append(Row(column, state, len(own), spread([s.seconds for s in own]), spread(ratios)))
    return rows


def slope(samples: Sequence[Sample], column: str, pages: int) -> float:
    """Milliseconds for each further page, cold, from `pages` to twice as many: the median over the rounds."""
    few, many = (
        {s.round: s.seconds for s in samples if (s.column, s.state, s.pages) == (column, "cold", count)}
        for count in (pages, 2 * pages)
    )
    return statistics.median((many[turn] - few[turn]) / pages * 1000 for turn in few.keys() & many.keys())


@dataclass(frozen=True)
class Target:
    """A promise: what it says, what was measured, the limit, and whether it was kept."""

    says: str
    measured: float
    limit: float

    @property
    def kept(self) -> bool:
        """Whether the measurement is within the limit."""
        return self.measured <= self.limit


def targets(samples: Sequence[Sample], pages: int) -> list[Target]:
    """The promises that these samples can judge."""
    rows = {(row.column, row.state): row for row in table(samples, pages)}
    found = []
    cold, warm = rows.get((PROJECT.name, "cold")), rows.get((PROJECT.name, "warm"))
    exec_ = rows.get(("markdown-exec", "cold"))
    if cold and exec_:
        found.append(Target("cold, no slower than markdown-exec (s)", cold.seconds[0], exec_.seconds[0]))
    if warm:
        found.append(Target("warm, times plain MkDocs", warm.ratio[0], WARM_RATIO))
    if any(s.column == PROJECT.name and s.pages == 2 * pages for s in samples):
        found.append(
            Target("each further page and snippet, cold (ms)", slope(samples, PROJECT.name, pages), SLOPE_MS)
        )
    return found


def report(samples: Sequence[Sample], pages: int, machine: dict[str, str]) -> str:
    """All of it as Markdown."""
    lines = [
        f"Build of {pages} pages with two cells each, whole processes.",
        "",
        "| Built by | Cache | Runs | Seconds: median (min–max) | × plain, same round: median (min–max) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for row in table(samples, pages):
        seconds = "{:.2f} ({:.2f}–{:.2f})".format(*row.seconds)
        ratio = "{:.2f} ({:.2f}–{:.2f})".format(*row.ratio)
        state = row.state if row.column in CACHED else "none"
        lines.append(f"| {row.column} | {state} | {row.rounds} | {seconds} | {ratio} |")
    doubled = list(dict.fromkeys(s.column for s in samples if s.pages == 2 * pages))
    if doubled:
        lines += ["", f"Each further page, cold, from {pages} pages to {2 * pages}:", ""]
        lines += [f"- {name}: {slope(samples, name, pages):.1f} ms" for name in doubled]
    judged = targets(samples, pages)
    if judged:
        lines += ["", "| To reach | Measured | Limit | |", "| --- | ---: | ---: | --- |"]
        lines += [
            f"| {t.says} | {t.measured:.2f} | {t.limit:.2f} | {'kept' if t.kept else 'MISSED'} |"
            for t in judged
        ]
    lines += ["", "; ".join(f"{key} {value}" for key, value in machine.items())]
    return "\n".join(lines)


def machine_facts(peers: Path) -> dict[str, str]:
    """What the figures depend on: processor, system, load before the start, versions."""
    facts = {
        "cores": str(os.cpu_count()),
        "CPU": cpu_name(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "Python": platform.python_version(),
    }
    for package in ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "jieba", "torch"):
        facts[package] = version(package)
    command = "from importlib.metadata import version; print(version('markdown-exec'))"
    facts["markdown-exec"] = subprocess.run(
        [peers, "-c", command], capture_output=True, text=True, check=True
    ).stdout.strip()
    return facts


def cpu_name() -> str:
    """The processor's name, where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


# ---------------------------------------------------------------------------------------------------- command


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
    (ROOT / ".cache").mkdir(exist_ok=True)
    (ROOT / ".cache" / "bench.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if strict and not all(target.kept for target in judged):
        sys.exit(1)


if __name__ == "__main__":
    main()
