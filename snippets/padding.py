# %% setup
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

torch.manual_seed(0)
x = torch.arange(1.0, 7.0).view(1, 1, -1)
sum3 = torch.ones(1, 1, 3)
print(F.conv1d(x, sum3))
print(F.conv1d(x, sum3, padding=1))

# %% by_hand
padded = F.pad(x, (1, 1))  # left, right
print(padded)
print(F.conv1d(padded, sum3))

# %% pad_check
conv = nn.Conv1d(3, 2, 5, padding=2)
conv.requires_grad_(False)
plain = nn.Conv1d(3, 2, 5)
plain.load_state_dict(conv.state_dict())
plain.requires_grad_(False)
z = torch.rand(4, 3, 10)
wide = F.pad(z, (2, 2))
assert_close(conv(z), plain(wide))

# %% same_odd
print(F.conv1d(x, sum3, padding="same"))

# %% same_even
sum4 = torch.ones(1, 1, 4)
print(F.conv1d(x, sum4, padding="same"))


# %% same_split
def same_padding(K, d=1):
    total = d * (K - 1)
    left = total // 2
    return left, total - left


print(same_padding(4))
print(F.pad(x, same_padding(4)))

# %% same_sweep
same_checked = 0
for K in range(1, 9):
    for d in range(1, 5):
        w = torch.rand(1, 1, K)
        line = torch.rand(1, 1, 10)
        same = F.conv1d(
            line, w,
            padding="same", dilation=d,
        )
        zeros = same_padding(K, d)
        by_pad = F.conv1d(
            F.pad(line, zeros),
            w, dilation=d,
        )
        assert_close(same, by_pad)
        same_checked += 1


# %% tf_same
def tf_same(L, K, s=1, d=1):
    """(left, right) as in TensorFlow."""
    windows = -(-L // s)  # rounded up
    span = d * (K - 1) + 1
    reach = (windows - 1) * s + span
    total = max(reach - L, 0)
    return total // 2, total - total // 2


ten = torch.arange(10.0).view(1, 1, -1)
print(tf_same(10, K=3, s=2))

# %% tf_values
wide = F.pad(ten, tf_same(10, 3, 2))
theirs = F.conv1d(wide, sum3, stride=2)
ours = F.conv1d(
    ten, sum3, padding=1, stride=2
)
print(theirs)
print(ours)


# %% causal
class CausalConv1d(nn.Conv1d):
    """Output t reads up to t * s."""

    def forward(self, x):
        K = self.kernel_size[0]
        d = self.dilation[0]
        x = F.pad(x, (d * (K - 1), 0))
        return super().forward(x)


# %% causal_sums
causal = CausalConv1d(
    1, 1, 3, bias=False
)
nn.init.ones_(causal.weight)
causal.requires_grad_(False)
print(causal(x))

# %% causal_lengths
from itertools import product

cases = list(product(
    range(1, 5), range(1, 4),
    range(1, 4), range(1, 12),
))
for K, s, d, L in cases:
    layer = CausalConv1d(
        1, 1, K, s, dilation=d
    )
    row = torch.zeros(1, 1, L)
    L_out = layer(row).shape[2]
    assert L_out == -(-L // s)

# %% cut
both = nn.Conv1d(
    1, 1, 3, padding=2, bias=False
)
both.load_state_dict(causal.state_dict())
both.requires_grad_(False)
print(both(x)[:, :, :-2])


# %% reads_future
def reads_future(layer, C, L, s=1):
    """Do later inputs move an output?"""
    x = torch.rand(1, C, L)
    y = layer(x)
    for t in range(y.shape[2]):
        later = x.clone()
        later[:, :, t * s + 1 :] += 1
        gap = (layer(later) - y)[:, :, t]
        if gap.abs().max() > 1e-5:
            return True
    return False


# %% future_tests
def cut_end(x):
    return both(x)[:, :, :-2]


def cut_start(x):
    return both(x)[:, :, 2:]


same3 = nn.Conv1d(
    1, 1, 3, padding="same"
)
assert not reads_future(causal, 1, 8)
assert not reads_future(cut_end, 1, 8)
assert reads_future(cut_start, 1, 8)
assert reads_future(same3, 1, 8)

# %% modes
row = torch.tensor([[[1.0, 2, 3, 4]]])
modes = [
    "zeros", "reflect",
    "replicate", "circular",
]


def pad(x, p, mode):
    """F.pad by the layer's names."""
    if mode == "zeros":
        mode = "constant"  # F.pad's name
    return F.pad(x, (p, p), mode=mode)


rows = {m: pad(row, 3, m) for m in modes}

# %% modes_drawn
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.6, 2.1))
for i, mode in enumerate(modes):
    for j, value in enumerate(rows[mode][0, 0].int().tolist()):
        inside = 3 <= j < 7
        box = plt.Rectangle(
            (j - 0.45, -i - 0.4),
            0.9,
            0.8,
            alpha=0.35,
            facecolor="C0" if inside else "C1",
        )
        ax.add_patch(box)
        ax.text(j, -i, value, ha="center", va="center")
