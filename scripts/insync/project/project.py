"""A project's pages and snippets, and the record of each snippet that the pages ask for.

`begin` scans every page of every language, takes what the cache holds, and starts the rest in the
background; `outcome` then waits for one of them. A snippet runs once, however many pages show it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from insync.pages.demand import Demand, Page, collect, scan_page
from insync.problem import InsyncError, Place, Problem, suggestion
from insync.project.store import Store, record_key, record_parts, stale_inputs
from insync.running.record import Record, Value
from insync.running.runner import DEFAULT_LIMITS, Limits, Outcome, Runner, preload_of
from insync.running.snippet import Snippet, read_snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from insync.pages.syntax import Ref


@dataclass(frozen=True)
class Settings:
    """Where a project's parts lie, and what a snippet may take. `pages` has a folder for each language."""

    root: Path
    pages: tuple[Path, ...]
    snippets: Path
    cache: Path
    limits: Limits = DEFAULT_LIMITS

    @classmethod
    def at(
        cls, root: Path, pages: Iterable[str] = ("docs/en", "docs/zh"), limits: Limits = DEFAULT_LIMITS
    ) -> Settings:
        """The project's layout below `root`."""
        root = root.resolve()
        return cls(
            root, tuple(root / page for page in pages), root / "snippets", root / ".cache" / "insync", limits
        )


class Keeper(Protocol):
    """Where records are kept between builds: `store.Store`, or what keeps nothing."""

    def load(self, snippet: Snippet, key: str) -> Record | None:
        """A record that may be believed, or None."""

    def save(self, parts: dict[str, str], record: Record) -> str:
        """Keep a record; a sentence if that was not possible."""


_Work = tuple[Snippet, dict[str, tuple[str, ...]]]  # a snippet, and what is asked after each of its cells


@dataclass
class Task:
    """A snippet that is to be run, is running, or was run; `cached` if its record came from the cache."""

    snippet: Snippet
    questions: dict[str, tuple[str, ...]]
    parts: dict[str, str]
    done: threading.Event
    outcome: Outcome = field(default_factory=Outcome)
    cached: bool = False
    folder_state: int = 0


