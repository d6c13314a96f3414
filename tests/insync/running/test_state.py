"""What is seen of a run's state: every change, whatever the values are, and without copies of great ones."""

from __future__ import annotations

import random
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy
import pytest
import torch

from insync.running.state import changes, state_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Hostile(dict[str, int]):
    """Whatever is asked of it raises, also what is no Exception."""

    def items(self) -> Any:
        raise ValueError

    def __reduce_ex__(self, _: Any) -> Any:
        raise SystemExit

    def __eq__(self, _: object) -> bool:
        raise ValueError

    def __hash__(self) -> int:
        raise ValueError

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise KeyError

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)


def inference() -> torch.Tensor:
    with torch.inference_mode():
        return torch.ones(3)


HOSTILE = {
    "an inference tensor": inference,
    "one in a list": lambda: [inference()],
    "a generator without a state": random.SystemRandom,
    "a dict that raises": Hostile,
    "one in a list of its own": lambda: [Hostile()],
    "a sparse tensor": lambda: torch.ones(2, 2).to_sparse(),
    "a tensor without data": lambda: torch.ones(2, device="meta"),
    "an array of objects": lambda: numpy.array([1, "x"], dtype=object),
    "an empty array": lambda: numpy.zeros((3, 0)),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_nothing_that_a_value_does_ends_the_look_at_it(make: Callable[[], Any]) -> None:
    namespace = {"a": 1, "value": make()}
    before = state_of(namespace)
    assert changes(before, state_of(namespace)) == []
    namespace["a"] = 2
    assert changes(before, state_of(namespace)) == ["`a`"]


def test_a_generator_of_another_kind_is_seen_too() -> None:
    # In a process of its own: this one keeps the generator that it has.
    source = """if True:
        import numpy
        from insync.running.state import changes, state_of
        numpy.random.set_bit_generator(numpy.random.PCG64(1))
        before = state_of({})
        assert changes(before, state_of({})) == []
        numpy.random.rand()
        print(changes(before, state_of({})))"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert done.stdout == '["NumPy\'s random state"]\n', done.stderr


@pytest.mark.parametrize(
    ("made", "change"),
    [
        ("np.arange(5.)[::-1]", "x.sort()"),
        ("[np.ones(3)]", "x[0].fill(2)"),
        ("np.array([1, 'a'], dtype=object)", "x[0] = 3"),
        ("np.array(['2020'], dtype='M8[Y]')", "x[0] = np.datetime64('2021')"),
        ("np.asfortranarray(np.ones((3, 4)))", "x[1, 1] = 7"),
        ("np.array(5)", "x.fill(3)"),
        ("np.matrix([[1, 2]])", "x[0, 1] = 3"),
        ("np.ma.masked_array([1, 2], [0, 1])", "x[0] = 3"),
        ("[[1, [2]], {'k': [3]}]", "x[0][1].append(1)"),
        ("[[1, [2]], {'k': [3]}]", "x[1]['k'].append(1)"),
        ("{(1, (2, 3)): {4}}", "x[1, (2, 3)].add(5)"),
        ("bytearray(b'ab')", "x[0] = 1"),
    ],
)
def test_a_change_in_place_is_seen(made: str, change: str) -> None:
    names: dict[str, Any] = {"np": numpy}
    exec(f"x = {made}", names)
    before = state_of(names)
    assert changes(before, state_of(names)) == []
    exec(change, names)
    assert changes(before, state_of(names)) == ["`x`"]


def test_great_arrays_are_not_copied_and_looked_at_once() -> None:
    array = numpy.ones(1_000_000)
    tracemalloc.start()
    try:
        state_of({"a": array, "b": [array], "c": {"d": (array,)}, "e": numpy.asfortranarray(array)})
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < array.nbytes / 4
