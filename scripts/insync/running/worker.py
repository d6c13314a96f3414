"""Runs one snippet, in a process that exists for this alone, and leaves what came of it in a file.

Called in a child that the server forked, or as `python -m insync.running.worker JOB` where there is no fork.
"""

import datetime
import os
import sys
import time
import types
from pathlib import Path

from insync.running.arrivals import Arrivals
from insync.running.asking import Asker
from insync.running.cell import FailedError, Outputs, run_cell
from insync.running.evaluate import Session
from insync.running.job import Job
from insync.running.landlock import confine
from insync.running.order import Order, install
from insync.running.record import CellRecord, Record, RunAnswer, from_text, to_text
from insync.running.start import environment, preload, prepare
from insync.running.trace import Trace


def main(path: str, *, forked: bool = False) -> None:
    """Run the job in that file and leave its answer; the answer's file appears only when it is whole."""
    job = from_text(Path(path).read_text(encoding="utf-8"), Job)
    draft = job.answer.with_suffix(".part")
    draft.write_text(to_text(run(job, may_fork=forked)), encoding="utf-8")
    draft.replace(job.answer)


def run(job: Job, *, may_fork: bool) -> RunAnswer:
    """Run all cells and ask all expressions, in processes of their own if this one may fork."""
    preload(job.preload)
    arrivals = Arrivals()
    prepare(job, arrivals)
    order = Order(job)
    confine(job.scratch)
    trace = Trace(job)
    module = types.ModuleType("__main__")
    module.__file__ = job.path
    sys.modules["__main__"] = module
    sys.path[:0] = [str(Path(job.path).parent)]
    os.chdir(Path(job.path).parent)
    session = Session(module.__dict__)
    asker = Asker(session, trace, job.scratch, may_fork=may_fork)
    trace.install(arrivals)
    arrivals.install(trace.aside)
    cells: list[CellRecord] = []
    marks: list[tuple[int, ...]] = []
    started = time.perf_counter()
    try:
        for index, cell in enumerate(job.cells):
            asker.begin(index)
            order.cell = cell.name
            outputs = Outputs(order)
            start = order.mark()
            run_cell(job, cell, session, trace, outputs)
            if not order.own():  # a process that the snippet forked came back through its code
                os._exit(1)
            if not order.whole():
                message = "the snippet closed or redirected its own output"
                raise FailedError(
                    cell, cell.line, message, "Leave file descriptors alone that it did not open."
                )
            order.cell = ""
            marks.append((start, *outputs.marks, order.mark()))
            answers = asker.ask(index, job.questions.get(cell.name, ()))
            if order.late:
                by = next(each for each in job.cells if each.name == order.late)
                message = f"a thread of the cell `{order.late}` prints when that cell is over"
                advice = "Let the cell wait for it (thread.join), or start it where it prints."
                raise FailedError(by, by.line, message, advice)
            cells.append(CellRecord(cell.name, tuple(outputs.outputs), answers))
    except FailedError as failed:
        trace.stop()
        return RunAnswer(trace.inputs, failure=failed.failure)
    seconds = time.perf_counter() - started
    if changed := trace.stop():
        return RunAnswer(trace.inputs, failure=changed)
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = Record(job.snippet, tuple(cells), seconds, finished, environment(), trace.inputs)
    return RunAnswer(trace.inputs, record, marks=tuple(marks))


if __name__ == "__main__":
    install()
    main(sys.argv[1])
    os._exit(0)  # as a fork ends: no thread is waited for, and nothing more is printed
