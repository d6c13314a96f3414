"""Runs one snippet, in a process that exists for this alone, and leaves what came of it in a file.

Called in a child that the server forked, or as `python -m insync.running.worker JOB` where there is no fork.
"""

import contextlib
import ctypes
import datetime
import os
import sys
import time
import types
from pathlib import Path

from insync.running.cell import FailedError, run_cell
from insync.running.evaluate import evaluate
from insync.running.job import Job
from insync.running.landlock import confine
from insync.running.record import Answer, CellRecord, Record, RunAnswer, from_text, to_text
from insync.running.snippet import Cell
from insync.running.start import environment, preload, prepare
from insync.running.trace import Trace


def main(path: str) -> None:
    """Run the job in that file and leave its answer; the answer's file appears only when it is whole."""
    job = from_text(Path(path).read_text(encoding="utf-8"), Job)
    draft = job.answer.with_suffix(".part")
    draft.write_text(to_text(run(job)), encoding="utf-8")
    draft.replace(job.answer)


def run(job: Job) -> RunAnswer:
    """Run all cells and evaluate all expressions."""
    preload(job.preload)
    prepare(job)
    confine(job.scratch)
    trace = Trace(job)
    module = types.ModuleType("__main__")
    module.__file__ = job.path
    sys.modules["__main__"] = module
    sys.path[:0] = [str(Path(job.path).parent)]
    os.chdir(Path(job.path).parent)
    trace.install()
    cells: list[CellRecord] = []
    owner = os.getpid()
    started = time.perf_counter()
    try:
        for index, cell in enumerate(job.cells):
            outputs = run_cell(job, cell, module.__dict__, trace)
            if os.getpid() != owner:  # a process that the snippet forked came back through its code
                _flush()
                os._exit(1)
            _end_of_output(cell, job.marker(2 * index))
            answers = [
                Answer(asked, evaluate(asked, module.__dict__)) for asked in job.questions.get(cell.name, ())
            ]
            _end_of_output(cell, job.marker(2 * index + 1))
            cells.append(CellRecord(cell.name, tuple(outputs), tuple(answers)))
    except FailedError as failed:
        trace.stop()
        return RunAnswer(trace.inputs, failure=failed.failure)
    seconds = time.perf_counter() - started
    if changed := trace.stop():
        return RunAnswer(trace.inputs, failure=changed)
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = Record(job.snippet, tuple(cells), seconds, finished, environment(), trace.inputs)
    return RunAnswer(trace.inputs, record)


def _flush() -> None:
    """Let go of everything that Python and C hold back."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


def _end_of_output(cell: Cell, marker: bytes) -> None:
    """Mark the place in both streams where the cell's output ends."""
    _flush()
    try:
        os.write(1, marker)
        os.write(2, marker)
    except OSError:
        message = "the snippet closed or redirected its own output"
        raise FailedError(cell, cell.line, message, "Leave file descriptors 1 and 2 alone.") from None


if __name__ == "__main__":
    main(sys.argv[1])
