# %% stamps
import torch
from torch import nn
from torch.nn import functional as F

x = torch.tensor([[[1.0, 2.0, 3.0]]])
w = torch.tensor([[[1.0, 10.0, 100.0]]])
y = F.conv_transpose1d(x, w, stride=2)
total = torch.zeros(7)
for i in range(3):
    stamp = torch.zeros(7)
    one = x[0, 0, i] * w[0, 0]
    stamp[2 * i : 2 * i + 3] = one
    print(stamp.int().tolist())
    total += stamp
print(y[0, 0].int().tolist())

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 2))


def box(at, row, number, colour, given=False):
    square = plt.Rectangle(
        (at - 0.46, row - 0.4),
        0.92,
        0.8,
        facecolor="none" if given else colour,
        edgecolor=colour if given else "none",
        linestyle="--",
        alpha=1 if given else 0.35,
    )
    ax.add_patch(square)
    style = {"ha": "center", "va": "center"}
    ax.text(at, row, int(number), **style)


for i, value in enumerate(x[0, 0]):
    for k, weight in enumerate(w[0, 0]):
        box(2 * i + k, 3 - i, value * weight, f"C{i}")
for t, number in enumerate(total):
    box(t, -0.2, number, "C7")
box(7, -0.2, 0, "C1", given=True)
names = ["x[0]=1", "x[1]=2", "x[2]=3", "y"]
ax.set_yticks([3, 2, 1, -0.2], names)
ax.set_xticks(range(8))
ax.axhline(0.4, lw=0.8)
ax.text(6.5, 0.6, "q=1", va="bottom")
ax.set_xlim(-0.7, 7.7)
limits = ax.set_ylim(-0.7, 3.6)

# %% sources
down = nn.Conv1d(1, 1, 3, stride=2)
L_in = [3, 4, 5, 6, 7, 8, 9, 10]
L_out = []
for n in L_in:
    y_n = down(torch.rand(1, 1, n))
    L_out.append(y_n.shape[2])
print(L_in)
print(L_out)

# %% output_size
import torch
from torch import nn

up = nn.ConvTranspose1d(1, 1, 3, stride=2)
short = torch.rand(1, 1, 3)
for n in (7, 8):
    y_n = up(short, output_size=[n])
    print(y_n.shape)

# %% back
print(up(short).shape)

# %% output_padding
other = nn.ConvTranspose1d(
    1, 1, 3, stride=2, output_padding=1
)
print(other(short).shape)

# %% wrong_size tags=["raises-exception"]
up(short, output_size=[9])

# %% beyond
beyond = F.conv_transpose1d(
    x, w, stride=2, output_padding=1
)
print(beyond[0, 0].int().tolist())

# %% crop
pairs = [(0, 0), (1, 0), (1, 1)]
for p, q in pairs:
    cut = F.conv_transpose1d(
        x,
        w,
        stride=2,
        padding=p,
        output_padding=q,
    )
    numbers = cut[0, 0].int().tolist()
    print(p, q, numbers)

# %% ends
fig, ax = plt.subplots(figsize=(4.4, 2.1))
cases = [(0, 0), (1, 0), (1, 1), (0, 1)]
for row, (p, q) in enumerate(cases):
    cut = F.conv_transpose1d(
        x,
        w,
        stride=2,
        padding=p,
        output_padding=q,
    )
    numbers = cut[0, 0].int().tolist()
    for t, number in enumerate(numbers, p):
        given = t - p >= len(numbers) - q
        box = plt.Rectangle(
            (t - 0.45, -row - 0.4),
            0.9,
            0.8,
            alpha=0.35,
            facecolor="C1" if given else "C0",
        )
        ax.add_patch(box)
        style = {"ha": "center", "va": "center"}
        ax.text(t, -row, number, **style)
ax.axvline(6.5, color="C7", linestyle=":")
names = [f"p={p}, q={q}" for p, q in cases]
ax.set_yticks(range(0, -4, -1), names)
ax.set_xlim(-0.7, 7.7)
limits = ax.set_ylim(-3.6, 0.6)


# %% length
def length(L, K, s=1, p=0, d=1, q=0):
    span = d * (K - 1) + 1
    return (L - 1) * s - 2 * p + span + q


# %% too_large tags=["raises-exception"]
too_much = nn.ConvTranspose1d(
    1, 1, 3, stride=2, output_padding=2
)
too_much(short)

# %% same_length tags=["raises-exception"]
steady = nn.ConvTranspose1d(
    3, 4, 3, output_padding=1
)
steady(torch.rand(2, 3, 3))

# %% all_sources
from itertools import product

reached = set()
for L, K, s, p, d in product(
    range(1, 15),
    range(1, 5),
    range(1, 5),
    range(3),
    range(1, 4),
):
    room = L + 2 * p - d * (K - 1) - 1
    if room >= 0:
        n = room // s + 1
        q = L - length(n, K, s, p, d)
        reached.add((s, q))


# %% limit
def runs(s, d, q):
    try:
        F.conv_transpose1d(
            x,
            w,
            stride=s,
            dilation=d,
            output_padding=q,
        )
    except RuntimeError:
        return False
    return True


some = range(1, 6)
grid = [*product(some, some, range(7))]

# %% weight_layout
kinds = [nn.Conv1d, nn.ConvTranspose1d]
shapes = {1: [], 2: []}
for g, kind in product(shapes, kinds):
    layer = kind(4, 6, 3, groups=g)
    size = tuple(layer.weight.shape)
    shapes[g].append(size)


