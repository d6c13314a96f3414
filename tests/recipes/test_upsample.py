"""Upsampling without a checkerboard: against the definition, and measured on a constant."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import nn

UpsampleConv1d = load("upsample").UpsampleConv1d
sizes = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 6),
        "scale": st.integers(1, 5),
        "mode": st.sampled_from(["nearest", "linear"]),
        "dilation": st.integers(1, 2),
        "groups": st.sampled_from([1, 2]),
        "bias": st.booleans(),
    }
)


def longer(row: np.ndarray, scale: int, mode: str) -> np.ndarray:
    """One row, `scale` times as long: the value at the middle of each part of a value."""
    middles = (np.arange(len(row) * scale) + 0.5) / scale - 0.5
    if mode == "nearest":
        return row[np.floor(middles + 0.5 + 1e-9).astype(int).clip(0, len(row) - 1)]
    return np.interp(middles, np.arange(len(row)), row)


def by_definition(layer: nn.Conv1d, x: torch.Tensor, mode: str, scale: int, ends: str) -> torch.Tensor:
    """Every output as a sum over a row that has been made longer and continued at both ends."""
    rows = np.array([[longer(row, scale, mode) for row in one] for one in x.double().numpy()])
    weight = layer.weight.detach().double().numpy()
    outputs, per_group, taps = weight.shape
    reach = layer.dilation[0] * (taps - 1)
    how = "edge" if ends == "replicate" else "constant"
    rows = np.pad(rows, ((0, 0), (0, 0), (reach // 2, reach - reach // 2)), how)
    y = np.zeros((len(rows), outputs, rows.shape[-1] - reach))
    for o in range(outputs):
        first = o // (outputs // layer.groups) * per_group
        for c in range(per_group):
            for k in range(taps):
                start = k * layer.dilation[0]
                y[:, o] += weight[o, c, k] * rows[:, first + c, start : start + y.shape[-1]]
    if layer.bias is not None:
        y += layer.bias.detach().double().numpy()[:, None]
    return torch.from_numpy(y)


@held
@given(sizes, seeds, st.integers(1, 3), st.integers(1, 9), st.sampled_from(["replicate", "zeros"]))
def test_it_is_a_longer_row_and_a_convolution(size: dict, seed: int, n: int, length: int, ends: str) -> None:
    torch.manual_seed(seed)
    layer = UpsampleConv1d(4, 2, **size, padding_mode=ends, dtype=torch.float64)
    assert (layer.dilation, layer.groups) == ((size["dilation"],), size["groups"])
    x = torch.randn(n, 4, length, dtype=torch.float64)
    y = layer(x).detach()
    close(y, by_definition(layer, x, size["mode"], size["scale"], ends))
    close(layer(strided(x)).detach(), y)
    close(layer(x[0]).detach(), y[0])
    assert layer(x[:0]).shape == (0, 2, length * size["scale"])


@held
@given(sizes, seeds, st.integers(1, 9), st.sampled_from(DTYPES))
def test_a_constant_stays_constant(size: dict, seed: int, length: int, dtype: torch.dtype) -> None:
    torch.manual_seed(seed)
    layer = UpsampleConv1d(4, 2, **size, dtype=dtype).eval()
    with torch.no_grad():
        y = layer(torch.full((2, 4, length), 3.0, dtype=dtype))
    assert (y.dtype, y.shape) == (dtype, (2, 2, length * size["scale"]))
    torch.testing.assert_close(
        y, y[..., :1].expand_as(y), rtol=0.02, atol=0.05 if dtype != torch.float64 else 1e-9
    )


def test_what_it_does_not_take_is_refused_with_a_sentence() -> None:
    for scale in (0, -1, 1.5):
        with pytest.raises(ValueError, match=f"scale {scale} must be a whole number"):
            UpsampleConv1d(1, 1, 3, scale)
    with pytest.raises(ValueError, match="no mode 'bicubic' here"):
        UpsampleConv1d(1, 1, 3, 2, mode="bicubic")
    for mode in ("nearest", "linear"):
        with pytest.raises(ValueError, match="no values to repeat"):
            UpsampleConv1d(1, 1, 3, 2, mode)(torch.zeros(1, 1, 0))


def test_what_is_not_a_number_stays_near_its_place() -> None:
    x = torch.zeros(1, 1, 10)
    x[0, 0, 5] = torch.nan
    for mode, far in (("nearest", 1), ("linear", 3)):
        places = UpsampleConv1d(1, 1, 3, 2, mode)(x)[0, 0].isnan().nonzero().flatten()
        assert 10 - far <= int(places.min()) <= int(places.max()) <= 11 + far


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_meta_state_copies_gradients_and_export(mode: str) -> None:
    for dtype in DTYPES:
        on_meta = UpsampleConv1d(2, 3, 4, 3, mode, device="meta", dtype=dtype)
        assert on_meta(torch.zeros(5, 2, 9, device="meta", dtype=dtype)).shape == (5, 3, 27)
    one, other = UpsampleConv1d(2, 3, 4, 3, mode), UpsampleConv1d(2, 3, 4, 3, mode)
    plain = nn.Conv1d(2, 3, 4)
    plain.load_state_dict(one.state_dict())
    other.load_state_dict(plain.state_dict())
    x = torch.randn(2, 2, 7)
    close(deepcopy(other)(x), one(x))
    assert graph_size(one(x)) == graph_size(one(x))
    exact = UpsampleConv1d(2, 3, 4, 3, mode, dtype=torch.float64)
    z = torch.randn(2, 2, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(exact, (z,))
    length = torch.export.Dim("length", min=4, max=1000)
    exported = torch.export.export(one, (x,), dynamic_shapes=({2: length},)).module()
    x = torch.randn(2, 2, 33)
    close(exported(x), one(x))


@pytest.mark.parametrize("scale", [torch.inf, -torch.inf, torch.nan, None, (2,), "2", 2j])
def test_a_scale_that_is_no_whole_number_is_refused(scale: object) -> None:
    with pytest.raises(ValueError, match=r"scale .* must be a whole number and at least 1"):
        UpsampleConv1d(1, 1, 3, scale)


@pytest.mark.parametrize("scale", [2, 2.0, np.int64(2), np.float32(2), torch.tensor(2)])
def test_a_whole_number_may_come_in_any_form(scale: object) -> None:
    assert UpsampleConv1d(1, 1, 3, scale)(torch.ones(1, 1, 4)).shape == (1, 1, 8)
