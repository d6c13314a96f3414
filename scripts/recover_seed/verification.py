"""The last word is torch's: it draws the weights at a hit, and the given ones are compared with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from recover_seed.question import Question, limits
from recover_seed.stream import KS, Hit

Drawn = Mapping[str, NDArray[np.float32]]
"""What torch drew, by name: weight, and bias where the layer has one."""


@dataclass(frozen=True)
class Comparison:
    """One weight as it was given, and torch's own printed with as many digits."""

    given: str
    drawn: str
    near: bool
    """The given one is the drawn one rounded, or lies on the very edge, where torch's last bit decides."""

    @property
    def same(self) -> bool:
        """Both are the same number, as they are printed."""
        return Decimal(self.drawn) == Decimal(self.given)


@dataclass(frozen=True)
class Verdict:
    """What torch draws at a hit, and what that says of the weights asked for."""

    hit: Hit
    code: tuple[str, ...]
    """Lines of Python that draw the same."""
    drawn: Drawn
    comparisons: tuple[Comparison, ...]

    @property
    def agrees(self) -> bool:
        """Every given weight is torch's own."""
        return all(each.near for each in self.comparisons)


def verify(hit: Hit, question: Question, shape: tuple[int, ...] | None) -> Verdict:
    """Draw the weights at `hit` with torch itself, and compare the given ones with them.

    shape: of the layer's weight, (C_out, C_in, K), (C_out, C_in, K1, K2) or (features_out, features_in): then
    the real layer is made; None: as many numbers as were given are drawn by uniform_.
    """
    import torch  # here, since it takes a second and the search does not need it

    line, make = _maker(question, shape)
    torch.manual_seed(hit.seed)
    torch.rand(hit.position)
    drawn = make()
    code = (f"torch.manual_seed({hit.seed})", f"torch.rand({hit.position})", line)
    weights = drawn["weight"].flatten().tolist()[: len(question.weights)]
    pairs = zip(question.weights, weights, strict=True)
    return Verdict(hit, code, drawn, tuple(_comparison(given, value, question) for given, value in pairs))


def _comparison(given: str, value: float, question: Question) -> Comparison:
    low, high = limits(given, question.decimals)
    # The interval's one k, and the last bit of torch's own rounding.
    slack = 2 * (2 * question.bound / KS)
    drawn = f"{value:.{question.decimals}{'e' if 'e' in given.lower() else 'f'}}"
    return Comparison(given, drawn, low - slack <= value <= high + slack)


def _maker(question: Question, shape: tuple[int, ...] | None) -> tuple[str, Callable[[], Drawn]]:
    """How to make the weights: as a line to show, and as a function that gives them by name."""
    from torch import empty, nn

    if shape is None:
        count, bound = len(question.weights), question.bound
        line = f"weight = torch.empty({count}).uniform_({-bound!r}, {bound!r})"
        return line, lambda: {"weight": empty(count).uniform_(-bound, bound).numpy()}
    outs, ins, *kernel = shape
    size = tuple(kernel)
    make: Callable[[], nn.Module]
    if len(size) == 0:
        line, make = f"Linear({ins}, {outs})", lambda: nn.Linear(ins, outs)
    elif len(size) == 1:
        line, make = f"Conv1d({ins}, {outs}, {size[0]})", lambda: nn.Conv1d(ins, outs, size[0])
    else:
        line, make = f"Conv2d({ins}, {outs}, {size})", lambda: nn.Conv2d(ins, outs, (size[0], size[1]))
    return f"layer = torch.nn.{line}", lambda: {
        name: parameter.detach().numpy() for name, parameter in make().named_parameters()
    }
