"""The autoencoder: every length comes back, every value counts, and what cannot be is refused."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import nn

recipe = load("autoencoder")
Autoencoder = recipe.Autoencoder
strides_of_layers = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def by_output_size(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The same network through plain layers, each asked for the length that its partner was given."""
    sizes = []
    for i, layer in enumerate(model.down):
        sizes.append(x.shape[-1])
        x = nn.functional.conv1d(x.relu() if i else x, layer.weight, layer.bias, layer.stride, layer.padding)
    for i, layer in enumerate(model.up):
        plain = nn.ConvTranspose1d(
            layer.in_channels,
            layer.out_channels,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            dtype=x.dtype,
        )
        plain.load_state_dict(layer.state_dict())
        x = plain(x.relu() if i else x, output_size=[sizes.pop()])
    return x


@held
@given(strides_of_layers, st.integers(1, 50), st.integers(0, 2), st.integers(0, 2), seeds)
def test_what_comes_back_is_as_long_as_what_went_in(
    strides: list[int], length: int, n: int, wider: int, seed: int
) -> None:
    torch.manual_seed(seed)
    width = 2 * max(strides) - 1 + 2 * wider
    model = Autoencoder(3, (4, 2, 5)[: len(strides)], strides, width, dtype=torch.float64)
    x = torch.randn(n, 3, length, dtype=torch.float64)
    y, z = model(x), model.encode(x)
    assert y.shape == x.shape
    assert z.shape == (n, model.down[-1].out_channels, math.ceil(length / math.prod(strides)))
    assert recipe.lengths(length, strides)[-1] == z.shape[-1]
    close(y, by_output_size(model, x))
    close(model(strided(x)), y)
    for i in range(n):
        close(model(x[i]), y[i])


@held
@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 1))
def test_every_value_is_read_and_every_value_is_made(stride: int, length: int, wider: int) -> None:
    model = Autoencoder(1, (1,), (stride,), 2 * stride - 1 + 2 * wider)
    for layer in (*model.down, *model.up):
        nn.init.ones_(layer.weight)
    x = torch.rand(1, 1, length, requires_grad=True)
    z = model.encode(x)
    z.sum().backward()
    assert (x.grad > 0).all()
    code = z.detach().requires_grad_()
    for t in range(length):
        (of_code,) = torch.autograd.grad(model.decode(code, length)[0, 0, t], code)
        assert of_code.any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_and_meta(dtype: torch.dtype) -> None:
    model = Autoencoder(2, (3, 4), (2, 3), 5, dtype=dtype)
    x = torch.randn(2, 2, 17, dtype=dtype)
    assert model(x).dtype == dtype
    on_meta = Autoencoder(2, (3, 4), (2, 3), 5, device="meta", dtype=dtype)
    assert on_meta(x.to("meta")).shape == x.shape


def test_what_cannot_be_is_refused_with_a_sentence() -> None:
    for width, strides, least in ((4, (2,), 3), (5, (4, 2), 7), (1, (2,), 3)):
        with pytest.raises(ValueError, match=f"kernel_size {width}: an odd one, from {least} on"):
            Autoencoder(1, (1,) * len(strides), strides, width)
    for channels, strides in (((1, 2), (2,)), ((1,), (0,)), ((1, 2), (2, -1))):
        with pytest.raises(ValueError, match="one of each for each layer, at least 1"):
            Autoencoder(1, channels, strides, 3)
    model = Autoencoder(1, (2,), (4,))
    with pytest.raises(ValueError, match="no values to encode"):
        model(torch.zeros(1, 1, 0))
    for length, right in ((9, 3), (4, 1), (0, 0)):
        with pytest.raises(ValueError, match=f"{length} values have a code of {right}, not 2"):
            model.decode(torch.zeros(1, 2, 2), length)
    for length in range(5, 9):
        assert model.decode(torch.zeros(1, 2, 2), length).shape == (1, 1, length)


def test_state_copies_graph_and_export() -> None:
    one, other = Autoencoder(1, (2, 3), (2, 4)), Autoencoder(1, (2, 3), (2, 4))
    other.load_state_dict(one.state_dict())
    x = torch.randn(2, 1, 21)
    close(deepcopy(other).eval()(x), one(x))
    assert graph_size(one(x)) == graph_size(one(x))
    exported = torch.export.export(one, (x,)).module()
    x = torch.randn(2, 1, 21)
    close(exported(x), one(x))


def test_it_exports_with_any_batch_and_any_length_from_one_more_than_its_strides_on() -> None:
    net = load("autoencoder").Autoencoder(2).eval()
    rows, length = torch.export.Dim("rows", min=1), torch.export.Dim("length", min=65)
    exported = torch.export.export(
        net, (torch.randn(2, 2, 100),), dynamic_shapes=({0: rows, 2: length},)
    ).module()
    for n, size in ((1, 65), (3, 641)):
        x = torch.randn(n, 2, size)
        close(exported(x), net(x))
