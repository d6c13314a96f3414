# %% code
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations


class CausalConv1d(nn.Conv1d):
    """Output t reads inputs up to t alone.

    (N, C_in, L) -> (N, C_out, L); without N.
    """

    def forward(self, x):
        if x.shape[-1] < 1:
            raise ValueError("0 values, L >= 1 needed")
        reach = self.dilation[0]
        reach *= self.kernel_size[0] - 1
        return super().forward(F.pad(x, (reach, 0)))


class ChannelNorm(nn.LayerNorm):
    """LayerNorm over the channels of (N, C, L),
    at each moment alone."""

    def forward(self, x):
        y = super().forward(x.transpose(-1, -2))
        return y.transpose(-1, -2)


class TCNBlock(nn.Module):
    """Two causal convolutions and a shortcut.

    (N, C_in, L) -> (N, C_out, L); without N.
    norm is "weight", "channel" or None.
    """

    def __init__(
        self, C_in, C_out, kernel_size,
        dilation=1, dropout=0.0, norm="weight",
        device=None, dtype=None,
    ):
        super().__init__()
        if min(kernel_size, dilation) < 1:
            raise ValueError(
                f"kernel_size={kernel_size} and"
                f" dilation={dilation}: 1 or more"
            )
        if norm not in ("weight", "channel", None):
            raise ValueError(
                f"norm={norm!r}; known are 'weight',"
                " 'channel' and None"
            )
        if norm == "channel" and C_out == 1:
            raise ValueError(
                "1 channel less its mean is 0: no"
                " norm='channel' with C_out=1"
            )
        to = {"device": device, "dtype": dtype}
        layers = []
        for C in (C_in, C_out):
            conv = CausalConv1d(
                C, C_out, kernel_size,
                dilation=dilation, **to,
            )
            if norm == "weight":
                parametrizations.weight_norm(conv)
            layers.append(conv)
            if norm == "channel":
                layers.append(ChannelNorm(C_out, **to))
            layers.append(nn.ReLU())
            layers.append(nn.Dropout1d(dropout))
        self.layers = nn.Sequential(*layers)
        self.shortcut = nn.Identity()
        if C_in != C_out:
            self.shortcut = nn.Conv1d(
                C_in, C_out, 1, **to
            )

    def forward(self, x):
        y = self.layers(x) + self.shortcut(x)
        return torch.relu(y)


class TCN(nn.Module):
    """Blocks with dilations 1, 2, 4, 8, ...

    channels: how many each block gives, such
    as [16, 16, 32]; or say the dilations.
    (N, C_in, L) -> (N, channels[-1], L). An
    output reads no more than the last
    `receptive_field` inputs, its own the last.
    """

    def __init__(
        self, C_in, channels, kernel_size,
        dilations=None, **options,
    ):
        super().__init__()
        if dilations is None:
            dilations = [
                2**i for i in range(len(channels))
            ]
        if not 0 < len(channels) == len(dilations):
            raise ValueError(
                f"{len(channels)} blocks with"
                f" {len(dilations)} dilations"
            )
        self.blocks = nn.Sequential()
        for C_out, d in zip(channels, dilations):
            self.blocks.append(TCNBlock(
                C_in, C_out, kernel_size, d,
                **options,
            ))
            C_in = C_out
        reach = 2 * (kernel_size - 1)
        self.receptive_field = (
            1 + reach * sum(dilations)
        )

    def forward(self, x):
        return self.blocks(x)


# %% use
torch.manual_seed(0)
net = nn.Sequential(
    TCN(3, [16, 16, 32], 3, dropout=0.1),
    nn.Conv1d(32, 2, 1),
)
x = torch.randn(8, 3, 100)
print(net(x).shape)
print(net[0].receptive_field)

# %% parts
def count(net):
    sizes = [p.numel() for p in net.parameters()]
    return sum(sizes)


for block in net[0].blocks:
    kind = type(block.shortcut).__name__
    print(kind, count(block))

# %% leak
net.eval()
later = x.clone()
later[:, :, 60:] = torch.randn(8, 3, 40) * 50
with torch.no_grad():
    gap = (net(x) - net(later)).abs()
print(float(gap[:, :, :60].max()) <= 1e-5)
print(float(gap[:, :, 60:].max()) > 1)

# %% over_time
torch.manual_seed(0)
leaking = nn.Sequential(
    TCN(3, [16], 3), nn.GroupNorm(1, 16)
).eval()
with torch.no_grad():
    moved = leaking(x) - leaking(later)
print(float(moved[:, :, :60].abs().max()) > 0.1)

# %% sweep
from itertools import product


def reads(net, C, t):
    """The inputs that output t depends on."""
    x = torch.ones(1, C, t + 6).double()
    x.requires_grad_()
    net(x)[..., t].sum().backward()
    seen = x.grad.sum((0, 1)).nonzero()
    return seen.flatten().tolist()


cases = list(product(
    (1, 2, 3, 5), (1, 2, 3), ("weight", None)
))
fields_right, past_only = [], []
for K, depth, norm in cases:
    tried = TCN(
        2, [2, 3, 3][:depth], K, norm=norm
    ).double()
    for p in tried.parameters():
        nn.init.ones_(p)
    R = tried.receptive_field
    t = R + 3
    seen = reads(tried, 2, t)
    past_only.append(seen[-1] == t)
    measured = t - seen[0] + 1
    fields_right.append(measured == R)

with torch.no_grad():
    for norm, seed in product(
        ("weight", "channel", None), range(5)
    ):
        torch.manual_seed(seed)
        tried = TCN(3, [8, 8], 3, norm=norm)
        y, z = tried(x), tried(later)
        gap = (y - z)[:, :, :60].abs().max()
        past_only.append(float(gap) <= 1e-5)

# %% refused tags=["raises-exception"]
TCNBlock(2, 4, 3, norm="batch")
