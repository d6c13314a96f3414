"""How far a build is stands in one line, and only where a build takes a while."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from conv1d_site.steps.meter import Meter, State

if TYPE_CHECKING:
    import pytest

CLEAR = "\r\x1b[K"


def meter(state: State) -> tuple[Meter, io.StringIO, list[float]]:
    """One whose clock is set by hand."""
    terminal, clock = io.StringIO(), [10.0]
    return Meter(terminal, lambda: state, lambda: clock[0]), terminal, clock


def test_a_short_build_shows_nothing() -> None:
    shown, terminal, clock = meter(State(1, 2, "1 of 2 pages"))
    shown.show()
    clock[0] = 11.9
    shown.show()
    shown.close()
    assert terminal.getvalue() == ""


def test_a_long_one_tells_what_is_left_in_a_line_that_is_written_over() -> None:
    shown, terminal, clock = meter(State(1, 4, "1 of 4 pages"))
    clock[0] = 15.0
    shown.show()
    assert terminal.getvalue() == f"{CLEAR}about 15 s left: 1 of 4 pages"
    shown.clear()
    assert terminal.getvalue().endswith(CLEAR)
    shown.clear()
    assert terminal.getvalue().count(CLEAR) == 2  # nothing to clear
    shown.show()
    shown.close()
    shown.show()
    assert terminal.getvalue().count("pages") == 2


def test_before_the_first_step_and_behind_the_last_no_time_is_told() -> None:
    for done in (0, 4):
        shown, terminal, clock = meter(State(done, 4, "pages"))
        clock[0] = 20.0
        shown.show()
        assert terminal.getvalue() == f"{CLEAR}pages"


def test_a_narrow_terminal_has_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    shown, terminal, clock = meter(State(1, 4, "x" * 100))
    clock[0] = 20.0
    shown.show()
    assert len(terminal.getvalue()) == len(CLEAR) + 19


def test_it_goes_on_by_itself_until_it_is_closed() -> None:
    shown, terminal, clock = meter(State(1, 4, "pages"))
    clock[0] = 20.0
    shown.start()
    while not terminal.getvalue():  # another thread's turn
        pass
    shown.close()
    assert terminal.getvalue().endswith(CLEAR)
