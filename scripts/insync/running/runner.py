"""Runs snippets in processes of their own and turns what they leave behind into records or problems."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from insync.problem import Place, Problem
from insync.running.job import PRELOADABLE, Conditions, Job, worker_environment
from insync.running.record import CellRecord, Output, Record, from_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from insync.running.snippet import Snippet

OUTPUT_LIMIT = 1_000_000
TIME_LIMIT = 60.0
# glibc puts the heap into huge pages, whose tables a fork copies sooner (11.5 ms of processor became 9.4).
_CHEAPER_FORKS = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w.]+)", re.MULTILINE)
# Beside control characters, what no file can hold (surrogates) and what the engine marks places with.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Limits:
    """`seconds` of wall time and bytes of `output` that a snippet may take."""

    seconds: float = TIME_LIMIT
    output: int = OUTPUT_LIMIT


DEFAULT_LIMITS = Limits()
AS_IS = Conditions()


@dataclass(frozen=True)
class Outcome:
    """A record, or the problem that came in its place; `inputs` as far as they are known."""

    record: Record | None = None
    problem: Problem | None = None
    inputs: dict[str, str] = field(default_factory=dict)


class Child(Protocol):
    """A started worker process."""

    def wait(self, seconds: float) -> int | None:
        """The exit status (negative: the signal), or None when the time is over."""

    def kill(self) -> None:
        """End it and all that it started."""


def preload_of(sources: Iterable[str]) -> tuple[str, ...]:
    """What is worth importing before the fork.

    Large packages that the snippets import, and what the first optimiser step or operation count would
    import at a cost of most of a second.
    """
    modules: set[str] = set()
    for source in sources:
        modules |= {name for name in _IMPORT.findall(source) if name.split(".")[0] in PRELOADABLE}
        if "torch" in source and ("optim" in source or "flop_counter" in source):
            modules |= {"torch._dynamo", "torch.utils.flop_counter"}
        if "torch" in source and "assert_close" in source:
            modules.add(
                "torch.distributed.tensor"
            )  # what it asks whether its arguments are; and with it sympy
        if "pyplot" in source:
            modules |= {"matplotlib.pyplot", "matplotlib.backends.backend_svg"}
    return tuple(sorted(modules))


class Runner:
    """Starts workers: by the fork server where there is one, else each as a fresh Python."""

    def __init__(
        self,
        limits: Limits = DEFAULT_LIMITS,
        *,
        fork: bool | None = None,
        conditions: Conditions = AS_IS,
    ) -> None:
        self._limits = limits
        self._conditions = conditions
        self._fork = can_fork() if fork is None else fork
        self._server: Server | None = None
        self._lock = threading.Lock()

    def start(self, preload: tuple[str, ...]) -> None:
        """Start the fork server, if it is not running; returns at once, while the server still imports."""
        if self._fork:
            with self._lock:
                if self._server is None or not self._server.alive:
                    self._server = Server(preload, self._conditions)

    def close(self) -> None:
        """End the fork server and every snippet that still runs."""
        with self._lock:
            if self._server:
                self._server.close()
                self._server = None

    def run(self, snippet: Snippet, questions: dict[str, tuple[str, ...]]) -> Outcome:
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
            return Outcome(
                problem=Problem(
                    f"the snippet could not be started: {error}", advice, snippet=Place(snippet.path)
                )
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _run(self, snippet: Snippet, job: Job) -> Outcome:
        job_file = job.save()
        pipes = [os.pipe(), os.pipe()]
        ends = [end for pipe in pipes for end in pipe]
        try:
            child = self._start(job, str(job_file), pipes[0][1], pipes[1][1])
        except BaseException:
            for end in ends:
                os.close(end)
            raise
        os.close(pipes[0][1])
        os.close(pipes[1][1])
        budget = _Budget(self._limits.output, child)
        readers = [_Reader(pipe[0], budget) for pipe in pipes]
        status = child.wait(self._limits.seconds)
        child.kill()  # nothing that the snippet started outlives it
        if status is None:
            child.wait(5)
        streams = [reader.read() for reader in readers]
        place = Place(snippet.path)
        if budget.spent:
            message = f"the snippet printed more than {self._limits.output:,} bytes and was stopped"
            return Outcome(
                problem=Problem(
                    message,
                    "Print less.",
                    snippet=_where(snippet, job, streams[0]),
                    detail=_tail(streams, job),
                )
            )
        if status is None:
            message = f"the snippet was still running after {self._limits.seconds:g} s and was stopped"
            advice = "Make it end, or make the example smaller."
            return Outcome(
                problem=Problem(
                    message, advice, snippet=_where(snippet, job, streams[0]), detail=_tail(streams, job)
                )
            )
        try:
            answer: dict[str, Any] = json.loads(job.answer.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            advice = "Let the snippet run to its end; nothing it gave can be used."
            where = _where(snippet, job, streams[0])
            return Outcome(
                problem=Problem(_ending(status), advice, snippet=where, detail=_tail(streams, job))
            )
        if failure := answer.get("failure"):
            found = Problem(
                failure["message"],
                failure["advice"],
                snippet=Place(snippet.path, failure["line"]),
                detail=failure["detail"],
            )
            return Outcome(problem=found, inputs=answer["inputs"])
        record = from_json(answer["record"])
        pieces = [_split(stream, job) for stream in streams]
        try:
            cells = tuple(
                _with_streams(cell, pieces[0][2 * index], pieces[1][2 * index])
                for index, cell in enumerate(record.cells)
            )
        except IndexError:
            message = "the snippet closed or redirected its own output"
            return Outcome(
                problem=Problem(message, "Leave file descriptors 1 and 2 alone.", snippet=place),
                inputs=record.inputs,
            )
        return Outcome(record=replace(record, cells=cells), inputs=record.inputs)

    def _start(self, job: Job, job_file: str, stdout: int, stderr: int) -> Child:
        if self._fork:
            self.start(job.preload)
            server = self._server
            assert server is not None
            return server.spawn(job_file, job.preload, stdout, stderr)
        command = [sys.executable, "-m", "insync.running.worker", job_file]
        # subprocess.CREATE_NEW_PROCESS_GROUP, a name that only Windows has
        new_group = 0x200 if os.name == "nt" else 0
        return _Fresh(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=worker_environment(self._conditions),
                start_new_session=os.name == "posix",
                creationflags=new_group,
            )
        )


def can_fork() -> bool:
    """Whether snippets are forked; elsewhere than on Linux, torch does not promise to survive it."""
    return sys.platform.startswith("linux") and os.environ.get("INSYNC_FORK", "1") != "0"


class Server:
    """The fork server's client: one process, one socket, requests from any thread."""

    def __init__(self, preload: tuple[str, ...], conditions: Conditions = AS_IS) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        command = [sys.executable, "-m", "insync.running.server", str(theirs.fileno()), json.dumps(preload)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            env={**worker_environment(conditions), **_CHEAPER_FORKS},
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C in the terminal is for the build, which then closes the socket
        )
        theirs.close()
        self.alive = True
        self._sending = threading.Lock()
        self._children: dict[int, _Forked] = {}
        self._last = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def spawn(self, job_file: str, preload: tuple[str, ...], stdout: int, stderr: int) -> _Forked:
        """Fork a worker for the job; blocks until it is running."""
        with self._sending:
            self._last += 1
            child = self._children[self._last] = _Forked()
            request = {"id": self._last, "job": job_file, "preload": preload}
            try:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [stdout, stderr])
            except OSError:
                self._lost()
            child.started.wait()
        if not child.pid:
            raise OSError(f"the snippet server ended: {self.last_words()}")
        return child

    def close(self) -> None:
        """Let the server end; it ends its children."""
        self.alive = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()

    def last_words(self) -> str:
        """The last line that the server printed, for an error message."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "without a word"

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._socket.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line)
                child = self._children[message["id"]]
                if "pid" in message:
                    child.pid = message["pid"]
                    child.started.set()
                else:
                    child.status = message["status"]
                    child.ended.set()
                    del self._children[message["id"]]
        self._lost()

    def _lost(self) -> None:
        """The server is gone: whoever waits for it is let go."""
        self.alive = False
        for child in list(self._children.values()):
            child.started.set()
            child.ended.set()


class _Forked:
    """A child of the fork server. Without a status at its end, the server itself was lost."""

    def __init__(self) -> None:
        self.pid = 0
        self.status: int | None = None
        self.started = threading.Event()
        self.ended = threading.Event()

    def wait(self, seconds: float) -> int | None:
        if not self.ended.wait(seconds):
            return None
        return -signal.SIGKILL if self.status is None else self.status

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class _Fresh:
    """A worker that is a Python of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def wait(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        if sys.platform == "win32":
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(self._process.pid)], capture_output=True, check=False
            )
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


