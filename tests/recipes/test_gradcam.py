"""Grad-CAM: against slopes that are known by hand, and what it leaves behind in the model."""

from __future__ import annotations

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


@pytest.mark.parametrize("target", [3, -1, [0], [0, 1, 5], [[0, 1, 2]]])
def test_a_class_that_is_not_there_is_refused(target: object) -> None:
    net = network()
    with pytest.raises(ValueError, match=r"3 classes from 0 to 2 are wanted"):
        grad_cam_1d(net, net[1], torch.randn(3, 2, 8), target)


def test_what_it_cannot_explain_is_refused() -> None:
    net, x = network(), torch.randn(2, 2, 8)
    with pytest.raises(ValueError, match="the layer ran 0 times"):
        grad_cam_1d(net, nn.Conv1d(2, 4, 3), x)
    with pytest.raises(ValueError, match=r"the model gave \(2, 4, 8\)"):
        grad_cam_1d(net[:1], net[0], x)
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
    assert grad_cam_1d(net, net[1], torch.zeros(3, 2, 8, device="meta"), 1).shape == (3, 8)
