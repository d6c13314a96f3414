"""The three tests of networks from both sides: right networks that they must accept, wrong ones to find."""

# ruff: noqa: ARG005, N803 - a lambda stands for a network and takes what it is given; K and C are the formula's letters

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recipe import DTYPES, held, load, seeds
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everywhere

tests = load("tests")
reads_future, slides_along, same_alone = tests.reads_future, tests.slides_along, tests.same_alone
Net = Callable[..., Tensor]


class Do(nn.Module):
    """A function as a network, with the modules that it uses."""

    def __init__(self, function: Net, *parts: nn.Module) -> None:
        super().__init__()
        self.function, self.parts = function, nn.ModuleList(parts)

    def forward(self, *x: Tensor) -> Tensor:
        return self.function(*self.parts, *x)


class Causal(nn.Conv1d):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, ((self.kernel_size[0] - 1) * self.dilation[0], 0)))


class ChannelNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


def same(kernel: int = 3, **more: object) -> nn.Conv1d:
    return nn.Conv1d(4, 4, kernel, padding="same", **more)


def by_fft(x: Tensor) -> Tensor:
    n, kernel = 2 * x.shape[-1], torch.randn(4, x.shape[-1])
    return torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(kernel, n), n)[..., : x.shape[-1]]


def zero(layer: nn.Module) -> nn.Module:
    for p in layer.parameters():
        nn.init.zeros_(p)
    return layer


def attention(causal: bool) -> nn.Module:
    def run(layer: nn.Module, x: Tensor) -> Tensor:
        mask = torch.full((x.shape[-1],) * 2, -math.inf).triu(1) if causal else None
        x = x.transpose(1, 2)
        return layer(x, x, x, attn_mask=mask, need_weights=False)[0].transpose(1, 2)

    return Do(run, nn.MultiheadAttention(4, 2, batch_first=True))


