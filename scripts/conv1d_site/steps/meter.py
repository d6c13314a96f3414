"""How far a build is, in one line of a terminal that is written over."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_SOON = 2.0  # seconds: what takes no longer needs no line
_OFTEN = 0.2
_CLEAR = "\r\x1b[K"


@dataclass(frozen=True)
class State:
    """How many of all steps are done, and what to say of them."""

    done: int
    all: int
    text: str


@dataclass
class Meter:
    """Asks for the state every now and then, from another thread, until it is closed."""

    terminal: TextIO
    state: Callable[[], State]
    now: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)
    _shown: bool = field(init=False, default=False)
    _over: threading.Event = field(init=False, default_factory=threading.Event)
    _lock: threading.RLock = field(init=False, default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._begun = self.now()

    def start(self) -> None:
        """Begin to show it; ends with the process at the latest."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def show(self) -> None:
        """Write the line as it is now, if the build has taken long enough for it."""
        with self._lock:
            if self._over.is_set() or (took := self.now() - self._begun) < _SOON:
                return
            line = self._line(self.state(), took)
            self.terminal.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
            self.terminal.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away, for something else to be written there."""
        with self._lock:
            if self._shown:
                self.terminal.write(_CLEAR)
                self.terminal.flush()
                self._shown = False

    def close(self) -> None:
        """Take it away for good."""
        self._over.set()
        self.clear()

    def _go_on(self) -> None:
        while not self._over.wait(_OFTEN):
            self.show()

    def _line(self, state: State, took: float) -> str:
        if not 0 < state.done < state.all:
            return state.text
        left = took * (state.all - state.done) / state.done
        return f"about {left:.0f} s left: {state.text}"
