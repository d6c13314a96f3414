"""The note's own example: every figure that it printed in 2021 is what its snippet gives today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, as_questions

from insync.running.expression import Expression
from insync.running.snippet import read_snippet

if TYPE_CHECKING:
    from insync.running.record import Record
    from insync.running.runner import Runner

# Typed from the note of 2021-09-27: expression → what it printed for it.
WEIGHTS = {
    "layer.weight[0, 0]": "-0.1468 -0.0057 0.0926 0.0263",
    "layer.weight[0, 1]": "0.1042 0.0158 0.2408 -0.0116",
    "layer.weight[0, 2]": "0.0223 -0.2104 0.1971 -0.0318",
}
INPUTS = {
    "x[0, 0]": "0.4535 0.6660 0.1077 0.7335 0.8431 0.2407 0.2267 0.1635 0.8010 0.5360",
    "x[0, 1]": "0.5334 0.7020 0.7540 0.7194 0.9105 0.2495 0.3046 0.3894 0.6813 0.0660",
    "x[0, 2]": "0.5396 0.6200 0.7067 0.9654 0.8220 0.8894 0.5200 0.9175 0.6874 0.8831",
}
OTHERS = {
    "layer.bias": "0.0655 -0.1095",
    "y[0, 0]": "0.2545 0.3342 0.3826 0.1345 0.0378 0.2512 0.2467",
    "sum(sums)": "0.1890",
    "sum(sums) + layer.bias[0]": "0.2545",
    "y[0, 0, 0]": "0.2545",
    "sum(sums_1)": "0.4385",
    "sum(sums_1) + layer.bias[1]": "0.3290",
    "y[0, 1, 2]": "0.3290",
}
PRINTED = {**WEIGHTS, **INPUTS, **OTHERS}
# Where the page shows the same figures as output of a cell.
SHOWN = {
    "kernel_0": list(WEIGHTS),
    "inputs": list(INPUTS),
    "bias": ["layer.bias"],
    "output_0": ["y[0, 0]"],
    "sum_0": ["sum(sums)"],
    "sum_1": ["sum(sums_1)"],
}


def question(expression: str) -> str:
    return f"' '.join(f'{{v:.4f}}' for v in ({expression}).flatten())"


@pytest.fixture(scope="module")
def record(runner: Runner) -> Record:
    snippet = read_snippet(ROOT / "snippets" / "note.py")
    outcome = runner.run(snippet, as_questions({snippet.cells[-1].name: map(question, PRINTED)}))
    assert outcome.record is not None, str(outcome.problem)
    return outcome.record


def test_the_figures_are_counted() -> None:
    assert [sum(len(text.split()) for text in group.values()) for group in (WEIGHTS, INPUTS)] == [12, 30]
    assert len(OTHERS["layer.bias"].split()) == 2
    assert len(OTHERS["y[0, 0]"].split()) == 7


@pytest.mark.parametrize("expression", PRINTED)
def test_an_inline_number_gives_what_the_note_printed(record: Record, expression: str) -> None:
    value = record.cells[-1].value(Expression(question(expression)))
    assert (value.text, value.error) == (PRINTED[expression], "")


@pytest.mark.parametrize("cell", SHOWN)
def test_the_pages_output_shows_what_the_note_printed(record: Record, cell: str) -> None:
    text = " ".join(output.text for output in record.cell(cell).outputs)
    for expression in SHOWN[cell]:
        place = 0
        for figure in PRINTED[expression].split():
            found = text.find(figure, place)
            assert found >= place, (figure, text)
            place = found + len(figure)


def test_the_snippet_itself_compares_every_figure(record: Record) -> None:
    (output,) = record.cell("printed_in_2021").outputs
    assert output.text == str(12 + 30 + 2 + 7 + 4)
