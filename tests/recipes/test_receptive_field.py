"""The receptive field that is walked, against what moves an output, and what must be refused by its name."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from recipe import held, load
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

receptive_field = load("receptive_field").receptive_field
pad = functional.pad


class Residual(nn.Module):
    """A block of the user's own, of functions and modules."""

    def __init__(self, taps: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, taps, padding="same", dilation=dilation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.relu(x + self.conv(x))


class Chomp(nn.Module):
    """Causal as locuslab/TCN writes it: padded on both sides, cut on the right."""

    def __init__(self, taps: int, cut: int) -> None:
        super().__init__()
        self.conv, self.cut = nn.Conv1d(1, 1, taps, padding=cut), cut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x)[:, :, : -self.cut].contiguous()


class Causal(nn.Conv1d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        reach = self.dilation[0] * (self.kernel_size[0] - 1)
        if x.size(-1) < 1:
            raise ValueError("too short")
        return super().forward(pad(x, (reach, 0)))


class Both(nn.Module):
    """Two branches of unlike kernels, joined along the channels, mixed by a K = 1."""

    def __init__(self, taps: int, other: int) -> None:
        super().__init__()
        self.one = nn.Conv1d(1, 1, 2 * taps - 1, padding=taps - 1)
        self.two = nn.Conv1d(1, 2, 2 * other - 1, padding="same", dilation=2)
        self.mix = nn.Conv1d(3, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a, b = self.mix(torch.cat([self.one(x), self.two(x)], dim=1)).chunk(2, dim=1)
        return a + functional.softplus(b)


class LastAxis(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.mix(x.transpose(1, 2)).transpose(-1, -2)


small, few = st.integers(1, 3), st.integers(0, 3)
LAYERS = st.one_of(
    st.builds(lambda k, s, p, d: nn.Conv1d(1, 1, k, s, p, d), small, st.integers(1, 2), few, small),
    st.builds(lambda k, d: nn.Conv1d(1, 1, k, padding="same", dilation=d), small, small),
    st.builds(lambda k: nn.Conv1d(1, 1, k, padding="valid", padding_mode="circular"), small),
    st.builds(lambda k, d: nn.MaxPool1d(k, 1, k // 2, d), small, small),
    st.builds(lambda k: nn.AvgPool1d(2, k, 1), st.integers(1, 2)),
    st.builds(lambda k, s, p, d: nn.ConvTranspose1d(1, 1, k, s, p, 0, dilation=d), small, small, few, small),
    st.builds(
        lambda f, m: nn.Upsample(scale_factor=f, mode=m),
        small,
        st.sampled_from(["nearest", "linear", "nearest-exact"]),
    ),
    st.builds(lambda a, b: nn.ReplicationPad1d((a, b)), few, few),
    st.builds(Causal, st.just(1), st.just(1), small, dilation=small),
    st.builds(Residual, small, small),
    st.builds(Chomp, small, small),
    st.builds(Both, small, small),
    st.sampled_from([nn.ReLU(), nn.Dropout(0.5), nn.BatchNorm1d(1), nn.Identity()]),
    st.builds(LastAxis),
)


def growth(net: nn.Module) -> int:
    """What all stretching together multiplies: so many outputs, and they come again as they were."""
    factors = [int(m.scale_factor) for m in net.modules() if isinstance(m, nn.Upsample)]
    return math.prod(factors + [m.stride[0] for m in net.modules() if isinstance(m, nn.ConvTranspose1d)])


def pushed(net: nn.Module, length: int, outputs: range) -> dict[int, set[int]]:
    """Which inputs move which outputs: each input is pushed up, alone, in a batch of one."""
    seen: dict[int, set[int]] = {t: set() for t in outputs}
    x = torch.ones(1, 1, length, dtype=torch.float64)
    with torch.no_grad():
        y = net(x)[0, 0]
        for i in range(length):
            x[..., i] = 1e6
            for t in (net(x)[0, 0] - y)[outputs.start : outputs.stop].nonzero().flatten().tolist():
                seen[outputs.start + t].add(i)
            x[..., i] = 1
    return seen


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@held
@given(st.lists(LAYERS, min_size=1, max_size=4))
def test_it_says_what_moves_an_output(layers: list[nn.Module]) -> None:
    net = nn.Sequential(*layers).double().eval()
    for p in net.parameters():
        nn.init.ones_(p)  # nothing cancels, and what goes in comes out larger
    said, period = receptive_field(net), growth(net)
    assume(period <= 12)
    length = 90 + 2 * said.field
    outputs = net(torch.ones(1, 1, length, dtype=torch.float64)).shape[-1]
    first = outputs // 2 // period * period  # far from the ends
    seen = pushed(net, length, range(first, first + period))
    reading = [hit for hit in seen.values() if hit]
    assert said.field == max(max(hit) - min(hit) + 1 for hit in reading)
    assert said.reads == max(map(len, reading))
    if seen[first]:
        assert min(seen[first]) == said.start + first * said.jump
    later = pushed(net, length, range(first + period, first + period + 1))[first + period]
    assert later == {i + period * said.jump for i in seen[first]}


class Free(nn.Module):
    """A forward of functions alone."""

    def __init__(self, forward: Callable[[torch.Tensor], object]) -> None:
        super().__init__()
        self.how = forward

    def forward(self, x: torch.Tensor) -> object:
        return self.how(x)


class Masked(nn.Module):
    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return x * mask


REFUSED: dict[str, tuple[nn.Module, str]] = {
    "BatchNorm1d in net:": (nn.BatchNorm1d(2), "in train"),
    "GroupNorm in net.1:": (nn.Sequential(nn.ReLU(), nn.GroupNorm(1, 2)), "all of the signal"),
    "InstanceNorm1d": (nn.InstanceNorm1d(2), ""),
    "LayerNorm": (nn.LayerNorm(5), ""),
    "AdaptiveMaxPool1d in net.1.0:": (
        nn.Sequential(nn.ReLU(), nn.Sequential(nn.AdaptiveMaxPool1d(1))),
        "",
    ),
    "AdaptiveAvgPool1d": (nn.AdaptiveAvgPool1d(1), ""),
    "LSTM": (nn.LSTM(2, 2), ""),
    "MultiheadAttention in net.0": (nn.Sequential(nn.MultiheadAttention(4, 2)), "missing|known"),
    "TransformerEncoderLayer": (nn.TransformerEncoderLayer(4, 2), ""),
    "Linear": (nn.Linear(3, 3), ""),
    "Flatten": (nn.Flatten(), ""),
    "Softmax": (nn.Softmax(-1), ""),
    "GLU": (nn.GLU(), ""),
    "Conv2d": (nn.Conv2d(1, 1, 3), ""),
    "Upsample": (nn.Upsample(size=4), ""),
    "Upsample ": (nn.Upsample(scale_factor=1.5), ""),
    "Upsample in": (nn.Upsample(scale_factor=2, mode="linear", align_corners=True), ""),
    "cannot follow forward": (Masked(), "mask"),
    "cannot follow": (Free(lambda x: x if x.sum() > 0 else -x), "control flow"),
    "mean in forward": (Free(lambda x: x - x.mean(-1, keepdim=True)), ""),
    "cat in forward": (Free(lambda x: torch.cat([x, x], -1)), ""),
    "cat in forward ": (Free(lambda x: torch.cat([x, x])), ""),
    "add in forward": (Free(lambda x: functional.max_pool1d(x, 2) + x), "unlike strides"),
    "getitem in forward": (Free(lambda x: x[:, :, -5:]), ""),
    "getitem in": (Free(lambda x: x + x[:, :, :1]), ""),
    "getitem": (Free(lambda x: x[:, 0]), ""),
    "flip in forward": (Free(lambda x: x.flip(-1)), ""),
    "roll in forward": (Free(lambda x: torch.roll(x, 1, -1)), ""),
    "cumsum in forward": (Free(lambda x: x.cumsum(-1)), ""),
    "softmax in forward": (Free(lambda x: functional.softmax(x, -1)), ""),
    "conv1d in forward": (Free(lambda x: functional.conv1d(x, x.relu())), ""),
    "matmul in forward": (Free(lambda x: x @ torch.ones(5, 5)), ""),
    "no single row": (Free(lambda x: (x, x)), ""),
    "no single": (Free(lambda x: torch.ones(3) if x is not None else x), ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_reads_everything_or_is_not_known_is_refused_by_its_name(name: str) -> None:
    net, more = REFUSED[name]
    with pytest.raises(ValueError, match=name.strip().replace(".", r"\.")) as refused:
        receptive_field(net)
    assert not more or any(part in str(refused.value) for part in more.split("|"))


def test_the_nets_that_are_known_have_the_fields_that_are_known() -> None:
    layers = [(10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)]
    speech = nn.Sequential(*[nn.Conv1d(1, 1, K, s) for K, s in layers])
    assert receptive_field(speech) == (400, 400, 320, 0)
    wavenet = nn.Sequential(*[Causal(1, 1, 2, dilation=2**i) for i in range(10)])
    assert receptive_field(wavenet) == (1024, 1024, 1, -1023)
    holes = nn.Sequential(*[nn.Conv1d(1, 1, 3, dilation=2) for _ in range(3)])
    assert receptive_field(holes) == (13, 7, 1, 0)
    assert receptive_field(nn.ConvTranspose1d(1, 1, 4, 2, 1)) == (2, 2, Fraction(1, 2), -1)
    assert receptive_field(nn.Sequential()) == (1, 1, 1, 0)
    bare = Free(lambda x: functional.conv1d(x, torch.ones(1, 1, 3)))
    assert receptive_field(bare) == (3, 3, 1, 0)
    later = Free(lambda x: functional.avg_pool1d(x[..., 2:-1], 4))
    assert receptive_field(later) == (4, 4, 4, 2)
    assert receptive_field(Free(lambda x: functional.max_pool1d(x[:, :, 1::2], 2, 1, 0, 3))) == (7, 2, 2, 1)


@pytest.mark.parametrize("norm", ["weight", "channel", None])
def test_the_recipes_can_be_walked(norm: str | None) -> None:
    net = load("tcn").TCN(3, [4] * 4, 3, norm=norm)
    assert receptive_field(net) == (61, 61, 1, -60)
    assert net.receptive_field == 61
    causal = load("causal").CausalConv1d
    assert receptive_field(causal(1, 1, 3, dilation=2)) == (5, 3, 1, -4)
    assert receptive_field(causal(1, 1, 3, stride=2, wait=True)) == (3, 3, 2, -1)


def test_channels_last_needs_the_axis_and_the_net_is_left_as_it_was() -> None:
    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.norm = nn.Embedding(9, 4), nn.LayerNorm(4)
            self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 4, 3, padding=1))

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            x = self.norm(self.embedding(tokens)).transpose(1, 2)
            return self.conv(x)

    net, tokens = Words(), torch.randint(9, (2, 7))
    before, names = net(tokens), set(dir(net))
    assert receptive_field(net, axis=1) == (3, 3, 1, -1)
    with pytest.raises(ValueError, match="Embedding in net"):
        receptive_field(net)
    assert torch.equal(net(tokens), before)
    assert set(dir(net)) == names
    assert net.training


def test_a_deep_residual_stack_takes_no_time_to_speak_of() -> None:
    net = nn.Sequential(*[Residual(3, 2**i) for _ in range(4) for i in range(6)])
    assert receptive_field(net).field == 1 + 4 * 2 * 63
