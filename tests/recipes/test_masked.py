"""Masked convolutions and pooling: each row as the plain layer gives it alone, whatever is in the padding."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import Tensor, nn

masked = load("masked")
MaskedConv1d, masked_mean, masked_max = masked.MaskedConv1d, masked.masked_mean, masked.masked_max
layers = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 5),
        "stride": st.integers(1, 4),
        "dilation": st.integers(1, 3),
        "padding": st.integers(0, 3) | st.sampled_from(["same", "valid"]),
        "groups": st.sampled_from([1, 2]),
        "bias": st.booleans(),
    }
).map(lambda size: size | {"stride": 1} if size["padding"] == "same" else size)
batches = st.integers(0, 12).flatmap(
    lambda longest: st.tuples(st.just(longest), st.lists(st.integers(0, longest), max_size=4))
)
JUNK = (0.0, math.nan, math.inf, -math.inf, 1e30)


def batch(lengths: list[int], longest: int, junk: float, dtype: torch.dtype = torch.float64) -> Tensor:
    x = torch.randn(len(lengths), 4, longest, dtype=dtype)
    for row, length in zip(x, lengths, strict=True):
        row[:, length:] = junk
    return x


def alone(layer: nn.Conv1d, row: Tensor) -> Tensor:
    """The plain layer on one row without its padding; nothing where it cannot be run."""
    plain = nn.Conv1d(4, 2, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups,
                      layer.bias is not None, dtype=row.dtype)  # fmt: skip
    plain.load_state_dict(layer.state_dict())
    try:
        return plain(row[None])[0]
    except RuntimeError:
        return row.new_zeros(2, 0)


@settings(held, max_examples=150)
@given(layers, batches, seeds, st.sampled_from(JUNK), st.booleans())
def test_each_row_gives_what_it_gives_alone_then_zeros(
    size: dict, given_lengths: tuple[int, list[int]], seed: int, junk: float, as_list: bool
) -> None:
    torch.manual_seed(seed)
    longest, lengths = given_lengths
    layer = MaskedConv1d(4, 2, **size, dtype=torch.float64)
    x = batch(lengths, longest, junk).requires_grad_()
    for z in (x, strided(x)):
        y, n = layer(z, lengths if as_list else torch.tensor(lengths, dtype=torch.int32))
        assert len(n) == len(lengths)
        for row, length, out, size_out in zip(x, lengths, y, n.tolist(), strict=True):
            true = alone(layer, row[:, :length])
            assert size_out == true.shape[1]
            close(out[:, :size_out], true)
            assert not out[:, size_out:].any()
    true_length = alone(layer, torch.zeros(4, longest, dtype=torch.float64)).shape[1]
    assert y.shape == (len(lengths), 2, true_length)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert all(p.grad is None or p.grad.isfinite().all() for p in layer.parameters())
    for row, length in zip(x.grad, lengths, strict=True):
        assert not row[:, length:].any()


@held
@given(batches, seeds, st.sampled_from(JUNK), st.sampled_from(DTYPES))
def test_mean_and_maximum_are_of_the_rows_own_positions(
    given_lengths: tuple[int, list[int]], seed: int, junk: float, dtype: torch.dtype
) -> None:
    torch.manual_seed(seed)
    longest, lengths = given_lengths
    x = batch(lengths, longest, junk, dtype).requires_grad_()
    mean, most = masked_mean(x, lengths), masked_max(x, lengths)
    assert mean.dtype == most.dtype == dtype
    for row, length, a, b in zip(x, lengths, mean, most, strict=True):
        own = row[:, :length]
        close(a, own.mean(1) if length else torch.zeros(4, dtype=dtype))
        close(b, own.max(1).values if length else torch.zeros(4, dtype=dtype))
    (mean.sum() + most.sum()).backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("kind", [torch.uint8, torch.int8, torch.int16, torch.int32])
def test_lengths_may_be_small_integers(kind: torch.dtype) -> None:
    layer = MaskedConv1d(4, 2, 5, dilation=60)
    x = torch.randn(3, 4, 300)
    lengths = [1, 127, 100]
    y, n = layer(x, torch.tensor(lengths, dtype=kind))
    close(y, layer(x, lengths)[0])
    assert n.tolist() == [0, 0, 0]
    close(masked_mean(x, torch.tensor(lengths, dtype=kind)), masked_mean(x, lengths))


def test_a_mean_in_half_precision_does_not_overflow() -> None:
    x = torch.full((1, 1, 2000), 100.0, dtype=torch.float16)
    assert masked_mean(x, [1500]).tolist() == [[100]]


def test_nan_among_the_real_positions_is_kept_to_its_row() -> None:
    x = torch.randn(3, 4, 9)
    x[1, 0, 2] = math.nan
    for y in (
        MaskedConv1d(4, 2, 3, padding=1)(x, [9, 5, 0])[0],
        masked_mean(x, [9, 5, 0]),
        masked_max(x, [9, 5, 0]),
    ):
        assert [row.isnan().any().item() for row in y] == [False, True, False]


def test_a_stack_with_norms_in_between_is_the_same_alone() -> None:
    torch.manual_seed(0)

    class Stack(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(
                [MaskedConv1d(4, 4, 3, padding=1), MaskedConv1d(4, 4, 4, 2), MaskedConv1d(4, 4, 3)]
            )
            self.norms = nn.ModuleList(nn.BatchNorm1d(4) for _ in range(3))

        def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
            for layer, norm in zip(self.layers, self.norms, strict=True):
                x, lengths = layer(x, lengths)
                x = norm(x).relu() + 1
            return torch.cat([masked_mean(x, lengths), masked_max(x, lengths)], 1)

    net = Stack()
    lengths = torch.tensor([20, 11, 3, 0, 14])
    assert load("tests").same_alone(net, batch(lengths.tolist(), 22, math.nan, torch.float32), lengths)


@pytest.mark.parametrize(
    ("x", "lengths", "text"),
    [
        (torch.zeros(2, 4, 9), [9, 10], "lengths from 9 to 10, but x has 9 positions"),
        (torch.zeros(2, 4, 9), [-1, 3], "lengths from -1 to 3"),
        (torch.zeros(2, 4, 9), [9], r"x \(2, 4, 9\) and lengths \(1,\)"),
        (torch.zeros(2, 4, 9), 9, r"lengths \(\)"),
        (torch.zeros(4, 9), [9, 9, 9, 9], r"\(N, C, L\) and"),
        (torch.zeros(2, 4, 9), [0.5, 1.0], "counts, not torch.float32"),
        (torch.zeros(2, 4, 9), torch.tensor([True, False]), "counts, not torch.bool"),
        (torch.zeros(2, 4, 9), torch.ones(2, 9).bool(), r"lengths \(2, 9\)"),
    ],
)
def test_lengths_that_do_not_fit_are_refused_with_a_sentence(x: Tensor, lengths: object, text: str) -> None:
    for use in (MaskedConv1d(4, 2, 3), masked_mean, masked_max):
        with pytest.raises(ValueError, match=text):
            use(x, lengths)


@pytest.mark.parametrize("mode", ["reflect", "circular", "replicate"])
def test_modes_that_copy_are_refused(mode: str) -> None:
    with pytest.raises(ValueError, match=f"'{mode}' would copy padding"):
        MaskedConv1d(4, 2, 3, padding=1, padding_mode=mode)


def test_lengths_may_be_on_another_device() -> None:
    x = torch.zeros(2, 4, 9, device="meta")
    layer = MaskedConv1d(4, 2, 3, 2, device="meta")
    y, n = layer(x, torch.tensor([9, 4]))
    assert (y.shape, y.device.type, n.device.type) == ((2, 2, 4), "meta", "meta")
    again, n = layer(torch.zeros(2, 4, 4, device="meta"), n)
    assert (again.shape, n.device.type) == ((2, 2, 1), "meta")
    assert masked_max(x, [9, 4]).shape == masked_mean(x, [9, 4]).shape == (2, 4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_copies_and_graphs(dtype: torch.dtype) -> None:
    layer = MaskedConv1d(4, 2, 3, padding=1, dtype=dtype)
    plain = nn.Conv1d(4, 2, 3, padding=1, dtype=dtype)
    plain.load_state_dict(layer.state_dict())
    x = batch([7, 3], 7, 0, dtype)
    y, n = copy.deepcopy(layer)(x, [7, 3])
    assert y.dtype == dtype
    assert n.tolist() == [7, 3]
    close(y[0], plain(x)[0])
    assert graph_size(layer(x, [7, 3])[0]) == graph_size(layer(x, [7, 3])[0])
    with torch.no_grad():
        assert layer(x, [7, 3])[0].grad_fn is None
    kept = x.clone()
    layer(x.requires_grad_(False), [2, 3])
    assert x.equal(kept)


def test_gradients_by_differences() -> None:
    layer = MaskedConv1d(4, 2, 3, 2, dtype=torch.float64)
    x = torch.randn(3, 4, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: layer(x, [7, 0, 4])[0], x)
    assert torch.autograd.gradcheck(lambda x: masked_mean(x, [7, 0, 4]), x)
    assert torch.autograd.gradcheck(lambda x: masked_max(x, [7, 0, 4]), x)


def test_it_exports_with_any_length() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = MaskedConv1d(4, 2, 3, 2, 1)

        def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
            y, n = self.conv(x, lengths)
            return masked_max(y, n) + masked_mean(y, n)

    net = Net().eval()
    length = torch.export.Dim("length", min=4, max=1000)
    example = torch.randn(2, 4, 20), torch.tensor([20, 7])
    exported = torch.export.export(net, example, dynamic_shapes=({2: length}, None)).module()
    x, lengths = torch.randn(2, 4, 33), torch.tensor([30, 0])
    close(exported(x, lengths), net(x, lengths))


def test_a_batch_of_no_positions_gives_rows_of_no_length() -> None:
    for dtype in (torch.float32, torch.float64):
        for size in (
            {"kernel_size": 1, "padding": 1},
            {"kernel_size": 3},
            {"kernel_size": 2, "padding": "same"},
        ):
            y, n = MaskedConv1d(4, 2, **size, dtype=dtype)(torch.zeros(2, 4, 0, dtype=dtype), [0, 0])
            assert y.shape == (2, 2, 0)
            assert n.tolist() == [0, 0]


def test_lengths_may_be_in_any_whole_dtype_and_the_batch_of_any_size_in_an_export() -> None:
    net = load("masked").MaskedConv1d(2, 3, 4).eval()
    x, lengths = torch.randn(3, 2, 10), torch.tensor([10, 5, 0])
    for dtype in (torch.uint8, torch.int8, torch.uint16, torch.uint64):
        close(net(x, lengths.to(dtype))[0], net(x, lengths)[0])
    rows = torch.export.Dim("rows", min=1, max=100)
    exported = torch.export.export(net, (x, lengths), dynamic_shapes=({0: rows}, {0: rows})).module()
    close(exported(x[:1], lengths[:1])[0], net(x[:1], lengths[:1])[0])
