"""Running a snippet: what its record holds, what ends it, what it can neither leak nor leave behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from conftest import Run, as_questions, make_snippet

from insync.running.expression import Expression
from insync.running.record import Record, from_text, to_text
from insync.running.runner import Outcome, Runner
from insync.running.start import preload_of
from insync.running.streams import clean
from insync.settings import Limits

if TYPE_CHECKING:
    from insync.problem import Problem
    from insync.running.record import CellRecord


def values_of(cell: CellRecord) -> dict[str, str]:
    """What the expressions gave, by their texts."""
    return {str(answer.asked): answer.value.text for answer in cell.answers}


def record_of(outcome: Outcome) -> Record:
    assert outcome.problem is None, str(outcome.problem)
    assert outcome.record is not None
    return outcome.record


def problem_of(outcome: Outcome) -> Problem:
    assert outcome.record is None
    assert outcome.problem is not None
    return outcome.problem


def pieces(cell: CellRecord) -> list[tuple[str, str]]:
    return [(output.kind, output.text) for output in cell.outputs]


def alive(pid: int) -> bool:
    """Whether a process runs on; one that has been killed is given time to die."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True


# --- What a record holds ------------------------------------------------------------------------------------


def test_a_cells_output_is_what_it_printed_then_its_last_value(run: Run) -> None:
    record = record_of(
        run(
            """
            # %% one
            print("printed")
            x = [1, 2]
            x
            # %% two
            x;
            # %% three
            y = 1
            # %% four
            None
            # %% five
            x; "last"
            # %% six
            x  # a comment behind
            """
        )
    )
    assert [pieces(cell) for cell in record.cells] == [
        [("stdout", "printed"), ("value", "[1, 2]")],
        [],
        [],
        [],
        [("value", "'last'")],
        [("value", "[1, 2]")],
    ]


def test_a_semicolon_before_a_comment_hides_the_value_as_in_jupyter(run: Run) -> None:
    assert record_of(run("# %% one\n1;  # quiet\n")).cells[0].outputs == ()


def test_values_are_those_of_torch_itself(run: Run) -> None:
    source = "torch.manual_seed(7)\nx = torch.rand(1, 3, 10)\ny = torch.nn.Conv1d(3, 2, 4)(x)"
    record = record_of(
        run(f"# %% one\nimport torch\n{source}\ny\n", one=["y[0, 0, 0]:.6f", "tuple(y.shape)"])
    )
    names: dict[str, torch.Tensor] = {}
    with torch.random.fork_rng():
        exec(source, {"torch": torch}, names)
    cell = record.cell("one")
    assert pieces(cell) == [("value", repr(names["y"]))]
    assert cell.value(Expression("y[0, 0, 0]:.6f")).text == f"{names['y'][0, 0, 0]:.6f}"
    assert cell.value(Expression("tuple(y.shape)")).text == "(1, 2, 7)"


def test_output_by_python_c_and_a_child_process_is_caught_in_its_cell(run: Run) -> None:
    record = record_of(
        run(
            """
            # %% one
            import ctypes
            import subprocess
            import sys
            print("python")
            # %% two
            ctypes.CDLL(None).puts(b"from C")
            print("to stderr", file=sys.stderr);
            # %% three
            sys.stdout.flush()
            subprocess.run([sys.executable, "-c", "print('child')"], check=True);
            # %% four
            print("no end", end="")
            """
        )
    )
    assert [pieces(cell) for cell in record.cells] == [
        [("stdout", "python")],
        [("stdout", "from C"), ("stderr", "to stderr")],
        [("stdout", "child")],
        [("stdout", "no end")],
    ]


def test_warnings_are_outputs_of_their_own(run: Run) -> None:
    record = record_of(run("# %% one\nimport warnings\nwarnings.warn('look here')\n1\n"))
    assert pieces(record.cells[0]) == [("warning", "UserWarning: look here"), ("value", "1")]


def test_an_announced_exception_has_pythons_own_text(run: Run) -> None:
    record = record_of(
        run(
            """
            # %% one tags=["raises-exception"]
            import torch
            print("before")
            torch.nn.Conv1d(3, 2, 4)(torch.zeros(1, 4, 10))
            # %% two
            after = 1
            """,
            two=["after"],
        )
    )
    with pytest.raises(RuntimeError) as caught:
        torch.nn.Conv1d(3, 2, 4)(torch.zeros(1, 4, 10))
    assert pieces(record.cells[0]) == [("stdout", "before"), ("exception", f"RuntimeError: {caught.value}")]
    assert record.cells[1].value(Expression("after")).text == "1"


