"""A search that can be stopped and taken up again: its threads, its signals, and when its state is saved."""

from __future__ import annotations

import contextlib
import signal
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING

from recover_seed.problem import BadInput
from recover_seed.state import Progress, load_state, save_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from recover_seed.question import Question
    from recover_seed.search import Engine
    from recover_seed.stream import Hit

SAVE_EVERY = 5  # seconds


class Search:
    """A search under way. `progress` is always true of all seeds below its `next_seed`."""

    def __init__(self, question: Question, progress: Progress, engine: Engine) -> None:
        self.progress = progress
        self._asked, self._positions = question.asked(), range(*question.positions)
        self._scan = engine.scan
        self._left = engine.chunks(range(progress.next_seed, question.seeds[1]), self._positions)
        self._pending: deque[tuple[range, Future[list[Hit]]]] = deque()

    def run(self, jobs: int, tick: Callable[[], bool]) -> None:
        """Scan what is left in `jobs` threads. `tick` is called at least twice a second; False ends it.

        What is under way at the end is finished, and counted.
        """
        with ThreadPoolExecutor(jobs) as pool:
            try:
                while True:
                    # Two pieces for each thread, so that none waits for this loop.
                    for piece in islice(self._left, 2 * jobs - len(self._pending)):
                        self._pending.append(
                            (piece, pool.submit(self._scan, self._asked, piece, self._positions))
                        )
                    if not self._pending:
                        return
                    wait([self._pending[0][1]], timeout=0.5)
                    self._collect()
                    if not tick():
                        return
            finally:
                for _, future in self._pending:
                    future.cancel()
                pool.shutdown()
                self._collect()

    def _collect(self) -> None:
        """Count the finished pieces, in order: one that is finished early waits for those before it."""
        while self._pending and self._pending[0][1].done() and not self._pending[0][1].cancelled():
            piece, future = self._pending[0]
            self.progress = Progress(piece.stop, self.progress.hits + tuple(future.result()))
            self._pending.popleft()


class Session:
    """One search from its start, or from where its state file left it, to its end or to a signal.

    state: the file to keep the state in; None: none is kept. Raises BadInput when the file belongs to another
    search, is damaged, or cannot be written.
    """

    def __init__(self, question: Question, engine: Engine, state: Path | None) -> None:
        begin = Progress(question.seeds[0])
        progress = load_state(state, question) if state and state.exists() else begin
        self._question, self._state = question, state
        self._search = Search(question, progress, engine)
        self._saved = time.monotonic()
        self._save()  # finds out now whether it can be written

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._search.progress

    def run(self, jobs: int, tell: Callable[[Progress], None]) -> bool:
        """Search in `jobs` threads until all is done or SIGINT or SIGTERM comes; says whether all is done.

        `tell` is called at least twice a second. The state is saved now and then, and at the end.
        """
        try:
            with signals_noted() as stopped:

                def tick() -> bool:
                    tell(self.progress)
                    if time.monotonic() - self._saved > SAVE_EVERY:
                        self._save()
                    return not stopped()

                self._search.run(jobs, tick)
        finally:
            self._save()
        return self.progress.next_seed == self._question.seeds[1]

    def _save(self) -> None:
        if self._state is None:
            return
        try:
            save_state(self._state, self._question, self.progress)
        except OSError as error:
            raise BadInput(f"The state file {self._state} cannot be written: {error.strerror}.") from error
        self._saved = time.monotonic()


@contextlib.contextmanager
def signals_noted() -> Iterator[Callable[[], bool]]:
    """Within, SIGINT and SIGTERM end nothing; the function that this gives says whether one came."""
    came = False

    def note(_number: int, _frame: FrameType | None) -> None:
        # Only takes note. An exception here could come between any two steps, and a hit be lost.
        nonlocal came
        came = True

    # SIGINT has to be set, too: a shell starts a program in the background with SIGINT ignored.
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
