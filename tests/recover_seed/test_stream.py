"""The stream is that of torch, and each call takes as many outputs of it as the package says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from recover_seed.stream import KS, stream, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


@pytest.mark.parametrize("seed", [0, 1, 5489, 2478606714, 2**32 - 1, 2**32 + 7, 2**63 - 1])
def test_the_stream_is_that_of_torch(seed: int) -> None:
    torch.manual_seed(seed)
    assert uniform(stream(seed, 2000)).tolist() == torch.rand(2000).tolist()


def test_the_outputs_are_those_that_the_inventors_of_the_generator_publish() -> None:
    # First and ten-thousandth output for the reference seed 5489; the latter is required by the C++ standard.
    outputs = stream(5489, 10_000)
    assert (outputs[0], outputs[-1]) == (3499211612, 4123659995)


def test_uniform_numbers_differ_from_those_of_torch_in_the_last_bit_at_most() -> None:
    torch.manual_seed(11)
    theirs = torch.empty(5000).uniform_(-BOUND, BOUND).numpy()
    ours = uniform(stream(11, 5000), -BOUND, BOUND)
    assert abs(theirs.astype(float) - ours.astype(float)).max() <= 2 * BOUND / KS


TAKEN: dict[str, tuple[Callable[[], object], int]] = {
    "rand(0)": (lambda: torch.rand(0), 0),
    "rand(15)": (lambda: torch.rand(15), 15),
    "rand(17)": (lambda: torch.rand(17), 17),
    "rand(1000)": (lambda: torch.rand(1000), 1000),
    "empty(24).uniform_(-1, 1)": (lambda: torch.empty(24).uniform_(-1, 1), 24),
    "rand(8, dtype=float64)": (lambda: torch.rand(8, dtype=torch.float64), 16),
    "randint(9, (20,))": (lambda: torch.randint(9, (20,)), 20),
    "bernoulli(full((20,), 0.5))": (lambda: torch.bernoulli(torch.full((20,), 0.5)), 20),
    "randperm(20)": (lambda: torch.randperm(20), 19),
    "randn(1)": (lambda: torch.randn(1), 4),
    "randn(2)": (lambda: torch.randn(2), 4),
    "randn(15)": (lambda: torch.randn(15), 32),
    "randn(16)": (lambda: torch.randn(16), 16),
    "randn(17)": (lambda: torch.randn(17), 33),
    "randn(32)": (lambda: torch.randn(32), 32),
    "Conv1d(3, 2, 4)": (lambda: torch.nn.Conv1d(3, 2, 4), 26),
    "Linear(20, 5)": (lambda: torch.nn.Linear(20, 5), 105),
}


@pytest.mark.parametrize(("draw", "taken"), TAKEN.values(), ids=TAKEN)
def test_what_takes_how_many_outputs_is_as_the_module_says(draw: Callable[[], object], taken: int) -> None:
    torch.manual_seed(3)
    draw()
    following = torch.rand(8).tolist()
    assert uniform(stream(3, 1100))[taken : taken + 8].tolist() == following
