"""What is published as text: its form, what counts as a move, and what may not be published."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from conftest import answered

from insync.problem import InsyncError
from insync.publishing.moves import Move, moves, only_rounding
from insync.publishing.outputs import published, read_published, unrepeatable
from insync.running.expression import Expression
from insync.running.record import CellRecord, Output
from insync.running.snippet import Cell, read_snippet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

EVERYTHING = """
    # %% numbers
    import warnings

    x = 0.25
    print("first\\n\\n  third")
    print("to the other stream", file=__import__("sys").stderr)
    warnings.warn("look out")
    x * 2
    # %% silent
    y = 1
    # %% hidden tags=["hide-output"]
    x * 3
    # %% wrong tags=["raises-exception"]
    raise ValueError("no such\\nthing")
"""


Publish = Callable[..., str]


@pytest.fixture
def text(tmp_path: Path, run: Run) -> Publish:
    """The outputs file of a snippet that is really run, with questions by cell."""

    def publish(source: str, **questions: list[str]) -> str:
        outcome = run(source, **questions)
        assert outcome.record, outcome.problem
        return published(read_snippet(tmp_path / "made.py"), outcome.record)

    return publish


def outputs_file(*lines: str, cell: str = "a", kind: str = "stdout") -> str:
    """An outputs file with one output of one cell."""
    return "\n".join(["# head", "", f"[{cell}]", f"{kind}:", *(f"    {line}" for line in lines)]) + "\n"


def asked(**values: str) -> str:
    """An outputs file with one cell's numbers."""
    return outputs_file(*(f"{key}  →  {value}" for key, value in values.items()), kind="asked by pages")


# --- The text ----------------------------------------------------------------------------------------------


def test_the_file_has_every_kind_of_output_and_every_number(text: Publish) -> None:
    made = text(EVERYTHING, numbers=["x:.3f", Expression("x < 1", "claim")], silent=["y"])
    head, _, rest = made.partition("\n")
    assert head.startswith("# Made by `insync update`")
    assert rest == (
        "\n"
        "[numbers]\n"
        "stdout:\n"
        "    first\n"
        "\n"
        "      third\n"
        "stderr:\n"
        "    to the other stream\n"
        "warning:\n"
        "    UserWarning: look out\n"
        "value:\n"
        "    0.5\n"
        "asked by pages:\n"
        "    claim: x < 1  →  holds\n"
        "    x:.3f  →  0.250\n"
        "\n"
        "[silent]\n"
        "asked by pages:\n"
        "    y  →  1\n"
        "\n"
        "[hidden]\n"
        "value:\n"
        "    0.75\n"
        "\n"
        "[wrong]\n"
        "exception:\n"
        "    ValueError: no such\n"
        "    thing\n"
    )


def test_a_cell_that_publishes_nothing_has_no_line(text: Publish) -> None:
    assert text("# %% only\nx = 1\n").count("\n") == 1


def test_a_figure_stands_for_itself_by_its_texts(text: Publish) -> None:
    source = """
        # %% bars
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots()
        axes.bar(["left & right", "b"], [1, 2])
        axes.set_title("Two bars")
    """
    drawn = text(source)
    assert "figure:\n    texts: left &amp; right | b | " in drawn
    assert "Two bars" in drawn
    assert "<" not in drawn


def test_a_number_that_fails_says_so(text: Publish) -> None:
    made = text("# %% a\nx = 1\n", a=["x", "missing"])
    assert "    missing  →  (no value: NameError: name 'missing' is not defined)\n    x  →  1\n" in made


def test_what_a_cell_normalises_is_left_out_of_outputs_and_numbers(text: Publish) -> None:
    source = """
        # %% timed normalise=["[0-9.]+ ms", "#\\\\d+"]
        import time

        t = f"{time.perf_counter_ns()} ms"
        print("took", t, "job #17")
        # %% other
        print("12 ms")
    """
    made = text(source, timed=["t"])
    assert "took … job …" in made
    assert "    t  →  …\n" in made
    assert "    12 ms\n" in made, "a pattern is for its own cell"


