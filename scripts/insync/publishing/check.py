"""Everything that `insync check` looks for, and how it tells what it found."""

import dataclasses
import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from insync.problem import Place, Problem
from insync.project.project import Project
from insync.project.queue import Task
from insync.publishing.moves import Move, moves
from insync.publishing.orphans import orphans
from insync.publishing.outputs import outputs_path, published, read_published
from insync.publishing.parity import parity
from insync.publishing.phrasebook import phrase_problems
from insync.publishing.rerun import Difference, differences, other_conditions, repeat_problems, run_again
from insync.publishing.terms import term_problems
from insync.publishing.typed import typed_numbers
from insync.rendering.problems import all_problems
from insync.running.job import Conditions

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]

# What pages and files can have wrong; a new check is a function in a module of its own, and an entry here.
CHECKS: tuple[Callable[[Project], Iterable[Problem]], ...] = (
    all_problems,
    typed_numbers,
    parity,
    term_problems,
    phrase_problems,
    orphans,
)


@dataclass(frozen=True)
class Findings:
    """What was found; `diffs` are those of the outputs files, `size` says how much was looked at."""

    problems: tuple[Problem, ...]
    moved: tuple[Move, ...]
    diffs: tuple[str, ...]
    elsewhere: tuple[Difference, ...]
    size: str

    @property
    def well(self) -> bool:
        """Whether nothing is wrong and no published number moved."""
        return not (self.problems or self.moved or self.elsewhere)

    def as_json(self) -> str:
        """For a script."""
        found = {
            "ok": self.well,
            "problems": [_plain(problem) for problem in self.problems],
            "moved": [dataclasses.asdict(move) for move in self.moved],
            "not_portable": [dataclasses.asdict(difference) for difference in self.elsewhere],
        }
        return json.dumps(found, ensure_ascii=False, indent=1)

    def as_text(self) -> str:
        """For a person: each finding with what to do about it, and the verdict at the end."""
        lines = [*map(str, self.problems), *(diff.removesuffix("\n") for diff in self.diffs if diff)]
        for difference in self.elsewhere:
            where = f"snippets/{difference.snippet}.py, cell `{difference.cell}`"
            lines.append(f"{where}: other digits under {difference.conditions}")
            lines.append(f"  here:  {difference.here}\n  there: {difference.there}")
        if self.elsewhere:
            lines.append('  What to do: print fewer digits, or an inequality, or mark it not_portable="why"')
        return "\n".join([*lines, self._verdict()])

    def _verdict(self) -> str:
        if self.well:
            return f"All is well: {self.size}."
        told = {
            "published lines moved (if that is right: insync update, and commit)": len(self.moved),
            "problems": len(self.problems),
            "lines differ elsewhere": len(self.elsewhere),
        }
        return "Found: " + ", ".join(f"{count} {what}" for what, count in told.items() if count) + "."


def look_for(project: Project, tasks: Sequence[Task], *, portable: bool, progress: Progress) -> Findings:
    """Everything, in a project whose tasks are finished; `portable`: under other conditions as well."""
    problems = [problem for check in CHECKS for problem in check(project)]
    limits = project.settings.limits
    with progress("second run", len(tasks)) as tick:
        problems += repeat_problems(tasks, run_again(tasks[::-1], Conditions(), limits, tick))
    elsewhere: list[Difference] = []
    for conditions in other_conditions() if portable else []:
        with progress(str(conditions), len(tasks)) as tick:
            elsewhere += differences(tasks, conditions, run_again(tasks, conditions, limits, tick))
    moved: list[Move] = []
    diffs: list[str] = []
    for task in tasks:
        if task.outcome.record:
            path = outputs_path(project.settings, task.snippet.name)
            old, new = read_published(path), published(task.snippet, task.outcome.record)
            found = moves(task.snippet.name, old, new)
            moved += found
            diffs.append(_diff(path, old, new, found))
            if (
                old != new and not found
            ):  # all numbers are right, but `insync update` would write it otherwise
                advice = f"Run: insync update {task.snippet.name}"
                message = "the outputs file is not as insync writes it"
                problems.append(Problem(message, advice, snippet=Place(path)))
    numbers = sum(len(page.questions) for page in project.pages)
    size = f"{len(tasks)} snippets, {numbers} numbers and claims on {len(project.pages)} pages"
    return Findings(tuple(problems), tuple(moved), tuple(diffs), tuple(elsewhere), size)


def unpublishable(project: Project, tasks: Sequence[Task], names: Sequence[str]) -> list[Problem]:
    """Why not all numbers that were asked for (those of `names`, or all) can be published."""
    found = [] if names else [*project.page_problems, *project.broken.values()]
    found += [task.outcome.problem for task in tasks if task.outcome.problem]
    ran = {task.snippet.name for task in tasks if task.outcome.record}
    for page in project.pages:
        for question in page.questions:
            if question.ref.snippet in ran and (error := project.value(question.ref, question.asked).error):
                advice = "Correct the page or the snippet."
                place = Place(page.path, question.line)
                found.append(Problem(f"`{question.asked}` gives no number: {error}", advice, place))
    return found


def _diff(path: Path, old: str, new: str, found: list[Move]) -> str:
    """A unified diff of an outputs file, with a word on last digits."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"{Place(path)} (published)", "what the code gives now")
    text = "".join(lines)
    if found and all(move.kind == "rounding" for move in found):
        text += "  (only last digits, by one unit: print fewer digits, or mark the cell not_portable)\n"
    return text


def _plain(problem: Problem) -> dict[str, str]:
    places = {"page": str(problem.page or ""), "snippet": str(problem.snippet or "")}
    return {**dataclasses.asdict(problem), **places}
