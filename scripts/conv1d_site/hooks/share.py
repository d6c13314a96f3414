"""One project's outcomes for a second process: that one renders pages as well, and runs nothing."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from insync.problem import Place, Problem
from insync.project.project import Project, answers
from insync.project.store import NoStore
from insync.running.runner import Outcome, Runner

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from insync.running.job import Questions
    from insync.running.snippet import Snippet
    from insync.settings import Settings


def answer(connection: Connection, project: Project) -> None:
    """Send the outcomes that the other process asks for, as they come, until it closes the connection."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            snippet, questions = connection.recv()
            connection.send(_outcome(project, snippet, questions))


def asking(connection: Connection, settings: Settings) -> Project:
    """The project as the other process sees it: every outcome comes over the connection."""
    return Project(settings, _Asking(connection), NoStore())


def _outcome(project: Project, snippet: Snippet, questions: Questions) -> Outcome:
    """What came of the very same snippet, with an answer to each question; waits for its run."""
    for asked in (False, True):
        if asked:  # a page of the other language asks more than its file does: a plugin has changed it
            project.ask(snippet, questions)
        task = project.task(snippet.name)
        if task and task.snippet.cells != snippet.cells:
            break
        if task:
            task.done.wait()
            record = task.outcome.record
            if record is None or answers(record, questions):
                return task.outcome
    # Each process reads the files for itself, a second or two apart.
    message = f"`{snippet.name}` was edited while the site was being built"
    return Outcome(problem=Problem(message, "Build once more.", snippet=Place(snippet.path)))


class _Asking(Runner):
    """Has no processes of its own; asks for one outcome after the other."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(fork=False)
        self._connection = connection
        self._one = threading.Lock()

    def run(self, snippet: Snippet, questions: Questions) -> Outcome:
        with self._one:
            self._connection.send((snippet, questions))
            outcome: Outcome = self._connection.recv()
            return outcome