def test_two_runs_give_the_same_text(text: Publish) -> None:
    source = "# %% a\nimport torch\nprint(torch.rand(3))\nset('abcdef')\n"
    assert text(source, a=["torch.initial_seed()"]) == text(source, a=["torch.initial_seed()"])


# --- Reading it back ---------------------------------------------------------------------------------------


def test_a_checkout_with_other_line_ends_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "made.txt"
    path.write_bytes("[a]\r\nvalue:\r\n    1 → 2\r\n".encode())
    assert read_published(path) == "[a]\nvalue:\n    1 → 2\n"


def test_no_file_is_an_empty_text(tmp_path: Path) -> None:
    assert read_published(tmp_path / "none.txt") == ""


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_what_cannot_be_read_is_named_with_advice(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "made.txt"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(InsyncError, match=r"(?s)cannot be read.*made\.txt.*insync update"):
        read_published(path)


# --- A rounding is not a change ----------------------------------------------------------------------------

ROUNDINGS = [
    ("0.2545", "0.2546"),
    ("0.2546", "0.2545"),
    ("-0.2545", "-0.2546"),
    ("0.0999", "0.1000"),
    ("9.9999", "10.0000"),
    ("0.0000", "-0.0001"),
    ("0.0001", "-0.0000"),
    ("1.0000e-07", "1.0001e-07"),
    ("1.0000e-07", "9.9999e-08"),
    ("-9.9999e+01", "-1.0000e+02"),
    ("1e-07", "2e-07"),
    ("1E-7", "2E-7"),
    ("33.3%", "33.4%"),
    ("0.2545的和", "0.2546的和"),
    ("x=0.5, y=1.25.", "x=0.5, y=1.26."),
    ("1.0000+2.0000j", "1.0000+2.0001j"),
    ("1.0000-2.0000j", "0.9999-2.0001j"),
    ("tensor(0.1890, grad_fn=<AddBackward0>)", "tensor(0.1891, grad_fn=<AddBackward0>)"),
    ("tensor([0.0000, 0.5000])", "tensor([-0.0001,  0.5000])"),
    ("tensor([nan, 0.5000])", "tensor([nan, 0.5001])"),
]


@pytest.mark.parametrize(("old", "new"), ROUNDINGS)
def test_one_unit_of_the_last_digit_is_a_rounding(old: str, new: str) -> None:
    assert only_rounding(old, new)
    assert only_rounding(new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.2545", "0.2547"),
        ("0.2545", "-0.2545"),
        ("0.2545", "0.254"),
        ("0.25", "0.251"),
        ("0.0", "-0.0"),
        ("0.0000", "-0.0000"),
        ("tensor([0., 1.])", "tensor([-0., 1.])"),
        ("1.0000e-07", "1.0000e-08"),
        ("1.0000e-07", "1.0002e-07"),
        ("1.0000e-07", "0.0000"),
        ("1.000e-07", "9.9999e-08"),
        ("3", "4"),
        ("1.", "2."),
        ("tensor([1., 2.])", "tensor([1., 3.])"),
        ("tensor([1, 2, 3])", "tensor([1, 2, 4])"),
        ("torch.Size([1, 2, 7])", "torch.Size([1, 2, 8])"),
        ("nan", "inf"),
        ("inf", "-inf"),
        ("nan", "0.1"),
        ("0.1", "nan"),
        ("1.0000+2.0000j", "1.0000-2.0000j"),
        ("1.0000+2.0000j", "1.0000+2.0002j"),
        ("1.0000+2.0000j", "1.0000+2.0001"),
        ("tensor([0.1, 0.2])", "tensor([0.1, 0.2, 0.3])"),
        ("tensor(0.1890, grad_fn=<SelectBackward>)", "tensor(0.1890, grad_fn=<SelectBackward0>)"),
        ("tensor(0.1, dtype=torch.float64)", "tensor(0.2, dtype=torch.float32)"),
        ("0.1 and 0.5", "0.2 or 0.5"),
        ("0.1 and 0.5", "0.2 and 0.9"),
        ("version 2.13.0", "version 2.13.1"),
        ("True", "False"),
        ("no  number", "no number"),
        ("2.5ms", "2.6ms"),
        ("1.0e99999999999999999999", "1.1e99999999999999999999"),
    ],
)
def test_more_than_that_is_a_change(old: str, new: str) -> None:
    assert not only_rounding(old, new)
    assert not only_rounding(new, old)


