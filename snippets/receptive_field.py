# %% tools
import torch
from torch import nn
from torch.nn import functional as F


def stack(layers):
    """From (K, d, s); all weights 1."""
    net = nn.Sequential()
    for K, d, s in layers:
        net.append(nn.Conv1d(
            1, 1, K, bias=False,
            dilation=d, stride=s,
        ))
    for weight in net.parameters():
        nn.init.ones_(weight)
    return net

# %% reads
def reads(net, length, t):
    """The inputs that output t reads."""
    x = torch.ones(1, 1, length)
    x.requires_grad_()
    net(x)[0, :, t].sum().backward()
    seen = x.grad[0, 0].nonzero()
    return seen.flatten().tolist()

# %% three
three = stack([(3, 1, 1)] * 3)
seen = reads(three, 20, 5)
print(seen)

# %% formula
def receptive_field(layers):
    field, jump = 1, 1
    for K, d, s in layers:
        field += (K - 1) * d * jump
        jump *= s
    return field, jump

print(receptive_field([(3, 1, 1)] * 3))

# %% growth
def fields(n):
    plain = [(3, 1, 1)] * n
    doubled = [
        (3, 2**i, 1) for i in range(n)
    ]
    return [
        receptive_field(plain)[0],
        receptive_field(doubled)[0],
    ]

table = {
    n: fields(n) for n in range(1, 11)
}

# %% dilated
doubled = [
    (3, 1, 1), (3, 2, 1),
    (3, 4, 1), (3, 8, 1),
]
seen = reads(stack(doubled), 60, 10)
print(seen[0], seen[-1], len(seen))
print(receptive_field(doubled))

# %% strided
orders = (
    [(3, 1, 2), (3, 1, 1), (3, 1, 1)],
    [(3, 1, 1), (3, 1, 2), (3, 1, 1)],
    [(3, 1, 1), (3, 1, 1), (3, 1, 2)],
)
x = torch.ones(1, 1, 40)
for layers in orders:
    net = stack(layers)
    seen = reads(net, 40, 5)
    field = seen[-1] - seen[0] + 1
    formula = receptive_field(layers)
    L_out = net(x).shape[2]
    print(field, formula, L_out)

# %% speech
speech = [
    (10, 1, 5), (3, 1, 2), (3, 1, 2),
    (3, 1, 2), (3, 1, 2), (2, 1, 2),
    (2, 1, 2),
]
first = reads(stack(speech), 2000, 0)
second = reads(stack(speech), 2000, 1)
print(len(first), second[0] - first[0])
print(receptive_field(speech))

# %% where
def first_and_last(layers, paddings, t):
    field, jump = receptive_field(layers)
    first, scale = t * jump, 1
    for i in range(len(layers)):
        first -= paddings[i] * scale
        scale *= layers[i][2]  # stride
    return first, first + field - 1

# %% sweep
import random

random.seed(0)
pick = random.choice
agree, one_left = [], []
for _ in range(200):
    layers, paddings = [], []
    for _ in range(4):
        K = pick((1, 2, 3, 5))
        d = pick((1, 2, 3))
        s = pick((1, 1, 2, 3))
        layers.append((K, d, s))
        paddings.append(pick((0, 1, 2)))
    field, jump = receptive_field(layers)
    net = stack(layers)
    y = net(torch.ones(1, 1, field))
    one_left.append(y.shape[2] == 1)
    for i in range(4):
        net[i].padding = (paddings[i],)
    t = 20  # far enough from both ends
    length = t * jump + 2 * field
    seen = reads(net, length, t)
    ends = first_and_last(
        layers, paddings, t
    )
    measured = seen[0], seen[-1]
    agree.append(measured == ends)

# %% tree_figure
import matplotlib.pyplot as plt

