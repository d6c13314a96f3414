# %% layer
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(7)
layer = nn.Conv1d(
    4, 6, kernel_size=3, stride=2, padding=3, dilation=2, groups=2
).requires_grad_(False)
layer.weight.copy_(torch.randint(-3, 4, layer.weight.shape))
layer.bias.copy_(torch.randint(-3, 4, layer.bias.shape))
x = torch.randint(1, 10, (5, 4, 13)).float()
y = layer(x)

# %% sizes
N, C_in, L = x.shape
C_out, per_group, K = layer.weight.shape
L_out = y.shape[2]
s, p = layer.stride[0], layer.padding[0]
d, g = layer.dilation[0], layer.groups

# %% choose
n, o, t = 4, 5, 1
group = o // (C_out // g)
print(f"group {group}, bias {layer.bias[o]:.0f}")

# %% terms
padded = F.pad(x, (p, p))
total = layer.bias[o].item()
for c in range(per_group):
    channel = group * per_group + c
    for k in range(K):
        i = t * s + k * d
        w, v = layer.weight[o, c, k], padded[n, channel, i]
        total += (w * v).item()
        print(f"c={c} k={k}   {w:2.0f} x {v:1.0f}",
              f"  from channel {channel}, place {i:2}")
print(total == y[n, o, t].item())

# %% padded_row
print(padded[n, 2].int().tolist())
print(padded[n, 3].int().tolist())

# %% drawn
import matplotlib.pyplot as plt

rows = [group * per_group + c for c in range(per_group)]
places = [t * s + k * d for k in range(K)]
fig, ax = plt.subplots(figsize=(5.4, 1.7))
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
        ax.text(i, -row, number, ha="center", va="center", size=8)
ax.set_xlim(-0.6, L + 2 * p - 0.4)
ax.set_ylim(0.4 - C_in, 0.6)
ax.set_xticks(places, [f"k={k}" for k in range(K)], size=8)
ax.set_yticks(range(0, -C_in, -1), range(C_in), size=8)
channel_axis = ax.set_ylabel("channel", size=8)

# %% loop
def conv1d_loop(x, w, b, s=1, p=0, d=1, g=1):
    N, C_in, L = x.shape
    C_out, per_group, K = w.shape
    L_out = (L + 2 * p - d * (K - 1) - 1) // s + 1
    x = F.pad(x, (p, p)).tolist()
    w, b = w.tolist(), b.tolist()
    y = torch.empty(N, C_out, L_out)
    for n in range(N):
        for o in range(C_out):
            first = o // (C_out // g) * per_group
            for t in range(L_out):
                total = b[o]
                for c in range(per_group):
                    row = x[n][first + c]
                    for k in range(K):
                        total += w[o][c][k] * row[t * s + k * d]
                y[n, o, t] = total
    return y

# %% loop_check
mine = conv1d_loop(x, layer.weight, layer.bias, s, p, d, g)
print(torch.equal(mine, y))

# %% sweep
from itertools import product

