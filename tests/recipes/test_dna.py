"""DNA as channels, its other strand, and networks that answer alike for both."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, held, load, seeds, strided
from torch import Tensor, nn

dna = load("dna")
one_hot, reverse_complement, BothStrands = dna.one_hot_dna, dna.reverse_complement, dna.BothStrands

# Which bases each letter stands for (IUPAC), as bits: A 8, C 4, G 2, T 1.
BITS = {
    "A": 8, "C": 4, "G": 2, "T": 1, "U": 1, "R": 10, "Y": 5, "S": 6, "W": 9, "K": 3, "M": 12,
    "B": 7, "D": 11, "H": 13, "V": 14, "N": 15,
}  # fmt: skip
LETTERS = "".join(BITS) + "".join(BITS).lower()
texts = st.lists(st.text(LETTERS, max_size=12), max_size=4)
dna_texts = st.lists(st.text(LETTERS.replace("U", "").replace("u", ""), max_size=12), max_size=4)


def column(letter: str) -> list[float]:
    bits = [int(i) for i in f"{BITS[letter.upper()]:04b}"]
    return [bit / sum(bits) for bit in bits]


@held
@given(texts)
def test_each_letter_is_a_column_and_shorter_rows_have_zeros_behind(rows: list[str]) -> None:
    longest = max(map(len, rows), default=0)
    true = np.zeros((len(rows), 4, longest))
    for n, row in enumerate(rows):
        for i, letter in enumerate(row):
            true[n, :, i] = column(letter)
    x = one_hot(rows)
    close(x, torch.from_numpy(true).float())
    assert x.is_contiguous()
    close(one_hot(tuple(row.swapcase() for row in rows)), x)
    for row in rows:
        close(one_hot(row), torch.tensor([column(letter) for letter in row]).reshape(-1, 4).T)


def test_the_two_strands_of_all_letters_are_what_they_are() -> None:
    assert reverse_complement("ACGTRYSWKMBDHVNacgtn") == "nacgtNBDHVKMWSRYACGT"
    assert reverse_complement("GAUUACA") == "UGUAAUC"
    assert reverse_complement("") == ""
    for letter in LETTERS:
        assert column(reverse_complement(letter)) == column(letter)[::-1]


@held
@given(dna_texts, st.integers(0, 3))
def test_letters_first_or_strand_first_gives_the_same(rows: list[str], more: int) -> None:
    there = [reverse_complement(row) for row in rows]
    assert [reverse_complement(row) for row in there] == rows
    x = nn.functional.pad(one_hot(rows), (0, more), value=torch.nan)
    for n, row in enumerate(rows):
        x[n, :, len(row) :] = torch.nan  # whatever stands behind
        close(reverse_complement(one_hot(row)), one_hot(there[n]))
        close(reverse_complement(one_hot(row), len(row)), one_hot(there[n]))
    lengths: Any = [len(row) for row in rows]
    true = nn.functional.pad(one_hot(there), (0, more))
    for given_lengths in (lengths, torch.tensor(lengths, dtype=torch.int32)):
        close(reverse_complement(x, given_lengths), true)
        close(reverse_complement(strided(x), given_lengths), true)


@pytest.mark.parametrize("dtype", DTYPES)
def test_it_comes_in_the_dtype_and_on_the_device_that_is_asked_for(dtype: torch.dtype) -> None:
    x = one_hot(["RYN", "A"], dtype=dtype)
    assert x.dtype == dtype
    assert x[0].tolist() == [[0.5, 0, 0.25], [0, 0.5, 0.25], [0.5, 0, 0.25], [0, 0.5, 0.25]]
    assert reverse_complement(x, [3, 1]).dtype == dtype
    on_meta = one_hot(["RYN", "A"], "meta", dtype)
    assert (on_meta.shape, on_meta.dtype, on_meta.device.type) == ((2, 4, 3), dtype, "meta")
    for lengths in (None, [3, 1], torch.tensor([3, 1])):
        assert reverse_complement(on_meta, lengths).device.type == "meta"
    with torch.device("meta"):
        net = BothStrands(nn.Sequential(nn.Conv1d(4, 2, 2, dtype=dtype), nn.Flatten()))
    assert net(on_meta).shape == (2, 4)


def test_the_default_dtype_is_the_one_that_is_set() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert one_hot("AC").dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


REFUSED: list[tuple[str, Any]] = [
    ("sequence 1, position 2: '-' stands for no base", ["ACGT", "AC-T"]),
    ("sequence 0, position 4: '\\\\n' stands", "ACGT\n"),
    ("sequence 0, position 0: ' ' stands", " ACGT"),
    ("sequence 0, position 1: 'ſ' stands", "AſC"),  # its upper case is an S
    ("sequence 0, position 3: 'ß' stands", "ACGß?"),
    ("sequence 0, position 2: '\U0001f9ec' stands", "AC\U0001f9ecT!"),
    ("sequence 0, position 0: 'X' stands", "X"),
    ("sequence 0, position 1: '\\\\x00' stands", "A\0"),
    ("a str or a list of them, please, not bytes", b"ACGT"),
    ("a str or a list of them, please, not list", [b"ACGT"]),
    ("a str or a list of them, please, not list", ["A", None]),
    ("a str or a list of them, please, not ndarray", np.array(["AC"])),
    ("a str or a list of them, please, not int", 5),
]


@pytest.mark.parametrize(("message", "value"), REFUSED)
def test_a_letter_for_no_base_is_refused_with_its_place(message: str, value: Any) -> None:
    with pytest.raises(ValueError, match=message):
        one_hot(value)


def test_what_has_no_other_strand_is_refused() -> None:
    refused: list[tuple[str, Any]] = [
        ("position 3: 'U' has no complement|position 2: 'T' has no complement among ACGU", ("ACTU",)),
        ("position 1: '-' has no complement", ("A-",)),
        (r"Tensor \(2, 5, 4\); a str or a tensor \(N, 4, L\)", (torch.zeros(2, 5, 4),)),
        (r"Tensor \(1, 2, 4, 5\); a str or", (torch.zeros(1, 2, 4, 5),)),
        (r"Tensor \(4,\); a str or", (torch.zeros(4),)),
        (r"ndarray \(4, 5\); a str or", (np.zeros((4, 5)),)),
        ("list .*; a str or", (["ACG", "A"],)),
        ("bytes .*; a str or", (b"ACG",)),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), [1, 6])),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), [-1, 5])),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), [5])),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), torch.tensor([0.4, 1]))),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), torch.tensor([True, True]))),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5, device="meta"), [0.5, 1])),
        ("from 0 to 5 for each is wanted", (torch.zeros(2, 4, 5), torch.ones(2, 5).bool())),
    ]
    for message, values in refused:
        with pytest.raises(ValueError, match=message):
            reverse_complement(*values)
    with pytest.raises(ValueError, match="int8 cannot hold a quarter"):
        one_hot("ACGT", dtype=torch.int8)


@pytest.mark.parametrize("dtype", [torch.int8, torch.uint8, torch.int16, torch.uint16, torch.uint64])
def test_lengths_may_be_in_any_whole_dtype_also_one_too_small_for_the_longest_row(dtype: torch.dtype) -> None:
    x = torch.rand(2, 4, 300)
    lengths = torch.tensor([100, 3])
    close(reverse_complement(x, lengths.to(dtype)), reverse_complement(x, lengths))
    close(reverse_complement(x[:0], []), x[:0])


def test_thirds_are_as_exact_as_the_dtype_and_no_default_device_gets_in_the_way() -> None:
    assert one_hot("B", dtype=torch.float64)[:, 0].tolist() == [0, 1 / 3, 1 / 3, 1 / 3]
    assert one_hot("AN", dtype=torch.float8_e5m2).float()[:, 1].tolist() == [0.25] * 4
    with torch.device("meta"):
        assert one_hot(["ACGT", "N"]).is_meta
        close(one_hot("AC", "cpu"), torch.tensor([[1.0, 0], [0, 1], [0, 0], [0, 0]], device="cpu"))


def nets() -> list[nn.Module]:
    """Networks of several kinds, none of them equal for both strands."""
    head = [nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(6, 3)]
    return [
        nn.Sequential(nn.Conv1d(4, 6, 5), nn.ReLU(), *copy.deepcopy(head)),
        nn.Sequential(nn.Conv1d(4, 6, 5, stride=2, padding=2), nn.BatchNorm1d(6), *copy.deepcopy(head)),
        nn.Sequential(nn.Flatten(), nn.Linear(4 * 20, 1), nn.Flatten(0)),
    ]


@held
@given(seeds, st.integers(0, 2), st.integers(1, 3), st.sampled_from(["mean", "max"]), st.booleans())
def test_both_strands_have_one_answer(seed: int, which: int, n: int, how: str, train: bool) -> None:
    torch.manual_seed(seed)
    net = BothStrands(nets()[which].double(), how).train(train)
    x = torch.randn(n, 4, 20, dtype=torch.float64)
    other = x.flip(1, 2)
    close(net(x), net(other))
    assert (net.net(x) - net.net(other)).abs().amin() > 1e-9
    net.eval()
    answers = torch.stack([net.net(x), net.net(other)])
    close(net(x), answers.amax(0) if how == "max" else answers.mean(0))
    for i in range(n):
        close(net(x[i]), net(x)[i])
        close(net(x[i : i + 1]), net(x)[i : i + 1])
    assert net(x[:0]).shape == net(x)[:0].shape


class MaskedMean(nn.Module):
    """The mean of a convolution over what is real."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 3, 5, padding=2)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        real = torch.arange(x.shape[-1], device=x.device) < lengths[:, None, None]
        y: Tensor = self.conv(x.masked_fill(~real, 0)).masked_fill(~real, 0)
        return y.sum(-1) / lengths[:, None]


