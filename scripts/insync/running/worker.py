"""Runs one snippet, in a process that exists for this alone, and leaves what came of it in a file.

Called in a child that the server forked, or as `python -m insync.running.worker JOB` where there is no fork.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import datetime
import functools
import importlib
import io
import json
import math
import os
import platform
import random
import re
import sys
import sysconfig
import tempfile
import time
import tokenize
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

from insync.pages.syntax import CLAIM, DATA, f_string
from insync.running import plot as figure
from insync.running.job import Job, load_job
from insync.running.record import CellRecord, Environment, Output, Record, Value, installed_versions, to_json
from insync.running.snippet import RAISES, Cell
from insync.running.trace import Trace

SEED = 0
# torch tells where in its own sources it warned: a path of the machine that built it, another for each build.
_BUILT_AT = re.compile(r"\s*\(Triggered internally at [^()]*\)")
MOST_DATA = 200_000  # characters of JSON; a page with more is no page any more


class _ClaimFailedError(Exception):
    """A claim of a page is not true."""


class _NoDataError(Exception):
    """What a figure asks for cannot be had as JSON."""


class _FailedError(Exception):
    """A cell did what it may not, or did not do what its tags announce."""

    def __init__(self, cell: Cell, line: int, message: str, advice: str, detail: str = "") -> None:
        super().__init__(message)
        self.data = {"cell": cell.name, "line": line, "message": message, "advice": advice, "detail": detail}


def main(path: str) -> None:
    """Run the job in that file and leave its answer; the answer's file appears only when it is whole."""
    job = load_job(path)
    answer = run(job)
    draft = job.answer.with_suffix(".part")
    draft.write_text(json.dumps(answer), encoding="utf-8")
    draft.replace(job.answer)


def run(job: Job) -> dict[str, Any]:
    """Run all cells and evaluate all expressions: {"record": …} or {"failure": …}, and "inputs" in both."""
    preload(job.preload)
    _prepare(job)
    trace = Trace(Path(job.path), job.temporary)
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
            outputs = _run_cell(job, cell, module.__dict__, trace)
            if os.getpid() != owner:  # a process that the snippet forked came back through its code
                _flush()
                os._exit(1)
            _end_of_output(cell, job.marker(2 * index))
            values = {text: _evaluate(text, module.__dict__) for text in job.questions.get(cell.name, ())}
            _end_of_output(cell, job.marker(2 * index + 1))
            cells.append(CellRecord(cell.name, tuple(outputs), values))
    except _FailedError as failed:
        trace.stop()
        return {"failure": failed.data, "inputs": trace.inputs}
    seconds = time.perf_counter() - started
    trace.stop()
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = Record(job.snippet, tuple(cells), seconds, finished, _environment(), trace.inputs)
    return {"record": to_json(record), "inputs": trace.inputs}


def preload(modules: tuple[str, ...]) -> bool:
    """Import what the snippet will import; whether there was anything to import.

    What is broken fails again later, in the snippet's own line.
    """
    missing = [name for name in modules if name not in sys.modules]
    for name in missing:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    return bool(missing)


def warm_up() -> None:
    """Pay once, before any fork, for what every run does for the first time: a fifth of a second in all."""
    if numpy := sys.modules.get("numpy"):
        numpy.random.get_state()  # numpy.random itself is imported at its first use
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
        torch.manual_seed(SEED)
        torch.get_rng_state().numpy().tobytes()
        repr(torch.nn.Conv1d(1, 1, 2)(torch.zeros(1, 1, 4)))
    _fix_state()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        _, axes = pyplot.subplots()
        axes.bar([0], [1], label="0.1")
        axes.legend()
        figure.capture(pyplot, "first")  # finds and reads the fonts
    _environment()
    sysconfig.get_paths()
    ast.parse("x = 1")


def environment_of(cpu: str, capability: str) -> Environment:
    """The environment of a record made here."""
    return Environment(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        cpu=cpu,
        capability=capability,
        versions=_versions(),
    )


_versions = functools.cache(installed_versions)  # found before a fork, for all forks


@functools.cache
def cpu_name() -> str:
    """What the processor calls itself."""
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _environment() -> Environment:
    torch = sys.modules.get("torch")
    return environment_of(cpu_name(), torch.backends.cpu.get_cpu_capability() if torch else "")


def _prepare(job: Job) -> None:
    """Fix the state that a snippet starts from: seeds, threads, print options, where temporary files go."""
    os.environ["TMPDIR"] = os.environ["TEMP"] = os.environ["TMP"] = str(job.temporary)
    tempfile.tempdir = str(job.temporary)
    sys.dont_write_bytecode = True
    sys.argv = [job.path]
    _fix_state()
    if not job.onednn and (torch := sys.modules.get("torch")):
        torch.backends.mkldnn.set_flags(_enabled=False)