# %% by_hand
def transposed(x, w, b, s, p, d, g, q):
    N, C_in, L = x.shape
    a, m = C_in // g, w.shape[1]
    K = w.shape[2]
    n = length(L, K, s, p, d, q)
    out = torch.zeros(N, m * g, n)
    for c, i, j, k in product(
        range(C_in),
        range(L),
        range(m),
        range(K),
    ):
        o = c // a * m + j
        t = i * s + k * d - p
        if 0 <= t < n:
            one = x[:, c, i] * w[c, j, k]
            out[:, o, t] += one
    return out + b[:, None]


# %% sweep
torch.manual_seed(0)
checked = []
for K, s, p, d, g, q in product(
    (1, 2, 3),
    (1, 2, 3),
    (0, 1),
    (1, 2),
    (1, 2),
    (0, 1),
):
    n = length(3, K, s, p, d, q)
    if q >= max(s, d) or n < 1:
        continue
    w_size = (4, 6 // g, K)
    three = []
    for size in (2, 4, 3), w_size, (6,):
        z = torch.randint(-3, 4, size)
        three.append(z.float())
    options = s, p, d, g, q
    ours = transposed(*three, *options)
    torchs = F.conv_transpose1d(
        *three, s, p, q, g, d
    )
    same = torch.equal(ours, torchs)
    checked.append(same)

# %% matrix
units = torch.eye(7)[:, None]
A = F.conv1d(units, w, stride=2)[:, 0].T
for line in A.int().tolist():
    print(*[f"{v:3}" for v in line])

# %% matrix_transposed
units = torch.eye(3)[:, None]
B = F.conv_transpose1d(
    units, w, stride=2
)[:, 0].T
for line in B.int().tolist():
    print(*[f"{v:3}" for v in line])

# %% gradient
conv = nn.Conv1d(
    4, 6, 3, stride=2, bias=False
)
signal = torch.rand(2, 4, 10)
signal.requires_grad_()
out = conv(signal)
delta = torch.rand_like(out)
(by_autograd,) = torch.autograd.grad(
    out, signal, delta
)
extra = 10 - length(out.shape[2], 3, s=2)
by_transposed = F.conv_transpose1d(
    delta,
    conv.weight,
    stride=2,
    output_padding=extra,
)
near = torch.testing.assert_close
near(by_transposed, by_autograd)

# %% no_inverse
row = torch.arange(1.0, 6)
start = row[None, None]
ones = torch.ones(1, 1, 3)
there = F.conv1d(start, ones)
again = F.conv_transpose1d(there, ones)
print(there[0, 0].int().tolist())
print(again[0, 0].int().tolist())

# %% overlap
flat = torch.ones(1, 1, 5)
for K in (3, 4):
    stamp = torch.ones(1, 1, K)
    times = F.conv_transpose1d(
        flat, stamp, stride=2
    )
    print(times[0, 0].int().tolist())

# %% pattern
stamp = torch.tensor([[[1.0, 2, 3, 5]]])
uneven = F.conv_transpose1d(
    flat, stamp, stride=2
)
print(uneven[0, 0].int().tolist())
longer = flat.repeat_interleave(2, dim=2)
smooth = F.conv1d(longer, stamp)
print(smooth[0, 0].int().tolist())

# %% checkerboard
fig, axes = plt.subplots(1, 2, figsize=(4.4, 2), sharey=True)
ways = {"ConvTranspose1d": uneven, "Upsample + Conv1d": smooth}
for ax, (name, row) in zip(axes, ways.items(), strict=True):
    row = row[0, 0]
    bars = ax.bar(range(len(row)), row)
    ax.bar_label(bars, [f"{v:.0f}" for v in row], fontsize=10)
    ax.set_title(name, fontsize=10)
    ax.set_xticks(range(0, len(row), 3))
    ax.set_yticks([])
    limits = ax.set_ylim(0, 13)

# %% same tags=["raises-exception"]
same = nn.ConvTranspose1d(
    1, 1, 3, padding="same"
)
same(short)

# %% reflect tags=["raises-exception"]
nn.ConvTranspose1d(
    1, 1, 3, padding_mode="reflect"
)

# %% nothing_left tags=["raises-exception"]
nothing = nn.ConvTranspose1d(
    1, 1, 3, padding=3
)
nothing(short)

# %% wrong_channels tags=["raises-exception"]
encoder = nn.Conv1d(2, 3, 4)
F.conv_transpose1d(
    torch.rand(1, 2, 9), encoder.weight
)

# %% square_weight
square = nn.Conv1d(3, 3, 4).weight
turned = square.transpose(0, 1)
v = torch.rand(1, 3, 5)
as_it_is = F.conv_transpose1d(v, square)
swapped = F.conv_transpose1d(v, turned)
print(as_it_is.shape)
print(swapped.shape)

# %% test_adjoint
u = torch.rand(2, 4, 10)
v = torch.rand(2, 6, 4)
Au = F.conv1d(u, conv.weight, stride=2)
Atv = F.conv_transpose1d(
    v,
    conv.weight,
    stride=2,
    output_padding=1,
)
near((Au * v).sum(), (u * Atv).sum())

# %% double_length
doubler = nn.ConvTranspose1d(
    1, 1, 4, stride=2, padding=1
)
for n in (3, 10, 25):
    longer = doubler(torch.rand(1, 1, n))
    print(n, longer.shape[2])

# %% zeros_between
spread = torch.zeros(1, 1, 5)
spread[..., ::2] = x
spread = F.pad(spread, (2, 2))
turned = w.flip(2)
as_conv = F.conv1d(spread, turned)
print(as_conv[0, 0].int().tolist())