ax.set_yticks(range(0, -4, -1), modes)
ax.set_xticks(range(10), range(-3, 7))
ax.set_xlim(-0.7, 9.7)
limits = ax.set_ylim(-3.6, 0.6)

# %% modes_check
for mode in modes:
    layer = nn.Conv1d(
        3, 2, 5,
        padding=2, padding_mode=mode,
    )
    z = torch.rand(4, 3, 10)
    wide = pad(z, 2, mode)
    w, b = layer.weight, layer.bias
    by_pad = F.conv1d(wide, w, b)
    assert_close(layer(z), by_pad)


# %% mode_formulas
def value_at(u, x, mode):
    """Value u of the padded row."""
    L = len(x)
    if mode == "zeros":
        inside = 0 <= u < L
        return x[u] if inside else 0.0
    if mode == "reflect":
        u = abs(u)
        return x[min(u, 2 * L - 2 - u)]
    if mode == "replicate":
        return x[min(max(u, 0), L - 1)]
    return x[u % L]  # circular


modes_compared = 0
for mode in modes:
    for L in range(2, 8):
        for p in range(1, L):
            x1 = torch.rand(1, 1, L)
            wide = pad(x1, p, mode)[0, 0]
            values = x1[0, 0].tolist()
            mine = [
                value_at(u, values, mode)
                for u in range(-p, L + p)
            ]
            assert mine == wide.tolist()
            modes_compared += 1


# %% limits
def allowed(mode, L, p):
    layer = nn.Conv1d(
        1, 1, 3,
        padding=p, padding_mode=mode,
    )
    try:
        layer(torch.zeros(1, 1, L))
    except RuntimeError:
        return False
    return True


for mode in modes:
    widest = max(
        p for p in range(1, 30)
        if allowed(mode, 6, p)
    )
    print(mode, widest)

# %% edges
flat = torch.ones(1, 1, 5)
for mode in modes:
    mean = nn.Conv1d(
        1, 1, 3, bias=False,
        padding=1, padding_mode=mode,
    )
    nn.init.constant_(mean.weight, 1 / 3)
    mean.requires_grad_(False)
    y = mean(flat)[0, 0].tolist()
    print(mode, [round(v, 4) for v in y])

# %% batch
torch.manual_seed(0)
lengths = torch.tensor([10, 6])
short = torch.rand(1, 3, 6)
batch = torch.zeros(2, 3, 10)
batch[0] = torch.rand(3, 10)
batch[1, :, :6] = short
first = nn.Conv1d(3, 3, 3, padding=1)
second = nn.Conv1d(3, 3, 3, padding=1)
for layer in [first, second]:
    layer.requires_grad_(False)


def differ(a, b):
    """Largest gap at each position."""
    return (a - b).abs().amax(dim=0)


def rounded(v):
    v = v.tolist()
    return [round(i, 4) for i in v]


# %% one_layer
alone = first(short)[0]
together = first(batch)[1]
gap1 = differ(together[:, :6], alone)
print(rounded(gap1))

# %% not_zero
print(together[0, 6:])

# %% two_layers
alone = second(first(short))[0]
together = second(first(batch))[1]
gap2 = differ(together[:, :6], alone)
print(rounded(gap2))

# %% mask
steps = torch.arange(10)
# (N, L), then (N, 1, L)
inside = steps < lengths[:, None]
mask = inside[:, None, :]
print(mask.int())

# %% masked
hidden = first(batch) * mask
together = second(hidden)[1]
gap3 = differ(together[:, :6], alone)
print(rounded(gap3))


# %% masked_net
class MaskedConvs(nn.Module):
    """Padded positions stay at zero."""

    def __init__(self, *convs):
        super().__init__()
        self.convs = nn.ModuleList(convs)

    def forward(self, x, lengths):
        # x: (N, C, L), lengths: (N,)
        steps = torch.arange(
            x.shape[2], device=x.device
        )
        inside = steps < lengths[:, None]
        mask = inside[:, None, :]
        x = x * mask
        for layer in self.convs:
            x = layer(x).relu() * mask
        return x


