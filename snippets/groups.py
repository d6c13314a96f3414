# %% layer
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

torch.manual_seed(3)
x = torch.rand(2, 4, 10)
whole = nn.Conv1d(4, 6, 3)
halves = nn.Conv1d(4, 6, 3, groups=2)
depthwise = nn.Conv1d(4, 4, 3, groups=4)
twice = nn.Conv1d(4, 8, 3, groups=4)

# %% shapes
layers = whole, halves, depthwise, twice
for conv in layers:
    shape = tuple(conv.weight.shape)
    outputs = conv(x).shape[1]
    print(conv.groups, shape, outputs)

# %% feeds
from copy import deepcopy


@torch.no_grad()
def feeds(net, channels, length=10):
    """table[o, c]: does o read c?"""
    net = deepcopy(net).eval()
    like = next(net.parameters())
    source = torch.Generator()
    source.manual_seed(0)

    def drawn(*shape):
        x = torch.randn(
            shape, generator=source
        )
        return x.to(like)

    x = drawn(4, channels, length)
    y = net(x)
    if not torch.equal(net(x), y):
        raise ValueError(
            "two answers to one input:"
            " NaN, or chance in the net"
        )
    size = y.abs().amax((0, 2))
    columns = []
    for c in range(channels):
        other = x.clone()
        other[:, c] = drawn(4, length)
        gap = (net(other) - y).abs()
        still = gap.amax((0, 2)) <= 1e-6 * size
        columns.append(~still)
    return torch.stack(columns, 1).int()

# %% feeds_halves
print(feeds(halves, 4))

# %% feeds_figure
import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, 2, figsize=(4.6, 5.2))
for ax, conv in zip(axes.flat, layers, strict=True):
    for o, c in feeds(conv, 4).nonzero().tolist():
        color = f"C{c // (4 // conv.groups)}"
        ax.plot([0, 1], [c, o], "o-", color=color, markersize=5)
    ax.set_title(f"g = {conv.groups}")
    ax.set_xticks([0, 1], ["c", "o"])
    ax.set_yticks(range(8))
    ax.set_ylim(7.5, -0.5)

