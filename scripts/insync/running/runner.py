"""Runs snippets in processes of their own and turns what they leave behind into records or problems."""

import os
import secrets
import shutil
import tempfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from insync.problem import InsyncError, Place, Problem
from insync.running import installed
from insync.running.amount import shortened, too_much
from insync.running.client import Forked, Fresh, Server, can_fork
from insync.running.job import AS_IS, Conditions, Job, Questions
from insync.running.paths import Hide, hidden_paths, in_record
from insync.running.processors import waited
from insync.running.record import Record, RunAnswer, from_text
from insync.running.snippet import Snippet
from insync.running.start import preload_of
from insync.running.streams import Budget, Printed, Reader, with_printed
from insync.running.whereabouts import signal_name, whereabouts
from insync.settings import Limits

DEFAULT_LIMITS = Limits()
_NO_MATTER = 0.1  # seconds
_NO_ROOM = 65536  # bytes
_MAKE_ROOM = "Make room, or check the rights of the folder for temporary files (TMPDIR)."


@dataclass(frozen=True)
class Outcome:
    """A record, or the problem that came in its place; `inputs` as far as they are known."""

    record: Record | None = None
    problem: Problem | None = None
    inputs: dict[str, str] = field(default_factory=dict)


class Runner:
    """Starts workers: by the fork server where there is one, else each as a fresh Python."""

    def __init__(
        self, limits: Limits = DEFAULT_LIMITS, *, fork: bool | None = None, conditions: Conditions = AS_IS
    ) -> None:
        self._limits = limits
        self._conditions = conditions
        self._fork = can_fork() if fork is None else fork
        self._server: Server | None = None
        self._servers: list[Server] = []  # the ones before it
        self._packages: tuple[str, ...] = ()  # installed when it was started
        self._lock = threading.Lock()

    def start(self, preload: tuple[str, ...]) -> None:
        """Start the fork server, if it is not running; returns at once, while the server still imports.

        Raises InsyncError where there is no place for what runs write.
        """
        if self._fork:
            self._ready(preload)

    def close(self) -> None:
        """End the fork server and every snippet that still runs."""
        with self._lock:
            for server in (*self._servers, self._server):
                if server:
                    server.close()
            self._server, self._servers = None, []

    def run(self, snippet: Snippet, questions: Questions) -> Outcome:
        """Run the snippet; never raises for what the snippet does."""
        scratch = ""
        try:
            needed = preload_of(cell.source for cell in snippet.cells)
            server = self._ready(needed) if self._fork else None
            scratch = tempfile.mkdtemp(dir=server.scratch) if server else tempfile.mkdtemp(prefix="insync-")
            job = Job(
                snippet=snippet.name,
                path=str(snippet.path.parent.resolve() / snippet.path.name),  # of a link, where that lies
                cells=snippet.cells,
                questions=questions,
                scratch=str(Path(scratch).resolve()),
                mark=secrets.token_hex(8),
                preload=needed,
                onednn=self._conditions.onednn,
            )
            return self._run(snippet, job, server)
        except InsyncError as error:
            return Outcome(problem=error.problems[0])
        except OSError as error:
            message = f"the snippet could not be started: {error}"
            return Outcome(problem=Problem(message, _MAKE_ROOM, snippet=Place(snippet.path)))
        finally:
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)

    def _ready(self, preload: tuple[str, ...]) -> Server:
        """The fork server, started if need be."""
        with self._lock:
            now = installed.packages()
            if self._server is None or not self._server.alive or self._packages != now:
                # One that has imported what was upgraded since lets its last snippets end.
                self._servers += [self._server] if self._server else []
                try:
                    self._server, self._packages = Server(preload, self._conditions), now
                except OSError as error:
                    raise InsyncError.of(f"no snippet can be run: {error}", _MAKE_ROOM) from None
            return self._server

    def _run(self, snippet: Snippet, job: Job, server: Server | None) -> Outcome:
        job_file = job.save()
        pipes = [os.pipe(), os.pipe()]
        try:
            outlets = pipes[0][1], pipes[1][1]
            if server:
                child: Forked | Fresh = server.spawn(str(job_file), job.preload, *outlets)
            else:
                child = Fresh(str(job_file), self._conditions, *outlets)
        except BaseException:
            for end in (end for pipe in pipes for end in pipe):
                os.close(end)
            raise
        os.close(pipes[0][1])
        os.close(pipes[1][1])
        budget = Budget(self._limits.output, child.kill)
        readers = [Reader(pipe[0], budget, job.mark) for pipe in pipes]
        status = _wait(child, self._limits.seconds)
        child.kill()  # nothing that the snippet started outlives it
        if status is None:
            child.wait(5)
        printed = Printed([reader.read() for reader in readers], job.mark)
        hide = hidden_paths(snippet.path, job.temporary)
        if budget.spent:
            message = f"the snippet printed more than {self._limits.output:,} bytes and was stopped"
            return _unfinished(snippet, job, hide, printed, message, "Print less.")
        if status is None:
            message = f"the snippet was still running after {self._limits.seconds:g} s and was stopped"
            return _unfinished(
                snippet, job, hide, printed, message, "Make it end, or make the example smaller."
            )
        try:
            answer = from_text(job.answer.read_text(encoding="utf-8"), RunAnswer)
        except (OSError, ValueError):
            if shutil.disk_usage(job.scratch).free < _NO_ROOM:
                message = "the folder for temporary files is full: the snippet could not be run to its end"
                return _unfinished(snippet, job, hide, printed, message, _MAKE_ROOM)
            advice = "Let the snippet run to its end; nothing it gave can be used."
            return _unfinished(snippet, job, hide, printed, _ending(status), advice)
        return _outcome(snippet, answer, hide, printed, self._limits.output)


