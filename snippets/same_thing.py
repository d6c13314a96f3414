# %% layer
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

torch.manual_seed(11)
N, C_in, C_out, L, K = 2, 3, 5, 10, 4
L_out = L - K + 1

def whole(*shape):
    numbers = torch.randint(-9, 10, shape)
    return numbers.float()

x = whole(N, C_in, L)
w = whole(C_out, C_in, K)
b = whole(C_out)
y = F.conv1d(x, w, b)
print(y.shape)

# %% pointwise
one = nn.Conv1d(
    C_in, C_out, kernel_size=1
)
linear = nn.Linear(C_in, C_out)
one.requires_grad_(False)
linear.requires_grad_(False)
linear.weight.copy_(one.weight[:, :, 0])
linear.bias.copy_(one.bias)
by_linear = linear(x.transpose(1, 2))
by_linear = by_linear.transpose(1, 2)
assert_close(by_linear, one(x))

# %% conv2d_row
row = F.conv2d(
    x[:, :, None, :], w[:, :, None, :], b
)

# %% conv2d_picture
picture = F.conv2d(
    x[:, None], w[:, None], b
)

# %% windows
windows = x.unfold(2, K, 1)
print(windows.shape)
print(x[0, 0].int().tolist())
for window in windows[0, 0, :3]:
    print(window.int().tolist())

# %% windows_view
print(windows.data_ptr() == x.data_ptr())
print(x.stride(), windows.stride())

# %% windows_linear
columns = windows.transpose(1, 2)
columns = columns.flatten(2)
flat_w = w.flatten(1)
by_windows = F.linear(columns, flat_w, b)
by_windows = by_windows.transpose(1, 2)

# %% windows_einsum
by_einsum = torch.einsum(
    "nctk,ock->not", windows, w
) + b[:, None]

# %% band
kernel = torch.tensor([1., 2., 3., 4.])
band = torch.zeros(L_out, L)
for t in range(L_out):
    band[t, t : t + K] = kernel
print(band.int())

# %% band_check
signal = x[0, 0]
by_band = band @ signal
by_layer = F.conv1d(
    signal[None, None],
    kernel[None, None],
)[0, 0]
print(torch.equal(by_band, by_layer))

# %% matrix
basis = torch.eye(C_in * L).double()
basis = basis.view(-1, C_in, L)
found = F.conv1d(basis, w.double())
matrix = found.flatten(1).T.float()
by_matrix = x.flatten(1) @ matrix.T
by_matrix = by_matrix.view(y.shape)
by_matrix = by_matrix + b[:, None]

# %% bands
# 0 outside the bands, c + 1 inside
inside = torch.zeros_like(matrix)
for o in range(C_out):
    for c in range(C_in):
        for t in range(L_out):
            row_of = o * L_out + t
            at = c * L + t
            inside[row_of, at : at + K] = c + 1

# %% matrix_figure
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 4.2))
for c in range(C_in):
    rows, cols = (inside == c + 1).nonzero(as_tuple=True)
    ax.plot(cols, rows, "s", markersize=3, color=f"C{c}")
ax.set_xticks(range(0, C_in * L, L), ["c=0", "c=1", "c=2"])
ax.set_yticks(range(0, C_out * L_out, L_out),
              [f"o={o}" for o in range(C_out)])
ax.invert_yaxis()

# %% matrix_counts
at_most = C_out * L_out * C_in * K
outside = matrix[inside == 0]

# %% fft
def conv1d_fft(x, w, b):
    """As F.conv1d(x, w, b), float32 or 64."""
    (N, C, L), (_, M, K) = x.shape, w.shape
    if N == 0 or K > L or C != M:
        raise ValueError(
            f"{N} samples, {C} channels of"
            f" length {L}, for a kernel of"
            f" {M} by {K} taps"
        )
    X = torch.fft.rfft(x, L)
    W = torch.fft.rfft(w, L)
    Y = torch.einsum(
        "ncf,ocf->nof", X, W.conj()
    )
    y = torch.fft.irfft(Y, L)
    y = y[..., : L - K + 1]
    return y + b[:, None]

