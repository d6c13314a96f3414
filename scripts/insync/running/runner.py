"""Runs snippets in processes of their own and turns what they leave behind into records or problems."""

import os
import secrets
import shutil
import signal
import tempfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from insync.problem import Place, Problem
from insync.running import installed
from insync.running.client import Forked, Fresh, Server, can_fork
from insync.running.job import AS_IS, Conditions, Job, Questions
from insync.running.record import Record, RunAnswer, from_text
from insync.running.snippet import Snippet
from insync.running.start import preload_of
from insync.running.streams import Budget, Reader, split, tail, with_streams
from insync.settings import Limits

DEFAULT_LIMITS = Limits()


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
        """Start the fork server, if it is not running; returns at once, while the server still imports."""
        if self._fork:
            with self._lock:
                now = installed.packages()
                if self._server is None or not self._server.alive or self._packages != now:
                    # One that has imported what was upgraded since lets its last snippets end.
                    self._servers += [self._server] if self._server else []
                    self._server, self._packages = Server(preload, self._conditions), now

    def close(self) -> None:
        """End the fork server and every snippet that still runs."""
        with self._lock:
            for server in (*self._servers, self._server):
                if server:
                    server.close()
            self._server, self._servers = None, []

    def run(self, snippet: Snippet, questions: Questions) -> Outcome:
        """Run the snippet; never raises for what the snippet does."""
        scratch = tempfile.mkdtemp(prefix="insync-")
        try:
            job = Job(
                snippet=snippet.name,
                path=str(snippet.path.resolve()),
                cells=snippet.cells,
                questions=questions,
                scratch=str(Path(scratch).resolve()),
                mark=secrets.token_hex(8),
                preload=preload_of(cell.source for cell in snippet.cells),
                onednn=self._conditions.onednn,
            )
            return self._run(snippet, job)
        except OSError as error:
            advice = "Make room, or check the rights of the folder for temporary files."
            message = f"the snippet could not be started: {error}"
            return Outcome(problem=Problem(message, advice, snippet=Place(snippet.path)))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _run(self, snippet: Snippet, job: Job) -> Outcome:
        job_file = job.save()
        pipes = [os.pipe(), os.pipe()]
        try:
            child = self._start(job, str(job_file), pipes[0][1], pipes[1][1])
        except BaseException:
            for end in (end for pipe in pipes for end in pipe):
                os.close(end)
            raise
        os.close(pipes[0][1])
        os.close(pipes[1][1])
        budget = Budget(self._limits.output, child.kill)
        readers = [Reader(pipe[0], budget) for pipe in pipes]
        status = child.wait(self._limits.seconds)
        child.kill()  # nothing that the snippet started outlives it
        if status is None:
            child.wait(5)
        streams = [reader.read() for reader in readers]
        if budget.spent:
            message = f"the snippet printed more than {self._limits.output:,} bytes and was stopped"
            return _unfinished(snippet, job, streams, message, "Print less.")
        if status is None:
            message = f"the snippet was still running after {self._limits.seconds:g} s and was stopped"
            return _unfinished(snippet, job, streams, message, "Make it end, or make the example smaller.")
        try:
            answer = from_text(job.answer.read_text(encoding="utf-8"), RunAnswer)
        except (OSError, ValueError):
            advice = "Let the snippet run to its end; nothing it gave can be used."
            return _unfinished(snippet, job, streams, _ending(status), advice)
        return _outcome(snippet, answer, [split(stream, job) for stream in streams])

    def _start(self, job: Job, job_file: str, stdout: int, stderr: int) -> Forked | Fresh:
        if not self._fork:
            return Fresh(job_file, self._conditions, stdout, stderr)
        self.start(job.preload)
        assert self._server is not None
        return self._server.spawn(job_file, job.preload, stdout, stderr)


def _outcome(snippet: Snippet, answer: RunAnswer, pieces: list[list[str]]) -> Outcome:
    """What a worker left, with what it printed; `pieces` are the two streams as `split` cuts them."""
    if answer.record is None:
        failure = answer.failure
        assert failure is not None
        where = Place(snippet.path, failure.line)
        found = Problem(failure.message, failure.advice, snippet=where, detail=failure.detail)
        return Outcome(problem=found, inputs=answer.inputs)
    try:
        cells = tuple(
            with_streams(cell, pieces[0][2 * index], pieces[1][2 * index])
            for index, cell in enumerate(answer.record.cells)
        )
    except IndexError:
        message = "the snippet closed or redirected its own output"
        found = Problem(message, "Leave file descriptors 1 and 2 alone.", snippet=Place(snippet.path))
        return Outcome(problem=found, inputs=answer.inputs)
    return Outcome(replace(answer.record, cells=cells), inputs=answer.inputs)


def _unfinished(snippet: Snippet, job: Job, streams: list[bytes], message: str, advice: str) -> Outcome:
    """What came of a run without an answer: the cell that was running, as far as the markers tell."""
    done = sum(job.marker(2 * index) in streams[0] for index in range(len(job.cells)))
    where = Place(snippet.path, snippet.cells[min(done, len(snippet.cells) - 1)].line)
    return Outcome(problem=Problem(message, advice, snippet=where, detail=tail(streams, job)))


def _ending(status: int) -> str:
    """In words, how a process ended that left no answer."""
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"the snippet's process was ended by {name}"
    return f"the snippet ended its own process with exit status {status} before its last cell was done"
