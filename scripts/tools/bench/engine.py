"""Times what compare.py does not: kinds of snippets, saving under `mkdocs serve`, and a thousand snippets.

Every figure is a difference or a ratio within one run of this script, so that a slow machine does not count.
"""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import click

from insync.running.runner import Runner
from insync.running.snippet import parse_snippet
from tools.bench.columns import PLAIN, PROJECT, Column
from tools.bench.pages import cells, fence, markdown_page, outputs, page_name
from tools.bench.report import WARM_RATIO
from tools.bench.timing import build

KIND_MS = 100.0  # what a snippet may take beyond its own work
SAVE_S = 0.3  # what saving a snippet may take beyond saving text
SNIPPET_MS = 20.0

KINDS = {
    "convolution": """
import torch
y = torch.nn.Conv1d(3, 2, 4)(torch.rand(1, 3, 10))
print(y.shape)
""",
    "plot": """
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 3, 2])
ax.set_xlabel("t");
""",
    "training": """
import torch
layer = torch.nn.Conv1d(1, 1, 3)
optimizer = torch.optim.Adam(layer.parameters())
for _ in range(3):
    optimizer.zero_grad()
    layer(torch.rand(1, 1, 9)).sum().backward()
    optimizer.step()
""",
    "operations counted": """
import torch
from torch.utils.flop_counter import FlopCounterMode
layer = torch.nn.Conv1d(3, 2, 4)
with FlopCounterMode(display=False) as counter:
    layer(torch.rand(1, 3, 10))
print(counter.get_total_flops())
""",
    "assert_close": """
import torch
torch.testing.assert_close(torch.ones(2), torch.ones(2))
""",
}
# The snippet's own work: the same code in a process that has done it once already, figures drawn as well.
OWN_WORK = """
import sys, time
code = compile(sys.stdin.read(), "snippet", "exec")
for attempt in range(4):
    start = time.perf_counter()
    exec(code, {"__name__": "__main__"})
    if plt := sys.modules.get("matplotlib.pyplot"):
        import io
        plt.savefig(io.StringIO(), format="svg")
        plt.close("all")
    seconds = time.perf_counter() - start
print(seconds)
"""


