# %% layer
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(3)
x = torch.rand(2, 4, 10)
whole = nn.Conv1d(4, 6, kernel_size=3)
halves = nn.Conv1d(4, 6, kernel_size=3, groups=2)
depthwise = nn.Conv1d(4, 4, kernel_size=3, groups=4)
twice = nn.Conv1d(4, 8, kernel_size=3, groups=4)

# %% shapes
for conv in (whole, halves, depthwise, twice):
    print(conv.groups, tuple(conv.weight.shape), conv(x).shape[1])

# %% feeds
def feeds(net, channels, length=10):
    """table[o, c]: does output o depend on input channel c?"""
    rows = []
    for c in range(channels):
        a = torch.zeros(1, channels, length)
        b = a.clone()
        b[:, c, length // 2] = 1
        moved = (net(a) - net(b)).abs().amax(2) > 1e-4
        rows.append(moved[0])
    return torch.stack(rows, 1).int()

# %% feeds_halves
print(feeds(halves, 4))

# %% feeds_figure
import matplotlib.pyplot as plt

layers = (whole, halves, depthwise, twice)
fig, axes = plt.subplots(1, 4, figsize=(7.2, 3.2))
for ax, conv in zip(axes, layers, strict=True):
    for o, c in feeds(conv, 4).nonzero().tolist():
        color = f"C{c // (4 // conv.groups)}"
        ax.plot([0, 1], [c, o], "o-", color=color, markersize=5)
    ax.set_title(f"g = {conv.groups}")
    ax.set_xticks([0, 1], ["c", "o"])
    ax.set_yticks(range(8))
    ax.set_ylim(7.5, -0.5)

# %% feeds_formula
def by_formula(c_in, c_out, g):
    table = torch.zeros(c_out, c_in, dtype=torch.int)
    for o in range(c_out):
        for c in range(c_in // g):
            table[o, o // (c_out // g) * (c_in // g) + c] = 1
    return table

# %% feeds_sweep
checked = 0
for c_in in (1, 2, 3, 4, 6):
    for c_out in (1, 2, 3, 4, 6, 8):
        for g in (1, 2, 3, 4, 6):
            if c_in % g or c_out % g:
                continue
            conv = nn.Conv1d(c_in, c_out, 3, groups=g)
            nn.init.uniform_(conv.weight, 0.5, 1.0)
            table = by_formula(c_in, c_out, g)
            assert torch.equal(feeds(conv, c_in), table)
            checked += 1
print(checked)

# %% split
parts = []
for i in range(2):
    x_i = x[:, 2 * i : 2 * i + 2]
    w_i = halves.weight[3 * i : 3 * i + 3]
    b_i = halves.bias[3 * i : 3 * i + 3]
    parts.append(F.conv1d(x_i, w_i, b_i))
by_parts = torch.cat(parts, dim=1)
torch.testing.assert_close(by_parts, halves(x))

# %% blocks
full = torch.zeros(6, 4, 3)
full[:3, :2] = halves.weight[:3].detach()
full[3:, 2:] = halves.weight[3:].detach()
as_one = F.conv1d(x, full, halves.bias)
torch.testing.assert_close(as_one, halves(x))

# %% depthwise_hand
rows = [F.conv1d(x[:, c : c + 1], depthwise.weight[c : c + 1],
                 depthwise.bias[c : c + 1]) for c in range(4)]
by_rows = torch.cat(rows, dim=1)
torch.testing.assert_close(by_rows, depthwise(x))

# %% counts
def count(net):
    return sum(p.numel() for p in net.parameters())

normal = nn.Conv1d(64, 128, 5)
separable = nn.Sequential(
    nn.Conv1d(64, 64, 5, groups=64),  # along the positions
    nn.Conv1d(64, 128, 1),  # across the channels
)
print(count(normal), count(separable))

# %% table
per_place = 128 * 64 * 5
per_place_separable = 64 * 5 + 128 * 64

# %% counts_groups
for g in (1, 2, 4, 8, 16, 32, 64):
    print(g, count(nn.Conv1d(64, 128, 5, groups=g)))

# %% flops
from torch.utils.flop_counter import FlopCounterMode

signal = torch.rand(1, 64, 100)
flops = []
for net in (normal, separable):
    with FlopCounterMode(display=False) as counter:
        net(signal)
    flops.append(counter.get_total_flops())
print(flops, flops[0] // 2 == 96 * per_place,
      flops[1] // 2 == 96 * per_place_separable)

# %% fuse
dw, pw = separable
kernels = pw.weight * dw.weight.transpose(0, 1)  # (128, 64, 5)
bias = pw.bias + pw.weight[:, :, 0] @ dw.bias
fused = F.conv1d(signal, kernels, bias)
torch.testing.assert_close(fused, separable(signal))
print(kernels.shape)

# %% rank
one = torch.linalg.matrix_rank(kernels.detach()[:, 0])
many = torch.linalg.matrix_rank(normal.weight.detach()[:, 0])
print(one.item(), many.item())

# %% bounds
of_depthwise = nn.Conv1d(64, 64, 5, groups=64).weight.abs().max()
of_normal = nn.Conv1d(64, 64, 5).weight.abs().max()
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
halves.load_state_dict(whole.state_dict())

# %% no_mixing
tower = nn.Sequential(
    nn.Conv1d(4, 4, 3, groups=2),
    nn.Conv1d(4, 4, 3, groups=2),
    nn.Conv1d(4, 4, 3, groups=2),
)
print(feeds(tower, 4))

# %% shuffle
shuffled = nn.Sequential(
    nn.Conv1d(4, 4, 3, groups=2), nn.ChannelShuffle(2),
    nn.Conv1d(4, 4, 3, groups=2),
)
print(feeds(shuffled, 4))

# %% interleaved
print(feeds(twice, 4))

# %% interleaved_wrong
stacked = twice(x).view(2, 2, 4, 8)  # (N, copy, channel, L)?
right = twice(x).view(2, 4, 2, 8)  # (N, channel, copy, L)
of_first = F.conv1d(x[:, :1], twice.weight[:2], twice.bias[:2])
print(torch.allclose(right[:, 0], of_first, atol=1e-5))
print(torch.allclose(stacked[:, :, 0], of_first, atol=1e-5))

# %% every_row
kernel = torch.tensor([[[1., 0., -1.]]])
print(F.conv1d(x, kernel.expand(4, 1, 3), groups=4).shape)
print(F.conv1d(x, kernel.expand(4, 4, 3)).shape)

# %% every_row_same
apart = F.conv1d(x, kernel.expand(4, 1, 3), groups=4)
mixed = F.conv1d(x, kernel.expand(4, 4, 3))
sums = apart.sum(1, keepdim=True).expand(-1, 4, -1)
torch.testing.assert_close(mixed, sums)

# %% test_feeds
assert torch.equal(feeds(depthwise, 4), torch.eye(4).int())

# %% test_mixing
assert feeds(nn.Conv1d(4, 6, 1), 4).all()
assert not feeds(tower, 4).all()

# %% smooth
box = torch.full((4, 1, 5), 1 / 5)
smooth = F.conv1d(x, box, padding=2, groups=4)
print(x.shape, smooth.shape)

# %% how_many
fits = [g for g in range(1, 13) if 12 % g == 0 and 18 % g == 0]
print(fits)

# %% dead_bias
without = nn.Conv1d(64, 64, 5, groups=64, bias=False)
without.weight = dw.weight
last = nn.Conv1d(64, 128, 1)
last.weight = pw.weight
last.bias = nn.Parameter(bias.detach())
lean = nn.Sequential(without, last)
torch.testing.assert_close(lean(signal), separable(signal))
print(count(separable) - count(lean))