class Project:
    """One project, for as long as a build or a serving lasts. Safe to ask from several threads."""

    def __init__(self, settings: Settings, runner: Runner | None = None, store: Keeper | None = None) -> None:
        self.settings = settings
        self.warnings: list[str] = []
        self.generation = 0  # counts the scans, for whoever derives something from the pages
        # Whoever manages the build (the site's hooks) calls `begin` itself, and takes the problems of pages
        # here to report them together; without it, the extension looks afresh at every page and raises.
        self.on_problem: Callable[[Problem], None] | None = None
        # The pages in the order in which they will be asked for; snippets run in that order.
        self.reading_order: Sequence[Path] = ()
        self._runner = runner or Runner(settings.limits)
        self.store: Keeper = store or Store(settings.cache)
        self._lock = threading.RLock()
        self._scanned: dict[Path, tuple[tuple[int, int], Page | Problem]] = {}
        self._extra: dict[Path, Page] = {}
        self._pages: tuple[Page, ...] = ()
        self._page_problems: tuple[Problem, ...] = ()
        self._demand = Demand()
        self._snippets: dict[str, Snippet] = {}
        self._broken: dict[str, Problem] = {}
        self._tasks: dict[str, Task] = {}
        self._queue: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of all languages, as scanned last."""
        return self._pages

    def look(self) -> list[_Work]:
        """Read all pages and snippets afresh: what would have to be run, and what each is asked."""
        with self._lock:
            self.generation += 1
            self._scan()
            demand = self._demand = collect(self._pages)
            self._snippets, self._broken = {}, {}
            for name in demand.expressions:
                try:
                    self._snippets[name] = self._read(name)
                except InsyncError as error:
                    self._broken[name] = error.problems[0]
            return [(snippet, demand.of(snippet)) for snippet in self._snippets.values()]

    def begin(self, names: Collection[str] = ()) -> None:
        """Look at everything afresh, and start what has to run, or what is named of it; waits for nothing.

        Raises InsyncError for a name that no page asks for.
        """
        with self._lock:
            work = self._in_reading_order(self.look())
            for name in names:
                if name in self._broken:
                    raise InsyncError(self._broken[name])
                if name not in self._snippets:
                    known = [snippet.name for snippet, _ in work]
                    advice = suggestion(name, known)
                    raise InsyncError(Problem(f"no page asks for a snippet `{name}`", advice))
            state = self._folder_state()
            self._tasks = {
                snippet.name: self._task(snippet, questions, state)
                for snippet, questions in work
                if not names or snippet.name in names
            }

    def _in_reading_order(self, work: list[_Work]) -> list[_Work]:
        """What has to be run, sorted by the page that asks for it first."""
        rank = {path: index for index, path in enumerate(self.reading_order)}
        first: dict[str, int] = {}
        for page in self._pages:
            for name in collect([page]).expressions:
                first[name] = min(first.get(name, len(rank)), rank.get(page.path, len(rank)))
        return sorted(work, key=lambda each: first[each[0].name])

    def foresee(self) -> None:
        """Start the fork server if nothing was ever run here; for whoever has much to do before `begin`.

        It imports what all snippets import, and no more: the first need not wait for what a later one needs.
        """
        if any(self.settings.cache.glob("*.json")):
            return
        with contextlib.suppress(OSError):  # `begin` tells what cannot be read
            sources = [path.read_text("utf-8", "replace") for path in self.settings.snippets.glob("*.py")]
            if sources:
                shared = set.intersection(*(set(preload_of([source])) for source in sources))
                self._runner.start(tuple(sorted(shared)))

    def warm(self) -> None:
        """Start the fork server although nothing has to run, so that the first edit need not wait for it."""
        self._runner.start(preload_of(cell.source for each in self._snippets.values() for cell in each.cells))

    def ensure(self, page: Page) -> None:
        """Take in a page that the scan did not see so (made by another plugin, say)."""
        with self._lock:
            if not collect([page]) <= self._demand:
                self._extra[page.path] = page
                self.begin()

    def outcome(self, name: str) -> Outcome:
        """What came of a snippet; waits for its run."""
        with self._lock:
            if name in self._broken:
                return Outcome(problem=self._broken[name])
            task = self.task(name)
        if task is None:
            return Outcome(problem=self._unknown(name))
        task.done.wait()
        return task.outcome

    def task(self, name: str) -> Task | None:
        """The task of this build for a snippet, finished or not."""
        with self._lock:
            return self._tasks.get(name)

    def snippet(self, name: str) -> Snippet | None:
        """The snippet as it was read last."""
        return self._snippets.get(name)

    def broken(self) -> dict[str, Problem]:
        """Snippets that are asked for and could not be read, with the reason."""
        return dict(self._broken)

    def running(self) -> list[Task]:
        """All tasks of this build in the order of their names, finished or not."""
        with self._lock:
            return [self._tasks[name] for name in sorted(self._tasks)]

    def tasks(self) -> list[Task]:
        """All tasks of this build in the order of their names, finished."""
        tasks = self.running()
        for task in tasks:
            task.done.wait()
        return tasks

    def records(self) -> Iterator[tuple[Task, Record]]:
        """The finished runs that gave a record."""
        for task in self.tasks():
            if task.outcome.record:
                yield task, task.outcome.record

    def value(self, ref: Ref, expression: str) -> Value:
        """What an expression gave after a cell; the error says why it gave nothing."""
        outcome = self.outcome(ref.snippet)
        snippet = self.snippet(ref.snippet)
        if outcome.record is None or snippet is None:
            return Value(error=outcome.problem.message if outcome.problem else "it was not run")
        name = ref.cell or snippet.cells[-1].name
        try:
            return outcome.record.cell(name).values[expression]
        except KeyError:
            return Value(error=f"`{ref.snippet}` has no cell `{name}`")

    def scan_problems(self) -> tuple[Problem, ...]:
        """Pages that could not be read at all."""
        return self._page_problems

    def close(self) -> None:
        """End whatever still runs."""
        self._runner.close()

    def _scan(self) -> None:
        pages: list[Page] = []
        problems: list[Problem] = []
        seen = set()
        for folder in self.settings.pages:
            for path in sorted(folder.rglob("*.md")):
                seen.add(path)
                found = self._scan_one(path)
                if isinstance(found, Page):
                    pages.append(found)
                else:
                    problems.append(found)
        self._scanned = {path: entry for path, entry in self._scanned.items() if path in seen}
        pages += self._extra.values()
        self._pages, self._page_problems = tuple(pages), tuple(problems)

    def _scan_one(self, path: Path) -> Page | Problem:
        try:
            status = path.stat()
        except OSError as error:
            return Problem(f"the page cannot be read: {error.strerror}", "Make it readable.", Place(path))
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._scanned.get(path)
        if known and known[0] == stamp:
            return known[1]
        try:
            found: Page | Problem = scan_page(path)
        except InsyncError as error:
            found = error.problems[0]
        self._scanned[path] = (stamp, found)
        return found

    def _read(self, name: str) -> Snippet:
        path = self.settings.snippets / f"{name}.py"
        if not path.exists():
            raise InsyncError(self._unknown(name))
        return read_snippet(path)

    def _unknown(self, name: str) -> Problem:
        folder = self.settings.snippets
        known = [path.stem for path in folder.glob("*.py")]
        where = Place(folder / f"{name}.py")
        return Problem(f"there is no snippet `{name}` ({where})", suggestion(name, known))

    def _task(self, snippet: Snippet, questions: dict[str, tuple[str, ...]], state: int) -> Task:
        """The task for a snippet: the one at hand if nothing changed, one from the cache, or a new run."""
        parts = record_parts(snippet, questions)
        known = self._tasks.get(snippet.name)
        if known and known.parts == parts and self._still_good(known, state):
            known.snippet = snippet
            return known
        task = Task(snippet, questions, parts, threading.Event(), folder_state=state)
        record = self.store.load(snippet, record_key(parts))
        if record and answers(record, questions):
            task.outcome, task.cached = Outcome(record, inputs=record.inputs), True
            task.done.set()
        else:
            self._runner.start(preload_of(cell.source for cell in snippet.cells))
            self._queue.put(task)
            self._more_threads()
        return task

    def _still_good(self, task: Task, state: int) -> bool:
        if not task.done.is_set():
            return True
        # A failure is tried again when anything beside it changed: its inputs may not all be known.
        same_folder = task.outcome.record is not None or task.folder_state == state
        return same_folder and not any(stale_inputs(task.outcome, task.snippet.path.parent))

    def _folder_state(self) -> int:
        """A number that changes when anything in the snippets' folder does."""
        state = []
        for folder, _, names in os.walk(self.settings.snippets):
            for name in names:
                with contextlib.suppress(OSError):
                    status = os.stat(os.path.join(folder, name))
                    state.append((folder, name, status.st_mtime_ns, status.st_size))
        return hash(tuple(sorted(state)))

    def _more_threads(self) -> None:
        # Daemons: Ctrl-C must not wait for a snippet that hangs.
        if len(self._threads) < (os.cpu_count() or 1):
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            task = self._queue.get()
            try:
                task.outcome = self._runner.run(task.snippet, task.questions)
                if task.outcome.record and (warning := self.store.save(task.parts, task.outcome.record)):
                    self.warnings.append(warning)
            except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever it is
                advice = "This is a defect of insync itself; please report it."
                task.outcome = Outcome(
                    problem=Problem(
                        f"{type(error).__name__}: {error}", advice, snippet=Place(task.snippet.path)
                    )
                )
            finally:
                task.done.set()


def answers(record: Record, questions: dict[str, tuple[str, ...]]) -> bool:
    """Whether the record has all that was asked; one from the cache could have been made by anyone."""
    return all(set(asked) <= set(record.cell(cell).values) for cell, asked in questions.items())
