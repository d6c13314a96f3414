"""The runs of a build: each in the background, at most as many at once as there are processors."""

import contextlib
import os
import queue
import threading
from dataclasses import dataclass, field
from pathlib import Path

from insync.problem import Place, Problem
from insync.project.store import Keeper
from insync.running.inputs import changes
from insync.running.job import Questions
from insync.running.processors import processors
from insync.running.runner import Outcome, Runner
from insync.running.snippet import Snippet
from insync.running.start import preload_of


@dataclass
class Task:
    """A snippet that is to be run, is running, or was run; `cached` if its record came from the cache.

    `parts` is what its record is kept under, `folder_state` how the snippets' folder was when it had
    run: what a run leaves there itself must not start it again.
    """

    snippet: Snippet
    questions: Questions
    parts: dict[str, str]
    folder_state: int
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome = field(default_factory=Outcome)
    cached: bool = False

    def still_good(self, folder_state: int) -> bool:
        """Whether what came of it may be used again, or is yet to come."""
        if not self.done.is_set():
            return True
        # A failure is tried again when anything beside it changed: its inputs may not all be known.
        same_folder = self.outcome.record is not None or self.folder_state == folder_state
        return same_folder and not any(changes(self.outcome.inputs, self.snippet.path.parent))


class Queue:
    """Runs tasks in the order in which they are put; `warnings` has the records that could not be saved."""

    def __init__(self, runner: Runner, store: Keeper) -> None:
        self.warnings: list[str] = []
        self._runner = runner
        self._store = store
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def put(self, task: Task) -> None:
        """Have a task run; its `done` is set when it has an outcome."""
        self._runner.start(preload_of(cell.source for cell in task.snippet.cells))
        self._tasks.put(task)
        # Daemons: Ctrl-C must not wait for a snippet that hangs.
        if len(self._threads) < processors():
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                task.outcome = self._runner.run(task.snippet, task.questions)
                if task.outcome.record and (warning := self._store.save(task.parts, task.outcome.record)):
                    self.warnings.append(warning)
            except Exception as error:  # noqa: BLE001 - the waiting threads must get an outcome, whatever it is
                advice = "This is a defect of insync itself; please report it."
                message = f"{type(error).__name__}: {error}"
                task.outcome = Outcome(problem=Problem(message, advice, snippet=Place(task.snippet.path)))
            finally:
                task.folder_state = folder_state(task.snippet.path.parent)
                task.done.set()


def folder_state(folder: Path) -> int:
    """A number that changes when anything in the folder does."""
    state = []
    for where, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                status = os.stat(os.path.join(where, name))
                state.append((where, name, status.st_mtime_ns, status.st_size))
    return hash(tuple(sorted(state)))
