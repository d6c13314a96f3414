"""Runs one cell: its outputs but for what it prints, or why it may not be published."""

import __future__

import ast
import functools
import io
import operator
import os
import re
import sys
import tokenize
import traceback
import types
import warnings
from typing import Any

from insync.running import plot
from insync.running.evaluate import Session
from insync.running.job import Job
from insync.running.order import Order
from insync.running.record import Failure, Output, OutputKind
from insync.running.snippet import RAISES, Cell
from insync.running.trace import Trace

# torch tells where in its own sources it warned: a path of the machine that built it, another for each build.
_BUILT_AT = re.compile(r"\s*\(Triggered internally at [^()]*\)")

_IPYTHON = re.compile(r"^[%!]|^\w+\s*=\s*[%!]|^\?|\?$")
_AWAIT = re.compile(r"'await'|'async |asynchronous")
_FEATURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


class FailedError(Exception):
    """Carries a failure from where a cell is run to where the answer is written."""

    def __init__(self, cell: Cell, line: int, message: str, advice: str, detail: str = "") -> None:
        super().__init__(message)
        self.failure = Failure(cell.name, line, message, advice, detail)


class Outputs:
    """What a cell gives besides what it prints, each with the number of the mark at its place."""

    def __init__(self, order: Order) -> None:
        self.marks: list[int] = []
        self.outputs: list[Output] = []
        self._order = order

    def add(self, kind: OutputKind, text: str) -> None:
        """Take an output to be at this place; a process that the snippet forked can only print it."""
        if not self._order.own():
            print(text, file=sys.stderr)
            return
        self.marks.append(self._order.mark())
        self.outputs.append(Output(kind, text))


def run_cell(job: Job, cell: Cell, session: Session, trace: Trace, outputs: Outputs) -> None:
    """Execute one cell; what it prints is read by whoever started this process.

    Raises FailedError for what may not be published.
    """

    def warn(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        outputs.add("warning", f"{category.__name__}: {_BUILT_AT.sub('', str(message))}")

    def draw(figure: Any) -> None:
        count = sum(output.kind == "plot" for output in outputs.outputs)
        outputs.add("plot", plot.capture(figure, f"{job.snippet}-{cell.name}-{count + 1}"))

    def show(figure: Any) -> None:
        draw(figure)
        plot.close(figure)

    warnings.showwarning = warn
    plot.show_by(show)
    raised: BaseException | None = None
    value = None
    try:
        value = _execute(cell, job.path, session)
    # SystemExit and KeyboardInterrupt included: nothing may end the run unseen.
    except BaseException as error:  # noqa: BLE001
        raised = error
    _refuse(cell, job, raised, trace)
    if _ends_with_semicolon(cell.source):
        value = None
    if value is not None and not plot.is_figure(value):
        outputs.add("value", _shown(value, cell))
    if raised is not None:
        outputs.add("exception", "".join(traceback.format_exception_only(raised)).strip())
    try:
        if plot.is_figure(value):
            draw(value)
        for figure in plot.open_figures():
            (plot.close if figure is value else show)(figure)
    except Exception as error:  # noqa: BLE001 - a text with wrong mathematics, for instance
        message = f"a figure of the cell `{cell.name}` cannot be drawn: {_summary(error)}"
        raise FailedError(cell, cell.line, message, "Mend what it shows.") from None


def _refuse(cell: Cell, job: Job, raised: BaseException | None, trace: Trace) -> None:
    """Raise FailedError for a cell that used the network, ended the process, or broke its tags' promise."""
    what = f"the cell `{cell.name}`"
    line = _line_of(raised, job.path) or cell.line
    if trace.violations:
        advice = "Take the numbers from data that the repository holds."
        message = f"{what} uses the network; {trace.violations[0]}"
        raise FailedError(cell, line, message, advice, _trace_text(raised, job))
    if raised is not None and not isinstance(raised, Exception):
        how = "sys.exit" if isinstance(raised, SystemExit) else type(raised).__name__
        raise FailedError(cell, line, f"{what} ends the process by {how}", "Let it run to its end.")
    if raised is not None and RAISES not in cell.tags:
        if told := _not_a_snippets(raised, cell, line):
            raise FailedError(cell, line, f"{what} {told[0]}", told[1])
        advice = f'Mend it; or, if it should raise, announce that: # %% {cell.name} tags=["{RAISES}"]'
        message = f"{what} raises {_summary(raised)}"
        raise FailedError(cell, line, message, advice, _trace_text(raised, job))
    if raised is None and RAISES in cell.tags:
        advice = f"Take the tag out, or write what raises; the tag {RAISES} promises an error to the reader."
        raise FailedError(cell, cell.line, f"{what} announces an exception, and raised none", advice)


def _not_a_snippets(raised: BaseException, cell: Cell, line: int) -> tuple[str, str] | None:
    """What of a notebook's or a terminal's a cell asks for, and what to do, if that is why it raised."""
    text = (cell.source.split("\n")[line - cell.line :] or [""])[0].strip()
    if isinstance(raised, SyntaxError) and _IPYTHON.search(text):
        return f"has a line that only IPython knows: {text}", "Write it in plain Python."
    if isinstance(raised, SyntaxError) and "outside" in raised.msg and _AWAIT.search(raised.msg):
        return f"awaits outside a function: {text}", "Put it into an `async def`, and call asyncio.run."
    if isinstance(raised, NameError) and raised.name in ("display", "get_ipython"):
        return f"calls `{raised.name}`, which only IPython has", "End the cell with the value, or print it."
    if isinstance(raised, EOFError) and "reading a line" in str(raised):
        return "waits for input, and nobody is there to give any", "Write the answer into the snippet."
    return None


def _shown(value: Any, cell: Cell) -> str:
    """The value as Jupyter shows it."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a __repr__ can raise anything
        message = f"the last value of the cell `{cell.name}` cannot be shown: {type(error).__name__}: {error}"
        advice = "Mend its __repr__, or end the line with a semicolon."
        raise FailedError(cell, cell.line, message, advice) from None


def _execute(cell: Cell, path: str, session: Session) -> Any:
    """Run a cell's statements; the value of its last one, if that is an expression."""
    source = "\n" * (cell.line - 1) + cell.source
    tree = compile(source, path, "exec", session.features | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    code = compile(tree, path, "exec", session.features, dont_inherit=True)
    session.features |= code.co_flags & _FEATURES
    session.functions |= _functions(tree, code)
    exec(code, session.namespace)
    if isinstance(last, ast.Expr):
        value = ast.Expression(last.value)
        code = compile(value, path, "eval", session.features, dont_inherit=True)
        return eval(code, session.namespace)
    return None


def _functions(tree: ast.Module, code: types.CodeType) -> dict[types.CodeType, ast.FunctionDef]:
    """The undecorated functions of a cell, as they are compiled and as they are written."""
    written = {
        (node.name, node.lineno): node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    }
    compiled = (each for each in code.co_consts if isinstance(each, types.CodeType))
    pairs = ((each, written.get((each.co_name, each.co_firstlineno))) for each in compiled)
    return {each: node for each, node in pairs if node}


def _ends_with_semicolon(source: str) -> bool:
    """Whether the last line hides its value, as in Jupyter; a comment may stand behind the semicolon."""
    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type not in ignored][-1:] == [";"]


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
    return "".join(summary.format(chain=False)).rstrip()
