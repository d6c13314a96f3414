"""The TCN: against NumPy by definition, against the future, and its field against what moves an output."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, keeps_nan_apart, load, seeds, strided
from torch import nn

recipe = load("tcn")
TCN, TCNBlock = recipe.TCN, recipe.TCNBlock
norms = st.sampled_from(["weight", "channel", None])
kernels, dilations = st.integers(1, 5), st.integers(1, 6)
channels = st.lists(st.integers(2, 5), min_size=1, max_size=4)


def causal(conv: nn.Conv1d, x: np.ndarray) -> np.ndarray:
    """By definition, one product after the other: x is (C, L)."""
    weight, (dilation,) = conv.weight.detach().numpy(), conv.dilation
    y = np.tile(conv.bias.detach().numpy()[:, None], x.shape[-1])
    outputs, inputs, taps = weight.shape
    for o, c, k, t in itertools.product(range(outputs), range(inputs), range(taps), range(x.shape[-1])):
        u = t - (taps - 1 - k) * dilation
        if u >= 0:
            y[o, t] += weight[o, c, k] * x[c, u]
    return y


def by_numpy(block: nn.Module, x: np.ndarray) -> np.ndarray:
    y = x
    for layer in block.layers:
        if isinstance(layer, nn.Conv1d):
            y = causal(layer, y)
        elif isinstance(layer, nn.LayerNorm):
            scale, shift = (p.detach().numpy()[:, None] for p in (layer.weight, layer.bias))
            y = (y - y.mean(0)) / np.sqrt(y.var(0) + layer.eps) * scale + shift
        elif isinstance(layer, nn.ReLU):
            y = y.clip(0)
        else:
            assert isinstance(layer, nn.Dropout1d)
    same = isinstance(block.shortcut, nn.Identity)
    return (y + (x if same else causal(block.shortcut, x))).clip(0)


def positive(net: nn.Module) -> nn.Module:
    """Nothing cancels and no ReLU is shut."""
    for p in net.parameters():
        nn.init.constant_(p, 0.5)
    return net


@held
@given(st.integers(1, 3), st.integers(2, 4), kernels, dilations, norms, seeds, st.integers(1, 12))
def test_a_block_is_two_causal_sums_and_a_shortcut(
    c_in: int, c_out: int, taps: int, dilation: int, norm: str | None, seed: int, length: int
) -> None:
    torch.manual_seed(seed)
    block = TCNBlock(c_in, c_out, taps, dilation, 0.5, norm, dtype=torch.float64).eval()
    assert [type(layer).__name__.removeprefix("Parametrized") for layer in block.layers] == 2 * [
        "CausalConv1d",
        *(["ChannelNorm"] if norm == "channel" else []),
        "ReLU",
        "Dropout1d",
    ]
    for layer in block.layers:
        if isinstance(layer, nn.LayerNorm):
            nn.init.uniform_(layer.weight)
            nn.init.uniform_(layer.bias)
    x = torch.randn(2, c_in, length, dtype=torch.float64)
    with torch.no_grad():
        true = torch.stack([torch.from_numpy(by_numpy(block, row.numpy())) for row in x])
        for got in (block(x), block(strided(x)), torch.stack([block(row) for row in x])):
            close(got, true)


@held
@given(channels, kernels, norms, seeds, st.sampled_from(DTYPES), st.booleans())
def test_what_comes_later_moves_no_output_whatever_it_is(
    given_out: list[int], taps: int, norm: str | None, seed: int, dtype: torch.dtype, train: bool
) -> None:
    torch.manual_seed(seed)
    net = TCN(3, given_out, taps, dropout=0.3, norm=norm, dtype=dtype).train(train)
    x = torch.randn(2, 3, 14, dtype=dtype)
    wilds = [torch.randn(2, 3, 1) * 50]
    if keeps_nan_apart(dtype):
        wilds += [torch.tensor(torch.nan), torch.tensor(torch.inf)]
    for wild in wilds:
        later = x.clone()
        later[:, :, 9:] = wild.to(dtype)
        outputs = []
        for row in (x, later):
            torch.manual_seed(seed)  # the same channels are dropped
            outputs.append(net(row))
        y, z = outputs
        assert y.dtype == dtype
        assert y.shape == (2, given_out[-1], 14)
        close(z[:, :, :9], y[:, :, :9])
        assert not y.isnan().any()


@held
@given(channels, st.integers(1, 4), st.sampled_from(["weight", None]), st.booleans())
def test_its_field_is_what_moves_an_output(
    given_out: list[int], taps: int, norm: str | None, doubled: bool
) -> None:
    widths = None if doubled else [3, 1, 2, 1][: len(given_out)]
    net = positive(TCN(2, given_out, taps, dilations=widths, norm=norm, dtype=torch.float64))
    reach = 2 * (taps - 1) * sum(widths or [2**i for i in range(len(given_out))])
    assert net.receptive_field == 1 + reach
    t = reach + 4
    x = torch.rand(1, 2, t + 3, dtype=torch.float64)
    with torch.no_grad():
        y = net(x)[..., t]
        for i in (0, 1, 3, t + 1, t + 2):
            close(net(x.index_add(-1, torch.tensor([i]), torch.ones_like(x[..., :1])))[..., t], y)
        for i in (4, t):
            moved = net(x.index_add(-1, torch.tensor([i]), torch.ones_like(x[..., :1])))[..., t]
            assert bool((moved > y).all())


@held
@given(channels, norms, seeds, st.integers(0, 3), st.integers(1, 9))
def test_a_sample_alone_is_what_it_is_in_a_batch(
    given_out: list[int], norm: str | None, seed: int, n: int, length: int
) -> None:
    torch.manual_seed(seed)
    net = TCN(3, given_out, 3, norm=norm, dtype=torch.float64).eval()
    x = torch.randn(n, 3, length, dtype=torch.float64)
    y = net(x)
    assert y.shape == (n, given_out[-1], length)
    for i in range(n):
        close(net(x[i : i + 1])[0], y[i])
        close(net(x[i]), y[i])
    y.sum().backward()


def test_dropout_takes_whole_channels_in_training_and_nothing_else() -> None:
    block = positive(TCNBlock(4, 64, 1, dropout=0.5, norm=None)).double()
    nn.init.zeros_(block.shortcut.weight)
    nn.init.zeros_(block.shortcut.bias)
    x = torch.rand(3, 4, 20, dtype=torch.float64)
    dropped = block(x) == 0
    assert torch.equal(dropped.any(-1), dropped.all(-1))
    assert 40 < int(dropped.all(-1).sum()) < 150
    block.eval()
    assert torch.equal(block(x), block(x))
    assert not (block(x) == 0).any()


def test_the_shortcut_has_weights_only_where_the_channels_differ() -> None:
    assert list(TCNBlock(4, 4, 3).shortcut.parameters()) == []
    block = TCNBlock(4, 6, 3)
    assert block.shortcut.weight.shape == (6, 4, 1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda: TCNBlock(1, 1, 0), "kernel_size=0 and dilation=1: 1 or more", id="no taps"),
        pytest.param(
            lambda: TCNBlock(1, 1, 3, 0), "kernel_size=3 and dilation=0: 1 or more", id="no dilation"
        ),
        pytest.param(lambda: TCN(1, [], 3), "0 blocks with 0 dilations", id="no blocks"),
        pytest.param(lambda: TCN(1, [2, 2], 3, [1]), "2 blocks with 1 dilations", id="too few dilations"),
        pytest.param(lambda: TCNBlock(1, 2, 3, norm="batch"), "norm='batch'; known are", id="norm"),
        pytest.param(lambda: TCNBlock(4, 1, 3, norm="channel"), "C_out=1", id="norm of one channel"),
        pytest.param(lambda: TCN(2, [2], 1)(torch.zeros(1, 2, 0)), "0 values", id="no length"),
        pytest.param(lambda: TCN(2, [2], 3)(torch.zeros(2, 0)), "0 values", id="no length, no batch"),
    ],
)
def test_it_refuses_with_a_sentence(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize("norm", ["weight", "channel", None])
def test_it_copies_saves_exports_moves_and_keeps_no_graph(norm: str | None) -> None:
    torch.manual_seed(0)
    net = TCN(3, [4, 5], 3, norm=norm, dropout=0.2).eval()
    x = torch.randn(2, 3, 33)
    close(copy.deepcopy(net)(x), net(x))
    fresh = TCN(3, [4, 5], 3, norm=norm).eval()
    fresh.load_state_dict(net.state_dict())
    close(fresh(x), net(x))
    length = torch.export.Dim("length", min=1, max=1000)
    exported = torch.export.export(net, (torch.randn(2, 3, 20),), dynamic_shapes=({2: length},)).module()
    close(exported(x), net(x))
    on_meta = TCN(3, [4, 5], 3, norm=norm, device="meta")
    assert on_meta(torch.zeros(2, 3, 7, device="meta")).shape == (2, 5, 7)
    assert {p.device.type for p in on_meta.parameters()} == {"meta"}
    # A length and a direction for each of the four convolutions; the shortcuts are plain.
    assert sum("original" in name for name, _ in net.named_parameters()) == (8 if norm == "weight" else 0)
    assert graph_size(net(x)) == graph_size(net(x))
    short = torch.randn(1, 3, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(net.double(), (short,))


@held
@given(seeds, norms)
def test_every_weight_learns(seed: int, norm: str | None) -> None:
    torch.manual_seed(seed)
    net = TCN(3, [8, 8], 3, norm=norm)
    assume(all(bool((p != 0).any()) for p in net.parameters() if p.dim() > 1))
    net(torch.randn(4, 3, 20)).square().sum().backward()
    assert all(p.grad is not None and bool((p.grad != 0).any()) for p in net.parameters())
