# %% layer
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(7)
layer = nn.Conv1d(
    4, 6, kernel_size=3, stride=2,
    padding=3, dilation=2, groups=2,
)
layer.requires_grad_(False)
w, b = layer.weight, layer.bias
w.copy_(torch.randint(-3, 4, w.shape))
b.copy_(torch.randint(-3, 4, b.shape))
x = torch.randint(1, 10, (5, 4, 13))
x = x.float()
y = layer(x)

# %% sizes
N, C_in, L = x.shape
C_out, per_group, K = w.shape
L_out = y.shape[2]
s, p = layer.stride[0], layer.padding[0]
d, g = layer.dilation[0], layer.groups

# %% choose
n, o, t = 4, 5, 1
group = o // (C_out // g)
print(f"group {group}, bias {b[o]:.0f}")

# %% terms
padded = F.pad(x, (p, p))
total = int(b[o])
for c in range(per_group):
    ch = group * per_group + c
    for k in range(K):
        i = t * s + k * d
        a = int(w[o, c, k])
        v = int(padded[n, ch, i])
        total += a * v
        print(f"{c=} {k=}  {a:2} x {v} ",
              f"channel {ch}, position {i}")
print(total == y[n, o, t].item())

# %% padded_row
print(*padded[n, 2].int().tolist())
print(*padded[n, 3].int().tolist())

# %% drawn
import matplotlib.pyplot as plt

rows = [group * per_group + c for c in range(per_group)]
places = [t * s + k * d for k in range(K)]
fig, ax = plt.subplots(figsize=(4.4, 2))
for row in range(C_in):
    for i in range(L + 2 * p):
        box = plt.Rectangle((i - 0.45, -row - 0.45), 0.9, 0.9)
        box.set(facecolor="C7", alpha=0.15)
        if not p <= i < L + p:
            box.set(fill=False, alpha=0.4, linestyle=":")
        if row in rows and i in places:
            color = f"C{places.index(i)}"
            box.set(fill=True, facecolor=color, alpha=0.45)
        ax.add_patch(box)
        number = int(padded[n, row, i])
        ax.text(i, -row, number, ha="center", va="center", size=11)
ax.set_xlim(-0.6, L + 2 * p - 0.4)
ax.set_ylim(0.4 - C_in, 0.6)
ax.set_xticks(places, [f"k={k}" for k in range(K)])
ax.set_yticks(range(0, -C_in, -1), range(C_in))
channel_axis = ax.set_ylabel("channel")

# %% loop
def conv1d_loop(x, w, b, s, p, d, g):
    N, C_in, L = x.shape
    C_out, C, K = w.shape  # C = C_in / g
    span = d * (K - 1) + 1
    L_out = (L + 2 * p - span) // s + 1
    x = F.pad(x, (p, p)).tolist()
    w, b = w.tolist(), b.tolist()
    y = torch.empty(N, C_out, L_out)
    for n in range(N):
        for o in range(C_out):
            group = o // (C_out // g)
            first = group * C
            for t in range(L_out):
                total = b[o]
                for c in range(C):
                    v = x[n][first + c]
                    for k in range(K):
                        a = w[o][c][k]
                        i = t * s + k * d
                        total += a * v[i]
                y[n, o, t] = total
    return y

# %% loop_check
mine = conv1d_loop(x, w, b, s, p, d, g)
print(torch.equal(mine, y))

# %% sweep
from itertools import product


def whole(*shape):
    some = torch.randint(-9, 10, shape)
    return some.float()


