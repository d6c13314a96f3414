"""The engine that Numba compiles to vector instructions. To be imported only where Numba is installed.

It keeps LANES generators side by side, element i of lane l at [i*LANES + l]. Every loop of the compiled
functions then runs over neighbouring elements that do not depend on one another, which LLVM turns into vector
instructions by itself, as wide as the machine has them. Many lanes also hide how long a multiplication of the
seeding takes, each of which needs the one before it.

Only the first two weights are compared here; the few places where they fit are looked at again in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

from recover_seed.stream import (
    KS,
    MASK_B,
    MASK_C,
    MATRIX,
    MULTIPLIER,
    Hit,
    M,
    N,
    UInts,
    seeds_at_once,
    streams,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recover_seed.question import Window

F = TypeVar("F", bound=Callable[..., Any])

# What the compiled functions read. Python's own integers would make their arithmetic 64 bits wide.
UINT32 = np.uint32
LANES = 128  # 0.6 MB a core, which was faster than 32, 64 or 256 lanes
SIZE, NEAR, FAR = N * LANES, (N - M) * LANES, M * LANES
UPPER, LOWER, TWIST = UINT32(0x80000000), UINT32(0x7FFFFFFF), UINT32(MATRIX)
FACTOR, TEMPER_B, TEMPER_C = UINT32(MULTIPLIER), UINT32(MASK_B), UINT32(MASK_C)
S1, S7, S8, S11, S15, S18, S30 = (UINT32(bits) for bits in (1, 7, 8, 11, 15, 18, 30))
ZERO = UINT32(0)


def compile_now() -> None:
    """Compile all of it for the types that `scan` gives, once: afterwards threads may scan side by side."""
    _places(0, 1, 0, 1, ZERO, ZERO, ZERO, ZERO, np.empty((1, 2), np.uint64))


def scan(asked: Sequence[Window], seeds: range, positions: range) -> list[Hit]:
    """The hits among `seeds` × `positions`, in order; both ranges of step 1."""
    first, second = asked[0], asked[1] if len(asked) > 1 else (0, KS - 1)
    low0, width0, low1, width1 = (UINT32(k << 8) for low, high in (first, second) for k in (low, high - low))
    places = np.empty((1024, 2), np.uint64)
    while True:
        found = _places(
            seeds.start, len(seeds), positions.start, positions.stop, low0, width0, low1, width1, places
        )
        if found <= len(places):
            break
        places = np.empty((found, 2), np.uint64)  # it counted more than there was room for: once more
    return sorted(_confirmed(asked, [Hit(int(seed), int(position)) for seed, position in places[:found]]))


def _confirmed(asked: Sequence[Window], candidates: list[Hit]) -> Iterator[Hit]:
    """Those of the candidates, places where the first two weights fit, where all the others fit as well."""
    count = max((hit.position for hit in candidates), default=0) + len(asked)
    step = seeds_at_once(count)
    for start in range(0, len(candidates), step):
        some = candidates[start : start + step]
        ks = streams(np.array([hit.seed for hit in some], np.uint32), count) & np.uint32(KS - 1)
        for column, hit in enumerate(some):
            run = ks[hit.position : hit.position + len(asked), column]
            if all(low <= k <= high for k, (low, high) in zip(run.tolist(), asked, strict=True)):
                yield hit


def _compiled(function: F) -> F:
    """`function` for Numba to compile. It lets go of Python's lock, so that threads can share the work."""
    result: F = numba.njit(nogil=True)(function)
    return result


@_compiled
def _mix(own: np.uint32, after: np.uint32, further: np.uint32) -> np.uint32:
    y = (own & UPPER) | (after & LOWER)
    return further ^ (y >> S1) ^ ((ZERO - (y & S1)) & TWIST)  # 0 - bit: all ones when the bit is set


@_compiled
def _seed_all(state: UInts, first: int) -> None:
    for lane in range(LANES):
        state[lane] = UINT32(first + lane)
    for i in range(1, N):
        for j in range(i * LANES, (i + 1) * LANES):
            before = state[j - LANES]
            state[j] = (before ^ (before >> S30)) * FACTOR + UINT32(i)


@_compiled
def _twist(state: UInts) -> None:
    for j in range(NEAR):
        state[j] = _mix(state[j], state[j + LANES], state[j + FAR])
    for j in range(NEAR, SIZE - LANES):
        state[j] = _mix(state[j], state[j + LANES], state[j - NEAR])
    for lane in range(LANES):
        j = SIZE - LANES + lane
        state[j] = _mix(state[j], state[lane], state[j - NEAR])


@_compiled
def _temper(state: UInts, rows: int, out: UInts) -> None:
    # Row 0 of `out` is the last one of the generation before, so that a pair may lie across the border.
    for lane in range(LANES):
        out[lane] = out[SIZE + lane]
    for j in range(rows * LANES):
        y = state[j]
        y ^= y >> S11
        y ^= (y << S7) & TEMPER_B
        y ^= (y << S15) & TEMPER_C
        out[j + LANES] = (y ^ (y >> S18)) << S8  # the 24 bits that count, moved to the top


@_compiled
def _fits(k: np.uint32, low: np.uint32, width: np.uint32) -> np.bool_:
    return UINT32(k - low) <= width  # below the interval the difference wraps round to a huge number


@_compiled
def _any_pair(
    here: UInts, after: UInts, low0: np.uint32, width0: np.uint32, low1: np.uint32, width1: np.uint32
) -> np.uint32:
    found = ZERO
    for j in range(here.size):
        # A maximum and not `if … return`: only a loop that goes to its end becomes vector instructions.
        found = max(found, UINT32(_fits(here[j], low0, width0) & _fits(after[j], low1, width1)))
    return found


@_compiled
def _places(
    first: int,
    seeds: int,
    start: int,
    stop: int,
    low0: np.uint32,
    width0: np.uint32,
    low1: np.uint32,
    width1: np.uint32,
    places: NDArray[np.uint64],
) -> int:
    """How many places of seeds first … first + seeds - 1, positions start … stop - 1, the first two fit.

    Writes them as (seed, position) into `places`, shape (room, 2), as far as there is room. `low` and `width`
    are an interval's, moved to the top 24 bits as the outputs are.
    """
    state = np.empty(SIZE, np.uint32)
    out = np.empty(SIZE + LANES, np.uint32)
    found = 0
    for base in range(0, seeds, LANES):
        _seed_all(state, first + base)
        for origin in range(-1, stop, N):  # row r of `out` is position origin + r
            _twist(state)
            rows = min(N, stop - origin)
            _temper(state, rows, out)
            begin = max(0, start - origin)
            if begin >= rows:
                continue
            here, after = out[begin * LANES : rows * LANES], out[(begin + 1) * LANES : (rows + 1) * LANES]
            if _any_pair(here, after, low0, width0, low1, width1):
                # Seldom (4 seeds in 100,000 for the note's weights), so it need not be fast.
                for row in range(begin, rows):
                    for lane in range(min(LANES, seeds - base)):
                        j = row * LANES + lane
                        if _fits(out[j], low0, width0) and _fits(out[j + LANES], low1, width1):
                            if found < len(places):
                                places[found, 0] = first + base + lane
                                places[found, 1] = origin + row
                            found += 1
    return found