def test_a_syntax_error_can_be_announced_too(run: Run) -> None:
    record = record_of(run('# %% one tags=["raises-exception"]\nx = = 1\n'))
    (output,) = record.cells[0].outputs
    assert output.text.endswith("SyntaxError: invalid syntax")


def test_what_a_terminal_would_not_show_is_left_out() -> None:
    assert clean("\x1b[31mred\x1b[0m") == "red"
    assert clean("10%\r50%\r100%\nnext\r\n") == "100%\nnext\n"
    assert clean("a\x00b\x1e\ue000\ue001\ud800") == "a\ufffdb\ufffd\ufffd\ufffd\ufffd"
    assert clean("tab\tnew\nline") == "tab\tnew\nline"


def test_the_record_says_where_and_how_long_it_ran(run: Run) -> None:
    record = record_of(run("# %% one\nimport torch\n"))
    assert record.snippet == "made"
    assert record.environment.versions["torch"] == torch.__version__.partition("+")[0] or (
        record.environment.versions["torch"] == torch.__version__
    )
    assert record.environment.capability == torch.backends.cpu.get_cpu_capability()
    assert 0 < record.seconds < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", record.finished)


# --- Expressions --------------------------------------------------------------------------------------------


def test_expressions_are_evaluated_after_their_cell_and_before_the_next(run: Run) -> None:
    record = record_of(run("# %% one\na = 1\n# %% two\na = 2\n", one=["a"], two=["a", "a:.2f", "a!r:>3"]))
    assert record.cell("one").value(Expression("a")).text == "1"
    assert values_of(record.cell("two")) == {
        "a": "2",
        "a:.2f": "2.00",
        "a!r:>3": "  2",
    }


def test_what_an_expression_prints_is_in_no_cells_output(run: Run) -> None:
    record = record_of(run("# %% one\na = 1\n# %% two\nprint('b')\n", one=["print('noise') or a"]))
    assert record.cell("one").value(Expression("print('noise') or a")).text == "1"
    assert [pieces(cell) for cell in record.cells] == [[], [("stdout", "b")]]


def test_a_value_holds_no_characters_that_a_page_cannot(run: Run) -> None:
    asked = ["chr(0xd800)", "chr(0xe000)", "chr(2)", "'\x1b[1mbold\x1b[0m'"]
    values = values_of(record_of(run("# %% one\na = 1\n", one=asked)).cells[0])
    assert [values[each] for each in asked] == ["\ufffd", "\ufffd", "\ufffd", "bold"]


STATE = """
# %% one
import random
import numpy
import torch
from torch import nn
x = torch.zeros(3)
layer = nn.Linear(1, 1)
norm = nn.BatchNorm1d(1)
generator = torch.Generator()
numbers = numpy.random.default_rng(0)
dice = random.Random(0)
array = numpy.zeros(3)
rows = [1, 2]
table = {"a": 1}
# %% two
print(torch.rand(1).item(), random.random(), numpy.random.rand())
"""


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("torch.rand(1)", "torch's random state"),
        ("torch.manual_seed(1)", "torch's random state"),
        ("random.random()", "Python's random state"),
        ("numpy.random.rand()", "NumPy's random state"),
        ("x.add_(1)", "`x`"),
        ("nn.init.zeros_(layer.weight)", "`layer`"),
        ("norm(torch.ones(2, 1)).sum()", "`norm`"),
        ("layer(torch.ones(1)).backward()", "`layer`"),
        ("torch.rand(1, generator=generator)", "`generator`"),
        ("numbers.random()", "`numbers`"),
        ("dice.random()", "`dice`"),
        ("array.fill(1)", "`array`"),
        ("array.sort() or array.__setitem__(0, 5)", "`array`"),
        ("rows.append(3)", "`rows`"),
        ("table.update(b=2)", "`table`"),
        ("globals().__setitem__('x', 1) or x.zero_() if False else rows.pop()", "`rows`"),
    ],
)
def test_an_expression_that_changes_state_is_refused(run: Run, expression: str, named: str) -> None:
    value = record_of(run(STATE, one=[expression])).cell("one").value(Expression(expression))
    assert "may only look" in value.error
    assert named in value.error
    assert value.text == ""