# %% depth
def frames_leaked(depth, masked):
    a, b = short, batch
    for _ in range(depth):
        layer = nn.Conv1d(
            3, 3, 3, padding=1
        )
        a = layer(a)
        b = layer(b)
        if masked:
            b = b * mask
    gap = differ(b[1, :, :6], a[0])
    return int((gap > 1e-5).sum())


for masked in (False, True):
    print([
        frames_leaked(depth, masked)
        for depth in range(1, 7)
    ])

# %% same_strided tags=["raises-exception"]
nn.Conv1d(
    3, 2, 3, padding="same", stride=2
)

# %% causal_word tags=["raises-exception"]
nn.Conv1d(3, 2, 3, padding="causal")

# %% unequal tags=["raises-exception"]
odd = nn.Conv1d(3, 2, 3, padding=(1, 2))
odd(torch.rand(4, 3, 10))

# %% unequal_circular tags=["raises-exception"]
odd = nn.Conv1d(
    3, 2, 3, padding=(1, 2),
    padding_mode="circular",
)
odd(torch.rand(4, 3, 10))

# %% mode_name tags=["raises-exception"]
nn.Conv1d(
    3, 2, 3, padding=1,
    padding_mode="constant",
)

# %% pad_name tags=["raises-exception"]
F.pad(x, (1, 1), mode="zeros")

# %% functional_mode tags=["raises-exception"]
F.conv1d(
    x, sum3, padding=1,
    padding_mode="circular",
)

# %% too_wide tags=["raises-exception"]
mirror = nn.Conv1d(
    1, 1, 3, padding=4,
    padding_mode="reflect",
)
mirror(row)

# %% wraps_twice tags=["raises-exception"]
ring = nn.Conv1d(
    1, 1, 3, padding=5,
    padding_mode="circular",
)
ring(row)


# %% reflect_leaks
class Mirrored(CausalConv1d):
    def forward(self, x):
        x = F.pad(x, (2, 0), "reflect")
        return nn.Conv1d.forward(self, x)


mirrors = Mirrored(1, 1, 3)
assert reads_future(mirrors, C=1, L=8)

# %% wrong_axis
nlc = torch.rand(4, 10, 3)
print(F.pad(nlc, (2, 0)).shape)

# %% pad_token
embed = nn.Embedding(100, 3)
marked = nn.Embedding(
    100, 3, padding_idx=0
)
ids = torch.tensor([[7, 8, 9, 0, 0]])
for table in [embed, marked]:
    full = table(ids).permute(0, 2, 1)
    together = first(full)[0, :, :3]
    alone = first(full[:, :, :3])[0]
    gap = differ(together, alone)
    print((gap > 1e-6).tolist())


# %% test_alone
def same_alone(model, batch, lengths):
    """Equal alone and in the batch?"""
    together = model(batch, lengths)
    for n, L in enumerate(lengths):
        i = slice(n, n + 1)
        alone = model(
            batch[i, :, :L], lengths[i]
        )
        gap = together[i, :, :L] - alone
        if gap.abs().max() > 1e-5:
            return False
    return True


net = MaskedConvs(first, second)
assert same_alone(net, batch, lengths)


def unmasked(x, _):
    return second(first(x))


leaks = not same_alone(
    unmasked, batch, lengths
)
assert leaks

# %% test_flat
edge_mode = nn.Conv1d(
    1, 1, 3, padding=1,
    padding_mode="replicate",
)
y = edge_mode(torch.ones(1, 1, 9))
assert_close(y, y[..., :1].expand_as(y))

# %% ex_bias
def layer_without():
    return nn.Conv1d(
        3, 3, 3,
        padding=1, bias=False,
    )


torch.manual_seed(0)
a = layer_without()
b = layer_without()
together = b(a(batch))[1, :, :6]
alone = b(a(short))[0]
gap = differ(together, alone)
print((gap > 1e-6).tolist())

# %% ex_reflect
left = x[:, :, 1:3].flip(-1)
right = x[:, :, -3:-1].flip(-1)
by_hand = torch.cat(
    [left, x, right], dim=2
)
by_pad = F.pad(
    x, (2, 2), mode="reflect"
)
assert by_hand.equal(by_pad)
print(by_hand)

# %% ex_mean
too_small = hidden.mean(dim=2)
right = hidden.sum(dim=2)
right = right / lengths[:, None]
factor = too_small / right
print(factor.round(decimals=4))