# --- Moves -------------------------------------------------------------------------------------------------


def test_the_same_text_has_no_moves() -> None:
    assert moves("made", asked(x="0.25", y="1"), asked(x="0.25", y="1")) == []


def test_a_move_names_the_snippet_the_cell_the_expression_and_both_values() -> None:
    assert moves("made", asked(x="0.25", y="1"), asked(x="0.35", y="2")) == [
        Move("made", "a: x", "changed", "0.25", "0.35"),
        Move("made", "a: y", "changed", "1", "2"),
    ]


def test_numbers_that_come_and_go_are_told_from_those_that_change() -> None:
    assert moves("made", asked(gone="1", kept="2"), asked(kept="3", new="4")) == [
        Move("made", "a: kept", "changed", "2", "3"),
        Move("made", "a: new", "added", "", "4"),
        Move("made", "a: gone", "removed", "1", ""),
    ]


def test_an_empty_number_is_a_number() -> None:
    assert moves("made", asked(x="1"), asked(x="")) == [Move("made", "a: x", "changed", "1", "")]


def test_an_arrow_in_an_output_is_no_number() -> None:
    old, new = outputs_file("a  →  1"), outputs_file("a  →  2")
    assert moves("made", old, new) == [Move("made", "a: stdout", "changed", "a  →  1", "a  →  2")]


def test_a_line_in_the_middle_of_an_output_comes_or_goes() -> None:
    long, short = outputs_file("one", "two", "three"), outputs_file("one", "three")
    assert moves("made", long, short) == [Move("made", "a: stdout", "removed", "two", "")]
    assert moves("made", short, long) == [Move("made", "a: stdout", "added", "", "two")]


def test_lines_of_a_tensor_move_each_for_itself() -> None:
    old = outputs_file("tensor([[ 0.1000, -0.2000],", "        [ 0.3000,  0.4000]])", kind="value")
    new = outputs_file("tensor([[0.1000, 0.0000],", "        [0.3001, 0.9000]])", kind="value")
    assert [(move.kind, move.what) for move in moves("made", old, new)] == [("changed", "a: value")] * 2
    new = outputs_file("tensor([[ 0.1001, -0.2000],", "        [ 0.3000,  0.4000]])", kind="value")
    (move,) = moves("made", old, new)
    assert (move.kind, move.old) == ("rounding", "tensor([[ 0.1000, -0.2000],")


def test_columns_that_shift_with_a_rounding_are_a_rounding() -> None:
    # The sign of one element goes, and with it the column that was kept for signs in every row.
    old = outputs_file("tensor([[ 0.1000, -0.0001],", "        [ 0.3000,  0.4000]])", kind="value")
    new = outputs_file("tensor([[0.1000, 0.0000],", "        [0.3000, 0.4000]])", kind="value")
    assert [move.kind for move in moves("made", old, new)] == ["rounding", "rounding"]


def test_a_cell_that_was_moved_moves_no_number() -> None:
    one, two = asked(x="1").partition("\n")[2], outputs_file("text", cell="b").partition("\n")[2]
    assert moves("made", f"# head\n{one}{two}", f"# head\n{two}{one}") == []


def test_a_renamed_cell_takes_its_numbers_along() -> None:
    found = moves("made", outputs_file("1"), outputs_file("1", cell="b"))
    assert [(move.what, move.kind) for move in found] == [("b: stdout", "added"), ("a: stdout", "removed")]