by_fft = conv1d_fft(x, w, b)

# %% fft_lengths
right = {}
for M in (8, 9, 10, 11, 13, 16):
    X = torch.fft.rfft(x, M)
    W = torch.fft.rfft(w, M)
    Y = torch.einsum(
        "ncf,ocf->nof", X, W.conj()
    )
    found = torch.fft.irfft(Y, M)
    found = found[..., :L_out] + b[:, None]
    gap = (found - y).abs().max().item()
    right[M] = gap < 1e-3

# %% numpy
a = np.arange(6.0)
v = np.array([1.0, 2.0, 4.0])
print(np.correlate(a, v))
print(np.convolve(a, v, "valid"))
print(np.convolve(a, v[::-1], "valid"))

# %% torch_one
def conv1d(a, v):
    a = torch.as_tensor(a)[None, None]
    v = torch.as_tensor(v)[None, None]
    return F.conv1d(a, v)[0, 0].numpy()

print(conv1d(a, v))

# %% numpy_sweep
rng = np.random.default_rng(0)

def draw(size):
    numbers = rng.integers(-9, 10, size)
    return numbers.astype(np.float32)

agree = []
for length in range(1, 21):
    for taps in range(1, length + 1):
        p, q = draw(length), draw(taps)
        ours = conv1d(p, q)
        theirs = np.correlate(p, q)
        same = (ours == theirs).all()
        agree.append(same)

# %% complex
z = np.array([
    1 + 2j, 3 - 1j, -2j, 4 + 1j
])
u = np.array([1j, 2 - 1j])
print(conv1d(z, u))
print(np.correlate(z, u))
print(np.correlate(z, u.conj()))

# %% linear_axis tags=["raises-exception"]
linear(x)

# %% conv2d_no_axis tags=["raises-exception"]
F.conv2d(x, w[:, :, None])

# %% f_unfold_error tags=["raises-exception"]
F.unfold(x, kernel_size=K)

# %% long_kernel tags=["raises-exception"]
conv1d(v, a)

# %% f_unfold
trap = F.unfold(x, kernel_size=(1, K))
print(x.shape, trap.shape)

# %% f_unfold_what
first = trap[:, 0].int()
print(first[:4].tolist())
print(x[0, 0, :4].int().tolist())
print(first[4:].tolist())
print(x[1, 0, :4].int().tolist())

# %% f_unfold_right
four_axes = F.unfold(
    x[:, :, None, :], kernel_size=(1, K)
)
print(four_axes.shape)
as_columns = columns.transpose(1, 2)
print(torch.equal(four_axes, as_columns))

# %% order
# (k, c), not (c, k)
mixed = windows.permute(0, 2, 3, 1)
mixed = mixed.flatten(2)
wrong = F.linear(mixed, flat_w, b)
wrong = wrong.transpose(1, 2)
print(wrong.shape == y.shape)
print(torch.equal(wrong, y))

# %% square
square = torch.rand(N, C_in, C_in)
across = linear(square.transpose(1, 2))
across = across.transpose(1, 2)
along = linear(square)
print(along.shape)
print(across.shape)
gap = (across - one(square)).abs().max()
print(gap.item() < 1e-5)

# %% no_conj
def without_conj(x, w, n):
    X = torch.fft.rfft(x, n)
    W = torch.fft.rfft(w, n)
    Y = torch.einsum(
        "ncf,ocf->nof", X, W
    )
    return torch.fft.irfft(Y, n)

full = without_conj(x, w, L + K - 1)
first = full[..., :L_out] + b[:, None]
print(first.shape == y.shape)
gap = (first - y).abs().max()
print(gap.item() < 1e-3)