halves = [(2, d, 1) for d in (1, 2, 4, 8)]
fig, ax = plt.subplots(figsize=(4.4, 2))
names = ["x", "d=1", "d=2", "d=4", "d=8"]
ax.set_yticks(range(5), names)
ax.set_xticks(range(0, 16, 3))
for level in range(5):
    R, _ = receptive_field(halves[:level])
    ax.plot(range(16), [level] * 16, "o", color="C7", markersize=3)
    ax.text(16, level, f"R={R}", va="center")
places = {15}
for level, d in ((4, 8), (3, 4), (2, 2), (1, 1)):
    for t in places:
        for k in range(2):
            ax.plot([t, t - k * d], [level, level - 1],
                    color=f"C{level - 1}")
    places = {t - k * d for t in places for k in range(2)}
limits = ax.set_xlim(-0.7, 19.2)

# %% derivation
strided = [(3, 1, 2), (3, 1, 2), (3, 1, 1)]
fig, ax = plt.subplots(figsize=(4.4, 2.5))
rows, marks = 0, []
for n, (K, d, _) in enumerate(strided):
    R, jump = receptive_field(strided[:n])
    for k in range(K):
        start = k * d * jump
        ax.barh(rows, R - 0.2, left=start - 0.4,
                color=f"C{n}", height=0.7)
        rows += 1
    marks.append(rows - 2)
    added = (K - 1) * d * jump
    ax.text(15, rows - 2, f"{R}+{added}={R + added}",
            va="center")
    rows += 0.6
ax.set_yticks(marks, ["l=1", "l=2", "l=3"])
ax.set_xticks(range(0, 15, 2))
ax.set_xlim(-1, 19)
ax.invert_yaxis()

# %% causal
class Causal(nn.Conv1d):
    """Sees only past and present."""

    def forward(self, x):
        K = self.kernel_size[0]
        d = self.dilation[0]
        x = F.pad(x, (d * (K - 1), 0))
        return super().forward(x)

# %% block
class Block(nn.Module):
    """A TCN's block, with one channel."""

    def __init__(self, K, d, convs):
        super().__init__()
        self.convs = nn.ModuleList(
            Causal(1, 1, K, dilation=d)
            for _ in range(convs)
        )

    def forward(self, x):
        out = x
        for conv in self.convs:
            out = F.relu(conv(out))
        return F.relu(x + out)

def tcn(K, dilations, stacks, convs):
    net = nn.Sequential()
    for _ in range(stacks):
        for d in dilations:
            block = Block(K, d, convs)
            net.append(block)
    for p in net.parameters():
        nn.init.ones_(p)
    return net

# %% tcn
measured = []
for convs in (1, 2):
    net = tcn(8, (1, 2, 4, 8), 3, convs)
    seen = reads(net, 1000, 999)
    stretch = 999 - seen[0] + 1
    print(convs, len(seen), stretch)
    measured.append((len(seen), stretch))

# %% tcn_formula
def tcn_field(K, dilations, S, B):
    reach = (K - 1) * sum(dilations)
    return 1 + S * B * reach

dilations = (1, 2, 4, 8)
one_conv = tcn_field(8, dilations, 3, 1)
two_convs = tcn_field(8, dilations, 3, 2)
rule_of_thumb = 8 * 8 * 3
by_taps = 8 * (1 + 2 + 4 + 8) * 3

# %% holes
gappy = [(3, 2, 1)] * 3
seen = reads(stack(gappy), 30, 5)
print(receptive_field(gappy)[0])
print(len(seen), seen)

# %% no_holes
def all_seen(layers):
    field, _ = receptive_field(layers)
    seen = reads(stack(layers), field, 0)
    return len(seen) == field

for layers in (
    [(3, 1, 1), (3, 2, 1), (3, 4, 1)],
    [(2, 1, 1), (2, 3, 1)],
    [(3, 1, 1), (3, 3, 1), (3, 9, 1)],
):
    print(all_seen(layers))

# %% shares
def share(layers):
    """Each input's part of the paths."""
    field, _ = receptive_field(layers)
    x = torch.ones(1, 1, field)
    x.requires_grad_()
    stack(layers)(x).sum().backward()
    return x.grad[0, 0] / x.grad.sum()