CAUSAL: dict[str, Callable[[], Net]] = {
    "one layer": lambda: Causal(4, 2, 3),
    "dilated, depthwise": lambda: Causal(4, 4, 4, dilation=3, groups=4),
    "kernel of one": lambda: nn.Conv1d(4, 2, 1),
    "identity": nn.Identity,
    "in place": lambda: nn.Sequential(nn.ReLU(inplace=True), Causal(4, 4, 3)),
    "BatchNorm and Dropout": lambda: nn.Sequential(
        Causal(4, 4, 3), nn.BatchNorm1d(4), nn.Dropout(), Causal(4, 4, 3)
    ),
    "ChannelNorm": lambda: nn.Sequential(ChannelNorm(4), Causal(4, 4, 3), ChannelNorm(4)),
    "chomped": lambda: Do(lambda c, x: c(x)[..., :-2], nn.Conv1d(4, 4, 3, padding=2)),
    "Dropout that eval does not stop": lambda: Do(lambda c, x: F.dropout(c(x), 0.5, True), Causal(4, 4, 3)),
    "max of the past": lambda: Do(lambda x: F.max_pool1d(F.pad(x, (3, 0), value=-math.inf), 4, 1)),
    "cumulative mean": lambda: Do(lambda x: x.cumsum(-1) / torch.arange(1, x.shape[-1] + 1)),
    "by FFT": lambda: Do(by_fft),
    "large numbers by FFT": lambda: Do(lambda x: by_fft(x * 1e6)),
    "large and far from zero": lambda: Do(lambda c, x: c(x) * 1e5 + 1e6, Causal(4, 4, 3)),
    "masked attention": lambda: attention(True),
    "zero branch": lambda: Do(lambda a, b, x: a(x) + b(x), Causal(4, 4, 3), zero(Causal(4, 4, 3))),
    "infinity at the start": lambda: Do(lambda x: F.pad(x, (1, 0), value=-math.inf)[..., :-1]),
    "frozen": lambda: Causal(4, 4, 3).requires_grad_(False),
    "with hooks": lambda: hooked(Causal(4, 4, 3)),
    "only late outputs read": lambda: Do(lambda x: F.pad(x, (10, 0))[..., :-10]),
    "whole numbers out": lambda: Do(lambda c, x: c(x).argmax(1, keepdim=True), Causal(4, 4, 3)),
}
LEAKS: dict[str, Callable[[], Net]] = {
    "same": same,
    "even kernel": lambda: same(2),
    "dilated": lambda: same(3, dilation=4),
    "ChannelNorm in front": lambda: nn.Sequential(ChannelNorm(4), same()),
    "ChannelNorm and a causal layer in front": lambda: nn.Sequential(Causal(4, 4, 2), ChannelNorm(4), same()),
    "InstanceNorm": lambda: nn.Sequential(Causal(4, 4, 3), nn.InstanceNorm1d(4)),
    "GroupNorm": lambda: nn.Sequential(Causal(4, 4, 3), nn.GroupNorm(2, 4)),
    "mean taken away": lambda: Do(lambda c, x: c(x - x.mean(-1, keepdim=True)), Causal(4, 4, 3)),
    "difference of channels": lambda: Do(lambda x: (x[:, 1:] - x[:, :-1]).roll(-1, -1)),
    "one channel, far ahead": lambda: Do(
        lambda c, x: torch.cat([c(x)[:, 1:], x[:, :1].roll(-9, -1)], 1), Causal(4, 4, 3)
    ),
    "one pair of positions": lambda: Do(lambda x: x + F.pad(x[:, 3:, 13:14] * 1e-3, (12, 3))),
    "weak": lambda: Do(lambda c, x: c(x) + 1e-4 * x.roll(-1, -1), Causal(4, 4, 3)),
    "circular": lambda: nn.Conv1d(4, 4, 3, padding=1, padding_mode="circular"),
    "circular on the left": lambda: Do(lambda c, x: c(F.pad(x, (2, 0), "circular")), nn.Conv1d(4, 4, 3)),
    "reflect on the left": lambda: Do(lambda c, x: c(F.pad(x, (2, 0), "reflect")), nn.Conv1d(4, 4, 3)),
    "cut at the wrong end": lambda: Do(lambda c, x: c(x)[..., 2:], nn.Conv1d(4, 4, 3, padding=2)),
    "max pooling": lambda: nn.Sequential(Causal(4, 4, 3), nn.MaxPool1d(3, 1, 1)),
    "global mean": lambda: nn.Sequential(Causal(4, 4, 3), nn.AdaptiveAvgPool1d(1)),
    "global maximum": lambda: Do(lambda x: x + x.amax(-1, keepdim=True)),
    "BatchNorm and Dropout": lambda: nn.Sequential(same(), nn.BatchNorm1d(4), nn.Dropout(0.9)),
    "Dropout that eval does not stop": lambda: Do(lambda c, x: F.dropout(c(x), 0.5, True), same()),
    "zero branch": lambda: Do(lambda a, b, x: a(x) + b(x), Causal(4, 4, 3), zero(same())),
    "zero scale": lambda: Do(
        lambda a, b, s, x: a(x) + s(b(x)), Causal(4, 4, 3), same(), zero(nn.GroupNorm(4, 4))
    ),
    "attention": lambda: attention(False),
    "NaN": lambda: Do(lambda x: x * math.nan),
    "NaN at times": lambda: Do(lambda x: (x - x.mean()).sqrt()),
    "gated": lambda: Do(lambda x: x * x.roll(-1, -1)),
    "reversed": lambda: Do(lambda x: x.flip(-1)),
    "wrong axis": lambda: Do(
        lambda c, x: c(x.transpose(1, 2)).transpose(1, 2), nn.Conv1d(16, 16, 3, padding=1)
    ),
    "by FFT, without a margin": lambda: Do(
        lambda x: torch.fft.irfft(torch.fft.rfft(x) * torch.fft.rfft(torch.ones(16)), 16)
    ),
    "recurrent in both directions": lambda: Do(
        lambda g, x: g(x.transpose(1, 2))[0].transpose(1, 2),
        nn.GRU(4, 3, batch_first=True, bidirectional=True),
    ),
    "whole numbers out": lambda: Do(lambda c, x: (c(x) * 99).long(), same()),
    "behind infinity": lambda: Do(lambda x: F.pad(x.roll(-1, -1)[..., 1:], (1, 0), value=math.inf)),
}


