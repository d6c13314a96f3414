"""Searches ranges of seeds and positions for what is asked, with the fastest engine there is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recover_seed import numpy_engine
from recover_seed.question import Window
from recover_seed.stream import SEEDS, Hit, N

Scan = Callable[[Sequence[Window], range, range], list[Hit]]
"""(asked, seeds, positions) -> hits in order. Lets go of Python's lock: threads can share the work."""


@dataclass(frozen=True)
class Engine:
    """A way to scan, and how many outputs it makes in a fraction of a second: so prompt it is to stop."""

    name: str
    scan: Scan
    outputs: int

    def chunks(self, seeds: range, positions: range) -> Iterator[range]:
        """`seeds` in pieces of a fraction of a second's work; to seed a generator costs about N outputs."""
        size = max(1, self.outputs // (N + positions.stop))
        for start in range(seeds.start, seeds.stop, size):
            yield range(start, min(start + size, seeds.stop))


def find_engine(name: str = "auto") -> Engine:
    """The engine "numba" or "numpy"; "auto" is Numba where installed. Raises ValueError if there is none."""
    installed = importlib.util.find_spec("numba") is not None
    if name == "numba" and not installed:
        raise ValueError("Numba is not installed: pip install -e '.[recover]', or take --engine numpy")
    if name == "numba" or (name == "auto" and installed):
        from recover_seed import numba_engine  # here, since Numba is optional and takes a second to import

        numba_engine.compile_now()  # afterwards threads may scan side by side
        return Engine("numba", numba_engine.scan, 2**31)
    if name in ("auto", "numpy"):
        return Engine("numpy", numpy_engine.scan, 2**23)
    raise ValueError(f"there is no engine {name!r}: auto, numba or numpy")


def search(asked: Sequence[Window], seeds: range, positions: range, engine_name: str = "numpy") -> list[Hit]:
    """All places among `seeds` × `positions` where the generator gives `asked`, in their order.

    seeds: within range(2**32), step 1; positions: how many outputs went before, step 1. One thread, silent.
    Raises ValueError for other ranges and for an engine that is not there.
    """
    check_ranges(seeds, positions)
    chosen = find_engine(engine_name)
    return [hit for piece in chosen.chunks(seeds, positions) for hit in chosen.scan(asked, piece, positions)]


def check_ranges(seeds: range, positions: range) -> None:
    """Raises ValueError when a range is empty, has steps, or goes beyond what a seed or a position can be."""
    # Positions have no end of their own; this one keeps a single stream below 64 MB.
    for what, values, most in (("seeds", seeds, SEEDS), ("positions", positions, 2**24)):
        if values.step != 1 or values.start < 0 or len(values) == 0:
            raise ValueError(
                f"{what} {values.start}:{values.stop}: FROM must be 0 or more, and TO larger than FROM"
            )
        if values.stop > most:
            raise ValueError(f"{what} {values.start}:{values.stop}: TO can be {most} at most")
