"""What the tests of the seed search share: both engines, and weights planted by torch itself."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


@pytest.fixture(
    params=[
        "numpy",
        pytest.param(
            "numba",
            marks=pytest.mark.skipif(
                importlib.util.find_spec("numba") is None,
                reason="Numba is not installed; pip install -e '.[recover]' and run this again",
            ),
        ),
    ]
)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine's name in turn."""
    return str(request.param)


@pytest.fixture
def planted() -> Callable[..., list[str]]:
    """What torch would print of `count` weights drawn at a seed's position."""

    def draw(seed: int, position: int, count: int = 12, bound: float = BOUND, decimals: int = 4) -> list[str]:
        torch.manual_seed(seed)
        torch.rand(position)
        return [f"{value:.{decimals}f}" for value in torch.empty(count).uniform_(-bound, bound).tolist()]

    return draw
