"""Durations are told as people say them."""

from __future__ import annotations

import pytest

from recover_seed.printing import duration


@pytest.mark.parametrize(
    ("seconds", "said"), [(45.4, "45 s"), (99.4, "99 s"), (720, "12 min"), (12_000, "3 h 20 min")]
)
def test_a_duration_is_said_in_the_unit_that_suits_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said