channels = [(1, 1, 1), (2, 3, 1), (4, 6, 2), (3, 3, 3)]
equal, lengths, too_short = [], [], 0
for (ci, co, gg), kk, ss, pp, dd, ll in product(
    channels, (1, 2, 3), (1, 2, 3), (0, 2), (1, 2, 3), (4, 7)
):
    if ll + 2 * pp < dd * (kk - 1) + 1:
        too_short += 1
        continue
    xs = torch.randint(-9, 10, (2, ci, ll)).float()
    ws = torch.randint(-9, 10, (co, ci // gg, kk)).float()
    bs = torch.randint(-9, 10, (co,)).float()
    theirs = F.conv1d(xs, ws, bs, ss, pp, dd, gg)
    ours = conv1d_loop(xs, ws, bs, ss, pp, dd, gg)
    equal.append(torch.equal(ours, theirs))
    lengths.append(ours.shape == theirs.shape)

# %% star
def star(row, kernel):
    return F.conv1d(row[None, None], kernel[None, None],
                    stride=s, padding=p, dilation=d)[0, 0]

# %% star_sum
first = o // (C_out // g) * per_group
out = layer.bias[o] + sum(
    star(x[n, first + c], layer.weight[o, c])
    for c in range(per_group)
)
print(torch.equal(out, y[n, o]))

# %% paddle
x_paddle = torch.tensor([[[4., 8, 1, 9],
                          [7., 2, 0, 9],
                          [6., 9, 2, 6]]])
w_paddle = torch.tensor([[[9., 3, 4], [0, 0, 7], [2, 5, 6]],
                         [[0., 3, 4], [2, 9, 7], [5, 6, 8]]])
y_paddle = F.conv1d(x_paddle, w_paddle)
print(y_paddle)

# %% paddle_terms
for c in range(3):
    kernel = w_paddle[0, c].int().tolist()
    window = x_paddle[0, c, :3].int().tolist()
    pairs = list(zip(kernel, window, strict=True))
    text = " + ".join(f"{a}*{b}" for a, b in pairs)
    print(text, "=", sum(a * b for a, b in pairs))

# %% d2l_one
x_d2l = torch.arange(7.)
w_d2l = torch.tensor([1., 2.])
y_d2l = F.conv1d(x_d2l[None, None], w_d2l[None, None])
print(y_d2l)

# %% d2l_three
x_three = torch.stack([x_d2l, x_d2l + 1, x_d2l + 2])
w_three = torch.tensor([[1., 2.], [3., 4.], [-1., -3.]])
y_three = F.conv1d(x_three[None], w_three[None])
print(y_three)

# %% counts
parameters = sum(q.numel() for q in layer.parameters())
by_formula = C_out * per_group * K + C_out
multiply_adds = N * C_out * L_out * per_group * K
print(parameters, by_formula, multiply_adds)

# %% flops
from torch.utils.flop_counter import FlopCounterMode

with FlopCounterMode(display=False) as counter:
    layer(x)
print(counter.get_total_flops())

# %% note_counts
note = nn.Conv1d(3, 2, kernel_size=4)
note_parameters = sum(q.numel() for q in note.parameters())
with FlopCounterMode(display=False) as counter:
    note_out = note(torch.rand(1, 3, 10))
note_flops = counter.get_total_flops()

# %% wrong_weight tags=["raises-exception"]
full = torch.rand(6, 4, 3)
F.conv1d(x, full, groups=2)

# %% wrong_bias tags=["raises-exception"]
F.conv1d(x, layer.weight, torch.rand(4), groups=2)

# %% too_long tags=["raises-exception"]
F.conv1d(torch.rand(1, 4, 4), layer.weight, dilation=2, groups=2)

# %% flipped
flipped = F.conv1d(x, layer.weight.flip(2), layer.bias, s, p, d, g)
print(flipped.shape == y.shape, torch.equal(flipped, y))

# %% palindrome
even = torch.tensor([[[1., 2., 1.]]])
one_way = F.conv1d(x[:, :1], even)
print(torch.equal(one_way, F.conv1d(x[:, :1], even.flip(2))))

# %% many_biases
many = layer.bias[o] * per_group + (y[n, o] - layer.bias[o])
print((many - y[n, o]).tolist(), layer.bias[o].item())

# %% never
reads = {t * s + k * d - p for t in range(L_out) for k in range(K)}
print([i for i in range(L) if i not in reads])

# %% never_changes
other = x.clone()
other[:, :, ::2] = 1000.
print(torch.equal(layer(other), y))

# %% all_read
odd = F.conv1d(x, layer.weight, layer.bias, s, p, 3, g)
loud = F.conv1d(other, layer.weight, layer.bias, s, p, 3, g)
print(torch.equal(odd, loud))

# %% test_exact
torch.testing.assert_close(mine, y, rtol=0, atol=0)

# %% test_one_term
x1 = torch.zeros(1, 4, 13)
w1 = torch.zeros(6, 2, 3)
x1[0, 3, 5] = 1  # channel 3 is c = 1 of group 1
w1[4, 1, 2] = 1  # o = 4 is in group 1
hits = F.conv1d(x1, w1, None, s, p, d, g).nonzero().tolist()
assert hits == [[0, 4, (5 + p - 2 * d) // s]]

# %% in_padding
inside = [(t, k) for t in range(L_out) for k in range(K)
          if not 0 <= t * s + k * d - p < L]
print(inside)
in_vain = len(inside) * N * C_out * per_group

# %% uses
uses = [(t, k) for t in range(L_out) for k in range(K)
        if t * s + k * d - p == 5]
print(uses)

# %% einsum
windows = padded.unfold(2, d * (K - 1) + 1, s)[..., ::d]
windows = windows.reshape(N, g, per_group, L_out, K)
kernels = layer.weight.view(g, C_out // g, per_group, K)
z = torch.einsum("gock,ngctk->ngot", kernels, windows)
z = z.reshape(N, C_out, L_out) + layer.bias[:, None]
print(torch.equal(z, y))
