"""Runs without the cache: once more under the same conditions, and under all others that this machine has."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass

from insync.problem import Place, Problem
from insync.project.queue import Task
from insync.project.store import cpu_features
from insync.publishing.outputs import published, unrepeatable
from insync.running.job import Conditions
from insync.running.processors import processors
from insync.running.record import Record
from insync.running.runner import Outcome, Runner
from insync.running.snippet import Cell, Snippet
from insync.settings import Limits

# What torch's kernels are compiled for, and the processor features that each needs: torch takes our word for
# it, and a processor that lacks them ends the process.
CAPABILITIES: dict[str, set[str]] = {
    "default": set(),
    "avx2": {"avx2", "fma"},
    "avx512": {"avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl"},
}


@dataclass(frozen=True)
class Difference:
    """A published line that another run prints otherwise."""

    snippet: str
    cell: str
    conditions: str
    here: str
    there: str


def run_again(
    tasks: Sequence[Task], conditions: Conditions, limits: Limits, tick: Callable[[], None]
) -> dict[str, Outcome]:
    """Run every task's snippet once more, in the order given; `tick` is called after each."""
    with (
        closing(Runner(limits, conditions=conditions)) as runner,
        ThreadPoolExecutor(processors()) as pool,
    ):
        runs = {pool.submit(runner.run, task.snippet, task.questions): task for task in tasks}
        outcomes = {}
        for run in as_completed(runs):
            outcomes[runs[run].snippet.name] = run.result()
            tick()
        return outcomes


def repeat_problems(tasks: Sequence[Task], again: dict[str, Outcome]) -> Iterator[Problem]:
    """Output that a second run prints otherwise, or that no other process can print again."""
    for task in tasks:
        first, second = task.outcome.record, again[task.snippet.name].record
        if first is None:
            continue
        if second is None:
            problem = again[task.snippet.name].problem
            message = f"a second run fails: {problem.message if problem else ''}"
            advice = "Make the snippet end the same way every time."
            yield Problem(message, advice, snippet=Place(task.snippet.path))
            continue
        for cell in task.snippet.cells:
            lines = list(dict.fromkeys(unrepeatable(cell, first.cell(cell.name), second.cell(cell.name))))
            if lines:
                message = f"the cell `{cell.name}` prints what cannot repeat"
                advice = (
                    "Print something else (a time or an address says nothing), or name what to leave out: "
                    f'# %% {cell.name} normalise=["[0-9.]+ ms"]'
                )
                where = Place(task.snippet.path, cell.line)
                yield Problem(message, advice, snippet=where, detail="\n".join(lines[:5]))


def other_conditions() -> list[Conditions]:
    """Every capability of this machine's processor, with oneDNN and without, but for the machine's own.

    Its own conditions are those of the best capability, which torch takes if not told otherwise, with oneDNN;
    the published numbers and the second run were made under them.
    """
    features = set(cpu_features().split())
    names = [name for name, needed in CAPABILITIES.items() if needed <= features]
    return [
        Conditions(name, onednn)
        for name in names
        for onednn in (True, False)
        if (name, onednn) != (names[-1], True)
    ]


def differences(tasks: Sequence[Task], conditions: Conditions, again: dict[str, Outcome]) -> list[Difference]:
    """The published lines that differ under other conditions, but for cells marked as not portable."""
    found = []
    for task in tasks:
        first, outcome = task.outcome.record, again[task.snippet.name]
        if first is None:
            continue
        if outcome.record is None:
            message = outcome.problem.message if outcome.problem else "no record"
            found.append(Difference(task.snippet.name, "", str(conditions), "runs to its end", message))
            continue
        for cell in task.snippet.cells:
            if cell.not_portable:
                continue
            here, there = _lines(task.snippet, cell, first), _lines(task.snippet, cell, outcome.record)
            if len(here) != len(there):
                counts = f"{len(here)} lines", f"{len(there)} lines"
                found.append(Difference(task.snippet.name, cell.name, str(conditions), *counts))
            found += [
                Difference(task.snippet.name, cell.name, str(conditions), a.strip(), b.strip())
                for a, b in zip(here, there, strict=False)
                if a != b
            ]
    return found


def _lines(snippet: Snippet, cell: Cell, record: Record) -> list[str]:
    """What one cell publishes."""
    alone = type(snippet)(snippet.name, snippet.path, (cell,))
    return published(alone, record).split("\n")
