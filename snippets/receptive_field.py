# %% tools
import torch
from torch import nn
from torch.nn import functional as F


def stack(layers):
    """Conv1d layers from (K, d, s); every weight is 1."""
    net = nn.Sequential(*(
        nn.Conv1d(1, 1, K, stride=s, dilation=d, bias=False)
        for K, d, s in layers
    ))
    for weight in net.parameters():
        nn.init.ones_(weight)
    return net

# %% reads
def reads(net, length, t):
    """The input positions on which output position t depends."""
    x = torch.ones(1, 1, length, requires_grad=True)
    net(x)[0, :, t].sum().backward()
    return x.grad[0, 0].nonzero().flatten().tolist()

# %% three
three = stack([(3, 1, 1)] * 3)
print(reads(three, 20, 5))

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
    doubled = [(3, 2**i, 1) for i in range(n)]
    return [receptive_field(net)[0] for net in (plain, doubled)]

table = {n: fields(n) for n in (1, 2, 3, 4, 6, 8, 10)}

# %% dilated
doubled = [(3, 1, 1), (3, 2, 1), (3, 4, 1), (3, 8, 1)]
seen = reads(stack(doubled), 60, 10)
print(seen[0], seen[-1], len(seen), receptive_field(doubled))

# %% strided
orders = ([(3, 1, 2), (3, 1, 1), (3, 1, 1)],
          [(3, 1, 1), (3, 1, 2), (3, 1, 1)],
          [(3, 1, 1), (3, 1, 1), (3, 1, 2)])
for layers in orders:
    net = stack(layers)
    seen = reads(net, 40, 5)
    length = net(torch.ones(1, 1, 40)).shape[2]
    print(seen[-1] - seen[0] + 1, receptive_field(layers), length)

# %% speech
kernels, strides = [10, 3, 3, 3, 3, 2, 2], [5, 2, 2, 2, 2, 2, 2]
speech = [(K, 1, s) for K, s in zip(kernels, strides, strict=True)]
first = reads(stack(speech), 2000, 0)
second = reads(stack(speech), 2000, 1)
print(len(first), second[0] - first[0], receptive_field(speech))

# %% where
def first_and_last(layers, paddings, t):
    field, jump = receptive_field(layers)
    offset, scale = 0, 1
    for (_, _, s), p in zip(layers, paddings, strict=True):
        offset += p * scale
        scale *= s
    return t * jump - offset, t * jump - offset + field - 1

# %% sweep
import random

random.seed(0)
agree, one_left = [], []
for _ in range(200):
    layers = [
        (random.choice((1, 2, 3, 5)), random.choice((1, 2, 3)),
         random.choice((1, 1, 2, 3))) for _ in range(4)
    ]
    paddings = [random.choice((0, 1, 2)) for _ in layers]
    field, jump = receptive_field(layers)
    net = stack(layers)
    one_left.append(net(torch.ones(1, 1, field)).shape[2] == 1)
    for conv, p in zip(net, paddings, strict=True):
        conv.padding = (p,)
    t = 20  # far enough from both ends
    seen = reads(net, t * jump + 2 * field, t)
    expected = first_and_last(layers, paddings, t)
    agree.append((seen[0], seen[-1]) == expected)

# %% tree_figure
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.set_yticks(range(5), ["x", "d=1", "d=2", "d=4", "d=8"])
ax.set_xticks(range(0, 16, 3))
ax.set_xlabel("t")
for level in range(5):
    ax.plot(range(16), [level] * 16, "o", color="C7", markersize=3)
places = {15}
for level, d in ((4, 8), (3, 4), (2, 2), (1, 1)):
    for t in places:
        for k in range(2):
            ax.plot([t, t - k * d], [level, level - 1],
                    color=f"C{level - 1}")
    places = {t - k * d for t in places for k in range(2)}

# %% causal
class Causal(nn.Conv1d):
    """Sees the present and the past, never the future."""

    def forward(self, x):
        past = self.dilation[0] * (self.kernel_size[0] - 1)
        return super().forward(F.pad(x, (past, 0)))

# %% block
class Block(nn.Module):
    """A residual block of a TCN with `convs` convolutions."""

    def __init__(self, K, d, convs):
        super().__init__()
        self.convs = nn.ModuleList(
            Causal(1, 1, K, dilation=d) for _ in range(convs)
        )

    def forward(self, x):
        out = x
        for conv in self.convs:
            out = F.relu(conv(out))
        return F.relu(x + out)

def tcn(K, dilations, stacks, convs):
    net = nn.Sequential(*(
        Block(K, d, convs) for _ in range(stacks) for d in dilations
    ))
    for p in net.parameters():
        nn.init.ones_(p)
    return net

# %% tcn
for convs in (1, 2):
    net = tcn(8, (1, 2, 4, 8), stacks=3, convs=convs)
    seen = reads(net, 1000, 999)
    print(convs, len(seen), 999 - seen[0] + 1)

