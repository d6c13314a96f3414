"""Expressions of pages: each looks at what its cell left, and no later cell can tell that it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.expression import Expression
from insync.running.runner import Runner
from insync.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Run

    from insync.running.record import Record
    from insync.running.runner import Outcome


def record_of(outcome: Outcome) -> Record:
    assert outcome.record is not None, str(outcome.problem)
    return outcome.record


SOURCE = """
# %% one
import os, threading
from collections import deque
import torch

class Counter:
    n = 0
    seen = 0
    def step(self):
        self.n += 1
        return self.n
    @property
    def looked(self):
        Counter.seen += 1
        return 5

def tick():
    global ticks
    ticks += 1
    return 1

def add(rows):
    rows += [1]
    return 1

ticks, steps, queue, counter, rows = 0, iter([1, 2, 3]), deque([1, 2, 3]), Counter(), [1]
numbers = (each for each in range(5))
layer = torch.nn.Dropout()
file = open("made.py")
# %% two
print(next(steps), list(queue), counter.step(), layer.training, next(numbers), ticks, Counter.seen, rows)
print(file.readline().strip(), os.environ.get("MADE"), torch.tensor(1 / 3))
"""
CHANGING = {
    "next(steps)": "`steps`",
    "queue.popleft()": "`queue`",
    "queue.clear()": "`queue`",
    "counter.step()": "`counter`",
    "counter.looked": "`Counter`",
    "layer.eval().p": "`layer`",
    "next(numbers)": "gives 0, then 1",
    "tick()": "`ticks`",
    "add(rows)": "`rows`",
    "file.readline() and 1": "`file`",
    "os.environ.update(MADE='1')": "the environment",
}


def test_an_expression_that_changes_something_is_refused_and_later_cells_are_unmoved(run: Run) -> None:
    # The last is not seen to change anything, and changes nothing all the same.
    record = record_of(run(SOURCE, one=[*CHANGING, "torch.set_printoptions(precision=1)"]))
    for expression, named in CHANGING.items():
        error = record.cell("one").value(Expression(expression)).error
        assert named in error
        assert "may only look" in error
    assert record.cell("two").outputs == record_of(run(SOURCE)).cell("two").outputs


@pytest.mark.parametrize("expression", list(CHANGING))
def test_it_is_refused_where_there_is_no_fork_too(run: Run, expression: str) -> None:
    threads = "stop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()\n# %% two"
    record = record_of(run(SOURCE.replace("# %% two", threads), one=[expression]))
    assert CHANGING[expression] in record.cell("one").value(Expression(expression)).error


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("ctypes.string_at(0)", "ended by SIGSEGV"),
        ("os._exit(0)", "exit status 0"),
        ("os.kill(os.getpid(), 9)", "ended by SIGKILL"),
        ("deep(0)", "RecursionError"),
        ("bytearray(10**18)", "MemoryError"),
        ("open(tempfile.gettempdir() + '/a', 'w')", "may not write"),
        ("socket.socket()", "may not use the network"),
        ("offline()", "may not use the network"),
    ],
)
def test_an_expression_that_fails_badly_fails_alone(run: Run, expression: str, error: str) -> None:
    source = """
    # %% one
    import ctypes, os, socket, tempfile
    def deep(n):
        return deep(n + 1)
    def offline():
        try:
            socket.socket()
        except OSError:
            return 1
    a = 1
    # %% two
    print(os.listdir(tempfile.gettempdir()))
    """
    record = record_of(run(source, one=["a", expression, "a + 1"], two=["a"]))
    values = [answer.value for answer in record.cell("one").answers]
    assert (values[0].text, values[2].text) == ("1", "2")
    assert error in values[1].error
    assert record.cell("two").outputs[0].text == "[]"


def test_what_an_expression_reads_is_known_of_the_run(run: Run, tmp_path: object) -> None:
    outcome = run("# %% one\na = 1\n", one=["open('made.csv').read()"])
    assert record_of(outcome).inputs["read:made.csv"] == "absent"


def test_asking_warns_of_nothing_and_has_no_warning_shown_again(run: Run) -> None:
    source = "# %% one\nimport warnings\ndef f(): warnings.warn('once')\nf()\n# %% two\nf()\nother = 1\n"
    record = record_of(run(source, one=["f()", "1 + 1"]))
    assert [output.text for output in record.cell("one").outputs] == ["UserWarning: once"]
    assert record.cell("two").outputs == ()


@pytest.mark.parametrize("action", ["signal.SIG_IGN", "lambda *_: os.waitpid(-1, os.WNOHANG)"])
def test_a_snippet_may_see_to_its_children_itself(run: Run, action: str) -> None:
    source = f"# %% one\nimport os, signal\nsignal.signal(signal.SIGCHLD, {action})\n# %% two\na = 1\n"
    record = record_of(run(source, one=["os.getpid() and 3"]))
    assert record.cell("one").answers[0].value.text == "3"


@pytest.fixture(scope="module")
def hasty() -> Iterator[Runner]:
    runner = Runner(Limits(seconds=1))
    runner.start(())
    yield runner
    runner.close()


def test_an_expression_that_hangs_is_named(run: Run, hasty: Runner) -> None:
    problem = run("# %% one\nimport time\n# %% two\na = 1\n", by=hasty, one=["1", "time.sleep(99)"]).problem
    assert problem is not None
    assert "it was at the expression `time.sleep(99)` after the cell `one`" in problem.message
    assert problem.snippet is not None
    assert problem.snippet.line == 2
