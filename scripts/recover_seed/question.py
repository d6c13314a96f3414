"""What is asked for: weights as they were printed, and the interval of outputs that each leaves open."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from recover_seed.stream import KS

if TYPE_CHECKING:
    from collections.abc import Sequence

Window = tuple[int, int]
"""Smallest and largest k, both included, whose weight is printed with the digits asked for."""


@dataclass(frozen=True)
class Question:
    """All that a search depends on. A state file belongs to one question."""

    weights: tuple[str, ...]
    """As printed, in the layer's order, from its first on."""
    decimals: int
    """Digits after the point that the printing rounded to."""
    bound: float
    """The layer draws its weights from -bound to +bound."""
    seeds: tuple[int, int]
    """First seed, and the one after the last."""
    positions: tuple[int, int]
    """Fewest outputs drawn before the first weight, and one more than the most."""

    def asked(self) -> list[Window]:
        """The weights as intervals. Raises ValueError as `windows` does."""
        return windows(self.weights, self.bound, self.decimals)


def windows(weights: Sequence[str], bound: float, decimals: int = 4) -> list[Window]:
    """The interval of k that each printed weight leaves open.

    weights: as printed ("0.0926", "-2.1e-03"); bound: the layer draws from -bound to +bound; decimals: how
    many digits after the point the printing rounded to. Raises ValueError when a weight is no number, has
    more decimals than that, or lies outside of ±bound.
    """
    if not (math.isfinite(bound) and bound > 0):
        raise ValueError(f"the bound must be a positive number, not {bound}")
    return [_window(text, bound, decimals) for text in weights]


def _window(text: str, bound: float, decimals: int) -> Window:
    low, high = limits(text, decimals)
    if high < -bound or low > bound:
        raise ValueError(f"weight {text} lies outside of ±{bound:.6g}: are the bound and the fan-in right?")
    # One k more at either end for torch's own float32 rounding (see the package's docstring).
    first = math.ceil((low + bound) / (2 * bound) * KS) - 1
    last = math.floor((high + bound) / (2 * bound) * KS) + 1
    return max(first, 0), min(last, KS - 1)


def limits(text: str, decimals: int) -> tuple[float, float]:
    """Between which numbers a value printed as `text` lies: half a unit of the last place either way.

    Raises ValueError when `text` is no number, or has more digits after the point than `decimals`.
    """
    mantissa, _, exponent = text.lower().partition("e")
    given = len(mantissa.partition(".")[2])
    if given > decimals:
        raise ValueError(f"weight {text} has {given} decimals, more than the {decimals} that were said")
    try:
        value = Decimal(text)
        half = Decimal(5).scaleb(int(exponent or 0) - decimals - 1)
        return float(value - half), float(value + half)
    except ArithmeticError as error:
        raise ValueError(f"{text} is not a number that a weight can have") from error


def chance_hits(asked: Sequence[Window], seeds: int, positions: int) -> float:
    """How many of seeds × positions places would fit `asked` by chance, were the streams pure noise."""
    return seeds * positions * math.prod((last - first + 1) / KS for first, last in asked)


def read_weights(text: str) -> list[str]:
    """The numbers in a printout of weights, as text. Takes what PyTorch prints, brackets, grad_fn and all.

    Raises ValueError when the text holds anything else, no number at all, or leaves weights out (...).
    """
    bare = re.sub(r"\b(grad_fn|dtype|device|requires_grad)\s*=\s*(<\w+>?|[\w.:']+)", " ", text)
    bare = re.sub(r"Parameter containing:|\btensor\b|\barray\b|[\[\]()#,;]", " ", bare)
    words = bare.split()
    if "..." in words:
        raise ValueError(
            "the printout leaves weights out (...): give consecutive ones, from the layer's first on"
        )
    for word in words:
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", word, re.IGNORECASE):
            raise ValueError(f"{word!r} is not a number")
    if not words:
        raise ValueError("there is no weight in the text given")
    return words
