"""Grad-CAM: against slopes that are known by hand, and what it leaves behind in the model."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, held, load, seeds, strided
from torch import nn

grad_cam_1d = load("gradcam").grad_cam_1d


def network(dtype: torch.dtype = torch.float32, *, relu: bool = True) -> nn.Sequential:
    """(N, 2, L) to (N, 3); layer 0 is the convolution, layer 1 what follows, in place."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv1d(2, 4, 3, padding=1),
        nn.ReLU(inplace=True) if relu else nn.Identity(),
        nn.Dropout(0.5),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(4, 3),
    ).to(dtype)


def by_hand(net: nn.Sequential, x: torch.Tensor, targets: list[int]) -> torch.Tensor:
    """Behind a mean each channel's slope is its weight in the last layer over T."""
    with torch.no_grad():
        maps = net[1](net[0](x)).clone()
        rows = net[5].weight[targets]
        return (rows[:, :, None] * maps / maps.shape[-1]).sum(1).relu()


@held
@given(seeds, st.integers(0, 4), st.integers(1, 20))
def test_behind_a_mean_it_is_the_weighted_map(seed: int, n: int, length: int) -> None:
    net = network(torch.float64)
    torch.manual_seed(seed)
    x = torch.randn(n, 2, length, dtype=torch.float64)
    targets = torch.randint(3, (n,))
    true = by_hand(net, x, targets.tolist())
    close(grad_cam_1d(net, net[1], x, targets), true)
    close(grad_cam_1d(net, net[1], strided(x), targets.tolist()), true)
    if n:
        close(grad_cam_1d(net, net[1], x, 2), by_hand(net, x, [2] * n))
        largest = net.eval()(x).argmax(1).tolist()
        close(grad_cam_1d(net, net[1], x), by_hand(net, x, largest))
        close(grad_cam_1d(net, net[1], x, targets)[:1], grad_cam_1d(net, net[1], x[:1], targets[:1]))


def test_an_in_place_layer_behind_does_not_change_what_is_read() -> None:
    net, x = network(torch.float64), torch.randn(2, 2, 9, dtype=torch.float64)
    maps = net[0](x).detach()
    alive = (maps > 0).double() * net[5].weight[1].detach()[:, None] / 9
    true = (alive.mean(-1, keepdim=True) * maps).sum(1).relu()
    close(grad_cam_1d(net, net[0], x, 1), true)


@held
@given(st.integers(1, 9), st.integers(1, 30), st.floats(0.5, 4), st.floats(-3, 6))
def test_places_between_are_on_straight_lines(t: int, length: int, jump: float, start: float) -> None:
    torch.manual_seed(t)
    cam = torch.rand(2, t, dtype=torch.float64)
    got = load("gradcam")._spread(cam, length, jump, start)
    at = start + jump * np.arange(t)
    true = np.stack([np.interp(np.arange(length), at, row) for row in cam.numpy()])
    torch.testing.assert_close(got, torch.from_numpy(true), rtol=1e-5, atol=1e-6)


@held
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3)),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 40),
    st.booleans(),
)
def test_the_middles_of_the_windows_are_found(layers: list[tuple[int, ...]], more: int, fixed: bool) -> None:
    """A window's middle is at t * stride + (span - 1) / 2 - padding, from layer to layer."""
    jump, start, least = 1, 0.0, 1
    for kernel, stride, padding, dilation in layers:
        start += jump * ((kernel - 1) * dilation / 2 - padding)
        jump *= stride
    for kernel, stride, padding, dilation in reversed(layers):
        least = max((least - 1) * stride + (kernel - 1) * dilation + 1 - 2 * padding, 1)
    convs = nn.Sequential(*(nn.Conv1d(1, 1, *layer) for layer in layers)).double()
    length = least + jump + more
    steps = convs(torch.zeros(1, 1, length, dtype=torch.float64)).shape[-1]
    # a head for one length only, or for any
    head = nn.Flatten() if fixed else nn.AdaptiveAvgPool1d(1)
    net = nn.Sequential(convs, head, *([nn.Linear(steps, 2)] if fixed else [nn.Flatten()])).double()
    x = torch.randn(2, 1, length, dtype=torch.float64)
    cam = grad_cam_1d(net, convs, x, 0)
    if steps > 1:
        close(cam, grad_cam_1d(net, convs, x, 0, jump, start))
        close(grad_cam_1d(net, convs, x, 0, jump=jump), cam)
        close(grad_cam_1d(net, convs, x, 0, start=start), cam)
    else:
        close(cam, cam[:, :1].expand_as(cam))


