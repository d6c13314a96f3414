"""Lengths by numbers, tensors and layers: against real layers, also where these refuse."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import held, load
from torch import nn

lengths = load("lengths")
output_length, least_length, transposed_length = (
    lengths.output_length,
    lengths.least_length,
    lengths.transposed_length,
)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
small = st.integers(1, 5)


def real(layer: nn.Module, length: int) -> int:
    """What the layer gives, and 0 where it refuses."""
    try:
        with torch.no_grad():
            return layer(torch.zeros(1, 2, length)).shape[-1]
    except (RuntimeError, ValueError):
        return 0


@st.composite
def convolutions(draw: st.DrawFn) -> nn.Module:
    mode = draw(st.sampled_from(["zeros", "reflect", "circular", "replicate"]))
    padding = draw(st.one_of(st.integers(0, 6), st.sampled_from(["same", "valid"])))
    stride = 1 if padding == "same" else draw(small)
    return nn.Conv1d(2, 2, draw(small), stride, padding, draw(st.integers(1, 3)), 2, padding_mode=mode)


@st.composite
def transposed(draw: st.DrawFn) -> nn.Module:
    stride, dilation = draw(small), draw(st.integers(1, 3))
    extra = draw(st.integers(0, max(stride, dilation) - 1))
    return nn.ConvTranspose1d(2, 2, draw(small), stride, draw(st.integers(0, 5)), extra, dilation=dilation)


@st.composite
def poolings(draw: st.DrawFn) -> nn.Module:
    width, stride, up = draw(small), draw(small), draw(st.booleans())
    padding = draw(st.integers(0, width // 2))
    if draw(st.booleans()):
        return nn.AvgPool1d(width, stride, padding, ceil_mode=up)
    return nn.MaxPool1d(width, stride, padding, draw(st.integers(1, 3)), ceil_mode=up)


some_layer = st.one_of(convolutions(), transposed(), poolings())
keepers = st.sampled_from(
    [nn.ReLU(), nn.BatchNorm1d(2).eval(), nn.Dropout(0.5), nn.Identity(), nn.GroupNorm(1, 2)]
)


def least_by_search(layer: nn.Module, wanted: int) -> int:
    return next(n for n in itertools.count(1) if real(layer, n) >= wanted)


@held
@given(some_layer)
def test_it_says_what_a_layer_gives_and_how_little_it_takes(layer: nn.Module) -> None:
    for length in range(11):
        assert output_length(length, layer) == real(layer, length)
    for wanted in (1, 4):
        assert least_length(wanted, layer) == least_by_search(layer, wanted)


@held
@given(st.lists(st.one_of(some_layer, keepers), max_size=5))
def test_it_goes_through_a_stack_both_ways(layers: list[nn.Module]) -> None:
    stack = nn.Sequential(*layers)
    for length in (1, 2, 3, 7, 20):
        found = output_length(length, layers)
        assert found == output_length(length, stack) == output_length(length, nn.ModuleList(layers))
        assert found == real(stack, length)
        assert output_length(torch.tensor([length, 1]), [stack]).tolist() == [found, real(stack, 1)]
    for wanted in (1, 3):
        enough = least_length(wanted, layers)
        assert real(stack, enough) >= wanted
        assert enough == 1 or real(stack, enough - 1) < wanted
        assert least_length(torch.tensor([wanted]), stack).tolist() == [enough]


@held
@given(small, small, st.integers(0, 5), st.integers(1, 3), st.integers(0, 4))
def test_numbers_say_the_same_as_layers(k: int, s: int, p: int, d: int, q: int) -> None:
    conv = nn.Conv1d(2, 2, k, s, p, d)
    for length in range(9):
        assert output_length(length, k, s, p, d) == real(conv, length)
        assert output_length(length, (k,), stride=s, padding=(p,), dilation=d) == real(conv, length)
    assert least_length(3, kernel_size=k, stride=s, padding=p, dilation=d) == least_length(3, conv)
    if q >= max(s, d):
        with pytest.raises(ValueError, match=f"output_padding={q} must be less"):
            transposed_length(3, k, s, p, d, q)
        return
    turned = nn.ConvTranspose1d(2, 2, k, s, p, q, dilation=d)
    for length in range(9):
        assert transposed_length(length, k, s, p, d, q) == real(turned, length)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_a_tensor_of_lengths_keeps_shape_dtype_and_device(dtype: torch.dtype) -> None:
    each = torch.tensor([[12, 2, 1], [0, 4, 100]], dtype=dtype)
    after = output_length(each, 4)
    assert after.dtype == dtype
    assert after.tolist() == [[9, 0, 0], [0, 1, 97]]
    assert each.tolist() == [[12, 2, 1], [0, 4, 100]]
    assert least_length(each, 4, 1).tolist() == [[15, 5, 4], [0, 7, 103]]
    assert transposed_length(each, 4).tolist() == [[15, 5, 4], [0, 7, 103]]
    on_meta = each.to("meta")
    for found in (output_length(on_meta, 4), least_length(on_meta, 4), transposed_length(on_meta, 4)):
        assert (found.device.type, found.dtype, found.shape) == ("meta", dtype, each.shape)
    assert output_length(each[:, :0], 4).shape == (2, 0)
    assert output_length(torch.tensor(7, dtype=dtype), 4).shape == ()
    assert output_length(each[0, ::2], 4).tolist() == [9, 0]


@pytest.mark.parametrize("length", [2**24 + 1, 2**31 + 7, 2**53 + 1, 2**60 + 3])
def test_no_length_is_rounded(length: int) -> None:
    conv, turned = nn.Conv1d(1, 1, 4, 3, 1, 2, device="meta"), nn.ConvTranspose1d(1, 1, 3, 2, device="meta")
    assert output_length(length, conv) == (length + 2 - 6 - 1) // 3 + 1
    assert output_length(torch.tensor([length]), conv).tolist() == [output_length(length, conv)]
    assert least_length(torch.tensor([length // 4]), conv).tolist() == [least_length(length // 4, conv)]
    assert transposed_length(torch.tensor([length]), 3, 2).tolist() == [2 * length + 1]
    if length < 2**50:
        assert conv(torch.zeros(1, 1, length, device="meta")).shape[-1] == output_length(length, conv)
        assert turned(torch.zeros(1, 1, length, device="meta")).shape[-1] == output_length(length, turned)
    assert output_length(10**30, 3) == 10**30 - 2


def test_a_later_layer_needs_one_real_value() -> None:
    stack = [nn.Conv1d(2, 2, 10, 5), nn.Conv1d(2, 2, 3, padding=2)]
    assert least_length(1, stack) == 10
    assert output_length(9, stack) == 0


class Mine(nn.Conv1d):
    """A layer that pads in its own way."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(nn.functional.pad(x, (2, 0)))


