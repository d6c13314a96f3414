# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
# so that rounding is tiny
torch.set_default_dtype(torch.float64)
N, C_in, C_out, L, K = 2, 4, 6, 12, 3
s, p, d, g = 2, 1, 2, 2
x = torch.rand(N, C_in, L)
w = torch.rand(C_out, C_in // g, K) - 0.5
b = torch.rand(C_out)
y = F.conv1d(x, w, b, s, p, d, g)
L_out = y.shape[2]

# %% forward
from itertools import product


def by_formula(x, w, b, s, p, d, g):
    N = len(x)
    C_out, C_in_g, K = w.shape
    x = F.pad(x, (p, p))
    span = d * (K - 1) + 1
    L_out = (x.shape[2] - span) // s + 1
    x, w = x.tolist(), w.tolist()
    b = b.tolist()

    def one(n, o, t):
        first = o // (C_out // g) * C_in_g
        total = b[o]
        for c in range(C_in_g):
            row = x[n][first + c]
            for k in range(K):
                seen = row[t * s + k * d]
                total += w[o][c][k] * seen
        return total

    y = torch.empty(N, C_out, L_out)
    places = product(*map(range, y.shape))
    for n, o, t in places:
        y[n, o, t] = one(n, o, t)
    return y


every = list(product(
    (1, 2, 3),  # s
    (0, 2),  # p
    (1, 2),  # d
    (1, 2),  # g
))
gaps = []
for each in every:
    per_group = C_in // each[3]
    size = C_out, per_group, K
    case = x, torch.rand(size), b, *each
    theirs = F.conv1d(*case)
    ours = by_formula(*case)
    gap = (theirs - ours).abs().max()
    gaps.append(gap.item())


# %% length
def conv_length(L, K, s, ends, d):
    room = L + sum(ends) - d * (K - 1) - 1
    if room < 0:
        return None  # does not fit
    return room // s + 1


def made_length(L, K, s, ends, d):
    tap = torch.ones(1, 1, K)
    row = torch.ones(1, L)
    left, right = ends
    if left != right:
        row, left = F.pad(row, ends), 0
    try:
        y = F.conv1d(row, tap, None, s, left, d)
    except RuntimeError:
        return None
    return y.shape[1]


every = list(product(
    range(1, 8),  # L
    range(1, 5),  # K
    (1, 2, 3),  # s
    # left and right
    [(0, 0), (1, 1), (2, 2), (1, 2), (3, 0)],
    (1, 2, 3),  # d
))
by_rule = [conv_length(*each) for each in every]
by_torch = [made_length(*each) for each in every]

# %% tail
room = L + 2 * p - d * (K - 1) - 1
unused = room % s
shorter = F.pad(x, (p, p))
shorter = shorter[:, :, :-unused]
without_tail = F.conv1d(
    shorter, w, b, s, 0, d, g
)

# %% same
import warnings

quiet = warnings.catch_warnings
same_holds = []
pairs = product(range(1, 6), (1, 2, 3))
for K_, d_ in pairs:
    total = d_ * (K_ - 1)
    left = total // 2
    row = torch.rand(1, 1, L)
    taps = torch.rand(1, 1, K_)
    # what torch warns of is speed
    with quiet(action="ignore"):
        theirs = F.conv1d(
            row, taps,
            padding="same", dilation=d_,
        )
    ends = left, total - left
    padded = F.pad(row, ends)
    ours = F.conv1d(
        padded, taps, dilation=d_
    )
    same = torch.allclose(theirs, ours)
    same_holds.append(same)

# %% one_p
ends = (1, 1), (1, 2), (2, 2)
by_ends = [
    conv_length(6, 4, 1, each, 1)
    for each in ends
]
print(by_ends)
with quiet(action="ignore"):
    by_same = F.conv1d(
        torch.ones(1, 6), torch.ones(1, 1, 4),
        padding="same",
    ).shape[1]

# %% causal
causal_lengths = []
taps = torch.ones(1, 1, K)
pairs = product(range(1, 13), (1, 2, 3))
for L_, s_ in pairs:
    row = torch.ones(1, L_)
    padded = F.pad(row, ((K - 1) * d, 0))
    made = F.conv1d(
        padded, taps,
        stride=s_, dilation=d,
    )
    rounded_up = -(-L_ // s_)
    same = made.shape[1] == rounded_up
    causal_lengths.append(same)


# %% field
def field(layers):
    """Of (K, s, d), by the formula."""
    size, jump = 1, 1
    for K, s, d in layers:
        size += (K - 1) * d * jump
        jump *= s
    return size


def measured(layers):
    """How far a gradient reaches."""
    signal = torch.ones(1, 400)
    out = signal.requires_grad_()
    for K, s, d in layers:
        taps = torch.ones(1, 1, K)
        out = F.conv1d(
            out, taps,
            stride=s, dilation=d,
        )
    out[0, 0].backward()
    reached = signal.grad[0].nonzero()
    first, last = reached[[0, -1]]
    return int(last - first) + 1


stacks = {
    "three of 3": [(3, 1, 1)] * 3,
    "strided": [
        (5, 2, 1), (3, 2, 1), (3, 1, 1),
    ],
    "dilated": [
        (3, 1, d_) for d_ in (1, 2, 4, 8)
    ],
}
for name, layers in stacks.items():
    f, m = field(layers), measured(layers)
    print(f"{name:<12}{f:>3}{m:>5}")

# %% counts
layer = nn.Conv1d(3, 2, kernel_size=4)
parameters = 2 * 3 * 4 + 2
multiply_adds = 1 * 2 * 7 * 3 * 4

# %% flops
from torch.utils.flop_counter import (
    FlopCounterMode,
)

counter = FlopCounterMode(display=False)
with counter:
    layer(torch.rand(1, 3, 10))

# %% gradients
leaves = [
    each.clone().requires_grad_()
    for each in (x, w, b)
]
grad = torch.rand(y.shape)
made = F.conv1d(*leaves, s, p, d, g)
made.backward(grad)
by_autograd = [a.grad for a in leaves]

# %% grad_bias
grad_b = grad.sum(dim=(0, 2))

# %% grad_weight
x_padded = F.pad(x, (p, p))
grad_w = torch.empty_like(w)
places = product(*map(range, w.shape))
for o, c, k in places:
    group = o // (C_out // g)
    first = group * (C_in // g)
    row = x_padded[:, first + c]
    seen = row[:, k * d :: s][:, :L_out]
    total = (grad[:, o] * seen).sum()
    grad_w[o, c, k] = total

# %% grad_weight_conv
parts = []
groups = zip(
    x_padded.chunk(g, dim=1),
    grad.chunk(g, dim=1),
)
for seen, arrived in groups:
    made = F.conv1d(
        seen.transpose(0, 1),
        arrived.transpose(0, 1),
        stride=d, dilation=s,
    )
    # (C_in / g, C_out / g, K)
    parts.append(made[:, :, :K])
by_conv = torch.cat(parts, dim=1)
by_conv = by_conv.transpose(0, 1)

# %% grad_input
least = (L_out - 1) * s - 2 * p
least += d * (K - 1) + 1
output_padding = L - least
grad_x = F.conv_transpose1d(
    grad, w, None,
    s, p, output_padding, g, d,
)


# %% transposed
def up_length(L, K, s, p, d, q):
    spread = (L - 1) * s - 2 * p
    return spread + d * (K - 1) + q + 1


q = 1
v = torch.rand(C_in, C_out // g, K)
z = F.conv_transpose1d(
    x, v, b, s, p, q, g, d
)
z_hand = torch.empty_like(z)
per = C_out // g
places = product(*map(range, z.shape))
for n, o, t in places:
    first = o // per * (C_in // g)
    total = b[o].clone()
    for c, i, k in product(
        range(first, first + C_in // g),
        range(L),
        range(K),
    ):
        if i * s + k * d == t + p:
            tap = v[c, o % per, k]
            total += tap * x[n, c, i]
    z_hand[n, o, t] = total

# %% transposed_sweep
transposed_right = []
tap = torch.ones(1, 1, K)
every = product(
    range(2, 7),  # L
    (1, 2, 3),  # s
    (0, 1),  # p
    (1, 2),  # d
)
for L_, s_, p_, d_ in every:
    for q_ in range(max(s_, d_)):
        made = F.conv_transpose1d(
            torch.ones(1, L_), tap, None,
            s_, p_, q_, 1, d_,
        )
        expected = up_length(
            L_, K, s_, p_, d_, q_
        )
        same = made.shape[1] == expected
        transposed_right.append(same)

# %% initial
wide = nn.Conv1d(64, 128, 5, groups=4)
fan_in = 64 // 4 * 5
bound = fan_in**-0.5
largest = torch.stack([
    each.abs().max()
    for each in wide.parameters()
]).max()
variance = wide.weight.var()

# %% convolution
import numpy as np

signal = torch.rand(100)
taps = torch.rand(7)
book = np.convolve(
    signal.numpy(), taps.numpy(), "valid"
)
row = signal[None, None]
flipped = taps.flip(0)[None, None]
turned = F.conv1d(row, flipped)[0, 0]

# %% fft
from torch.fft import irfft, rfft

L, K = 100, 7
direct = F.conv1d(row, taps[None, None])
direct = direct[0, 0]
M = L + K - 1
X, W = rfft(signal, M), rfft(taps, M)
r = irfft(X * W.conj(), M)
by_fft = r[: L - K + 1]
r = irfft(X * W, M)
no_line = r[K - 1 : L]
M = L
X, W = rfft(signal, M), rfft(taps, M)
r = irfft(X * W.conj(), M)
shortest = r[: L - K + 1]

# %% elsewhere
ramp = torch.arange(7.0)
d2l_x = torch.stack(
    [ramp, ramp + 1, ramp + 2]
)
d2l_w = torch.tensor(
    [[1.0, 2], [3, 4], [-1, -3]]
)
one = F.conv1d(d2l_x[:1], d2l_w[None, :1])
print(one.int().tolist())
three = F.conv1d(d2l_x, d2l_w[None])
print(three.int().tolist())

# %% paddle
paddle_x = torch.tensor([
    [4.0, 8, 1, 9],
    [7, 2, 0, 9],
    [6, 9, 2, 6],
])
paddle_w = torch.tensor([
    [[9.0, 3, 4], [0, 0, 7], [2, 5, 6]],
    [[0.0, 3, 4], [2, 9, 7], [5, 6, 8]],
])
made = F.conv1d(paddle_x, paddle_w)
print(made.int().tolist())
