"""Each engine finds what torch planted, wherever it lies, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from recover_seed.question import windows
from recover_seed.search import search
from recover_seed.stream import KS, Hit

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


@pytest.mark.parametrize(
    "hit",
    [
        Hit(0, 0),
        Hit(2**32 - 1, 1),
        Hit(2478606714, 129),
        Hit(77, 612),  # the twelve weights end with the first generation of the generator's state,
        Hit(78, 613),  # reach into the second,
        Hit(79, 623),  # start with its last output,
        Hit(80, 624),  # start in the second
        Hit(81, 1244),  # and reach into the third.
    ],
)
def test_a_planted_seed_is_found_at_its_position_and_nowhere_else(
    hit: Hit, engine: str, planted: Callable[..., list[str]]
) -> None:
    asked = windows(planted(hit.seed, hit.position), BOUND)
    around = range(max(0, hit.seed - 140), min(2**32, hit.seed + 140))
    assert search(asked, around, range(1245), engine) == [hit]


def test_both_ends_of_the_ranges_are_kept(engine: str, planted: Callable[..., list[str]]) -> None:
    asked = windows(planted(1000, 640), BOUND)
    found = [Hit(1000, 640)]
    assert search(asked, range(1000, 1001), range(640, 641), engine) == found
    assert search(asked, range(900, 1001), range(641), engine) == found
    assert search(asked, range(1000, 1200), range(640, 900), engine) == found
    assert search(asked, range(900, 1000), range(1245), engine) == []
    assert search(asked, range(1001, 1100), range(1245), engine) == []
    assert search(asked, range(900, 1100), range(640), engine) == []
    assert search(asked, range(900, 1100), range(641, 1245), engine) == []

    # The last position asked for is the last of a generation: its second weight needs one output of the next.
    asked = windows(planted(1000, 623), BOUND)
    assert search(asked, range(900, 1100), range(624), engine) == [Hit(1000, 623)]
    assert search(asked, range(900, 1100), range(623), engine) == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_places_that_fit_are_found_as_by_torch_itself(count: int, engine: str) -> None:
    asked = windows(["0.1", "-0.1", "0.2"], BOUND, 1) if count == 3 else windows(["0.12", "-0.05"], BOUND, 2)
    asked = asked[:count]
    seeds, positions = range(500, 600), range(600, 1300)
    expected = []
    for seed in seeds:
        torch.manual_seed(seed)
        ks = (torch.rand(1310, dtype=torch.float32) * KS).to(torch.int64)
        fit = torch.ones(700, dtype=torch.bool)
        for i, (first, last) in enumerate(asked):
            part = ks[positions.start + i : positions.stop + i]
            fit &= (first <= part) & (part <= last)
        expected += [Hit(seed, positions.start + int(row)) for row in fit.nonzero()]
    assert len(expected) > (
        1024 if count == 1 else 0
    )  # one weight: more than the kernel has room for at first
    assert search(asked, seeds, positions, engine) == expected


def test_ranges_that_mean_nothing_are_refused() -> None:
    asked = windows(["0.1"], BOUND)
    for seeds, positions in [
        (range(5, 5), range(10)),
        (range(2**32 + 1), range(10)),
        (range(-1, 5), range(10)),
        (range(0, 9, 2), range(10)),
        (range(5), range(0)),
    ]:
        with pytest.raises(ValueError, match=r"seeds|positions"):
            search(asked, seeds, positions)
