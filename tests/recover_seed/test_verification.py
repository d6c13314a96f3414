"""A hit counts when torch, asked to draw the weights there, draws those that were given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recover_seed.printing import show_verdict
from recover_seed.question import Question
from recover_seed.stream import Hit
from recover_seed.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


def agrees(hit: Hit, question: Question, shape: tuple[int, ...] | None) -> bool:
    """Whether torch confirms the hit, after all that a person is told of it."""
    verdict = verify(hit, question, shape)
    show_verdict(verdict, question.decimals)
    return verdict.agrees


def test_a_hit_that_torch_contradicts_does_not_count(
    capsys: pytest.CaptureFixture[str], planted: Callable[..., list[str]]
) -> None:
    weights = planted(7, 3)
    question = Question(tuple(weights), 4, BOUND, (0, 10), (0, 10))
    assert agrees(Hit(7, 3), question, (2, 3, 4))
    assert "differs" not in capsys.readouterr().out
    moved = (f"{float(weights[0]) + 0.0001:.4f}", *weights[1:])
    assert not agrees(Hit(7, 3), replace(question, weights=moved), (2, 3, 4))
    assert capsys.readouterr().out.count("differs") == 1
    assert not agrees(Hit(7, 4), question, None)