@held
@given(seeds, st.lists(st.text("ACGTN", min_size=1, max_size=9), min_size=1, max_size=4))
def test_with_lengths_a_row_has_the_answer_that_it_has_alone(seed: int, rows: list[str]) -> None:
    torch.manual_seed(seed)
    net = BothStrands(MaskedMean().double())
    lengths = [len(row) for row in rows]
    x = one_hot(rows, dtype=torch.float64)
    there = one_hot([reverse_complement(row) for row in rows], dtype=torch.float64)
    y = net(x, lengths)
    close(net(there, torch.tensor(lengths)), y)
    for n, row in enumerate(rows):
        close(net(one_hot([row], dtype=torch.float64), [len(row)])[0], y[n])


def test_it_refuses_what_is_no_answer_for_a_sequence_and_unknown_ways() -> None:
    x = torch.randn(2, 4, 9)
    refused: list[tuple[Any, str]] = [
        (nn.Conv1d(4, 3, 2), r"net gave \(4, 3, 8\) of torch.float32 for 4 sequences; one answer each"),
        (nn.Flatten(0), r"net gave \(144,\) of torch.float32 for 4 sequences"),
        (nn.LSTM(9, 2), r"net gave \(\) of <class 'tuple'> for 4"),
        (lambda x: x.sum(2).argmax(1), r"net gave \(4,\) of torch.int64 for 4"),
    ]
    for net, message in refused:
        with pytest.raises(ValueError, match=message):
            BothStrands(net)(x)
    with pytest.raises(ValueError, match="'mean' or 'max', not 'sum'"):
        BothStrands(nn.Flatten(), "sum")


