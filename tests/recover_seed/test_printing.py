"""What the person is told while a search runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recover_seed.printing import Meter
from recover_seed.state import Progress
from recover_seed.stream import Hit

if TYPE_CHECKING:
    import pytest


def test_a_hit_is_named_once_when_it_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    meter = Meter(range(100), Progress(20, ()))
    found = Progress(60, (Hit(42, 7),))
    meter.show(found)
    meter.show(Progress(80, found.hits))
    meter.leave()
    assert capsys.readouterr().err.count("seed 42, position 7") == 1


def test_a_log_gets_a_plain_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    meter = Meter(range(100, 300), Progress(100, ()))
    for second, seed in ((10, 120), (31, 150), (40, 200), (62, 250)):
        now[0] = second
        meter.show(Progress(seed, ()))
    assert capsys.readouterr().err == "25.0% of the seeds, hits: 0\n75.0% of the seeds, hits: 0\n"
