"""Asks a cell's expressions in a process of their own, and all of them twice: an answer may only look.

Where there can be no such process they are asked in the run's own; an expression that changes something is
found there just so, but then later cells have seen the change.
"""

import contextlib
import os
import threading
from dataclasses import dataclass

from insync.running.evaluate import Session, evaluate, silence
from insync.running.expression import Expression
from insync.running.harmless import Judge
from insync.running.record import Answer, Value, from_text, to_text
from insync.running.state import State, changes, state_of
from insync.running.trace import Trace
from insync.running.whereabouts import Whereabouts, signal_name, whereabouts

_MOST_SHOWN = 80  # characters of a value in a message
_LOOK = "an inline number may only look"


@dataclass(frozen=True)
class _Answers:
    """What the child hands back: a value for each question, and the files that were looked at."""

    values: list[Value]
    inputs: dict[str, str]


class Asker:
    """Asks what pages want to know after each cell."""

    def __init__(self, session: Session, trace: Trace, scratch: str, *, may_fork: bool) -> None:
        self._session = session
        self._trace = trace
        self._scratch = scratch
        self._may_fork = may_fork
        self._where = Whereabouts(scratch)

    def begin(self, cell: int) -> None:
        """The run has come to this cell's code."""
        self._where.tell(cell)

    def ask(self, cell: int, questions: tuple[Expression, ...]) -> tuple[Answer, ...]:
        """What the questions asked after this cell give."""
        judge = Judge(self._session)
        harmless = [index for index, asked in enumerate(questions) if judge.harmless(asked)]
        values = self._asked(cell, questions, harmless, watched=False)
        while left := [index for index in range(len(questions)) if index not in values]:
            # A fork has none of the other threads, and could wait for ever for what one of them holds.
            if self._may_fork and threading.active_count() == 1:
                values |= self._in_child(cell, questions, left)
            else:
                values |= self._asked(cell, questions, left, watched=True)
        return tuple(Answer(asked, values[index]) for index, asked in enumerate(questions))

    def _in_child(self, cell: int, questions: tuple[Expression, ...], left: list[int]) -> dict[int, Value]:
        """What a child of this process gives; if it dies, only why that question has no answer."""
        file = os.memfd_create("answers")
        with self._trace.aside():
            places = _places()
        try:
            with silence():  # Python warns of threads that torch has started
                child = os.fork()
            if child == 0:
                self._answer(cell, questions, left, file)
            status = 0
            with contextlib.suppress(
                ChildProcessError
            ):  # the snippet has seen to it that children are forgotten
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with open(file, encoding="utf-8", closefd=False) as answers:
                answers.seek(0)
                text = answers.read()
        finally:
            os.close(file)
            _restore(places)
        if status == 0 and text:
            given = from_text(text, _Answers)
            self._trace.inputs.update({**given.inputs, **self._trace.inputs})
            return dict(zip(left, given.values, strict=True))
        how = f"is ended by {signal_name(-status)}" if status < 0 else f"ends with exit status {status}"
        culprit = max(whereabouts(self._scratch).asked, left[0])
        return {culprit: Value(error=f"it has no value: the process that looks for one {how}")}

    def _answer(self, cell: int, questions: tuple[Expression, ...], left: list[int], file: int) -> None:
        """What the child does; it ends here, and what it prints goes nowhere."""
        status, own = 1, os.getpid()
        with contextlib.suppress(BaseException):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            values = self._asked(cell, questions, left, watched=True)
            answers = _Answers(list(values.values()), self._trace.inputs)
            if os.getpid() == own:  # and no process that an expression forked
                with open(file, "w", encoding="utf-8", closefd=False) as stream:
                    stream.write(to_text(answers))
                status = 0
        os._exit(status)

    def _asked(
        self, cell: int, questions: tuple[Expression, ...], left: list[int], *, watched: bool
    ) -> dict[int, Value]:
        """The values of these questions; an error for one that is another when all are asked again.

        `watched`: also where it is the same, but the expression has changed what can be seen.
        """
        first: dict[int, Value] = {}
        self._trace.looking = True
        before = self._state() if watched else {}
        for index in left:
            self._where.tell(cell, index)
            seen = len(self._trace.violations)
            first[index] = evaluate(questions[index], self._session)
            after = self._state() if watched else {}
            if changed := changes(before, after):
                first[index] = Value(error=f"it changes {', '.join(changed)}; {_LOOK}")
            if len(self._trace.violations) > seen:
                first[index] = Value(error=self._trace.violations[seen])
                del self._trace.violations[seen:]
            before = after
        for index in reversed(left):
            self._where.tell(cell, index)
            if (
                not first[index].error
                and (again := evaluate(questions[index], self._session)) != first[index]
            ):
                given = f"it gives {_short(first[index])}, then {_short(again)}"
                first[index] = Value(error=f"{given}; {_LOOK}")
        self._trace.looking = False
        return first

    def _state(self) -> State:
        with self._trace.aside():
            return state_of(self._session.namespace)


def _places() -> dict[int, int]:
    """How far each open file is read; a child shares that with its parent."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found[int(name)] = os.lseek(int(name), 0, os.SEEK_CUR)
    return found


def _restore(places: dict[int, int]) -> None:
    for descriptor, place in places.items():
        with contextlib.suppress(OSError):
            os.lseek(descriptor, place, os.SEEK_SET)


def _short(value: Value) -> str:
    text = value.error or value.text
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