# %% tcn_formula
def tcn_field(K, dilations, stacks, convs):
    return 1 + (K - 1) * sum(dilations) * stacks * convs

one_conv = tcn_field(8, (1, 2, 4, 8), 3, 1)
two_convs = tcn_field(8, (1, 2, 4, 8), 3, 2)
rule_of_thumb = 8 * 8 * 3
by_taps = 8 * (1 + 2 + 4 + 8) * 3

# %% holes
gappy = [(3, 2, 1)] * 3
seen = reads(stack(gappy), 30, 5)
print(receptive_field(gappy)[0], len(seen), seen)

# %% no_holes
def all_seen(layers):
    field, _ = receptive_field(layers)
    return len(reads(stack(layers), 2 * field, 0)) == field

print(all_seen([(3, 1, 1), (3, 2, 1), (3, 4, 1)]))
print(all_seen([(2, 1, 1), (2, 3, 1)]))
print(all_seen([(3, 1, 1), (3, 3, 1), (3, 9, 1)]))

# %% shares
def share(layers):
    """How the paths to one output spread over the input."""
    field, _ = receptive_field(layers)
    x = torch.ones(1, 1, field, requires_grad=True)
    stack(layers)(x).sum().backward()
    return x.grad[0, 0] / x.grad.sum()

plain = share([(3, 1, 1)] * 13)
tripled = share([(3, 1, 1), (3, 3, 1), (3, 9, 1)])
print(len(plain), len(tripled))

# %% shares_figure
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(range(-13, 14), plain, "o-", label="13 x d=1")
ax.plot(range(-13, 14), tripled, "s-", label="d=1,3,9")
ax.set_xlabel("i")
legend = ax.legend()

# %% too_short tags=["raises-exception"]
three(torch.ones(1, 1, 6))

# %% min_length
print(three(torch.ones(1, 1, 7)).shape)

# %% centred
same = nn.Sequential(*(
    nn.Conv1d(1, 1, 3, dilation=d, padding="same")
    for d in (1, 2, 4)
))
for p in same.parameters():
    nn.init.ones_(p)
seen = reads(same, 40, 20)
print(seen[0] - 20, seen[-1] - 20)

# %% edge
print(len(reads(same, 40, 20)), len(reads(same, 40, 0)))

# %% dead
torch.manual_seed(0)
random_net = nn.Sequential(
    nn.Conv1d(1, 1, 3), nn.ReLU(), nn.Conv1d(1, 1, 3), nn.ReLU(),
    nn.Conv1d(1, 1, 3),
)
nn.init.constant_(random_net[2].bias, -9.0)
print(reads(random_net, 20, 5))

# %% pooled
pooled = nn.Sequential(
    stack([(3, 1, 1)]), nn.MaxPool1d(4), stack([(3, 1, 1)]),
)
print(len(reads(pooled, 40, 2)))

# %% dye
def dyed(net, length, t):
    """Like reads, but by not-a-number in place of gradients."""
    seen = []
    with torch.no_grad():
        for i in range(length):
            x = torch.ones(1, 1, length)
            x[..., i] = torch.nan
            if net(x)[0, :, t].isnan().any():
                seen.append(i)
    return seen

# %% dye_result
print(len(dyed(random_net, 20, 5)), len(dyed(pooled, 40, 2)))
print(receptive_field([(3, 1, 1), (4, 1, 4), (3, 1, 1)]))

# %% dye_zero
blind = nn.Conv1d(1, 1, 3)
nn.init.zeros_(blind.weight)
print(len(dyed(blind, 20, 5)), len(reads(blind, 20, 5)))

# %% norm
normed = nn.Sequential(stack([(3, 1, 1)]), nn.GroupNorm(1, 1))
print(len(dyed(normed, 20, 5)))

# %% norm_channels
class ChannelNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)

per_place = nn.Sequential(stack([(3, 1, 1)]), ChannelNorm(1))
print(len(dyed(per_place, 20, 5)))

# %% test_field
history = 300  # what the task needs
field = len(dyed(tcn(8, (1, 2, 4, 8), 3, 1), 400, 399))
assert field >= history
assert field == one_conv

# %% test_future
net = tcn(3, (1, 2), 1, 2)
assert max(dyed(net, 30, 15)) == 15

# %% layers_needed
n = 0
while receptive_field([(2, 2**i, 1) for i in range(n)])[0] < 1024:
    n += 1
print(n)

# %% weights_needed
many = tcn(8, (1, 2, 4, 8), 3, 1)
weights = sum(p.numel() for p in many.parameters() if p.dim() == 3)
print(weights)

# %% pool_order
print(receptive_field([(4, 1, 4), (3, 1, 1)]),
      receptive_field([(3, 1, 1), (4, 1, 4)]))