plain = share([(3, 1, 1)] * 13)
tripled = share([
    (3, 1, 1), (3, 3, 1), (3, 9, 1)
])
print(len(plain), len(tripled))

# %% shares_figure
fig, ax = plt.subplots(figsize=(4.4, 2.3))
ax.plot(range(-13, 14), plain, "o-", label="13 x d=1")
ax.plot(range(-13, 14), tripled, "s-", label="d=1,3,9")
ax.set_xlabel("i")
legend = ax.legend()

# %% too_short tags=["raises-exception"]
three(torch.ones(1, 1, 6))

# %% min_length
print(three(torch.ones(1, 1, 7)).shape)

# %% centred
same = nn.Sequential()
for d in (1, 2, 4):
    same.append(nn.Conv1d(
        1, 1, 3, dilation=d,
        padding="same",
    ))
for p in same.parameters():
    nn.init.ones_(p)
seen = reads(same, 40, 20)
print(seen[0] - 20, seen[-1] - 20)

# %% edge
middle = len(reads(same, 40, 20))
first = len(reads(same, 40, 0))
print(middle, first)

# %% dead
torch.manual_seed(0)
random_net = nn.Sequential(
    nn.Conv1d(1, 1, 3), nn.ReLU(),
    nn.Conv1d(1, 1, 3), nn.ReLU(),
    nn.Conv1d(1, 1, 3),
)
middle = random_net[2]
nn.init.constant_(middle.bias, -9.0)
print(reads(random_net, 20, 5))

# %% pooled
pooled = nn.Sequential(
    stack([(3, 1, 1)]),
    nn.MaxPool1d(4),
    stack([(3, 1, 1)]),
)
by_gradient = len(reads(pooled, 40, 2))
print(by_gradient)

# %% dye
def dyed(net, length, t):
    """Like reads, but by NaN."""
    seen = []  # one sample at a time
    with torch.no_grad():
        for i in range(length):
            x = torch.ones(1, 1, length)
            x[..., i] = torch.nan
            y = net(x)[0, :, t]
            if y.isnan().any():
                seen.append(i)
    return seen

# %% dye_result
print(len(dyed(random_net, 20, 5)))
print(len(dyed(pooled, 40, 2)))
print(receptive_field([
    (3, 1, 1), (4, 1, 4), (3, 1, 1)
]))

# %% dye_zero
blind = nn.Conv1d(1, 1, 3)
nn.init.zeros_(blind.weight)
print(len(dyed(blind, 20, 5)))
print(len(reads(blind, 20, 5)))

# %% norm
normed = nn.Sequential(
    stack([(3, 1, 1)]),
    nn.GroupNorm(1, 1),
)
everything = len(dyed(normed, 20, 5))
print(everything)

# %% norm_channels
class ChannelNorm(nn.LayerNorm):
    def forward(self, x):
        # the channels last: (N, L, C)
        x = x.transpose(1, 2)
        y = super().forward(x)
        return y.transpose(1, 2)

per_place = nn.Sequential(
    stack([(3, 1, 1)]), ChannelNorm(1)
)
print(len(dyed(per_place, 20, 5)))

# %% test_field
history = 300  # what the task needs
net = tcn(8, (1, 2, 4, 8), 3, 1)
field = len(dyed(net, 400, 399))
assert field >= history
assert field == one_conv

# %% test_future
net = tcn(3, (1, 2), 1, 2)
assert max(dyed(net, 30, 15)) == 15

# %% layers_needed
layers, n, field = [], 0, 1
while field < 1024:
    layers.append((2, 2**n, 1))
    field, _ = receptive_field(
        layers
    )
    n += 1
print(n)

# %% weights_needed
many = tcn(8, (1, 2, 4, 8), 3, 1)
weights = [
    p.numel()
    for p in many.parameters()
    if p.dim() == 3  # no biases
]
in_tcn = sum(weights)
print(in_tcn)