def kinds(rounds: int) -> list[tuple[str, float, float]]:
    """For each kind of snippet: its name, milliseconds from start to record, and those of its own work."""
    rows = []
    runner = Runner()
    for name, code in KINDS.items():
        snippet = parse_snippet(Path(tempfile.gettempdir(), "kind.py"), f"# %% cell\n{code}\n")
        runner.run(snippet, {})  # has the server import what this kind needs
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            outcome = runner.run(snippet, {})
            seconds.append(time.perf_counter() - start)
            if outcome.problem:
                raise click.ClickException(str(outcome.problem))
        environment = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
        own = subprocess.run(
            [sys.executable, "-c", OWN_WORK],
            input=code,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        rows.append((name, statistics.median(seconds) * 1000, float(own.stdout.split()[-1]) * 1000))
        click.echo(f"  {name} done", err=True)
    runner.close()
    return rows


def saves(rounds: int, pages: int, scratch: Path) -> tuple[list[float], list[float]]:
    """Seconds from saving to the new page being served: of text edits, and of snippet edits, in turn."""
    folder = scratch / "serve"
    write(PROJECT, folder, pages, 1)
    page, snippet = folder / "docs" / f"{page_name(0)}.md", folder / "snippets" / f"{page_name(0)}_0.py"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "mkdocs.yml"
    configuration.write_text(
        configuration.read_text(encoding="utf-8") + "watch: [snippets]\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=folder, start_new_session=True)
    url = f"http://127.0.0.1:{port}/{page_name(0)}/"
    text: list[float] = []
    code: list[float] = []
    try:
        _wait_for(url, "(1, 2, 7)", 120)
        for turn in range(-1, rounds):
            for path, edit, figures in (
                (page, f"\n\nedited {turn} once\n", text),
                (snippet, f"\nprint('computed {turn} once')\n", code),
            ):
                time.sleep(1.0)  # the watcher has seen the last change
                original = path.read_text(encoding="utf-8")
                start = time.perf_counter()
                path.write_text(original + edit, encoding="utf-8")
                _wait_for(url, edit.strip().removeprefix("print('").removesuffix("')"), 60)
                if turn >= 0:
                    figures.append(time.perf_counter() - start)
                path.write_text(original, encoding="utf-8")
        return text, code
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(20)


def many(sizes: tuple[int, ...], scratch: Path) -> list[tuple[int, float, float, float]]:
    """For each count of snippets, two a page: seconds cold, warm and of plain MkDocs."""
    rows = []
    for size in sizes:
        folder = scratch / f"many-{size}"
        write(PROJECT, folder, size // 2, 2)
        python = Path(sys.executable)
        cold = build(python, folder)
        pasted = scratch / f"plain-{size}"
        write(PLAIN, pasted, size // 2, 2)
        # In turn, so that whatever else the machine does meets both.
        figures = [(build(python, folder), build(python, pasted)) for _ in range(3)]
        warm, bare = min(figures, key=lambda pair: pair[0] / pair[1])
        rows.append((size, cold, warm, bare))
        click.echo(f"  {size} snippets: cold {cold:.1f} s, warm {warm:.1f} s, plain {bare:.1f} s", err=True)
    return rows


def write(column: Column, folder: Path, pages: int, snippets: int) -> None:
    """A site of pages with so many snippets each, by the engine or with the outputs pasted in."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "docs").mkdir(parents=True)
    (folder / "snippets").mkdir()
    (folder / "docs" / "index.md").write_text("# Bench { #bench }\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(column.configuration(), encoding="utf-8")
    printed = [] if column is PROJECT else outputs(pages * snippets)
    for page in range(pages):
        blocks: list[str] = []
        for index in range(snippets):
            name = f"{page_name(page)}_{index}"
            number = page * snippets + index
            own = cells(number)
            if column is PROJECT:
                source = "\n\n".join(f"# %% {cell.name}\n{cell.code}" for cell in own)
                (folder / "snippets" / f"{name}.py").write_text(source + "\n", encoding="utf-8")
                blocks += [fence("snippet", f"{name}#{cell.name}") for cell in own]
            else:
                pairs = zip(own, printed[number], strict=True)
                blocks += [
                    f"{fence('python', cell.code)}\n\n{fence('text', output)}" for cell, output in pairs
                ]
        half = len(blocks) // 2
        text = markdown_page(page, ["\n\n".join(blocks[:half]), "\n\n".join(blocks[half:])])
        (folder / "docs" / f"{page_name(page)}.md").write_text(text, encoding="utf-8")


def _wait_for(url: str, text: str, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:
                if text in answer.read().decode("utf-8"):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise click.ClickException(f"{url} did not show {text!r} within {seconds:g} s")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


@click.command()
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="Times each thing is done."
)
@click.option(
    "--snippets", type=click.IntRange(8), default=1000, show_default=True, help="Of the largest site."
)
@click.option(
    "--part", type=click.Choice(["kinds", "serve", "many"]), multiple=True, help="Only this; repeatable."
)
def main(rounds: int, snippets: int, part: tuple[str, ...]) -> None:
    """Time what snippets cost beyond their own work, saving under serve, and sites of many snippets."""
    parts = part or ("kinds", "serve", "many")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        scratch = Path(folder)
        if "kinds" in parts:
            rows = kinds(rounds)
            print(_row("Snippet", "ms to record", "own work", f"more (≤ {KIND_MS:g})"))
            print(_row(*["---"] * 4))
            for name, total, own in rows:
                print(_row(name, f"{total:.0f}", f"{own:.0f}", f"{total - own:.0f}"))
        if "serve" in parts:
            text, code = (statistics.median(figures) for figures in saves(rounds, 20, scratch))
            print(f"\nSaved under `mkdocs serve`, until served (median of {rounds}): text {text:.2f} s,")
            print(f"a snippet {code:.2f} s, {code - text:.2f} s more (at most {SAVE_S:g}).")
        if "many" in parts:
            sizes = (snippets // 4, snippets // 2, snippets)
            each = f"ms a snippet beyond plain (≤ {SNIPPET_MS:g})"
            print("\n" + _row("Snippets", "cold, s", each, "warm, s", f"warm ÷ plain (≤ {WARM_RATIO:g})"))
            print(_row(*["---"] * 5))
            for size, cold, warm, bare in many(sizes, scratch):
                beyond = f"{(cold - bare) / size * 1000:.1f}"
                print(_row(str(size), f"{cold:.1f}", beyond, f"{warm:.1f}", f"{warm / bare:.2f}"))


if __name__ == "__main__":
    main()