def test_an_expression_cannot_make_or_rebind_a_name(run: Run) -> None:
    asked = ["globals().__setitem__('a', 5)", "globals().update(b=5)"]
    record = record_of(run("# %% one\na = 1\n# %% two\nprint(a, 'b' in globals())\n", one=asked))
    assert pieces(record.cell("two")) == [("stdout", "1 False")]


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("missing", "NameError: name 'missing' is not defined"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("chr(10).join('ab')", "2 lines"),
        ("1:.zf", "ValueError"),
        ("exit(0)", "SystemExit"),
    ],
)
def test_an_expression_that_gives_no_line_of_text_says_why(run: Run, expression: str, error: str) -> None:
    record = record_of(run("# %% one\na = 1\n# %% two\nb = 2\n", one=[expression], two=["b"]))
    assert error in record.cell("one").value(Expression(expression)).error
    assert record.cell("two").value(Expression("b")).text == "2"


# --- Failures -----------------------------------------------------------------------------------------------

FAILURES = {
    "an exception that was not announced": (
        "# %% one\na = 1\n# %% two\n\nb = a / 0\n",
        5,
        "the cell `two` raises ZeroDivisionError: division by zero",
    ),
    "an assertion that does not hold": (
        "# %% one\nassert 1 == 2, 'not equal'\n",
        2,
        "AssertionError: not equal",
    ),
    "a syntax error": ("# %% one\na = 1\nb = = 2\n", 3, "raises SyntaxError"),
    "an exception inside a function": (
        "# %% one\ndef f():\n    raise KeyError('k')\n# %% two\nf()\n",
        3,
        "the cell `two` raises KeyError",
    ),
    "an announced exception that does not come": (
        '# %% one\na = 1\n# %% two tags=["raises-exception"]\nb = 1\n',
        4,
        "the cell `two` announces an exception, and raised none",
    ),
    "sys.exit": ("# %% one\nimport sys\nsys.exit(0)\n", 3, "the cell `one` ends the process by sys.exit"),
    "sys.exit, announced": (
        '# %% one tags=["raises-exception"]\nraise SystemExit\n',
        2,
        "ends the process by sys.exit",
    ),
    "an interrupt": ("# %% one\nraise KeyboardInterrupt\n", 2, "ends the process by KeyboardInterrupt"),
    "os._exit(0)": (
        "# %% one\na = 1\n# %% two\nimport os\nos._exit(0)\n",
        4,
        "exit status 0 before its last cell",
    ),
    "os._exit(0) in the last line": (
        "# %% one\nimport os\nprint('x', flush=True)\nos._exit(0)\n",
        2,
        "exit status 0",
    ),
    "a segmentation fault": ("# %% one\nimport ctypes\nctypes.string_at(0)\n", 2, "ended by SIGSEGV"),
    "an abort": ("# %% one\nimport os\nos.abort()\n", 2, "ended by SIGABRT"),
    "a kill": ("# %% one\nimport os\nos.kill(os.getpid(), 9)\n", 2, "ended by SIGKILL"),
    "stdout closed": ("# %% one\nimport os\nos.close(1)\n", 2, "closed or redirected its own output"),
    "stderr closed": (
        "# %% one\na = 1\n# %% two\nimport os\nos.close(2)\n",
        4,
        "closed or redirected its own output",
    ),
    "everything closed that it did not open": (
        "# %% one\nimport os\nos.closerange(3, 256)\nprint('x')\n",
        2,
        "closed or redirected its own output",
    ),
    "stdout sent elsewhere": (
        "# %% one\nimport os\nos.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n",
        2,
        "closed or redirected its own output",
    ),
    "a value that cannot be shown": (
        "# %% one\nclass A:\n    def __repr__(self):\n        raise ValueError('no')\n# %% two\nA()\n",
        6,
        "the last value of the cell `two` cannot be shown: ValueError: no",
    ),
    "a file written": ("# %% one\nopen('made.txt', 'w')\n", 2, "may write only below tempfile.gettempdir()"),
    "a file removed": ("# %% one\nimport os\nos.remove('made.py')\n", 3, "may write only below"),
    "a name lookup": (
        "# %% one\nimport socket\nsocket.getaddrinfo('localhost', 80)\n",
        3,
        "uses the network",
    ),
    "a download": (
        "# %% one\nimport urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/')\n",
        3,
        "uses the network",
    ),
    "a socket, its error swallowed": (
        "# %% one\nimport socket\ntry: socket.socket()\nexcept OSError: print('offline')\n",
        2,
        "uses the network",
    ),
    "a socket, its error announced": (
        '# %% one tags=["raises-exception"]\nimport socket\nsocket.socket()\n',
        3,
        "uses the network",
    ),
}