def _wait(child: Forked | Fresh, seconds: float) -> int | None:
    """Its exit status, or None when the time is over: what it had to wait for a processor is given on top.

    No more than ten times the limit in all, whatever the system tells.
    """
    status, given = child.wait(seconds), 0.0
    while status is None and (more := min(waited(child.pid), 9 * seconds) - given) > _NO_MATTER:
        given += more
        status = child.wait(more)
    return status


def _outcome(snippet: Snippet, answer: RunAnswer, hide: Hide, printed: Printed, limit: int) -> Outcome:
    """What a worker left, with what was printed, and without this machine's folders; if within the limit."""
    if answer.record is None:
        failure = answer.failure
        assert failure is not None
        where = Place(snippet.path, failure.line)
        message, detail = (shortened(hide(text)) for text in (failure.message, failure.detail))
        found = Problem(message, failure.advice, snippet=where, detail=detail)
        return Outcome(problem=found, inputs=answer.inputs)
    if excess := too_much(answer.record, snippet, limit):
        return Outcome(problem=excess, inputs=answer.inputs)
    cells = tuple(
        in_record(with_printed(cell, marks, printed), hide)
        for cell, marks in zip(answer.record.cells, answer.marks, strict=True)
    )
    return Outcome(replace(answer.record, cells=cells), inputs=answer.inputs)


def _unfinished(
    snippet: Snippet, job: Job, hide: Hide, printed: Printed, message: str, advice: str
) -> Outcome:
    """What came of a run without an answer: where it was, and the last that it said."""
    where = whereabouts(job.scratch)
    cell = snippet.cells[where.cell]
    if where.asked >= 0:
        asked = job.questions[cell.name][where.asked]
        message += f"; it was at the expression `{asked.text}` after the cell `{cell.name}`"
    place = Place(snippet.path, cell.line)
    return Outcome(problem=Problem(message, advice, snippet=place, detail=printed.last_words(hide)))


def _ending(status: int) -> str:
    """In words, how a process ended that left no answer."""
    if status < 0:
        return f"the snippet's process was ended by {signal_name(-status)}"
    return f"the snippet ended its own process with exit status {status} before its last cell was done"
