# %% counts
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

torch.manual_seed(3)


def count(net):
    each = net.parameters()
    return sum(p.numel() for p in each)

normal = nn.Conv1d(64, 128, 5)
separable = nn.Sequential(
    # along the positions
    nn.Conv1d(64, 64, 5, groups=64),
    # across the channels
    nn.Conv1d(64, 128, 1),
)
print(count(normal), count(separable))

# %% reads
def reads(layer):
    """reads[c, i]: does y[0, 1, 2] see x[0, c, i]?"""
    x = torch.ones(1, 4, 9).requires_grad_()
    layer(x)[0, 1, 2].backward()
    return x.grad[0] != 0


seen = {
    "ordinary": reads(nn.Conv1d(4, 4, 5)),
    "depthwise": reads(
        nn.Conv1d(4, 4, 5, groups=4)
    ),
    "pointwise": reads(nn.Conv1d(4, 4, 1)),
}

# %% picture
import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 3, figsize=(4.4, 1.5))
for ax, (name, cells) in zip(axes, seen.items()):
    for c in range(4):
        for i in range(9):
            ax.add_patch(plt.Rectangle(
                (i - 0.4, c - 0.4), 0.8, 0.8,
                color=f"C{c}" if cells[c, i] else "C7",
                alpha=0.8 if cells[c, i] else 0.2,
                linewidth=0,
            ))
    ax.set_title(name, size=10)
    ax.set_xlim(-0.6, 8.6)
    ax.set_ylim(3.6, -0.6)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    sides = ax.spines[:].set_visible(False)

# %% depthwise_hand
x = torch.rand(2, 4, 10)
depthwise = nn.Conv1d(4, 4, 3, groups=4)
w, b = depthwise.weight, depthwise.bias
rows = []
for c in range(4):
    i = slice(c, c + 1)
    row = F.conv1d(x[:, i], w[i], b[i])
    rows.append(row)
by_rows = torch.cat(rows, dim=1)
assert_close(by_rows, depthwise(x))

# %% shifted
import torch
from torch import nn

K = 4
signal = torch.rand(1, 64, 100)
short = nn.Conv1d(64, 64, K, groups=64)
w, b = short.weight[:, 0], short.bias
L_out = signal.shape[-1] - K + 1
summed = b[:, None] + sum(
    w[:, k, None]
    * signal[..., k : k + L_out]
    for k in range(K)
)

# %% shifted_sweep
from itertools import product

gaps, same_shape = [], []
for K, s, d, n in product(
    (1, 2, 3, 4, 7), (1, 2, 3),
    (1, 2, 5), (0, 1, 3),
):
    conv = nn.Conv1d(
        5, 5, K, s, dilation=d, groups=5
    )
    z = torch.randn(n, 5, 40)
    wanted = conv(z)
    reach = s * (wanted.shape[-1] - 1) + 1
    total = conv.bias[:, None] + sum(
        conv.weight[:, 0, k, None]
        * z[..., k * d : k * d + reach : s]
        for k in range(K)
    )
    same_shape.append(
        total.shape == wanted.shape
    )
    gap = (total - wanted).abs()
    gaps += gap.flatten().tolist()

# %% table
per_place = 128 * 64 * 5
per_pair = 64 * 5 + 128 * 64

# %% flops
from torch.utils.flop_counter import (
    FlopCounterMode,
)

flops = []
for net in (normal, separable):
    c = FlopCounterMode(display=False)
    with c:
        net(signal)
    flops.append(c.get_total_flops())
print(flops)
print(flops[0] == 2 * 96 * per_place)
print(flops[1] == 2 * 96 * per_pair)

# %% fuse
dw, pw = separable
taps = dw.weight.transpose(0, 1)
kernels = pw.weight * taps
bias = pw.weight[:, :, 0] @ dw.bias
bias = bias + pw.bias
fused = F.conv1d(signal, kernels, bias)
assert_close(fused, separable(signal))
print(kernels.shape)

