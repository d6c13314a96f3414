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

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 2.1))


def draw(at, row, number, colour, strong=False):
    box = plt.Rectangle(
        (at - 0.45, row - 0.4),
        0.9,
        0.8,
        facecolor=colour,
        alpha=0.5 if strong else 0.18,
    )
    ax.add_patch(box)
    centre = {"ha": "center", "va": "center"}
    weight = "bold" if strong else "normal"
    ax.text(at, row, number, weight=weight, **centre)


one_row = F.pad(x, (2, 1))[0, 0].int().tolist()
for at, number in enumerate(one_row, -2):
    inside = 0 <= at < 6
    draw(at, 3.2, number, "C0" if inside else "C1")
ends = {"valid": (0, 0), "same": (1, 1), "causal": (2, 0)}
sums = {
    name: F.conv1d(F.pad(x, zeros), sum3)[0, 0].int().tolist()
    for name, zeros in ends.items()
}
for row, (name, (left, _)) in zip((2, 1, 0), ends.items(), strict=True):
    # each output under the last value that its window reads
    for t, number in enumerate(sums[name]):
        draw(t + 2 - left, row, number, "C2", t == 0)
names = ["x", "valid", "same", "causal layer"]
ax.set_yticks([3.2, 2, 1, 0], names)
ax.set_xlim(-2.6, 6.6)
ax.set_ylim(-0.5, 3.7)
ax.set_xticks([])
ax.tick_params(length=0)
sides = ax.spines[:].set_visible(False)

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
same_gaps = []
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
        gap = (same - by_pad).abs().max()
        same_gaps.append(float(gap))

# %% one_number
for p in ("same", 1, 2):
    y = F.conv1d(x, sum4, padding=p)
    print(p, y.shape[2])

# %% tf_total
K, s = 3, 2
totals = {}
for L in (10, 11):
    windows = -(-L // s)  # rounded up
    reach = (windows - 1) * s + K
    totals[L] = max(reach - L, 0)
print(totals)

# %% tf_values
ten = torch.arange(10.0).view(1, 1, -1)
wide = F.pad(ten, (0, 1))
theirs = F.conv1d(wide, sum3, stride=2)
ours = F.conv1d(
    ten, sum3, padding=1, stride=2
)
print(theirs)
print(ours)


# %% causal
K, d = 3, 1
zeros = (d * (K - 1), 0)  # left, right
print(F.pad(x, zeros))
print(F.conv1d(F.pad(x, zeros), sum3))

# %% causal_lengths
from itertools import product

cases = list(product(
    range(1, 5), range(1, 4),
    range(1, 4), range(1, 12),
))
lengths_found = []
for K, s, d, L in cases:
    row = torch.zeros(1, 1, L)
    row = F.pad(row, (d * (K - 1), 0))
    y = F.conv1d(
        row, torch.ones(1, 1, K),
        stride=s, dilation=d,
    )
    lengths_found.append(y.shape[2])

# %% cut
both = F.conv1d(x, sum3, padding=2)
print(both[:, :, :-2])


# %% future
def on_left(x):
    return F.conv1d(F.pad(x, (2, 0)), sum3)


def cut_end(x):
    y = F.conv1d(x, sum3, padding=2)
    return y[:, :, :-2]


def cut_start(x):
    y = F.conv1d(x, sum3, padding=2)
    return y[:, :, 2:]


def same(x):
    return F.conv1d(x, sum3, padding=1)


later = x.clone()
# all that comes after position 2
later[:, :, 3:] = torch.randn(3)


def moved(net):
    gap = (net(later) - net(x)).abs()
    # not gap > 1e-5: a NaN has moved too
    still = gap <= 1e-5
    return (~still).int()[0, 0].tolist()


print(moved(on_left))
print(moved(cut_end))
print(moved(cut_start))
print(moved(same))

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
fig, ax = plt.subplots(figsize=(4.4, 2.1))
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


rows_equal = []
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
            rows_equal.append(
                mine == wide.tolist()
            )


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
def mirrored(x):
    x = F.pad(x, (2, 0), mode="reflect")
    return F.conv1d(x, sum3)


later = x.clone()
later[:, :, 1:] = torch.randn(5)
print(moved(on_left))
print(moved(mirrored))

# %% wrong_axis
nlc = torch.rand(4, 10, 3)
print(F.pad(nlc, (2, 0)).shape)

# %% test_flat
edge_mode = nn.Conv1d(
    1, 1, 3, padding=1,
    padding_mode="replicate",
)
y = edge_mode(torch.ones(1, 1, 9))
assert_close(y, y[..., :1].expand_as(y))

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

# %% one_value
single = torch.rand(720, 1, 1)
three = nn.Conv1d(1, 1, 3, padding=1)
out = three(single)
out.sum().backward()
met = three.weight.grad[0, 0]
print(met != 0)
product = three.weight[0, 0, 1] * single
product = product + three.bias

# %% causal_stride
K, s, d, L = 8, 4, 1, 16
read = []
for left in (d * (K - 1), d * (K - 1) + 1 - s):
    row = torch.zeros(1, 1, L)
    row.requires_grad_()
    y = F.conv1d(
        F.pad(row, (left, 0)),
        torch.ones(1, 1, K), stride=s,
    )
    last = []
    for t in range(y.shape[2]):
        g, = torch.autograd.grad(
            y[0, 0, t], row, retain_graph=True
        )
        last.append(int(g[0, 0].nonzero().max()))
    read.append(last)
    print(left, last)

# %% same_line
layer = nn.Conv1d(
    3, 2, 5, padding="same"
)
print(layer(torch.rand(4, 3, 10)).shape)

# %% same_picture
fig, ax = plt.subplots(figsize=(4.4, 2.1))
for at in range(-1, 11):
    inside = 0 <= at < 10
    value = at if inside else 0
    draw(at, 0, value, "C0" if inside else "C1")
begins = {"SAME": 0, "padding=1": -1}
for j, start in enumerate(begins.values()):
    for t in range(5):
        level = -1 - 2.4 * j - 0.36 * t
        window = [start + 2 * t + k for k in range(3)]
        ax.plot(window, [level] * 3, "o-", color=f"C{j + 2}", ms=4)
ax.set_yticks([0, -1.7, -4.1], ["x", *begins])
ax.set_xlim(-1.7, 10.7)
ax.set_ylim(-5.2, 0.6)
ax.set_xticks([])
ax.tick_params(length=0)
sides = ax.spines[:].set_visible(False)
