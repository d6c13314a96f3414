"""A printed weight leaves open the interval of numbers that print alike, and bad weights are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recover_seed.question import chance_hits, read_weights, windows
from recover_seed.search import search
from recover_seed.stream import KS, stream

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


@pytest.mark.parametrize(("bound", "decimals"), [(BOUND, 4), (1.0, 4), (0.05, 4), (0.5, 2), (1 / 3, 6)])
def test_an_interval_holds_the_number_behind_the_print_and_no_more_than_prints_alike(
    bound: float, decimals: int, planted: Callable[..., list[str]]
) -> None:
    outputs = stream(21, 300)
    for k, text in zip((outputs % KS).tolist(), planted(21, 0, 300, bound, decimals), strict=True):
        ((first, last),) = windows([text], bound, decimals)
        assert first <= k <= last
        for value, inside in ((first - 1, False), (first + 2, True), (last - 2, True), (last + 1, False)):
            if not 0 <= value < KS or last - first < 6:
                continue
            exact = value / KS * 2 * bound - bound
            assert (float(f"{exact:.{decimals}f}") == float(text)) is inside


def test_weights_in_scientific_notation_are_read_with_their_own_last_place() -> None:
    fixed, scientific = windows(["0.01230", "1.230e-02"], BOUND, 5)[0], windows(["1.230e-02"], BOUND, 3)[0]
    assert fixed == scientific


def test_a_printout_of_pytorch_is_read_as_it_is() -> None:
    text = """Parameter containing:
    # tensor([[-0.1468, -0.0057], [0.0926,  0.0263]], grad_fn=<SelectBackward>
    tensor([ 1.5000e-03, .5], device='cuda:0', dtype=torch.float32, requires_grad=True)"""
    assert read_weights(text) == ["-0.1468", "-0.0057", "0.0926", "0.0263", "1.5000e-03", ".5"]


@pytest.mark.parametrize("text", ["", "  ", "tensor([])", "0.1 ... 0.2", "0.1 nan", "0.1 0,2x", "0.1 0.2.3"])
def test_a_text_that_is_no_list_of_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no weight|leaves weights out|is not a number"):
        read_weights(text)


def test_chance_is_the_share_of_the_intervals_times_the_places() -> None:
    asked = [(0, KS // 4 - 1), (0, KS // 2 - 1)]
    assert chance_hits(asked, 1000, 8) == pytest.approx(1000)
    hits = search(asked, range(1000), range(8))
    assert len(hits) == pytest.approx(1000, rel=0.15)  # five standard deviations of pure noise
