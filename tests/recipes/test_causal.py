"""The causal layer: against the definition, against the whole signal, and at every edge."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import nn

CausalConv1d = load("causal").CausalConv1d
sizes = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 5),
        "stride": st.integers(1, 6),
        "dilation": st.integers(1, 4),
        "groups": st.sampled_from([1, 2]),
        "bias": st.booleans(),
        "wait": st.booleans(),
    }
)


def by_numpy(layer: nn.Conv1d, x: torch.Tensor, last: int) -> np.ndarray:
    """Every output by its definition, in float64: the window of output t ends at t * stride + last."""
    weight, row = layer.weight.detach().double().numpy(), x.double().numpy()
    outputs, per_group, taps = weight.shape
    (stride,), (dilation,) = layer.stride, layer.dilation
    ends = range(last, row.shape[-1], stride)
    y = np.zeros((len(row), outputs, len(ends)))
    if layer.bias is not None:
        y += layer.bias.detach().double().numpy()[:, None]
    for (t, end), o, c, k in itertools.product(
        enumerate(ends), range(outputs), range(per_group), range(taps)
    ):
        u = end - (taps - 1 - k) * dilation
        if u >= 0:
            channel = o // (outputs // layer.groups) * per_group + c
            y[:, o, t] += weight[o, c, k] * row[:, channel, u]
    return y


@held
@given(sizes, seeds, st.integers(0, 3), st.integers(1, 14))
def test_it_gives_the_sum_over_the_past(size: dict, seed: int, n: int, length: int) -> None:
    torch.manual_seed(seed)
    layer = CausalConv1d(4, 2, **size, dtype=torch.float64)
    last = size["stride"] - 1 if size["wait"] else 0
    x = torch.randn(n, 4, length, dtype=torch.float64)
    if length <= last:
        with pytest.raises(ValueError, match=rf"{length} values; the first output needs {last + 1}"):
            layer(x)
        return
    true = torch.from_numpy(by_numpy(layer, x, last))
    close(layer(x).detach(), true)
    close(layer(strided(x)).detach(), true)
    for i in range(n):
        close(layer(x[i]).detach(), true[i])


@held
@given(sizes, seeds, st.sampled_from(DTYPES))
def test_what_comes_later_moves_no_output_whatever_it_is(size: dict, seed: int, dtype: torch.dtype) -> None:
    torch.manual_seed(seed)
    layer = CausalConv1d(4, 2, **size, dtype=dtype).eval()
    last = size["stride"] - 1 if size["wait"] else 0
    x = torch.randn(2, 4, 15, dtype=dtype)
    with torch.no_grad():
        y = layer(x)
        assert y.dtype == dtype
        for t in range(y.shape[-1]):
            later = x.clone()
            later[:, :, t * size["stride"] + last + 1 :] = torch.randn(2, 4, 1, dtype=dtype) * 50
            close(layer(later)[:, :, : t + 1], y[:, :, : t + 1])


def test_no_length_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="0 values; the first output needs 1"):
        CausalConv1d(2, 3, 4)(torch.zeros(1, 2, 0))


def test_with_a_stride_longer_than_its_reach_it_skips_what_no_window_holds() -> None:
    layer = CausalConv1d(1, 1, 1, stride=4, bias=False, wait=True)
    nn.init.ones_(layer.weight)
    assert layer(torch.arange(12.0)[None]).tolist() == [[3, 7, 11]]


def test_its_weights_are_those_of_a_plain_layer() -> None:
    plain, causal = nn.Conv1d(4, 2, 3, groups=2), CausalConv1d(4, 2, 3, groups=2)
    causal.load_state_dict(plain.state_dict())
    x = torch.randn(1, 4, 9)
    close(causal(x)[:, :, 2:], plain(x))
    plain.load_state_dict(causal.state_dict())


def test_it_works_on_meta_keeps_no_graph_and_has_gradients() -> None:
    on_meta = CausalConv1d(2, 3, 4, stride=2, device="meta")
    assert on_meta(torch.zeros(5, 2, 9, device="meta")).shape == (5, 3, 5)
    layer = CausalConv1d(2, 3, 4, dtype=torch.float64)
    x = torch.randn(2, 2, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert graph_size(layer(x)) == graph_size(layer(x))


@pytest.mark.parametrize("wait", [False, True])
def test_it_exports_with_any_length(wait: bool) -> None:
    layer = CausalConv1d(2, 3, 4, stride=2, wait=wait).eval()
    length = torch.export.Dim("length", min=4, max=1000)
    exported = torch.export.export(layer, (torch.randn(1, 2, 20),), dynamic_shapes=({2: length},)).module()
    x = torch.randn(1, 2, 33)
    close(exported(x), layer(x))