# %% rank
rank = torch.linalg.matrix_rank
with torch.no_grad():
    one = rank(kernels[:, 0])
    many = rank(normal.weight[:, 0])
print(one.item(), many.item())

# %% counts_groups
for g in (1, 2, 4, 8, 16, 32, 64):
    conv = nn.Conv1d(
        64, 128, 5, groups=g
    )
    print(g, count(conv))

# %% per_sample
N, C, C_out, K, L = 4, 3, 2, 3, 10
signals = torch.rand(N, C, L)
kernels = torch.rand(N, C_out, C, K)
biases = torch.rand(N, C_out)
each = torch.vmap(F.conv1d)
y = each(signals, kernels, biases)
print(y.shape)

# %% per_sample_groups
grouped = F.conv1d(
    signals.reshape(1, N * C, L),
    kernels.reshape(N * C_out, C, K),
    biases.reshape(N * C_out),
    groups=N,
)
grouped = grouped.reshape(N, C_out, -1)
print(grouped.shape)

# %% per_sample_none tags=["raises-exception"]
each(signals[:0], kernels[:0])

# %% per_sample_windows
windows = signals.unfold(2, K, 1)
by_windows = torch.einsum(
    "nctk, nock -> not",
    windows, kernels,
) + biases[:, :, None]
nobody = torch.einsum(
    "nctk, nock -> not",
    windows[:0], kernels[:0],
)
print(nobody.shape)

# %% shared_bias
# as many samples as output channels
square = torch.rand(N, N, C, K)
shared = torch.tensor([1., 2., 3., 4.])
without = each(signals, square)

def added(f):
    """To each sample and channel."""
    y = f(signals, square, shared)
    return (y - without)[:, :, 0].round()

wrong_bias = added(each)
print(wrong_bias)

# %% shared_bias_right
for_all = torch.vmap(
    F.conv1d, in_dims=(0, 0, None)
)
right_bias = added(for_all)
print(right_bias)
# %% per_sample_loop
one_by_one = torch.stack([
    F.conv1d(
        signals[i], kernels[i], biases[i]
    )
    for i in range(N)
])

# %% per_sample_sweep
off, as_long = [], []
for n, s, p, d in product(
    (1, 2, 5), (1, 2), (0, 1), (1, 3)
):
    x_n = torch.randn(n, C, 12)
    w_n = torch.randn(n, C_out, C, K)
    b_n = torch.randn(n, C_out)
    wanted = torch.stack([
        F.conv1d(*one, s, p, d)
        for one in zip(x_n, w_n, b_n)
    ])
    by_vmap = each(
        x_n, w_n, b_n, stride=s,
        padding=p, dilation=d,
    )
    by_groups = F.conv1d(
        x_n.reshape(1, n * C, 12),
        w_n.reshape(n * C_out, C, K),
        b_n.reshape(n * C_out),
        s, p, d, groups=n,
    ).reshape(n, C_out, -1)
    for got in (by_vmap, by_groups):
        as_long.append(
            got.shape == wanted.shape
        )
        gap = (got - wanted).abs()
        off += gap.flatten().tolist()

# %% bounds
def largest(g):
    conv = nn.Conv1d(64, 64, 5, groups=g)
    return conv.weight.abs().max()

of_depthwise = largest(64)
of_normal = largest(1)
bound_depthwise = 1 / (1 * 5) ** 0.5
bound_normal = 1 / (64 * 5) ** 0.5

# %% dead_bias
without = nn.Conv1d(
    64, 64, 5,
    groups=64, bias=False,
)
without.weight = dw.weight
last = nn.Conv1d(64, 128, 1)
last.weight = pw.weight
last.bias = nn.Parameter(
    bias.detach()
)
lean = nn.Sequential(
    without, last
)
assert_close(
    lean(signal),
    separable(signal),
)
saved = count(separable)
saved -= count(lean)
print(saved)
