"""From the seconds of builds to the table of `make bench` and its verdict."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tools.bench import ROOT
from tools.bench.columns import CACHED, PLAIN, PROJECT
from tools.bench.timing import spread

# What has to hold, and what it is measured against.
WARM_RATIO = 1.1  # × plain
SLOPE_MS = 20.0  # for each further page with its snippet, cold


@dataclass(frozen=True)
class Sample:
    """One build: its column, `cold` or `warm`, how many pages, in which round, and its seconds in all."""

    column: str
    state: str
    pages: int
    round: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds, and times plain MkDocs, each as (median, least, most)."""

    column: str
    state: str
    rounds: int
    seconds: tuple[float, float, float]
    ratio: tuple[float, float, float]


def table(samples: Sequence[Sample], pages: int) -> list[Row]:
    """The rows for builds of so many pages, in the order in which they were first run."""
    chosen = [sample for sample in samples if sample.pages == pages]
    plain = {sample.round: sample.seconds for sample in chosen if sample.column == PLAIN.name}
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


def keep(name: str, result: object) -> None:
    """Writes a result as JSON into .cache, under this name."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    (ROOT / ".cache" / name).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