channels = [  # C_in, C_out, g
    (1, 1, 1), (2, 3, 1),
    (4, 6, 2), (3, 3, 3),
]
kernels = strides = dilations = 1, 2, 3
paddings, inputs = (0, 2), (4, 7)
equal, lengths, too_short = [], [], 0
for (ci, co, gg), kk, ss, pp, dd, ll in (
    product(channels, kernels, strides,
            paddings, dilations, inputs)
):
    if ll + 2 * pp < dd * (kk - 1) + 1:
        too_short += 1
        continue
    xs = whole(2, ci, ll)
    ws = whole(co, ci // gg, kk)
    bs = whole(co)
    case = xs, ws, bs, ss, pp, dd, gg
    ours = conv1d_loop(*case)
    theirs = F.conv1d(*case)
    same = ours.shape == theirs.shape
    lengths.append(same)
    same = torch.equal(ours, theirs)
    equal.append(same)

# %% one_p
row, taps = torch.ones(1, 6), torch.ones(1, 1, 4)
made = {
    ends: F.conv1d(F.pad(row, ends), taps).shape[1]
    for ends in [(1, 1), (1, 2), (2, 2)]
}
print(made)

# %% one_p_same
import warnings

with warnings.catch_warnings(action="ignore"):
    same_length = F.conv1d(
        row, taps, padding="same"
    ).shape[1]

# %% star
def star(row, kernel):
    out = F.conv1d(
        row[None], kernel[None, None],
        stride=s, padding=p, dilation=d,
    )
    return out[0]

# %% star_sum
first = o // (C_out // g) * per_group
out = b[o]
for c in range(per_group):
    row = x[n, first + c]
    out = out + star(row, w[o, c])
print(torch.equal(out, y[n, o]))

# %% paddle
x_paddle = torch.tensor([[
    [4., 8, 1, 9],
    [7., 2, 0, 9],
    [6., 9, 2, 6],
]])
w_paddle = torch.tensor([
    [[9., 3, 4], [0, 0, 7], [2, 5, 6]],
    [[0., 3, 4], [2, 9, 7], [5, 6, 8]],
])
y_paddle = F.conv1d(x_paddle, w_paddle)
print(y_paddle)

# %% paddle_terms
for c in range(3):
    a = w_paddle[0, c].int()
    v = x_paddle[0, c, :3].int()
    text = " + ".join(
        f"{a[k]}*{v[k]}" for k in range(3)
    )
    print(text, "=", int(a @ v))

# %% d2l_one
x_d2l = torch.arange(7.)
w_d2l = torch.tensor([[[1., 2.]]])
y_d2l = F.conv1d(x_d2l[None, None], w_d2l)
print(y_d2l[0, 0])

# %% d2l_three
x_three = torch.stack(
    [x_d2l, x_d2l + 1, x_d2l + 2]
)
w_three = torch.tensor(
    [[1., 2.], [3., 4.], [-1., -3.]]
)
y_three = F.conv1d(
    x_three[None], w_three[None]
)
print(y_three[0, 0])

# %% counts
parameters = sum(
    q.numel() for q in layer.parameters()
)
weights = C_out * per_group * K
print(parameters, weights + C_out)
multiply_adds = N * L_out * weights
print(multiply_adds)

# %% flops
from torch.utils.flop_counter import (
    FlopCounterMode,
)

counter = FlopCounterMode(display=False)
with counter:
    layer(x)
print(counter.get_total_flops())

# %% note_counts
note = nn.Conv1d(3, 2, kernel_size=4)
note_parameters = sum(
    q.numel() for q in note.parameters()
)
counter = FlopCounterMode(display=False)
with counter:
    note_out = note(torch.rand(1, 3, 10))
note_flops = counter.get_total_flops()

# %% wrong_weight tags=["raises-exception"]
full = torch.rand(6, 4, 3)
F.conv1d(x, full, groups=2)

# %% wrong_bias tags=["raises-exception"]
F.conv1d(x, w, torch.rand(4), groups=2)

# %% too_long tags=["raises-exception"]
short = torch.rand(1, 4, 4)
F.conv1d(short, w, dilation=2, groups=2)

# %% flipped
back = w.flip(2)
flipped = F.conv1d(x, back, b, s, p, d, g)
print(flipped.shape == y.shape)
print(torch.equal(flipped, y))

# %% palindrome
even = torch.tensor([[[1., 2., 1.]]])
one_way = F.conv1d(x[:, :1], even)
other_way = even.flip(2)
other_way = F.conv1d(x[:, :1], other_way)
print(torch.equal(one_way, other_way))

# %% many_biases
products = y[n, o] - b[o]
many = per_group * b[o] + products
too_much = (many - y[n, o]).int()
print(too_much.tolist(), int(b[o]))

# %% never
reads = {
    t * s + k * d - p
    for t in range(L_out)
    for k in range(K)
}
print(sorted({*range(L)} - reads))

# %% never_changes
other = x.clone()
other[:, :, ::2] = 1000.
print(torch.equal(layer(other), y))

# %% all_read
odd = F.conv1d(x, w, b, s, p, 3, g)
loud = F.conv1d(other, w, b, s, p, 3, g)
print(torch.equal(odd, loud))

# %% test_exact
from torch.testing import assert_close

assert_close(mine, y, rtol=0, atol=0)

# %% test_one_term
x1 = torch.zeros(1, 4, 13)
w1 = torch.zeros(6, 2, 3)
# channel 3 is c = 1 of group 1
x1[0, 3, 5] = 1
# o = 4 is in group 1
w1[4, 1, 2] = 1
y1 = F.conv1d(x1, w1, None, s, p, d, g)
hit = [0, 4, (5 + p - 2 * d) // s]
assert y1.nonzero().tolist() == [hit]

# %% in_padding
inside = [
    (t, k)
    for t in range(L_out)
    for k in range(K)
    if t * s + k * d - p
    not in range(L)
]
print(inside)
in_vain = len(inside) * per_group
in_vain *= N * C_out

# %% uses
uses = [
    (t, k)
    for t in range(L_out)
    for k in range(K)
    if t * s + k * d - p == 5
]
print(uses)

# %% einsum
span = d * (K - 1) + 1
windows = padded.unfold(2, span, s)
windows = windows[..., ::d].reshape(
    N, g, per_group, L_out, K
)
kernels = w.view(
    g, C_out // g, per_group, K
)
z = torch.einsum(
    "gock,ngctk->ngot",
    kernels, windows,
)
z = z.reshape(y.shape) + b[:, None]
print(torch.equal(z, y))