def _fix_state() -> None:
    """Seeds, threads, print options and figure style, as every snippet finds them."""
    warnings.resetwarnings()
    warnings.simplefilter("default")
    random.seed(SEED)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(SEED)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        torch.set_printoptions(profile="default")
    if matplotlib := sys.modules.get("matplotlib"):
        figure.set_style(matplotlib)


def _run_cell(job: Job, cell: Cell, namespace: dict[str, Any], trace: Trace) -> list[Output]:
    """Execute one cell; everything but its stdout and stderr, which the caller's caller reads."""
    caught: list[Output] = []

    def show(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        caught.append(Output("warning", f"{category.__name__}: {_BUILT_AT.sub('', str(message))}"))

    warnings.showwarning = show
    raised: BaseException | None = None
    value = None
    try:
        value = _execute(cell, job.path, namespace)
    # SystemExit and KeyboardInterrupt included: nothing may end the run unseen.
    except BaseException as error:  # noqa: BLE001
        raised = error
    outputs: list[Output] = []
    if trace.violations:
        line = _line_of(raised, job.path) if raised else cell.line
        advice = "Take the numbers from data that the repository holds."
        raise _FailedError(
            cell,
            line,
            f"the cell `{cell.name}` uses the network; {trace.violations[0]}",
            advice,
            _trace_text(raised, job),
        )
    if raised is not None and not isinstance(raised, Exception):
        what = "sys.exit" if isinstance(raised, SystemExit) else type(raised).__name__
        raise _FailedError(
            cell,
            _line_of(raised, job.path),
            f"the cell `{cell.name}` ends the process by {what}",
            "Let it run to its end.",
        )
    if raised is not None and RAISES not in cell.tags:
        advice = f'Mend it; or, if it should raise, announce that: # %% {cell.name} tags=["{RAISES}"]'
        line = _line_of(raised, job.path) or cell.line
        raise _FailedError(
            cell, line, f"the cell `{cell.name}` raises {_summary(raised)}", advice, _trace_text(raised, job)
        )
    if raised is None and RAISES in cell.tags:
        advice = f"Take the tag out, or write what raises; the tag {RAISES} promises an error to the reader."
        raise _FailedError(
            cell, cell.line, f"the cell `{cell.name}` announces an exception, and raised none", advice
        )
    if value is not None and not _ends_with_semicolon(cell.source):
        try:
            outputs.append(Output("value", repr(value)))
        except Exception as error:  # noqa: BLE001 - a __repr__ can raise anything
            message = (
                f"the last value of the cell `{cell.name}` cannot be shown: {type(error).__name__}: {error}"
            )
            raise _FailedError(
                cell, cell.line, message, "Mend its __repr__, or end the line with a semicolon."
            ) from None
    outputs += caught
    if raised is not None:
        outputs.append(Output("exception", "".join(traceback.format_exception_only(raised)).strip()))
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        outputs += [Output("figure", svg) for svg in figure.capture(pyplot, f"{job.snippet}-{cell.name}")]
    return outputs


def _execute(cell: Cell, path: str, namespace: dict[str, Any]) -> Any:
    """Run a cell's statements; the value of its last one, if that is an expression."""
    tree = ast.parse("\n" * (cell.line - 1) + cell.source, path)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, path, "exec", dont_inherit=True), namespace)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), path, "eval", dont_inherit=True), namespace)
    return None


def _ends_with_semicolon(source: str) -> bool:
    """Whether the last line hides its value, as in Jupyter; a comment may stand behind the semicolon."""
    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type not in ignored][-1:] == [";"]


def _evaluate(expression: str, namespace: dict[str, Any]) -> Value:
    """An expression's value as one line of text; it may look at everything and change nothing."""
    before = _state(namespace)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if expression.startswith(CLAIM):
                text = _hold(expression.removeprefix(CLAIM), dict(namespace))
            elif expression.startswith(DATA):
                text = _as_json(_eval(expression.removeprefix(DATA), dict(namespace)))
            else:
                text = _eval(f_string(expression), dict(namespace))
    except (_ClaimFailedError, _NoDataError) as error:
        return Value(error=str(error))
    except BaseException as error:  # noqa: BLE001 - an expression can raise anything
        return Value(error="".join(traceback.format_exception_only(error)).strip())
    changed = [name for name, state in _state(namespace).items() if before.get(name) != state]
    if changed:
        return Value(error=f"it changes {', '.join(changed)}; an inline number may only look")
    if "\n" in text:
        return Value(error=f"it gives {text.count(chr(10)) + 1} lines, and a sentence has room for one")
    return Value(text)