def test_it_has_gradients_a_state_dict_and_exports_with_any_length() -> None:
    torch.manual_seed(1)
    net = BothStrands(nets()[0], "max")
    x = torch.randn(2, 4, 20, requires_grad=True)
    net(x).sum().backward()
    assert x.grad is not None
    close(x.grad, torch.autograd.grad(net(x.flip(1, 2)).sum(), x)[0])
    twin = copy.deepcopy(net)
    twin.load_state_dict(net.state_dict())
    close(twin(x), net(x))
    length = torch.export.Dim("length", min=8, max=1000)
    exported = torch.export.export(net.eval(), (x.detach(),), dynamic_shapes=({2: length},)).module()
    longer = torch.randn(2, 4, 33)
    close(exported(longer), net(longer))


def test_it_exports_with_any_batch_length_and_lengths() -> None:
    net = BothStrands(MaskedMean()).eval()
    rows, length = torch.export.Dim("rows", min=1, max=100), torch.export.Dim("length", min=8, max=1000)
    exported = torch.export.export(
        net,
        (torch.randn(2, 4, 20), torch.tensor([20, 9])),
        dynamic_shapes=({0: rows, 2: length}, {0: rows}),
    ).module()
    for n in (1, 3):
        x, lengths = torch.randn(n, 4, 33), torch.arange(33, 33 - n, -1)
        close(exported(x, lengths), net(x, lengths))
