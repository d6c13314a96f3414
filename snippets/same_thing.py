# %% layer
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(11)
N, C_in, C_out, L, K = 2, 3, 5, 10, 4
L_out = L - K + 1
x = torch.randint(-9, 10, (N, C_in, L)).float()
w = torch.randint(-9, 10, (C_out, C_in, K)).float()
b = torch.randint(-9, 10, (C_out,)).float()
y = F.conv1d(x, w, b)
print(y.shape)

# %% pointwise
one = nn.Conv1d(C_in, C_out, kernel_size=1).requires_grad_(False)
linear = nn.Linear(C_in, C_out).requires_grad_(False)
linear.weight.copy_(one.weight[:, :, 0])
linear.bias.copy_(one.bias)
by_linear = linear(x.transpose(1, 2)).transpose(1, 2)
torch.testing.assert_close(by_linear, one(x))
print(one.weight.shape, linear.weight.shape)

# %% conv2d_row
row = F.conv2d(x[:, :, None, :], w[:, :, None, :], b)
print(row.shape, torch.equal(row[:, :, 0], y))

# %% conv2d_picture
picture = F.conv2d(x[:, None], w[:, None], b)
print(picture.shape, torch.equal(picture[:, :, 0], y))

# %% windows
windows = x.unfold(2, K, 1)  # (N, C_in, L_out, K)
print(windows.shape)
print(x[0, 0].int().tolist())
print(windows[0, 0, :3].int().tolist())

# %% windows_view
print(windows.data_ptr() == x.data_ptr())
print(x.stride(), windows.stride())

# %% windows_linear
columns = windows.transpose(1, 2).flatten(2)  # (N, L_out, C_in*K)
by_windows = F.linear(columns, w.flatten(1), b).transpose(1, 2)
print(columns.shape, torch.equal(by_windows, y))

# %% windows_einsum
by_einsum = torch.einsum("nctk,ock->not", windows, w) + b[:, None]
print(torch.equal(by_einsum, y))

# %% band
kernel = torch.tensor([1., 2., 3., 4.])
band = torch.zeros(L_out, L)
for t in range(L_out):
    band[t, t : t + K] = kernel
print(band.int())

# %% band_check
signal = x[0, 0]
by_band = band @ signal
print(torch.equal(by_band, F.conv1d(signal[None, None],
                                    kernel[None, None])[0, 0]))

# %% matrix
basis = torch.eye(C_in * L).double().view(-1, C_in, L)
matrix = F.conv1d(basis, w.double()).flatten(1).T.float()
by_matrix = x.flatten(1) @ matrix.T
by_matrix = by_matrix.view(N, C_out, L_out) + b[:, None]
print(matrix.shape, torch.equal(by_matrix, y))

# %% matrix_figure
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(5.2, 5.2))
inside = torch.zeros_like(matrix)
for o in range(C_out):
    for c in range(C_in):
        for t in range(L_out):
            place = c * L + t
            inside[o * L_out + t, place : place + K] = c + 1
for c in range(C_in):
    rows, cols = (inside == c + 1).nonzero(as_tuple=True)
    ax.plot(cols, rows, "s", markersize=4, color=f"C{c}")
ax.set_xticks(range(0, C_in * L, L), ["c=0", "c=1", "c=2"])
ax.set_yticks(range(0, C_out * L_out, L_out),
              [f"o={o}" for o in range(C_out)])
ax.invert_yaxis()

# %% matrix_counts
at_most = C_out * L_out * C_in * K
outside = matrix[inside == 0]

# %% fft
def conv1d_fft(x, w, b, n):
    X = torch.fft.rfft(x, n)
    W = torch.fft.rfft(w, n)
    Y = torch.einsum("ncf,ocf->nof", X, W.conj())
    valid = x.shape[2] - w.shape[2] + 1
    return torch.fft.irfft(Y, n)[..., :valid] + b[:, None]

by_fft = conv1d_fft(x, w, b, L + K - 1)
torch.testing.assert_close(by_fft, y, rtol=0, atol=1e-3)

# %% fft_lengths
right = {n: torch.allclose(conv1d_fft(x, w, b, n), y, atol=1e-3)
         for n in (8, 9, 10, 11, 13, 16)}
