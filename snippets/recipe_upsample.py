# %% code
import torch
from torch import nn
from torch.nn import functional as F


class UpsampleConv1d(nn.Conv1d):
    """`scale` times as long, then convolved.

    (N, C_in, L) or (C_in, L) -> the same with
    C_out channels and scale * L values. mode:
    "nearest" repeats each value, "linear" draws
    lines. A constant stays constant to its ends.
    """

    def __init__(
        self, C_in, C_out, kernel_size, scale,
        mode="nearest", dilation=1, groups=1, bias=True,
        padding_mode="replicate", device=None, dtype=None,
    ):
        try:
            whole = scale >= 1 and scale % 1 == 0
        except TypeError:
            whole = False
        if not whole:
            raise ValueError(
                f"scale {scale} must be a whole"
                " number and at least 1"
            )
        if mode not in ("nearest", "linear"):
            raise ValueError(f"no mode {mode!r} here")
        super().__init__(
            C_in, C_out, kernel_size, 1, "same",
            dilation, groups, bias, padding_mode,
            device, dtype,
        )
        self.scale, self.mode = int(scale), mode

    def forward(self, x):
        L = x.shape[-1]
        if L < 1:
            raise ValueError("no values to repeat")
        if self.mode == "nearest":
            x = x.repeat_interleave(self.scale, -1)
        else:
            rows = x if x.ndim == 3 else x[None]
            rows = F.interpolate(
                rows, self.scale * L, mode="linear"
            )
            x = rows if x.ndim == 3 else rows[0]
        return super().forward(x)


# %% use
torch.manual_seed(0)
layer = UpsampleConv1d(8, 4, 5, scale=4)
x = torch.randn(2, 8, 25)
print(tuple(layer(x).shape))

# %% board
flat = torch.ones(1, 1, 8)
torch.manual_seed(0)
stamps = nn.ConvTranspose1d(
    1, 1, 4, stride=2, padding=1
)
smooth = UpsampleConv1d(1, 1, 4, scale=2)
with torch.no_grad():
    for up in stamps, smooth:
        row = up(flat)[0, 0]
        print([f"{v:.2f}" for v in row])

# %% picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(
    2, 1, figsize=(4.4, 3.2), sharex=True
)
slow = torch.sin(torch.arange(12.0) / 2)
with torch.no_grad():
    for ax, up in zip(axes, [stamps, smooth], strict=True):
        row = up(slow[None])[0]
        ax.plot(range(24), row, "o-", markersize=3)
        ax.set_ylabel(
            type(up).__name__.removesuffix("1d")
        )
label = axes[1].set_xlabel("t")

# %% refused tags=["raises-exception"]
UpsampleConv1d(8, 4, 5, scale=1.5)


# %% sweep
from itertools import product


def ripple(up, L=20):
    """Largest jump in the answer to ones."""
    with torch.no_grad():
        y = up(torch.ones(1, 3, L))
    inside = y[..., 10:-10]
    jumps = (inside.amax(2) - inside.amin(2))
    return float(jumps.max())


torch.manual_seed(0)
cases = list(product(
    ["nearest", "linear"], range(1, 8),
    range(2, 6), [1, 2],
))
up_to_ends, as_long = [], []
for mode, K, s, d in cases:
    tried = UpsampleConv1d(3, 5, K, s, mode, d)
    with torch.no_grad():
        y = tried(torch.ones(2, 3, 7))
    as_long.append(y.shape == (2, 5, 7 * s))
    up_to_ends.append(
        float((y.amax(2) - y.amin(2)).max())
    )
boards = [
    ripple(nn.ConvTranspose1d(3, 5, K, s))
    for K, s in product(range(2, 8), range(2, 6))
]
zero_ended = [
    ripple(UpsampleConv1d(
        3, 5, K, s, padding_mode="zeros"
    ))
    for K, s in product(range(2, 8), range(2, 6))
]
