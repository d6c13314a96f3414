"""Outputs stand in the order in which they came, whoever wrote them, in a fork as in a fresh Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.runner import Runner

if TYPE_CHECKING:
    from conftest import Run

    from insync.running.runner import Outcome


def pieces(outcome: Outcome, cell: int = 0) -> list[tuple[str, str]]:
    assert outcome.record is not None, str(outcome.problem)
    return [
        (each.kind, "" if each.kind == "plot" else each.text) for each in outcome.record.cells[cell].outputs
    ]


MIXED = """
# %% one
import ctypes, logging, os, subprocess, sys, threading, warnings
print("1")
print("2", file=sys.stderr)
os.write(1, b"3\\n")
warnings.warn("4")
print("5", end=" ")
os.system("echo 6 by a child")
ctypes.CDLL(None).printf(b"7")
logging.warning("8")
sys.stdout.buffer.write(b"9\\n")
sys.__stderr__.write("10\\n")
thread = threading.Thread(target=print, args=("11",))
thread.start()
thread.join()
subprocess.run([sys.executable, "-c", "import sys; print('12', file=sys.stderr)"])
"13"
"""


@pytest.mark.parametrize("fork", [True, False])
def test_all_that_writes_is_kept_in_order(run: Run, runner: Runner, fork: bool) -> None:
    assert pieces(run(MIXED, by=runner if fork else Runner(fork=False))) == [
        ("stdout", "1"),
        ("stderr", "2"),
        ("stdout", "3"),
        ("warning", "UserWarning: 4"),
        ("stdout", "5 6 by a child\n7"),
        ("stderr", "WARNING:root:8"),
        ("stdout", "9"),
        ("stderr", "10"),
        ("stdout", "11"),
        ("stderr", "12"),
        ("value", "'13'"),
    ]


def test_what_a_snippet_catches_of_its_own_output_has_no_marks_in_it(run: Run) -> None:
    source = """
    # %% one
    import os
    there, into = os.pipe()
    kept = os.dup(1)
    os.dup2(into, 1)
    print("caught")
    os.system("echo as well")
    os.dup2(kept, 1)
    print(os.read(there, 1000))
    """
    assert pieces(run(source)) == [("stdout", "b'caught\\nas well\\n'")]


def test_a_forked_childs_warning_is_printed_in_its_place(run: Run) -> None:
    source = """
    # %% one
    import os, warnings
    print("before")
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        warnings.warn("from the child")
        os._exit(0)
    print("after")
    """
    assert pieces(run(source)) == [
        ("stdout", "before"),
        ("stderr", "UserWarning: from the child"),
        ("stdout", "after"),
    ]


def test_a_bar_that_was_erased_does_not_part_what_was_printed(run: Run) -> None:
    source = """
    # %% one
    import sys
    print("one")
    sys.stderr.write("\\r50%")
    sys.stderr.write("\\r   \\r")
    print("two")
    """
    assert pieces(run(source)) == [("stdout", "one\ntwo")]


def test_a_figure_stands_where_it_was_shown_and_no_screen_changes_that(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    source = """
    # %% one
    import matplotlib.pyplot as plt
    print("a")
    plt.plot([1])
    plt.show()
    print("b")
    figure = plt.figure()
    figure.show()
    print("c")
    plt.plot([2]);
    # %% two
    plt.plot([1])
    plt.close();
    """
    outcome = run(source, by=Runner(fork=False))
    plots = ["stdout", "plot", "stdout", "plot", "stdout", "plot"]
    assert [kind for kind, _ in pieces(outcome)] == plots
    assert pieces(outcome, 1) == []


@pytest.mark.parametrize(
    "end",
    [
        "os._exit(3)",
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "ctypes.string_at(0)",
    ],
)
def test_the_last_words_before_a_crash_are_told(run: Run, end: str) -> None:
    source = (
        f"# %% one\nimport ctypes, os, sys\nprint('first', file=sys.stderr)\nprint('last', end='')\n{end}\n"
    )
    problem = run(source).problem
    assert problem is not None
    assert problem.detail == "first\nlast"


NEXT = "\n# %% two\nleave.set()\nthread.join()"
LATE = {
    "in a later cell": "thread = threading.Thread(target=late); thread.start()" + NEXT,
    "while a page asks": "thread = threading.Thread(target=late); thread.start()",
    "as a warning": "thread = threading.Thread(target=late, args=(warnings.warn,)); thread.start()" + NEXT,
    "by a thread of its own": "thread = threading.Thread(target=outer); thread.start()",
    "by a pool": "pool = ThreadPoolExecutor(1); thread = Event()\npool.submit(late, print, thread.set)",
}
THREADS = """
# %% one
import threading, warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Event
leave = Event()
def late(say=print, then=int): leave.wait(); say("late"); then()
def outer():
    inner = threading.Thread(target=late); inner.start(); inner.join()
"""


@pytest.mark.parametrize("fork", [True, False])
@pytest.mark.parametrize("start", LATE.values(), ids=LATE)
def test_what_a_thread_prints_after_its_cell_is_put_nowhere(
    run: Run, runner: Runner, start: str, fork: bool
) -> None:
    by = runner if fork else Runner(fork=False)
    wait = "wait" if "pool" in start else "join"
    asked = {} if "two" in start else {"one": [f"(leave.set(), thread.{wait}())"]}
    outcome = run(f"{THREADS}{start}\n", by=by, **asked)
    assert outcome.problem is not None
    assert outcome.problem.message == "a thread of the cell `one` prints when that cell is over"
    assert outcome.problem.snippet is not None
    assert outcome.problem.snippet.line == 2


def test_threads_that_end_or_say_nothing_are_of_no_matter(run: Run) -> None:
    source = """
    # %% one
    from concurrent.futures import ThreadPoolExecutor
    pool = ThreadPoolExecutor(1)
    list(pool.map(lambda each: print("one"), [1, 2]));
    # %% two
    list(pool.map(abs, [1, -1]))
    """
    outcome = run(source)
    assert pieces(outcome) == [("stdout", "one\none")]
    assert pieces(outcome, 1) == [("value", "[1, 1]")]


def test_what_a_stream_holds_back_is_shown_in_its_cell(run: Run) -> None:
    source = """
    # %% one
    import io, os, sys
    kept = [open(os.dup(1), "w"), io.BufferedWriter(io.FileIO(2, "w", closefd=False))]
    print("held back", file=kept[0])
    kept[1].write(b"on stderr");
    # %% two
    print("before")
    old, sys.stdout = sys.stdout, io.StringIO()
    print("put away")
    print("by Python's own", file=sys.__stdout__)
    """
    outcome = run(source)
    assert sorted(pieces(outcome)) == [("stderr", "on stderr"), ("stdout", "held back")]
    assert pieces(outcome, 1) == [("stdout", "before\nby Python's own")]
