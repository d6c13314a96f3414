"""What is given on the command line, checked and completed to the question that it asks."""

from __future__ import annotations

import math
import re
from typing import Any, TextIO

import click

from recover_seed.problem import BadInput
from recover_seed.question import Question, chance_hits, read_weights, windows
from recover_seed.search import check_ranges

# The twelve weights of output channel 0 that the note of 2021 prints, and its layer, Conv1d(3, 2, 4).
NOTE_WEIGHTS = """
-0.1468 -0.0057  0.0926  0.0263
 0.1042  0.0158  0.2408 -0.0116
 0.0223 -0.2104  0.1971 -0.0318
"""
NOTE_SHAPE = (2, 3, 4)


class FromTo(click.ParamType[range]):
    """FROM:TO, whole numbers, TO not included."""

    name = "FROM:TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """A range of "FROM:TO"."""
        if isinstance(value, range):
            return value
        match = re.fullmatch(r"([\d_]+):([\d_]+)", str(value))
        if not match:
            self.fail(f"{value!r} is not FROM:TO, two whole numbers, such as 0:1245", param, ctx)
        return range(int(match[1]), int(match[2]))


class Shape(click.ParamType[tuple[int, ...]]):
    """A weight's shape: two to four whole numbers with commas between."""

    name = "SHAPE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """A tuple of "2,3,4"."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*){1,3}", str(value)):
            self.fail(
                f"{value!r} is not a shape such as 2,3,4 (out channels, in channels, kernel size)", param, ctx
            )
        return tuple(int(part) for part in str(value).split(","))


def question_from(
    weights: str | None,
    weights_file: TextIO | None,
    decimals: int,
    shape: tuple[int, ...] | None,
    fan_in: int | None,
    bound: float | None,
    seeds: range,
    positions: range,
) -> tuple[Question, tuple[int, ...] | None]:
    """The question that the options ask; also the shape of the layer to verify with, where it is known.

    Raises BadInput when options are missing, contradict one another, or make no sense.
    """
    if weights is not None and weights_file is not None:
        raise BadInput("Give --weights or --weights-file, not both.")
    if fan_in is not None and bound is not None:
        raise BadInput("Give --fan-in or --bound, not both.")
    text = _text(weights, weights_file)
    if text is None:
        text = NOTE_WEIGHTS
        shape = shape or (NOTE_SHAPE if fan_in is None and bound is None else None)
    bound = _bound(shape, fan_in, bound)
    try:
        numbers = read_weights(text)
        if shape is not None and len(numbers) > math.prod(shape):
            raise ValueError(f"{len(numbers)} weights are more than shape {shape} has")
        check_ranges(seeds, positions)
        asked = windows(numbers, bound, decimals)
    except ValueError as error:
        raise BadInput(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    if shape is not None and not math.isclose(bound, 1 / math.sqrt(math.prod(shape[1:]))):
        shape = None  # another bound than PyTorch's layers take: then only uniform_ can be shown
    if (chance := chance_hits(asked, len(seeds), len(positions))) > 1000:
        raise BadInput(f"About {chance:,.0f} places would fit by chance: give more weights, or fewer seeds.")
    question = Question(
        tuple(numbers), decimals, bound, (seeds.start, seeds.stop), (positions.start, positions.stop)
    )
    return question, shape


def _text(weights: str | None, weights_file: TextIO | None) -> str | None:
    """The printout given, by either option; None when by neither."""
    if weights_file is None:
        return weights
    try:
        return weights_file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file of weights cannot be read as UTF-8 text: {error}.") from error


def _bound(shape: tuple[int, ...] | None, fan_in: int | None, bound: float | None) -> float:
    """How far the weights spread: as given, or as PyTorch's layers spread theirs, 1/sqrt(fan_in)."""
    if bound is not None:
        return bound
    if fan_in is None and shape is not None:
        fan_in = math.prod(shape[1:])
    if fan_in is None:
        raise BadInput(
            "Say how wide the weights spread: --shape (of the layer's weight), --fan-in or --bound."
        )
    return 1 / math.sqrt(fan_in)