# %% pool_order
pool, conv = (4, 1, 4), (3, 1, 1)
pool_first, _ = receptive_field([pool, conv])
pool_last, _ = receptive_field([conv, pool])
print(pool_first, pool_last)

# %% choose
channels = 32
C2 = channels * channels
ways = {  # (K, d, s) of each layer
    "K 9": [(9, 1, 1)],
    "K 5, 5": [(5, 1, 1)] * 2,
    "K 3, 3, 3, 3": [(3, 1, 1)] * 4,
    "d 1, 3": [(3, 1, 1), (3, 3, 1)],
    "s 3, 1": [(3, 1, 3), (3, 1, 1)],
}
rows = {}
for name, layers in ways.items():
    weights, work, jump = 0, 0, 1
    for K, _, s in layers:
        jump *= s
        weights += C2 * K + channels
        work += C2 * K / jump
    field, _ = receptive_field(layers)
    rows[name] = field, weights, work
# 9 taps for each channel alone, then K 1
weights = channels * 9 + C2 + 2 * channels
work = channels * 9 + C2
rows["separable"] = 9, weights, work
for name, row in rows.items():
    print(*map(round, row), name)

# %% choose_built
def built(layers, groups=1):
    net = nn.Sequential()
    for K, d, s in layers:
        net.append(nn.Conv1d(
            channels, channels, K, s,
            dilation=d, groups=groups,
        ))
    return net

nets = {n: built(v) for n, v in ways.items()}
nets["separable"] = nn.Sequential(
    built([(9, 1, 1)], channels),
    built([(1, 1, 1)]),
)
counted = {
    name: sum(
        p.numel() for p in net.parameters()
    )
    for name, net in nets.items()
}

# %% up
down = stack([(4, 1, 2)])
again = nn.Upsample(scale_factor=2)
learned = nn.ConvTranspose1d(
    1, 1, 4, stride=2, bias=False
)
nn.init.ones_(learned.weight)
last = stack([(3, 1, 1)])
widths = []
for back in (again, learned):
    net = nn.Sequential(down, back, last)
    for t in (8, 9, 10):
        seen = reads(net, 40, t)
        print(t, seen)
    widths.append(len(seen))
    print()

# %% up_check
shifts = []
for back in (again, learned):
    net = nn.Sequential(down, back, last)
    for t in range(8, 20):
        now = reads(net, 60, t)
        then = reads(net, 60, t + 2)
        moved = [i + 2 for i in now]
        shifts.append(then == moved)

# %% heartbeat
net = nn.Sequential()
for d in (1, 2, 4, 8, 16, 32, 64):
    net.append(nn.Conv1d(
        16, 16, 3, dilation=d,
        padding="same",
    ))
    net.append(nn.ReLU())

# %% heartbeat_check
beat = [(3, 2**i, 1) for i in range(7)]
reach, _ = receptive_field(beat)
all_read = reads(stack(beat), reach, 0)

# %% ways_figure
fig, ax = plt.subplots(figsize=(4.4, 2.5))
for i, name in enumerate(rows):
    for j, cost in enumerate(rows[name][1:]):
        ax.barh(i + 0.42 * j, cost, 0.4, color=f"C{j}")
        ax.text(cost + 150, i + 0.42 * j, f"{cost:,.0f}",
                va="center")
ax.set_yticks([i + 0.2 for i in range(6)], list(rows))
ax.set_xticks([])
ax.set_xlim(0, 15500)
ax.invert_yaxis()
legend = ax.legend(
    ["parameters", "multiply-adds"], loc="lower right"
)

# %% wide_span tags=["raises-exception"]
deep = nn.Conv1d(1, 1, 3, dilation=64)
deep(torch.ones(1, 1, 100))

# %% starved
same = nn.Conv1d(
    1, 1, 3, dilation=64, padding="same"
)
short = torch.rand(8, 1, 60)
same(short).sum().backward()
used = same.weight.grad[0, 0] != 0
print(used)
