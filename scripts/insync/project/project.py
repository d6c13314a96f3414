"""A project's pages and snippets, and the record of each snippet that the pages ask for.

`start` scans every page of every language, takes what the cache holds, and starts the rest in the
background; `outcome` then waits for one of them. A snippet runs once, however many pages show it.
"""

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from insync.pages.demand import Demand, collect
from insync.pages.forms import Ref
from insync.pages.scan import Page
from insync.problem import InsyncError, Place, Problem, suggestion
from insync.project.queue import Queue, Task, folder_state
from insync.project.reading import Reading, finder
from insync.project.store import Keeper, Store, record_key, record_parts
from insync.running.expression import Expression
from insync.running.job import Questions
from insync.running.record import Record, Value
from insync.running.runner import Outcome, Runner
from insync.running.snippet import Snippet, read_snippet
from insync.running.start import preload_of
from insync.settings import Settings

_Work = tuple[Snippet, Questions]  # a snippet, and what is asked after each of its cells


class Project:
    """One project, for as long as a build or a serving lasts. Safe to ask from several threads."""

    def __init__(self, settings: Settings, runner: Runner | None = None, store: Keeper | None = None) -> None:
        self.settings = settings
        self.generation = 0  # counts the scans, for caches of what is derived from the pages
        # Whoever manages the build (the site's hooks) calls `start` itself, and takes the problems of pages
        # here to report them together; without it, the extension looks afresh at every page and raises.
        self.on_problem: Callable[[Problem], None] | None = None
        self.pages: tuple[Page, ...] = ()  # of all languages, as scanned last
        self.page_problems: tuple[Problem, ...] = ()  # of pages that could not be read at all
        self.broken: dict[
            str, Problem
        ] = {}  # snippets that are asked for and could not be read, with the reason
        # The pages in the order in which they will be asked for; snippets run in that order.
        self.reading_order: Sequence[Path] = ()
        self.reading = Reading(finder(settings))
        self._runner = runner or Runner(settings.limits)
        self._store: Keeper = store or Store(settings.cache)
        self._queue = Queue(self._runner, self._store)
        # What was lost of this build and is of no matter to it, such as records that could not be kept.
        self.warnings = self._queue.warnings
        self._lock = threading.RLock()
        self._pages: dict[Path, Page] = {}
        self._extra: dict[Path, Page] = {}  # pages that the scan did not see so, until the next start
        self._demand = Demand()
        self._snippets: dict[str, Snippet] = {}
        self._tasks: dict[str, Task] = {}

    def scan(self) -> list[_Work]:
        """Read all pages and snippets afresh: what would have to be run, and what each is asked."""
        with self._lock:
            self.generation += 1
            self._scan_pages()
            demand = self._demand = collect(self.pages)
            self._snippets, self.broken = {}, {}
            for name in demand.expressions:
                try:
                    self._snippets[name] = self._read(name)
                except InsyncError as error:
                    self.broken[name] = error.problems[0]
            return [(snippet, demand.of(snippet)) for snippet in self._snippets.values()]

    def start(self, names: Collection[str] = ()) -> None:
        """Scan everything afresh, and start what has to run, or what is named of it; waits for nothing.

        Raises InsyncError for a name that no page asks for, and where the pages cannot be found.
        """
        with self._lock:
            self._extra.clear()
            self._start(names)

    def _start(self, names: Collection[str] = ()) -> None:
        """Start what has to run for the pages as they are now, with those that the scan did not see so."""
        with self._lock:
            work = self._in_reading_order(self.scan())
            for name in names:
                if name in self.broken:
                    raise InsyncError(self.broken[name])
                if name not in self._snippets:
                    advice = suggestion(name, self._snippets)
                    raise InsyncError.of(f"no page asks for a snippet `{name}`", advice)
            state = folder_state(self.settings.snippets)
            self._tasks = {
                snippet.name: self._task(snippet, questions, state)
                for snippet, questions in work
                if not names or snippet.name in names
            }

    def _in_reading_order(self, work: list[_Work]) -> list[_Work]:
        """What has to be run, sorted by the page that asks for it first."""
        rank = {path: index for index, path in enumerate(self.reading_order)}
        first: dict[str, int] = {}
        for page in self.pages:
            for name in collect([page]).expressions:
                first[name] = min(first.get(name, len(rank)), rank.get(page.path, len(rank)))
        return sorted(work, key=lambda each: first[each[0].name])

    def preload(self) -> None:
        """Start the fork server early if no record is kept; for callers that do much before `start`.

        It imports what all snippets import, and no more: the first need not wait for what a later one needs.
        """
        if isinstance(self._store, Store) and any(self.settings.cache.glob("*.json")):
            return
        with contextlib.suppress(OSError):  # `start` tells what cannot be read
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
                self._start()

    def ask(self, snippet: Snippet, questions: Questions) -> None:
        """Ask more of a snippet than the pages do, for a page that another process sees otherwise."""
        with self._lock:
            known = self._snippets.setdefault(snippet.name, snippet)
            self._demand.add(snippet.name, questions)
            state = folder_state(self.settings.snippets)
            self._tasks[snippet.name] = self._task(known, self._demand.of(known), state)

    def outcome(self, name: str) -> Outcome:
        """What came of a snippet; waits for its run."""
        with self._lock:
            if name in self.broken:
                return Outcome(problem=self.broken[name])
            task = self.task(name)
        if task is None:
            return Outcome(problem=self._unknown(name))
        task.done.wait()
        return task.outcome

    def task(self, name: str) -> Task | None:
        """The task of this build for a snippet, finished or not."""
        with self._lock:
            return self._tasks.get(name)

    def page(self, path: Path) -> Page | None:
        """The page as it was read last."""
        return self._pages.get(path)

    def snippet(self, name: str) -> Snippet | None:
        """The snippet as it was read last."""
        return self._snippets.get(name)

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

    def value(self, ref: Ref, asked: Expression) -> Value:
        """What an expression gave after a cell; the error says why it gave nothing."""
        outcome = self.outcome(ref.snippet)
        snippet = self.snippet(ref.snippet)
        if outcome.record is None or snippet is None:
            return Value(error=outcome.problem.message if outcome.problem else "it was not run")
        name = ref.cell or snippet.cells[-1].name
        try:
            return outcome.record.cell(name).value(asked)
        except KeyError:
            return Value(error=f"`{ref.snippet}` has no cell `{name}`")

    def close(self) -> None:
        """End whatever still runs."""
        self._runner.close()

    def _scan_pages(self) -> None:
        found = self.reading.read()
        self._pages = {each.path: each for each in found if isinstance(each, Page)} | self._extra
        self.pages = tuple(self._pages.values())
        self.page_problems = tuple(each for each in found if isinstance(each, Problem))

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

    def _task(self, snippet: Snippet, questions: Questions, state: int) -> Task:
        """The task for a snippet: the one at hand if nothing changed, one from the cache, or a new run."""
        parts = record_parts(snippet, questions)
        known = self._tasks.get(snippet.name)
        if known and known.parts == parts and known.still_good(state):
            known.snippet = snippet
            return known
        task = Task(snippet, questions, parts, state)
        record = self._store.load(snippet, record_key(parts))
        if record and answers(record, questions):
            task.outcome, task.cached = Outcome(record, inputs=record.inputs), True
            task.done.set()
        else:
            self._queue.put(task)
        return task


def answers(record: Record, questions: Questions) -> bool:
    """Whether the record has all that was asked; one from the cache could have been made by anyone."""
    return all(
        set(asked) <= {answer.asked for answer in record.cell(cell).answers}
        for cell, asked in questions.items()
    )