@pytest.mark.parametrize(
    "layers",
    [
        [nn.Upsample(scale_factor=3)],
        [nn.ConvTranspose1d(2, 2, 4, 2, 1)],
        [nn.AdaptiveAvgPool1d(5)],
    ],
)
def test_layers_of_another_kind_are_spread_evenly(layers: list[nn.Module]) -> None:
    torch.manual_seed(0)
    maps = nn.Sequential(nn.Conv1d(2, 2, 1), *layers)
    net = nn.Sequential(maps, nn.AdaptiveAvgPool1d(1), nn.Flatten())
    x = torch.randn(2, 2, 12)
    alone = maps(x).detach()
    cam = (alone[:, :1] / alone.shape[-1]).relu()
    true = nn.functional.interpolate(cam, 12, mode="linear")[:, 0]
    close(grad_cam_1d(net, maps, x, 0), true)


def test_a_model_for_one_length_only_is_spread_evenly_and_left_alone() -> None:
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.places, self.conv = nn.Parameter(torch.zeros(2, 12)), nn.Conv1d(2, 3, 4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.conv(x + self.places).mean(2)

    net, x = Fixed(), torch.randn(2, 2, 12)
    close(grad_cam_1d(net, net.conv, x, 1), grad_cam_1d(net, net.conv, x, 1, 12 / 5, 0.7))
    assert not net.conv._forward_hooks
    assert all(module.training for module in net.modules())


def test_with_places_given_the_model_runs_once_and_its_own_hooks_stay() -> None:
    net, calls = network(), []
    net[1].register_forward_hook(lambda *_: calls.append(1))
    grad_cam_1d(net, net[1], torch.randn(2, 2, 12), 0, jump=Fraction(1, 2), start=0)
    assert calls == [1]
    grad_cam_1d(net, net[1], torch.randn(2, 2, 12), 0)  # as long as the input
    assert calls == [1, 1]


def test_one_output_a_row_may_come_without_an_axis() -> None:
    net = network()[:5].append(nn.Linear(4, 1))
    flat = nn.Sequential(net, nn.Flatten(0))
    x = torch.randn(3, 2, 9)
    for target in (None, 0, [0, 0, 0]):
        close(grad_cam_1d(flat, net[1], x, target), grad_cam_1d(net, net[1], x, 0))


def test_under_autocast_it_keeps_the_dtype_of_the_input() -> None:
    net, x = network(), torch.randn(3, 2, 9)
    with torch.autocast("cpu", torch.bfloat16):
        cam = grad_cam_1d(net, net[1], x, 0)
    assert cam.dtype == torch.float32
    torch.testing.assert_close(cam, grad_cam_1d(net, net[1], x, 0), rtol=0.05, atol=0.01)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_the_model_is_as_it_was(context: type, grad: bool, training: bool) -> None:
    net = network().train(training)
    net[2].eval()
    net.requires_grad_(grad)
    modes = [module.training for module in net.modules()]
    saved = {name: value.clone() for name, value in net.state_dict().items()}
    with context():
        x = torch.randn(3, 2, 12)
        before = x.clone()
        first, second = (grad_cam_1d(net, net[1], x, 0) for _ in range(2))
    close(first, second)
    assert not first.requires_grad
    assert torch.equal(x, before)
    assert [module.training for module in net.modules()] == modes
    assert all(p.grad is None and p.requires_grad == grad for p in net.parameters())
    assert not net[1]._forward_hooks
    for name, value in net.state_dict().items():
        assert torch.equal(value, saved[name])


def test_hooks_and_modes_are_put_back_after_an_error() -> None:
    net = network().train()
    with pytest.raises(ValueError, match=r"the layer gave \(2, 3\); \(2, channels, T\) is wanted"):
        grad_cam_1d(net, net[5], torch.randn(2, 2, 8))
    with pytest.raises(RuntimeError):
        grad_cam_1d(net, net[0], torch.randn(2, 7, 8))
    assert not net[0]._forward_hooks
    assert not net[5]._forward_hooks
    assert all(module.training for module in net.modules())


@pytest.mark.parametrize("target", [3, -1, [0], [0, 1, 5], [[0, 1, 2]], 1.0, [0.0, 1, 2], True])
def test_a_class_that_is_not_there_is_refused(target: object) -> None:
    net = network()
    with pytest.raises(ValueError, match=r"classes from 0 to 2 are wanted, one or 3 of them"):
        grad_cam_1d(net, net[1], torch.randn(3, 2, 8), target)


class Pair(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, int]:
        return x, 1


def test_what_it_cannot_explain_is_refused() -> None:
    net, x = network(), torch.randn(2, 2, 8)
    with pytest.raises(ValueError, match="the layer ran 0 times"):
        grad_cam_1d(net, nn.Conv1d(2, 4, 3), x)
    with pytest.raises(ValueError, match=r"the model gave \(2, 4, 8\)"):
        grad_cam_1d(net[:1], net[0], x)
    for wrong, message in [
        (x[0], r"x is \(2, 8\) of torch.float32; \(N, C, L\) of floats"),
        (x.long(), r"x is \(2, 2, 8\) of torch.int64; \(N, C, L\) of floats"),
    ]:
        with pytest.raises(ValueError, match=message):
            grad_cam_1d(net, net[0], wrong)
    for places in ({"jump": 0}, {"jump": -1}, {"jump": torch.inf}, {"jump": 1, "start": torch.nan}):
        with pytest.raises(ValueError, match="finite ones are wanted, jump above 0"):
            grad_cam_1d(net, net[0], x, **places)
    lstm = nn.LSTM(8, 3)
    with pytest.raises(ValueError, match="the layer gave <class 'tuple'>"):
        grad_cam_1d(nn.Sequential(lstm), lstm, x)
    with pytest.raises(ValueError, match="the model gave <class 'tuple'>"):
        grad_cam_1d(nn.Sequential(net[0], nn.Flatten(), Pair()), net[0], x)
    shared = nn.Sequential(nn.Conv1d(2, 2, 1), nn.AdaptiveAvgPool1d(1), nn.Flatten())
    twice = nn.Sequential(shared[0], shared)
    with pytest.raises(ValueError, match="the layer ran 2 times"):
        grad_cam_1d(twice, shared[0], x)

    class Apart(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.unused = nn.Conv1d(2, 3, 1), nn.Conv1d(2, 3, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.unused(x)
            return self.used(x).mean(2)

    apart = Apart()
    with pytest.raises(ValueError, match="does not depend on the layer"):
        grad_cam_1d(apart, apart.unused, x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_it_keeps_the_dtype(dtype: torch.dtype) -> None:
    net = network(dtype)
    cam = grad_cam_1d(net, net[1], torch.randn(2, 2, 8).to(dtype), jump=2, start=1)
    assert cam.dtype == dtype
    assert cam.isfinite().all()


def test_it_works_on_meta() -> None:
    net = network().to("meta")
    x = torch.zeros(3, 2, 8, device="meta")
    assert grad_cam_1d(net, net[1], x, 1).shape == (3, 8)
    strided_net = nn.Sequential(nn.Conv1d(2, 3, 3, 2), nn.AdaptiveMaxPool1d(1), nn.Flatten()).to("meta")
    cam = grad_cam_1d(strided_net, strided_net[0], x)
    assert (cam.shape, cam.device.type) == ((3, 8), "meta")
    with pytest.raises(ValueError, match="one or 3 of them"):
        grad_cam_1d(net, net[1], x, [0, 1])
