"""What torch draws from a seed: the stream of the Mersenne Twister, made with NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEEDS = 2**32  # torch.manual_seed uses the low 32 bits only
KS = 2**24  # values that the 24 bits behind one float32 can take

# MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998; initialisation of their 2002 version).
N, M = 624, 397
MULTIPLIER = 1812433253
MATRIX = 0x9908B0DF
MASK_B, MASK_C = 0x9D2C5680, 0xEFC60000

UInts = NDArray[np.uint32]


@dataclass(frozen=True, order=True)
class Hit:
    """A place in a stream: what comes after ``torch.manual_seed(seed); torch.rand(position)``."""

    seed: int
    position: int


def stream(seed: int, count: int) -> UInts:
    """The first `count` 32-bit outputs of torch's CPU generator seeded with `seed`; shape (count,)."""
    return streams(np.array([seed & 0xFFFFFFFF], np.uint32), count)[:, 0]


def uniform(outputs: UInts, low: float = 0.0, high: float = 1.0) -> NDArray[np.float32]:
    """The float32 numbers that ``uniform_(low, high)`` makes of `outputs`; same shape.

    Equal to torch's for 0 to 1; for other bounds the last bit may differ, as it does between torch's own CPU
    capabilities.
    """
    unit = (outputs & np.uint32(KS - 1)).astype(np.float32) * np.float32(1 / KS)
    return unit * np.float32(np.float32(high) - np.float32(low)) + np.float32(low)


def streams(seeds: UInts, count: int) -> UInts:
    """The first `count` outputs for each of `seeds`, which lie side by side; shape (count, len(seeds))."""
    state = np.empty((N, len(seeds)), np.uint32)
    state[0] = seeds
    for i in range(1, N):
        before = state[i - 1]
        state[i] = (before ^ (before >> np.uint32(30))) * np.uint32(MULTIPLIER) + np.uint32(i)
    out = np.empty((count, len(seeds)), np.uint32)
    for start in range(0, count, N):
        # Each row is made of itself, its successor and the row M further on (modulo N). In blocks no longer
        # than N - M and M rows, a block needs no row that the same block changes, so NumPy can take it at
        # once.
        _twist(state, slice(0, N - M), slice(1, N - M + 1), slice(M, N))
        _twist(state, slice(N - M, M), slice(N - M + 1, M + 1), slice(0, 2 * M - N))
        _twist(state, slice(M, N - 1), slice(M + 1, N), slice(2 * M - N, M - 1))
        _twist(state, slice(N - 1, N), slice(0, 1), slice(M - 1, M))
        rows = min(N, count - start)
        out[start : start + rows] = _temper(state[:rows])
    return out


def seeds_at_once(count: int) -> int:
    """How many seeds `streams` should take at once, `count` outputs each: about 32 MB, and 512 at most."""
    return max(1, min(512, 2**23 // count))


def _twist(state: UInts, rows: slice, after: slice, further: slice) -> None:
    mixed = (state[rows] & np.uint32(0x80000000)) | (state[after] & np.uint32(0x7FFFFFFF))
    state[rows] = state[further] ^ (mixed >> 1) ^ ((mixed & 1) * np.uint32(MATRIX))


def _temper(state: UInts) -> UInts:
    y: UInts = state ^ (state >> np.uint32(11))
    y ^= (y << 7) & np.uint32(MASK_B)
    y ^= (y << 15) & np.uint32(MASK_C)
    y ^= y >> 18
    return y