def hooked(net: nn.Module) -> nn.Module:
    net.register_forward_hook(lambda module, given, y: y * 2)
    return net


@pytest.mark.parametrize("name", CAUSAL)
@pytest.mark.parametrize("seed", range(2))
def test_right_networks_are_not_said_to_read_the_future(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    x = torch.randn(2, 4, 16)
    assert reads_future(CAUSAL[name](), x) is False


@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.parametrize("seed", range(2))
def test_leaks_from_the_future_are_found(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    x = torch.rand(1, 4, 16) if seed else torch.randn(2, 4, 16)
    assert reads_future(LEAKS[name](), x) is True


@pytest.mark.parametrize("dtype", DTYPES)
def test_in_every_dtype(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 4, 12, dtype=dtype)
    for right in (
        Causal(4, 4, 3),
        nn.Sequential(Causal(4, 8, 3), nn.ReLU(), Causal(8, 4, 3), ChannelNorm(4)),
    ):
        assert not reads_future(right.to(dtype), x)
        assert slides_along(right.to(dtype), x, 5)
    assert reads_future(nn.Sequential(ChannelNorm(4), same()).to(dtype), x)
    assert not slides_along(nn.GroupNorm(1, 4).to(dtype), x, 5)


@settings(held, max_examples=25)
@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_with_a_stride_both_rules_of_causal_are_told_apart(
    seed: int, K: int, s: int, d: int, wait: bool
) -> None:
    torch.manual_seed(seed)
    layer = load("causal").CausalConv1d(4, 2, K, s, d, wait=wait)
    x = torch.randn(1, 4, 4 * s + 3)
    assert not reads_future(layer, x, stride=s, delay=s - 1 if wait else 0)
    # What is promised is exact: one input less, and the last tap is found.
    assert reads_future(layer, x, stride=s, delay=s - 2 if wait else -1)


@pytest.mark.parametrize("seed", range(30))
def test_a_leak_that_one_draw_may_miss_is_found(seed: int) -> None:
    torch.manual_seed(seed)
    # A norm of two channels leaves a sign alone.
    signs = nn.Sequential(ChannelNorm(2), nn.Conv1d(2, 1, 2))
    assert reads_future(signs, torch.randn(1, 2, 3))


def test_layers_without_padding_pooling_and_upsampling_by_their_rules() -> None:
    x = torch.randn(1, 4, 15)
    assert not reads_future(nn.Conv1d(4, 2, 3), x, delay=2)
    assert reads_future(nn.Conv1d(4, 2, 3), x, delay=1)
    assert not reads_future(nn.AvgPool1d(2), x, stride=2, delay=1)
    assert reads_future(nn.MaxPool1d(3, 2, 1), x, stride=2)
    assert not reads_future(nn.Upsample(scale_factor=2), x, stride=0.5)
    assert reads_future(nn.Upsample(scale_factor=2, mode="linear"), x, stride=0.5)


def test_outputs_and_inputs_with_the_positions_elsewhere() -> None:
    channels_last = Do(lambda c, x: c(x.transpose(1, 2)).transpose(1, 2), Causal(4, 2, 3))
    leaky = Do(lambda c, x: c(x.transpose(1, 2)).transpose(1, 2), nn.Conv1d(4, 2, 3, padding=1))
    x = torch.randn(2, 9, 4)
    assert not reads_future(channels_last, x, axis=1, out_axis=1)
    assert reads_future(leaky, x, axis=1, out_axis=1)
    assert slides_along(leaky, x, 3, axis=1, out_axis=1)
    tokens = Do(lambda e, c, x: c(e(x).transpose(1, 2)).transpose(1, 2), nn.Embedding(9, 4), Causal(4, 2, 3))
    assert not reads_future(tokens, torch.randint(9, (1, 12)), out_axis=1)
    tokens.parts[1] = nn.Conv1d(4, 2, 3, padding=1)
    assert reads_future(tokens, torch.randint(9, (1, 12)), out_axis=1)
    assert not reads_future(Causal(4, 2, 3), torch.randn(4, 9))


@pytest.mark.parametrize(
    ("net", "x", "more", "text"),
    [
        (Do(torch.ones_like), torch.randn(1, 4, 9), {}, "does not read x"),
        (zero(same()).requires_grad_(False), torch.randn(1, 4, 9), {}, "does not read x"),
        (nn.Sequential(same(), nn.Threshold(1e9, 0)), torch.randn(1, 4, 9), {}, "does not read x"),
        (same(), torch.randn(0, 4, 9), {}, "does not read x"),
        (Do(lambda x: x + torch.rand(1) if torch.initial_seed() else x), torch.randn(1, 4, 9), {}, None),
        (nn.Identity(), torch.randn(1, 4, 1), {}, "1 outputs of 1 inputs do not fit"),
        (nn.Upsample(scale_factor=2), torch.randn(1, 4, 9), {}, "18 outputs of 9 inputs do not fit stride=1"),
        (Do(lambda x: x[..., :0]), torch.randn(1, 4, 9), {}, "0 outputs of 9 inputs"),
        (nn.Identity(), torch.tensor([[3, 3, 3]]), {}, "one number only"),
        (nn.Identity(), torch.full((1, 4, 9), math.nan), {}, "NaN or infinity"),
    ],
)
def test_what_shows_nothing_is_refused(net: Net, x: Tensor, more: dict, text: str | None) -> None:
    if text is None:
        assert not reads_future(net, x, **more)
        return
    with pytest.raises(ValueError, match=text):
        reads_future(net, x, **more)


def test_several_outputs_and_networks_that_remember_are_refused() -> None:
    with pytest.raises(TypeError, match="tuple in place"):
        reads_future(nn.GRU(4, 3, batch_first=True), torch.randn(1, 9, 4), axis=1)
    calls = itertools.count()
    with pytest.raises(ValueError, match="a second run differs"):
        reads_future(lambda x: x + next(calls), torch.randn(1, 4, 9))


def test_zeros_as_an_example_are_filled() -> None:
    assert reads_future(same(), torch.zeros(1, 4, 9))
    assert not reads_future(Causal(4, 4, 3), torch.ones(1, 4, 9))


def test_positive_numbers_stay_positive() -> None:
    x = torch.rand(1, 4, 12) + 0.5
    assert not reads_future(Do(lambda c, x: c(x.log()), Causal(4, 4, 3)), x)


def snapshot(net: nn.Module) -> list:
    state = [value.clone() for value in net.state_dict().values()]
    return [*state, *(m.training for m in net.modules()), *(p.requires_grad for p in net.parameters())]


@pytest.mark.parametrize("fails", [False, True])
def test_everything_is_as_it_was(fails: bool) -> None:
    net = nn.Sequential(
        zero(Causal(4, 4, 3)), nn.BatchNorm1d(4), nn.Dropout(), nn.ReLU(inplace=True), Causal(4, 4, 2)
    )
    net[1].eval()
    net[0].weight.requires_grad_(True)
    x = torch.randn(2, 4, 9, requires_grad=True)
    kept, lengths = x.detach().clone(), torch.tensor([9, 5])
    loss = net(x).sum()
    before, torch_state = snapshot(net), torch.get_rng_state()
    for run in (
        lambda: reads_future(net, x),
        lambda: slides_along(net, x, 4),
        lambda: same_alone(Do(lambda net, x, n: net(x).cumsum(-1) + n.sub_(n)[0], net), x, lengths),
    ):
        if fails:
            hook = net[4].register_forward_pre_hook(lambda module, given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                run()
            hook.remove()
        else:
            run()
    after = snapshot(net)
    assert all(a.equal(b) if isinstance(a, Tensor) else a is b for a, b in zip(before, after, strict=True))
    assert torch.get_rng_state().equal(torch_state)
    assert torch.is_grad_enabled()
    assert x.equal(kept)
    assert lengths.tolist() == [9, 5]
    loss.backward()


def test_no_graph_is_made() -> None:
    enabled = []
    net = Do(lambda c, x, *n: [c(x), enabled.append(torch.is_grad_enabled())][0], Causal(4, 4, 3))
    x = torch.randn(2, 4, 9)
    assert not reads_future(net, x)
    assert slides_along(net, x, 3)
    assert same_alone(net, x, [9, 5])
    assert not any(enabled)


def test_a_layer_that_takes_its_width_from_the_first_input() -> None:
    assert reads_future(nn.LazyConv1d(4, 3, padding=1), torch.randn(1, 5, 9))


# ---------------------------------------------------------------------------------------- the axis
@settings(held, max_examples=25)
@given(seeds, st.integers(1, 4), st.integers(1, 2), st.integers(1, 2), st.integers(1, 7), st.booleans())
def test_layers_along_the_right_axis_are_accepted(
    seed: int,
    K: int,
    s: int,
    d: int,
    C: int,
    padded: bool,
) -> None:
    torch.manual_seed(seed)
    field = d * (K - 1) + 1
    layer = nn.Conv1d(C, 3, K, s, padding=d if padded else 0, dilation=d)
    assert slides_along(layer, torch.randn(2, C, field + 3), field)
    words = Do(lambda layer, x: layer(x.permute(0, 2, 1)), layer)
    assert slides_along(words, torch.randn(2, field + 3, C), field, axis=1)
    if K > 1:
        assert not slides_along(layer, torch.randn(2, C, field + 3), field - 1)


RIGHT = {
    "kernel of one": (lambda: nn.Conv1d(5, 3, 1), 1),
    "BatchNorm and Dropout": (lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.BatchNorm1d(5), nn.Dropout()), 3),
    "ChannelNorm": (lambda: nn.Sequential(ChannelNorm(5), nn.Conv1d(5, 5, 3), ChannelNorm(5)), 3),
    "two layers": (lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.ReLU(), nn.Conv1d(5, 5, 3, dilation=2)), 7),
    "depthwise": (lambda: nn.Conv1d(5, 5, 3, groups=5), 3),
    "pooling": (lambda: nn.MaxPool1d(3), 3),
    "reflect": (lambda: nn.Conv1d(5, 5, 3, padding=1, padding_mode="reflect"), 3),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_axes_are_accepted(name: str) -> None:
    torch.manual_seed(0)
    make, field = RIGHT[name]
    assert slides_along(make(), torch.randn(2, 5, 14), field) is True


@pytest.mark.parametrize(("words", "numbers"), [(12, 12), (9, 2), (8, 20), (4, 4), (14, 3)])
@pytest.mark.parametrize("K", [1, 2, 3])
def test_wrong_axes_are_found(words: int, numbers: int, K: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, words, numbers)
    if words <= K or numbers < K:
        return
    for wrong in (
        nn.Conv1d(words, 4, K),
        nn.Conv1d(words, words, K, groups=words),
        nn.Sequential(ChannelNorm(words), nn.Conv1d(words, 4, K)),
        nn.Sequential(nn.Conv1d(words, 4, K), nn.BatchNorm1d(4), nn.Dropout(0.9)),
        Do(lambda c, x: c(x.view(2, numbers, words)), nn.Conv1d(numbers, 4, K)),
        Do(lambda c, x: c(x.transpose(0, 1)), nn.Conv1d(2, 4, K)) if words == 2 else nn.Conv1d(words, 1, K),
    ):
        assert slides_along(wrong, x, K, axis=1) is False, wrong
    # The output's axis of words named, where each word keeps to itself: it slides over the numbers.
    if K > 1:
        depthwise = nn.Conv1d(words, words, K, groups=words)
        assert slides_along(depthwise, x, K, axis=1, out_axis=1) is False


WRONG = {
    "circular": lambda: nn.Conv1d(5, 5, 3, padding=1, padding_mode="circular"),
    "GroupNorm": lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.GroupNorm(1, 5)),
    "Linear over positions": lambda: nn.Linear(14, 14),
    "Linear over positions behind": lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.Linear(12, 12)),
    "global mean": lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.AdaptiveAvgPool1d(1)),
    "flattened": lambda: nn.Sequential(nn.Flatten(), nn.Linear(70, 5)),
    "one more layer than said": lambda: nn.Sequential(nn.Conv1d(5, 5, 3), nn.Conv1d(5, 5, 2)),
    "zero branch": lambda: Do(
        lambda a, b, x: a(x) + b(x), nn.Conv1d(5, 5, 3, padding=1), zero(nn.Linear(14, 14))
    ),
    "no neighbours": lambda: nn.Conv1d(5, 5, 1),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_reach_is_found(name: str) -> None:
    torch.manual_seed(0)
    assert slides_along(WRONG[name](), torch.randn(2, 5, 14), 3) is False