# %% no_conj_flipped
flipped = w.flip(2)
n = L + K - 1
full = without_conj(x, flipped, n)
last = full[..., K - 1 : L] + b[:, None]
gap = (last - y).abs().max()
print(gap.item() < 1e-3)

# %% swapped
print(np.correlate(a, v))
print(np.correlate(v, a))

# %% test_impulse
spike = torch.zeros(1, C_in, L)
spike[0, 1, 5] = 1
pieces = spike.unfold(2, K, 1)
no_bias = torch.zeros(C_out)
expected = w[:, 1].flip(1)
for found in (
    F.conv1d(spike, w),
    torch.einsum(
        "nctk,ock->not", pieces, w
    ),
    conv1d_fft(spike, w, no_bias),
):
    gap = found[0, :, 2:6] - expected
    assert gap.abs().max() < 1e-4

# %% dilated
s, d = 2, 3
reach = d * (K - 1) + 1
spread = x.unfold(2, reach, s)
spread = spread[..., ::d]
by_hand = torch.einsum(
    "nctk,ock->not", spread, w
)
by_layer = F.conv1d(
    x, w, stride=s, dilation=d
)
print(by_hand.equal(by_layer))

# %% strided
blocks = matrix.view(
    C_out, L_out, -1
)
kept = blocks[:, ::2]
kept = kept.flatten(0, 1)
by_matrix = x.flatten(1) @ kept.T
strided = F.conv1d(x, w, stride=2)
strided = strided.flatten(1)
print(by_matrix.equal(strided))

# %% transposed
g = whole(N, C_out, L_out)
back = g.flatten(1) @ matrix
back = back.view(N, C_in, L)
layer = F.conv_transpose1d(g, w)
print(back.equal(layer))

# %% polynomial
# 1 + 2x and 1 + 3x
p = torch.tensor([[[1., 2.]]])
q = torch.tensor([[[1., 3.]]])
print(F.conv1d(
    p, q.flip(2), padding=1
))

# %% kinds
from itertools import product

three = torch.tensor([[[1., 2., 3.]]])
single = torch.tensor([[[1.]]])
unit = torch.eye(6)[:, None]
dense = nn.Linear(6, 4).weight.detach()
kinds = {
    "Linear": dense,
    "Conv1d, K=3": F.conv1d(unit, three)[:, 0].T,
    "Conv1d, K=1": F.conv1d(unit, single)[:, 0].T,
}

fig, axes = plt.subplots(1, 3, figsize=(4.4, 1.7))
for ax, name in zip(axes, kinds, strict=True):
    table = kinds[name]
    for r, c in product(*map(range, table.shape)):
        box = plt.Rectangle((c - 0.45, r - 0.45), 0.9, 0.9)
        value = table[r, c].item()
        color = f"C{int(value)}" if name != "Linear" else "C7"
        box.set(facecolor=color, alpha=0.45 if value else 0.06)
        ax.add_patch(box)
        if value and name != "Linear":
            ax.text(c, r, int(value), ha="center", va="center", size=10)
    ax.set(xlim=(-0.6, 5.6), ylim=(5.6, -0.6), aspect="equal")
    ax.set_title(name, size=10)
    ax.axis("off")

# %% flip_plot
impulse = np.array([0.0, 0, 1, 0, 0])
rows = {
    "kernel": v,
    "F.conv1d": conv1d(impulse, v),
    "np.convolve": np.convolve(impulse, v, "valid"),
}
fig, axes = plt.subplots(1, 3, figsize=(4.4, 1.7), sharey=True)
for ax, name in zip(axes, rows, strict=True):
    ax.bar(range(3), rows[name], color=["C0", "C1", "C2"])
    ax.set_title(name, size=10)
    ax.set_xticks([])
    ax.set_yticks([0, 1, 2, 4])

# %% full_convolve
one = torch.tensor(a)[None, None]
other = torch.tensor(v)[None, None]
y = F.conv_transpose1d(one, other)
print(y[0, 0].int().tolist())
print(np.convolve(a, v).astype(int))