@pytest.mark.parametrize(("source", "line", "message"), FAILURES.values(), ids=FAILURES)
def test_a_snippet_that_fails_gives_a_problem_with_its_line_and_no_record(
    run: Run, tmp_path: Path, source: str, line: int, message: str
) -> None:
    problem = problem_of(run(source))
    assert message in problem.message
    assert problem.advice
    assert problem.snippet is not None
    assert (problem.snippet.path, problem.snippet.line) == (tmp_path / "made.py", line)


def test_a_traceback_shows_the_snippets_own_lines_and_no_path_of_this_machine(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "helper.py").write_text("def fail():\n    raise ValueError('deep')\n", encoding="utf-8")
    problem = problem_of(run("# %% one\nimport helper\n# %% two\nhelper.fail()\n"))
    assert problem.snippet is not None
    assert problem.snippet.line == 4
    assert 'File "made.py", line 4' in problem.detail
    assert 'File "helper.py", line 2' in problem.detail
    assert str(tmp_path) not in problem.detail
    assert "insync" not in problem.detail


def test_a_snippet_that_hangs_is_stopped_and_the_last_thing_it_said_is_shown(
    run: Run, strict_runner: Runner
) -> None:
    source = "# %% one\nprint('here', flush=True)\n# %% two\nprint('then', flush=True)\nwhile True: pass\n"
    problem = problem_of(run(source, by=strict_runner))
    assert "was still running after 4 s and was stopped" in problem.message
    assert problem.snippet is not None
    assert problem.snippet.line == 4
    assert problem.detail == "here\nthen"


@pytest.mark.parametrize("stream", [1, 2])
def test_a_snippet_that_prints_without_end_is_stopped_at_once(
    run: Run, strict_runner: Runner, stream: int
) -> None:
    source = f"# %% one\nimport os\nwhile True: os.write({stream}, b'again ' * 100)\n"
    problem = problem_of(run(source, by=strict_runner))
    assert "printed more than 1,000 bytes" in problem.message
    assert len(problem.detail) < 2000


def test_a_great_output_below_the_limit_is_whole(run: Run) -> None:
    record = record_of(run("# %% one\nfor i in range(50_000): print(i)\n# %% two\nprint('end')\n"))
    assert record.cells[0].outputs[0].text == "\n".join(map(str, range(50_000)))
    assert pieces(record.cells[1]) == [("stdout", "end")]


def test_the_next_snippet_runs_as_if_nothing_had_been(run: Run) -> None:
    for source, _, _ in list(FAILURES.values())[8:12]:
        problem_of(run(source))
    assert pieces(record_of(run("# %% one\nprint('well')\n")).cells[0]) == [("stdout", "well")]


# --- Nothing is left behind ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        "subprocess.Popen(['sleep', '600'])",
        "subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)",
        "subprocess.Popen(['sh', '-c', 'sleep 600 & wait'])",
        "subprocess.Popen(['sleep', '600'], start_new_session=True)",
        "subprocess.Popen(['sh', '-c', 'sleep 600'], start_new_session=True, stdout=subprocess.DEVNULL)",
    ],
)
def test_a_child_process_left_behind_is_killed(run: Run, start: str) -> None:
    record = record_of(run(f"# %% one\nimport subprocess\nleft = {start}\n", one=["left.pid"]))
    assert not alive(int(record.cells[0].value(Expression("left.pid")).text))


def test_a_fork_that_sleeps_is_killed_and_not_waited_for(run: Run) -> None:
    source = "# %% one\nimport os, time\npid = os.fork()\nif not pid: time.sleep(600)\n"
    record = record_of(run(source, one=["pid"]))
    assert not alive(int(record.cells[0].value(Expression("pid")).text))


def test_a_fork_that_runs_on_through_the_snippet_changes_nothing(run: Run) -> None:
    source = "# %% one\nimport os\nif pid := os.fork(): os.waitpid(pid, 0)\nprint('said', bool(pid))\n"
    record = record_of(run(source, one=["bool(pid)"]))
    assert record.cells[0].value(Expression("bool(pid)")).text == "True"
    assert "said True" in record.cells[0].outputs[0].text


