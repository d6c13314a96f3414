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

layers = whole, halves, depthwise, twice
fig, axes = plt.subplots(1, 4, figsize=(4.4, 1.9))
for ax, conv in zip(axes, layers, strict=True):
    for o, c in feeds(conv, 4).nonzero().tolist():
        i = c // (4 // conv.groups)
        style = {"color": f"C{i}", "marker": "os^D"[i]}
        ax.plot([0, 1], [c, o], lw=1.2, markersize=5, **style)
    ax.set_title(f"groups={conv.groups}", size=10)
    ax.set_ylim(7.4, -0.4)
    ax.set_xticks([0, 1], ["c", "o"], size=10)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)

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