def _eval(expression: str, namespace: dict[str, Any]) -> Any:
    return eval(compile(expression, "<page>", "eval", dont_inherit=True), namespace)


def _hold(claim: str, namespace: dict[str, Any]) -> str:
    """Nothing more than "holds", if the claim does; else an error that shows both its sides."""
    value = _eval(claim, namespace)
    answer = value
    with contextlib.suppress(Exception):
        answer = value.item()  # a tensor or an array of one truth value
    if not isinstance(answer, bool):
        raise _ClaimFailedError(f"it is {type(value).__name__} {value!r}, and neither true nor false")
    if answer:
        return "holds"
    body = ast.parse(claim, mode="eval").body
    sides = [body.left, *body.comparators] if isinstance(body, ast.Compare) else []
    values = [f"{ast.unparse(side)} is {_eval(ast.unparse(side), namespace)!r}" for side in sides]
    raise _ClaimFailedError("it does not hold" + (": " + ", ".join(values) if values else ""))


def _as_json(value: Any) -> str:
    """The value as one line of JSON; every float as its shortest text that reads back as the same number."""
    text = json.dumps(_plain(value), allow_nan=False)
    if len(text) > MOST_DATA:
        raise _NoDataError(f"it has {len(text)} characters as JSON, and {MOST_DATA} are the most")
    return text


def _plain(value: Any) -> Any:
    """The value in lists, dicts, strings, numbers, bools and None alone; a tensor as nested lists."""
    for module, name in (("torch", "Tensor"), ("numpy", "ndarray"), ("numpy", "generic")):
        if module in sys.modules and isinstance(value, getattr(sys.modules[module], name)):
            value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise _NoDataError(f"{value} is in it, and JSON has no such number")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(each) for key, each in value.items()}
    raise _NoDataError(f"{type(value).__name__} is in it, and JSON has nothing like it")


def _state(namespace: dict[str, Any]) -> dict[str, object]:
    """What an expression could change and would move another number by: generators, names, tensors."""
    state: dict[str, object] = {"Python's random state": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        kind, keys, *rest = numpy.random.get_state()
        state["NumPy's random state"] = (kind, keys.tobytes(), *rest)
    if torch := sys.modules.get("torch"):
        state["torch's random state"] = torch.get_rng_state().numpy().tobytes()
        for name, value in namespace.items():
            if isinstance(value, torch.Tensor):
                state[f"`{name}`"] = _tensor_state(value)
            elif isinstance(value, torch.nn.Module):
                state[f"`{name}`"] = tuple(map(_tensor_state, (*value.parameters(), *value.buffers())))
            elif isinstance(value, torch.Generator):
                state[f"`{name}`"] = value.get_state().numpy().tobytes()
    for name, value in namespace.items():
        if name.startswith("__"):  # Python's own, such as the register of warnings that were shown
            continue
        if isinstance(value, list | set):
            state[f"`{name}`"] = tuple(map(id, value))
        elif isinstance(value, dict) and value is not namespace:
            state[f"`{name}`"] = tuple((id(key), id(each)) for key, each in value.items())
        elif isinstance(value, random.Random):
            state[f"`{name}`"] = value.getstate()
        elif numpy and isinstance(value, numpy.ndarray):
            state[f"`{name}`"] = value.tobytes()
        elif numpy and isinstance(value, numpy.random.Generator):
            state[f"`{name}`"] = repr(value.bit_generator.state)
    return state


def _tensor_state(tensor: Any) -> tuple[object, ...]:
    gradient = tensor.grad if tensor.is_leaf else None
    return id(tensor), tensor._version, None if gradient is None else (id(gradient), gradient._version)


def _summary(error: BaseException) -> str:
    """Type and first line of the message of an exception."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text.strip().splitlines()[0]}" if text.strip() else type(error).__name__


def _line_of(error: BaseException | None, path: str) -> int:
    """The deepest line of the snippet's own file in an exception's traceback; 0 if there is none."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == path), 0)


def _trace_text(error: BaseException | None, job: Job) -> str:
    """An exception as Python prints it, from the snippet's first line on; the frames of insync left out."""
    if error is None:
        return ""
    summary = traceback.TracebackException.from_exception(error)
    frames = list(summary.stack)
    first = next((index for index, frame in enumerate(frames) if frame.filename == job.path), len(frames))
    own = os.path.dirname(__file__)
    shown = [frame for frame in frames[first:] if not frame.filename.startswith(own)]
    summary.stack = traceback.StackSummary.from_list(shown)
    base = str(Path(job.path).parent) + os.sep
    return "".join(summary.format(chain=False)).replace(base, "").rstrip()


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
        raise _FailedError(cell, cell.line, message, "Leave file descriptors 1 and 2 alone.") from None


if __name__ == "__main__":
    main(sys.argv[1])