def test_what_shows_nothing_of_the_axis_is_refused() -> None:
    x = torch.randn(1, 4, 9)
    for field in (0, 9, 20):
        with pytest.raises(
            ValueError, match=f"field={field} must be 1 or more, and less than the 9 positions"
        ):
            slides_along(same(), x, field)
    with pytest.raises(ValueError, match="does not read x"):
        slides_along(Do(torch.ones_like), x, 3)
    with pytest.raises(ValueError, match="NaN, or a second run differs"):
        slides_along(Do(lambda x: x * math.nan), x, 3)
    with pytest.raises(ValueError, match="does not read x"):
        slides_along(Do(lambda x: x[..., :0]), x, 3)


# ---------------------------------------------------------------------------------------- alone or in a batch
def masked(x: Tensor, lengths: Tensor) -> Tensor:
    inside = torch.arange(x.shape[-1]) < lengths[:, None, None]
    return x.masked_fill(~inside, 0)


def two(between: Net, *more: nn.Module) -> nn.Module:
    first, second = nn.Conv1d(4, 4, 3, padding=1), nn.Conv1d(4, 4, 3, padding=1)
    return Do(
        lambda a, b, *rest: b(between(*rest[:-2], a(masked(*rest[-2:])), rest[-1])), first, second, *more
    )