# %% feeds_formula
def by_formula(c_in, c_out, g):
    table = torch.zeros(c_out, c_in).int()
    for o in range(c_out):
        group = o // (c_out // g)
        first = group * (c_in // g)
        for c in range(c_in // g):
            table[o, first + c] = 1
    return table

# %% feeds_sweep
from itertools import product

agree = []
for c_in, c_out, g in product(
    (1, 2, 3, 4, 6),
    (1, 2, 3, 4, 6, 8),
    (1, 2, 3, 4, 6),
):
    if c_in % g or c_out % g:
        continue
    conv = nn.Conv1d(
        c_in, c_out, 3, groups=g
    )
    measured = feeds(conv, c_in)
    table = by_formula(c_in, c_out, g)
    agree.append(measured.equal(table))

# %% split
parts = []
for i in range(2):
    x_i = x[:, 2 * i : 2 * i + 2]
    o = slice(3 * i, 3 * i + 3)
    w_i = halves.weight[o]
    b_i = halves.bias[o]
    parts.append(F.conv1d(x_i, w_i, b_i))
by_parts = torch.cat(parts, dim=1)
assert_close(by_parts, halves(x))

# %% blocks
full = torch.zeros(6, 4, 3)
full[:3, :2] = halves.weight[:3].detach()
full[3:, 2:] = halves.weight[3:].detach()
as_one = F.conv1d(x, full, halves.bias)
assert_close(as_one, halves(x))

# %% weather
# (N, C, L): temperature, pressure
weather = torch.randn(2, 2, 10)
rise = torch.tensor([-1., 0., 1.])
questions = torch.zeros(3, 2, 3)
# temperature only: is it rising?
questions[0, 0] = rise
# pressure only
questions[1, 1] = rise
# does one rise while the other falls?
questions[2, 0] = rise
questions[2, 1] = -rise
answers = F.conv1d(weather, questions)

# %% weather_check
row = rise[None, None]
warmer = F.conv1d(weather[:, :1], row)
higher = F.conv1d(weather[:, 1:], row)
one_by_one = torch.cat(
    [warmer, higher, warmer - higher],
    dim=1,
)

# %% alone
alone = nn.Sequential(
    nn.Conv1d(3, 6, 3, groups=3),
    nn.Tanh(),
    nn.Conv1d(6, 6, 3, groups=3),
)
reads = feeds(alone, 3)
print(reads)

# %% then_mixed
mixed = nn.Sequential(
    alone, nn.Conv1d(6, 2, 1)
)
reads_mixed = feeds(mixed, 3)
print(reads_mixed)

# %% depthwise_hand
w, b = depthwise.weight, depthwise.bias
rows = []
for c in range(4):
    i = slice(c, c + 1)
    row = F.conv1d(x[:, i], w[i], b[i])
    rows.append(row)
by_rows = torch.cat(rows, dim=1)
assert_close(by_rows, depthwise(x))

# %% counts
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

# %% table
per_place = 128 * 64 * 5
per_pair = 64 * 5 + 128 * 64

# %% counts_groups
for g in (1, 2, 4, 8, 16, 32, 64):
    conv = nn.Conv1d(
        64, 128, 5, groups=g
    )
    print(g, count(conv))

# %% flops
from torch.utils.flop_counter import (
    FlopCounterMode,
)

signal = torch.rand(1, 64, 100)
flops = []
for net in (normal, separable):
    c = FlopCounterMode(display=False)
    with c:
        net(signal)
    flops.append(c.get_total_flops())
print(flops)
print(flops[0] == 2 * 96 * per_place)
print(flops[1] == 2 * 96 * per_pair)

# %% shifted
K = 4
short = nn.Conv1d(64, 64, K, groups=64)
w, b = short.weight[:, 0], short.bias
L_out = signal.shape[-1] - K + 1
summed = b[:, None] + sum(
    w[:, k, None]
    * signal[..., k : k + L_out]
    for k in range(K)
)

# %% shifted_sweep
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

# %% bounds
def largest(g):
    conv = nn.Conv1d(64, 64, 5, groups=g)
    return conv.weight.abs().max()

of_depthwise = largest(64)
of_normal = largest(1)
bound_depthwise = 1 / (1 * 5) ** 0.5
bound_normal = 1 / (64 * 5) ** 0.5

# %% in_not_divisible tags=["raises-exception"]
nn.Conv1d(4, 6, kernel_size=3, groups=3)

# %% out_not_divisible tags=["raises-exception"]
nn.Conv1d(6, 4, kernel_size=3, groups=3)

# %% zero_groups tags=["raises-exception"]
nn.Conv1d(4, 6, kernel_size=3, groups=0)

# %% wrong_input tags=["raises-exception"]
halves(torch.rand(2, 2, 10))

# %% forgot_groups tags=["raises-exception"]
F.conv1d(x, halves.weight, halves.bias)

# %% load tags=["raises-exception"]
weights = whole.state_dict()
halves.load_state_dict(weights)

# %% no_mixing
tower = nn.Sequential(
    nn.Conv1d(4, 4, 3, groups=2),
    nn.Conv1d(4, 4, 3, groups=2),
    nn.Conv1d(4, 4, 3, groups=2),
)
print(feeds(tower, 4))

# %% shuffle
shuffled = nn.Sequential(
    nn.Conv1d(4, 4, 3, groups=2),
    nn.ChannelShuffle(2),
    nn.Conv1d(4, 4, 3, groups=2),
)
print(feeds(shuffled, 4))

# %% interleaved
print(feeds(twice, 4))

# %% interleaved_wrong
# (N, copy, channel, L)?
stacked = twice(x).view(2, 2, 4, 8)
# (N, channel, copy, L)
right = twice(x).view(2, 4, 2, 8)
w, b = twice.weight[:2], twice.bias[:2]
of_first = F.conv1d(x[:, :1], w, b)

def equal(rows):
    gap = (rows - of_first).abs().max()
    return gap.item() < 1e-5

print(equal(right[:, 0]))
print(equal(stacked[:, :, 0]))

# %% every_row
kernel = torch.tensor([[[1., 0., -1.]]])
one_row = kernel.expand(4, 1, 3)
all_rows = kernel.expand(4, 4, 3)
apart = F.conv1d(x, one_row, groups=4)
mixed = F.conv1d(x, all_rows)
print(apart.shape)
print(mixed.shape)

# %% every_row_same
sums = apart.sum(1, keepdim=True)
sums = sums.expand(-1, 4, -1)
assert_close(mixed, sums)

# %% test_feeds
table = feeds(depthwise, 4)
assert table.equal(torch.eye(4).int())

# %% test_mixing
assert feeds(nn.Conv1d(4, 6, 1), 4).all()
assert not feeds(tower, 4).all()

# %% smooth
box = torch.full((4, 1, 5), 1 / 5)
smooth = F.conv1d(
    x, box, padding=2, groups=4
)
print(x.shape, smooth.shape)

# %% how_many
fits = [
    g for g in range(1, 13)
    if 12 % g == 0 and 18 % g == 0
]
print(fits)

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