class _Budget:
    """How much a run may still print; the run is ended when nothing is left."""

    def __init__(self, size: int, child: Child) -> None:
        self._left = size
        self._child = child
        self._lock = threading.Lock()
        self.spent = False

    def take(self, size: int) -> bool:
        with self._lock:
            self._left -= size
            if self._left < 0 and not self.spent:
                self.spent = True
                self._child.kill()
            return not self.spent


class _Reader(threading.Thread):
    """Reads a pipe to its end; what comes after the budget is spent is dropped."""

    def __init__(self, descriptor: int, budget: _Budget) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self._budget = budget
        self._chunks: list[bytes] = []
        self.start()

    def run(self) -> None:
        while chunk := os.read(self._descriptor, 65536):
            if self._budget.take(len(chunk)):
                self._chunks.append(chunk)
        os.close(self._descriptor)

    def read(self) -> bytes:
        """All that came. A process that escaped its group may hold the pipe open; it is not waited for."""
        self.join(2)
        return b"".join(self._chunks)


def _split(stream: bytes, job: Job) -> list[str]:
    """A stream cut at the job's markers; an odd piece is what expressions printed."""
    pieces = []
    for index in range(2 * len(job.cells)):
        piece, found, stream = stream.partition(job.marker(index))
        if not found:
            break
        pieces.append(clean(piece.decode("utf-8", "replace")))
    return pieces


