"""The engine that needs NumPy only: makes the streams of many seeds at once, and compares them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recover_seed.stream import KS, Hit, UInts, seeds_at_once, streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recover_seed.question import Window


def scan(asked: Sequence[Window], seeds: range, positions: range) -> list[Hit]:
    """The hits among `seeds` × `positions`, in order; both ranges of step 1."""
    hits: list[Hit] = []
    count = positions.stop - 1 + len(asked)
    step = seeds_at_once(count)
    for start in range(seeds.start, seeds.stop, step):
        some = np.arange(start, min(start + step, seeds.stop), dtype=np.uint64).astype(np.uint32)
        ks = streams(some, count) & np.uint32(KS - 1)
        rows, columns = np.nonzero(_inside(ks[positions.start : positions.stop], asked[0]))
        rows += positions.start
        for further, window in enumerate(asked[1:], start=1):
            keep = _inside(ks[rows + further, columns], window)
            rows, columns = rows[keep], columns[keep]
        hits += [Hit(start + int(column), int(row)) for row, column in zip(rows, columns, strict=True)]
    return sorted(hits)


def _inside(ks: UInts, window: Window) -> NDArray[np.bool_]:
    # Below the interval the difference wraps round to a huge number: one comparison does for both ends.
    return ks - np.uint32(window[0]) <= np.uint32(window[1] - window[0])