def mean(x: Tensor, lengths: Tensor) -> Tensor:
    return masked(x, lengths).sum(-1) / lengths[:, None]


ALONE: dict[str, Callable[[], Net]] = {
    "masked between": lambda: two(masked),
    "masked, BatchNorm and Dropout": lambda: two(
        lambda norm, drop, x, n: masked(drop(norm(x)), n), nn.BatchNorm1d(4), nn.Dropout()
    ),
    "masked, ChannelNorm": lambda: two(lambda norm, x, n: masked(norm(x), n), ChannelNorm(4)),
    "one layer": lambda: Do(lambda c, x, n: c(x), nn.Conv1d(4, 4, 3, padding=1)),
    "causal": lambda: Do(lambda c, x, n: c(x), nn.Sequential(Causal(4, 4, 3), nn.ReLU(), Causal(4, 4, 3))),
    "without padding": lambda: Do(
        lambda c, x, n: c(x), nn.Sequential(nn.Conv1d(4, 4, 2), nn.Conv1d(4, 4, 3))
    ),
    "with a stride": lambda: Do(lambda c, x, n: c(x), nn.Conv1d(4, 4, 2, 2)),
    "mean": lambda: Do(mean),
    "one logit": lambda: Do(
        lambda c, out, x, n: out(mean(c(x), n)), nn.Conv1d(4, 4, 3, padding=1), nn.Linear(4, 1)
    ),
    "positions in the middle": lambda: Do(lambda c, x, n: c(x).transpose(1, 2), Causal(4, 4, 3)),
    "deep": lambda: Do(lambda c, x, n: c(x), nn.Sequential(*(Causal(4, 4, 3) for _ in range(30)))),
}
MIXED: dict[str, Callable[[], Net]] = {
    "no mask between": lambda: two(lambda x, n: x),
    "no mask, no bias": lambda: Do(
        lambda c, x, n: c(x),
        nn.Sequential(nn.Conv1d(4, 4, 3, padding=1, bias=False), nn.Conv1d(4, 4, 3, padding=1, bias=False)),
    ),
    "zero branch": lambda: Do(
        lambda a, b, c, x, n: a(x) + c(b(x)),
        nn.Conv1d(4, 4, 3, padding=1),
        nn.Conv1d(4, 4, 3, padding=1),
        zero(nn.Conv1d(4, 4, 3, padding=1)),
    ),
    "mean over the padding": lambda: Do(lambda x, n: x.mean(-1)),
    "maximum over the padding": lambda: Do(lambda c, x, n: c(x).amax(-1), nn.Conv1d(4, 4, 2)),
    "norm over the padding": lambda: two(lambda norm, x, n: masked(norm(x), n), nn.GroupNorm(1, 4)),
    "ChannelNorm, then the mask forgotten": lambda: two(lambda norm, x, n: norm(x), ChannelNorm(4)),
    "neighbours": lambda: Do(lambda x, n: x - 0.01 * x.mean(0, keepdim=True)),
    "one neighbour": lambda: Do(lambda x, n: x + F.pad(x[:1, :1, :1] * 1e-3, (2, x.shape[-1] - 3))),
    "BatchNorm at work": lambda: Do(lambda x, n: F.batch_norm(x, None, None, training=True)),
    "order": lambda: Do(lambda x, n: x.flip(0)),
    "NaN": lambda: Do(lambda x, n: x * math.nan),
    "NaN from an empty mask": lambda: Do(lambda x, n: x / (x != x.amax(-1, keepdim=True)) * 0),
    "lengths of the batch": lambda: Do(lambda x, n: mean(x, n) + n.max()),
    "padded length": lambda: Do(lambda x, n: mean(x, n) + x.shape[-1]),
    "circular": lambda: Do(lambda c, x, n: c(x), nn.Conv1d(4, 4, 3, padding=1, padding_mode="circular")),
    "reflect": lambda: Do(lambda c, x, n: c(x), nn.Conv1d(4, 4, 3, padding=1, padding_mode="reflect")),
    "reversed": lambda: Do(lambda x, n: x.flip(-1)),
    "attention": lambda: Do(lambda a, x, n: a(x), attention(False)),
    "mask of the wrong row": lambda: Do(lambda x, n: masked(x, n.flip(0)).sum(-1)),
}


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("seed", range(2))
def test_networks_that_keep_rows_apart_are_accepted(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    lengths = torch.tensor([9, 6, 8])
    x = masked(torch.randn(3, 4, 10), lengths)
    assert same_alone(ALONE[name](), x, lengths) is True


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("seed", range(2))
def test_rows_that_hang_on_the_batch_are_found(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    lengths = torch.tensor([9, 6, 8])
    x = masked(torch.randn(3, 4, 10), lengths)
    assert same_alone(MIXED[name](), x, lengths) is False


@pytest.mark.parametrize("dtype", DTYPES)
def test_alone_in_every_dtype(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    lengths = torch.tensor([9, 6, 8])
    x = masked(torch.randn(3, 4, 9, dtype=dtype), lengths)
    assert same_alone(two(masked).to(dtype), x, lengths)
    assert not same_alone(two(lambda x, n: x).to(dtype), x, lengths)


def test_a_mask_on_the_input_makes_what_is_padded_count_for_nothing() -> None:
    lengths = torch.tensor([5, 9])
    x = torch.randn(2, 4, 9)
    x[0, :, 5:] = math.nan
    assert same_alone(two(masked), x, lengths)
    by_product = Do(lambda c, x, n: c(x * masked(torch.ones(x.shape), n)), nn.Conv1d(4, 4, 3, padding=1))
    assert not same_alone(by_product, x, lengths)


def test_tokens_without_lengths_and_axes_in_other_places() -> None:
    torch.manual_seed(0)
    tokens = torch.tensor([[3, 1, 4, 1, 5], [2, 6, 5, 0, 0], [7, 1, 0, 0, 0]])

    def run(embed: nn.Module, conv: nn.Module, ids: Tensor) -> Tensor:
        y = conv(embed(ids).transpose(1, 2))
        real = (ids != 0)[:, None]
        return y.masked_fill(~real, -math.inf).amax(-1)

    net = Do(run, nn.Embedding(8, 4, padding_idx=0), nn.Conv1d(4, 6, 3, padding=1))
    assert same_alone(net, tokens, [5, 3, 2], hand_over=False)
    net.parts[0] = nn.Embedding(8, 4)
    assert not same_alone(net, tokens, [5, 3, 2], hand_over=False)
    rows = torch.randn(2, 9, 4)
    right = Do(lambda c, x, n: c(x.transpose(1, 2)).transpose(1, 2), Causal(4, 3, 3))
    assert same_alone(right, rows, (9, 4), axis=1)
    assert not same_alone(Do(lambda x, n: x.mean(1)), rows, (9, 4), axis=1)


def test_a_row_that_raises_alone_is_told() -> None:
    conv = nn.Conv1d(4, 4, 3)
    net = Do(lambda c, x, n: c(x), conv)
    x = torch.randn(2, 4, 9)
    with pytest.warns(UserWarning, match="row 1 alone: .*[Kk]ernel size"):
        assert same_alone(net, x, [9, 2]) is False


def test_more_alone_than_in_the_batch_is_a_difference() -> None:
    net = Do(lambda x, n: F.pad(x, (0, 3 if len(x) == 1 else 0)))
    assert not same_alone(net, torch.randn(2, 4, 9), [9, 7])


def test_rounding_is_measured_by_what_is_large_in_the_batch() -> None:
    # The second row is nothing but rounding: 64 steps of float32 beside 1 are 7.6e-6.
    net = Do(lambda x, n: x[:, :, 0] * (n == 9)[:, None] + x.shape[-1] * 1e-7)
    x = torch.rand(2, 4, 9) + 1
    assert same_alone(net, x, torch.tensor([9, 5]))
    assert not same_alone(net, x, torch.tensor([9, 5]), tol=1e-9)


def test_a_channel_of_large_numbers_hides_no_other() -> None:
    def far(x: Tensor, n: Tensor) -> Tensor:
        return torch.cat([x[:, :1] + 1e6, x[:, 1:] + x.mean(-1, keepdim=True)[:, 1:]], 1)

    assert not same_alone(Do(far), masked(torch.randn(2, 4, 9), torch.tensor([9, 7])), [9, 7])


def test_a_method_of_a_network_is_tested_as_the_network() -> None:
    net = nn.Sequential(Causal(4, 4, 3), nn.BatchNorm1d(4), nn.Dropout())
    assert not reads_future(net.forward, torch.randn(2, 4, 9))
    assert net[2].training


def test_a_row_of_nothing_is_compared_where_the_network_takes_it() -> None:
    x = masked(torch.randn(3, 4, 9), torch.tensor([9, 0, 4]))
    assert same_alone(Do(lambda x, n: x * 2), x, [9, 0, 4])
    sums = Do(lambda x, n: masked(x, torch.as_tensor(n)).sum(-1))
    assert same_alone(sums, x, [9, 0, 4])
    assert not same_alone(Do(lambda x, n: x.sum(-1) + x.shape[-1]), x, [9, 0, 4])


def test_what_shows_nothing_of_the_batch_is_refused() -> None:
    x = torch.randn(2, 4, 9)
    with pytest.raises(ValueError, match="no row is shorter than 9"):
        same_alone(Do(lambda x, n: x), x, [9, 9])
    with pytest.raises(ValueError, match="does not read x"):
        same_alone(Do(lambda x, n: torch.ones(len(x), 2)), x, [9, 5])
    for lengths in ([9], [9, 10], [9, -1], [], [[9, 5]]):
        with pytest.raises(ValueError, match="2 rows of 9"):
            same_alone(Do(lambda x, n: x), x, lengths)
    with pytest.raises(ValueError, match=r"\(4, 2, 9\) out of 2 rows"):
        same_alone(Do(lambda x, n: x.transpose(0, 1)), x, [9, 5])
    with pytest.raises(ValueError, match="0 rows"):
        same_alone(Do(lambda x, n: x), x[:0], [])


def test_a_copied_network_gives_the_same_answer() -> None:
    net = nn.Sequential(ChannelNorm(4), same())
    x = torch.randn(1, 4, 9)
    assert reads_future(copy.deepcopy(net), x)