def clean(text: str) -> str:
    """What a terminal would show in the end: no colours, no control characters, no overwritten lines."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("\ufffd", "\n".join(lines))


def _with_streams(cell: CellRecord, stdout: str, stderr: str) -> CellRecord:
    """The cell with what it printed put before what it returned."""
    printed = [Output("stdout", stdout.rstrip("\n"))] if stdout.strip("\n") else []
    if stderr.strip("\n"):
        printed.append(Output("stderr", stderr.rstrip("\n")))
    cleaned = (
        output if output.kind == "figure" else replace(output, text=clean(output.text))
        for output in cell.outputs
    )
    values = {key: replace(value, text=clean(value.text)) for key, value in cell.values.items()}
    return replace(cell, outputs=(*printed, *cleaned), values=values)


def _where(snippet: Snippet, job: Job, stdout: bytes) -> Place:
    """The cell that was running, as far as the markers tell."""
    done = sum(job.marker(2 * index) in stdout for index in range(len(job.cells)))
    cell = snippet.cells[min(done, len(snippet.cells) - 1)]
    return Place(snippet.path, cell.line)


def _tail(streams: list[bytes], job: Job) -> str:
    """The last lines that a run printed."""
    text = b"\n".join(streams).decode("utf-8", "replace")
    text = re.sub(f"\x1e{job.mark}:\\d+\x1e", "", text)
    lines = [clean(line)[:200] for line in text[-4000:].split("\n") if line.strip()]
    return "\n".join(lines[-5:])


def _ending(status: int) -> str:
    """In words, how a process ended that left no answer."""
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"the snippet's process was ended by {name}"
    return f"the snippet ended its own process with exit status {status} before its last cell was done"