def test_threads_that_never_end_do_not_hold_the_run(run: Run) -> None:
    source = "# %% one\nimport threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()\n"
    record_of(run(source))


def test_temporary_files_may_be_written_and_are_removed(run: Run) -> None:
    record = record_of(
        run(
            """
            # %% one
            import pathlib, shutil, tempfile
            with tempfile.TemporaryDirectory() as folder:
                inside = pathlib.Path(folder, "deep")
                inside.mkdir()
                (inside / "a.txt").write_text("a")
                (inside / "a.txt").rename(inside / "b.txt")
            gone = not inside.exists()
            other = pathlib.Path(tempfile.mkdtemp())
            (other / "a").write_text("a")
            shutil.rmtree(other)
            kept = pathlib.Path(tempfile.gettempdir(), "kept.txt")
            kept.write_text("kept")
            """,
            one=["kept.read_text()", "kept", "gone", "other.exists()"],
        )
    )
    values = values_of(record.cells[0])
    assert (values["kept.read_text()"], values["gone"], values["other.exists()"]) == (
        "kept",
        "True",
        "False",
    )
    assert not Path(values["kept"]).exists()


def test_nothing_is_written_beside_the_snippet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("a = 1\n", encoding="utf-8")
    record_of(run("# %% one\nimport helper\n"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["helper.py", "made.py"]


# --- Isolation ----------------------------------------------------------------------------------------------

LEAK = """
# %% one
import builtins, os, random, sys, warnings
import numpy, torch
leaked = builtins.leaked = 1
torch.manual_seed(5); random.seed(5); numpy.random.seed(5)
torch.set_printoptions(precision=1); numpy.set_printoptions(precision=1)
torch.set_default_dtype(torch.float64)
warnings.simplefilter("error")
os.environ["LEAKED"] = "1"
os.chdir("/")
sys.path.append("/leaked")
torch.set_num_threads(2)
"""
LOOK = """
# %% one
import builtins, os, random, sys, warnings
import numpy, torch
seen = ['leaked' in globals(), hasattr(builtins, 'leaked'), torch.rand(1).item(), random.random(),
        numpy.random.rand(), repr(torch.tensor(1 / 3)), repr(numpy.array([1 / 3])),
        str(torch.get_default_dtype()), 'LEAKED' in os.environ, os.path.basename(os.getcwd()),
        '/leaked' in sys.path, torch.get_num_threads()]
warnings.warn("once")
seen
"""


def test_nothing_leaks_from_one_snippet_into_the_next(run: Run, tmp_path: Path) -> None:
    before = record_of(run(LOOK)).cells
    record_of(run(LEAK, "leak"))
    assert record_of(run(LOOK)).cells == before
    text = before[0].outputs[-1].text
    torch_seed = torch.Generator().manual_seed(0)
    assert repr(torch.rand(1, generator=torch_seed).item()) in text  # seed 0 is where every snippet starts
    assert f"'{tmp_path.name}', False, 1]" in text


def test_a_snippet_sees_itself_as_the_main_program_beside_its_files(run: Run) -> None:
    asked = ["__name__", "__file__", "os.getcwd()", "sys.argv", "os.environ['PYTHONHASHSEED']"]
    record = record_of(run("# %% one\nimport os, sys\n", one=asked))
    assert [record.cells[0].value(Expression(each)).text for each in asked] == [
        "__main__",
        "made.py",
        ".",
        "['made.py']",
        "0",
    ]


def test_a_class_of_the_snippet_can_be_pickled(run: Run) -> None:
    source = "# %% one\nimport pickle\nclass A: pass\na = pickle.loads(pickle.dumps(A()))\n"
    assert (
        record_of(run(source, one=["type(a) is A"])).cells[0].value(Expression("type(a) is A")).text == "True"
    )


# --- Forked and not -----------------------------------------------------------------------------------------


def looked_at(record: Record) -> dict[str, str]:
    """What a run looked at, but for the folders above what is installed, and variables that are not set."""
    return {key: seen for key, seen in record.inputs.items() if seen not in ("directory", "absent")}


def test_a_fresh_python_gives_the_same_record_as_a_fork(run: Run, tmp_path: Path) -> None:
    source = """
        # %% one
        import sys, warnings
        import torch
        layer = torch.nn.Conv1d(3, 2, 4)
        print(layer.weight)
        # %% two tags=["raises-exception"]
        warnings.warn("soon")
        print("to stderr", file=sys.stderr)
        layer(torch.zeros(1, 4, 10))
        # %% three
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        torch.rand(2)
        """
    asked = {
        "one": ["layer.bias[0]:.4f", "torch.get_num_threads()", "missing"],
        "three": ["sys.flags.optimize"],
    }
    forked = record_of(run(source, **asked))
    fresh = record_of(run(source, by=Runner(fork=False), **asked))
    assert fresh.cells == forked.cells
    assert fresh.environment == forked.environment
    assert looked_at(fresh) == looked_at(forked) == {}


def test_a_fresh_python_can_hang_crash_and_print_too(tmp_path: Path) -> None:
    fresh = Runner(Limits(seconds=60, output=1000), fork=False)
    crash = problem_of(fresh.run(make_snippet(tmp_path, "# %% one\nimport os\nos.abort()\n"), {}))
    assert "ended by SIGABRT" in crash.message
    endless = problem_of(fresh.run(make_snippet(tmp_path, "# %% one\nwhile True: print('again')\n"), {}))
    assert "printed more than 1,000 bytes" in endless.message


def test_a_runner_whose_server_is_lost_starts_another(tmp_path: Path) -> None:
    own = Runner()
    snippet = make_snippet(tmp_path, "# %% one\nimport os\nparent = os.getppid()\n")
    try:
        record = record_of(own.run(snippet, as_questions({"one": ("parent",)})))
        server = int(record.cells[0].value(Expression("parent")).text)
        os.kill(server, signal.SIGKILL)
        outcomes = [own.run(snippet, as_questions({"one": ("parent",)})) for _ in range(3)]
        other = record_of(outcomes[-1]).cells[0].value(Expression("parent")).text
        assert int(other) != server
    finally:
        own.close()
    assert not alive(int(other))


def test_what_is_large_in_a_snippets_imports_is_imported_before_the_fork() -> None:
    assert preload_of(["import torch\nfrom torch import nn\nimport json, helper"]) == ("torch",)
    assert "torch._dynamo" in preload_of(["import torch\nopt = torch.optim.SGD([])"])
    assert "matplotlib.pyplot" in preload_of(["import matplotlib.pyplot as plt"])
    assert preload_of(["import os, numpy as np, torch.nn as nn  # both"]) == ("numpy", "torch.nn")
    assert preload_of(["import helper"]) == ()


def test_what_is_imported_from_the_future_holds_for_later_cells_and_expressions(run: Run) -> None:
    source = """
    # %% one
    from __future__ import annotations
    # %% two
    def f(x: Missing): pass
    f.__annotations__
    """
    record = record_of(run(source, two=["f.__annotations__['x']"]))
    assert pieces(record.cell("two")) == [("value", "{'x': 'Missing'}")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%timeit a", "the cell `two` has a line that only IPython knows: %timeit a"),
        ("!ls", "the cell `two` has a line that only IPython knows: !ls"),
        ("files = !ls", "has a line that only IPython knows"),
        ("print?", "has a line that only IPython knows"),
        ("await a", "the cell `two` awaits outside a function: await a"),
        ("input('name? ')", "the cell `two` waits for input"),
        ("display(a)", "the cell `two` calls `display`, which only IPython has"),
    ],
)
def test_what_only_a_notebook_can_is_refused_by_its_name(run: Run, line: str, message: str) -> None:
    problem = problem_of(run(f"# %% one\na = 1\n# %% two\nb = 2\n{line}\n"))
    assert message in problem.message
    assert problem.snippet is not None
    assert problem.snippet.line == 5


def test_a_record_survives_json(run: Run) -> None:
    record = record_of(run("# %% one\nprint('卷积 \\ud800'.encode('utf-8', 'replace'))\n1\n", one=["1", "x"]))
    assert from_text(to_text(record), Record) == record


# --- The folder for temporary files -------------------------------------------------------------------------


def test_without_a_folder_for_temporary_files_it_is_told_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_folder(*_: object, **__: object) -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.mkdtemp", no_folder)
    for fork in (True, False):
        problem = problem_of(run("# %% one\n1\n", by=Runner(fork=fork)))
        assert "No usable temporary directory" in problem.message
        assert "TMPDIR" in problem.advice


def test_a_full_folder_for_temporary_files_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=0)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    problem = problem_of(run("# %% one\nimport os\nos._exit(70)\n"))
    assert "the folder for temporary files is full" in problem.message
    assert "TMPDIR" in problem.advice