def test_another_kind_of_output_is_another_output() -> None:
    found = moves("made", outputs_file("1"), outputs_file("1", kind="value"))
    assert [(move.what, move.kind) for move in found] == [("a: value", "added"), ("a: stdout", "removed")]


def test_everything_is_new_in_a_new_file() -> None:
    assert [move.kind for move in moves("made", "", asked(x="1", y="2"))] == ["added", "added"]
    assert [move.kind for move in moves("made", asked(x="1"), "")] == ["removed"]


def test_text_that_looks_like_the_files_own_marks_stays_text() -> None:
    old = outputs_file("[b]", "value:", "    deep", "# head")
    new = outputs_file("[c]", "value:", "    deep", "# head")
    assert moves("made", old, new) == [Move("made", "a: stdout", "changed", "[b]", "[c]")]


def test_torchs_own_printing_is_understood(text: Publish) -> None:
    source = """
        # %% a
        import torch

        print(torch.tensor([{value}, -0.25, float("nan"), float("inf")]))
        print(torch.tensor([{tiny}, 2e-7]))
        print(torch.tensor([1 + {value} * 1j]))
        print(torch.arange(3))
    """
    old = text(source.format(value="0.12344", tiny="0.999996e-7"))
    near = text(source.format(value="0.12352", tiny="0.999994e-7"))
    far = text(source.format(value="0.5", tiny="0.5"))
    assert "1.0000e-07" in old
    assert "9.9999e-08" in near
    assert [move.kind for move in moves("made", old, near)] == ["rounding"] * 3
    assert {move.kind for move in moves("made", old, far)} == {"changed"}
    assert not any("[0, 1, 2]" in move.old for move in moves("made", old, far))


# --- What may not be published -----------------------------------------------------------------------------

CELL = Cell("a", "", 1)
QUIET = Cell("a", "", 1, normalise=("[0-9.]+ ms", "0x[0-9a-f]+"))


def record(text: str = "", **values: str) -> CellRecord:
    outputs = (Output("stdout", text),) if text else ()
    return CellRecord("a", outputs, answered(values))


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        (record("took 12.3 ms"), record("took 12.4 ms"), ["took 12.3 ms"]),
        (record("a\nb\nc"), record("a\nx\nc"), ["b"]),
        (record("a\nb"), record("b\na"), ["b", "b"]),
        (record("a"), record("a\nb"), ["b"]),
        (record("a\nb"), record("a"), ["b"]),
        (record("a"), record(), ["stdout:", "a"]),
        (record(t="1"), record(t="2"), ["t  →  1"]),
        (record("<object at 0x7f7a1c06cc80>"), record("<object at 0x7f7a1c06cc80>"), None),
        (record("0x10e3b2c40"), record("0x10e3b2c40"), None),
        (record(t="<a.B at 0xFFFF10>"), record(t="<a.B at 0xFFFF10>"), None),
    ],
)
def test_what_two_runs_print_otherwise_or_an_address_is_named(
    first: CellRecord, second: CellRecord, named: list[str] | None
) -> None:
    found = list(unrepeatable(CELL, first, second))
    assert found == named if named else len(found) == 1


@pytest.mark.parametrize("text", ["0.1", "0x93bc5d7a", "hex: 0xff", "0x" + "0123456789abcdef" * 2, "id 12"])
def test_what_repeats_is_not_named(text: str) -> None:
    assert list(unrepeatable(CELL, record(text), record(text))) == []


def test_what_a_cell_normalises_may_differ_and_nothing_else_may() -> None:
    first, second = (
        record("12.3 ms\n<object at 0x7f7a1c06cc80>"),
        record("45.6 ms\n<object at 0x7fb12fda4c80>"),
    )
    assert list(unrepeatable(QUIET, first, second)) == []
    assert list(unrepeatable(QUIET, first, record("45.6 s\n<object at 0x7fb12fda4c80>"))) == ["…"]