print(right)

# %% numpy
a, v = np.arange(6.0), np.array([1.0, 2.0, 4.0])
print(np.correlate(a, v))
print(np.convolve(a, v, "valid"))
print(np.convolve(a, v[::-1], "valid"))

# %% torch_one
def conv1d(a, v):
    a, v = torch.as_tensor(a), torch.as_tensor(v)
    return F.conv1d(a[None, None], v[None, None])[0, 0].numpy()

print(conv1d(a, v))

# %% numpy_sweep
rng = np.random.default_rng(0)
agree = []
for length in range(1, 21):
    for taps in range(1, length + 1):
        p = rng.integers(-9, 10, length).astype(np.float32)
        q = rng.integers(-9, 10, taps).astype(np.float32)
        same = np.array_equal(conv1d(p, q), np.correlate(p, q))
        agree.append(same)

# %% complex
z = np.array([1 + 2j, 3 - 1j, -2j, 4 + 1j], dtype=np.complex64)
u = np.array([1j, 2 - 1j], dtype=np.complex64)
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
print(trap[:4, 0].int().tolist(), x[0, 0, :4].int().tolist())
print(trap[4:, 0].int().tolist(), x[1, 0, :4].int().tolist())

# %% f_unfold_right
four_axes = F.unfold(x[:, :, None, :], kernel_size=(1, K))
print(four_axes.shape)
print(torch.equal(four_axes, columns.transpose(1, 2)))

# %% order
mixed = windows.permute(0, 2, 3, 1).flatten(2)  # (k, c), not (c, k)
wrong = F.linear(mixed, w.flatten(1), b).transpose(1, 2)
print(wrong.shape == y.shape, torch.equal(wrong, y))

# %% square
square = torch.rand(N, C_in, C_in)
across = linear(square.transpose(1, 2)).transpose(1, 2)
along = linear(square)
print(along.shape, across.shape)
print(torch.allclose(across, one(square), atol=1e-5))

# %% no_conj
def without_conj(x, w, n):
    Y = torch.einsum("ncf,ocf->nof", torch.fft.rfft(x, n),
                     torch.fft.rfft(w, n))
    return torch.fft.irfft(Y, n)

full = without_conj(x, w, L + K - 1)
first = full[..., :L_out] + b[:, None]
print(first.shape == y.shape, torch.allclose(first, y, atol=1e-3))

# %% no_conj_flipped
turned = without_conj(x, w.flip(2), L + K - 1)[..., K - 1 : L]
print(torch.allclose(turned + b[:, None], y, atol=1e-3))

# %% swapped
print(np.correlate(a, v), np.correlate(v, a))

# %% test_impulse
spike = torch.zeros(1, C_in, L)
spike[0, 1, 5] = 1
expected = w[:, 1].flip(1)
for method in (
    lambda s: F.conv1d(s, w),
    lambda s: torch.einsum("nctk,ock->not", s.unfold(2, K, 1), w),
    lambda s: conv1d_fft(s, w, torch.zeros(C_out), L),
):
    found = method(spike)[0, :, 2:6]
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)

# %% dilated
s, d = 2, 3
reach = d * (K - 1) + 1
spread = x.unfold(2, reach, s)[..., ::d]
by_hand = torch.einsum("nctk,ock->not", spread, w)
print(torch.equal(by_hand, F.conv1d(x, w, stride=s, dilation=d)))

# %% strided
every_other = matrix.view(C_out, L_out, -1)[:, ::2].flatten(0, 1)
strided = F.conv1d(x, w, stride=2).flatten(1)
print(torch.equal(x.flatten(1) @ every_other.T, strided))

# %% transposed
g = torch.randint(-9, 10, (N, C_out, L_out)).float()
back = (g.flatten(1) @ matrix).view(N, C_in, L)
print(torch.equal(back, F.conv_transpose1d(g, w)))

# %% polynomial
one_x = torch.tensor([[[1., 2.]]])  # 1 + 2x
three_x = torch.tensor([[[1., 3.]]])  # 1 + 3x
print(F.conv1d(one_x, three_x.flip(2), padding=1))