class Residual(nn.Sequential):
    """Layers with a way around them."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + super().forward(x)


def test_what_has_no_length_is_refused_with_a_sentence() -> None:
    others = Mine(1, 1, 3), Residual(nn.Conv1d(1, 1, 3, padding=1))
    big = torch.tensor([2**30], dtype=torch.int32)
    for wrong, words in (
        (lambda: output_length(9.0, 4), "length=9.0 must be a whole number"),
        (lambda: output_length(-1, 4), "length=-1"),
        (lambda: output_length(np.array([1, 2]), 4), "length="),
        (lambda: output_length(torch.tensor([9.0]), 4), "whole, not torch.float32"),
        (lambda: output_length(torch.tensor([True]), 4), "whole, not torch.bool"),
        (lambda: output_length(torch.tensor([1j]), 4), "whole, not torch.complex"),
        (lambda: output_length(9, 0), "kernel_size=0"),
        (lambda: output_length(9, 4, 0), "stride=0"),
        (lambda: output_length(9, 4, 4 / 2), "stride=2.0"),
        (lambda: output_length(9, 4, 1, -1), "padding=-1"),
        (lambda: output_length(9, 4, 1, 0, 0), "dilation=0"),
        (lambda: output_length(9, 4, 2, "same"), "no padding='same' here with a stride of 2"),
        (lambda: output_length(9, 4, 1, "full"), "no padding='full'"),
        (lambda: transposed_length(9, 4, 1, "same"), "no padding='same'"),
        (lambda: output_length(9, nn.Conv1d(1, 1, 3), 2), "layers bring their own"),
        (lambda: output_length(9, [4, 4]), "no rule for int"),
        (lambda: output_length(9, (4, 4)), "kernel_size=.4, 4. must be a whole number"),
        (lambda: output_length(9, nn.MaxPool1d(2, padding=2)), "at most half its kernel, not 2"),
        (lambda: output_length(torch.tensor([200], dtype=torch.uint8), 1, 1, 40), "too long for torch.uint8"),
        (
            lambda: transposed_length(big, 3, 2),
            "too long for torch.int32",
        ),
        (lambda: least_length(torch.tensor([100], dtype=torch.int8), 1, 2), "too long for torch.int8"),
        *(
            (lambda one=one: output_length(9, one), f"no rule for {type(one).__name__}")
            for one in (
                *others,
                nn.GLU(),
                nn.Upsample(2),
                nn.Flatten(),
                nn.Conv2d(1, 1, 3),
            )
        ),
    ):
        with pytest.raises(ValueError, match=words):
            wrong()


def test_layers_with_changed_weights_count_as_what_they_are() -> None:
    normed = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 2, 4, 3))
    assert output_length(12, normed) == real(normed, 12) == 3
    assert output_length(12, nn.LazyConv1d(2, 4, 3)) == 3
    assert output_length(np.int64(12), np.int64(4), np.int32(3)) == 3


def test_lengths_go_through_an_exported_model() -> None:
    class Model(nn.Module):
        def forward(self, each: torch.Tensor) -> torch.Tensor:
            return output_length(each, 4, 3, 1)

    exported = torch.export.export(Model(), (torch.tensor([9, 4], dtype=torch.int32),)).module()
    assert exported(torch.tensor([12, 1], dtype=torch.int32)).tolist() == [4, 0]
