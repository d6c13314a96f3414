# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # so that rounding is tiny
N, C_in, C_out, L, K = 2, 4, 6, 12, 3
s, p, d, g = 2, 1, 2, 2
x = torch.rand(N, C_in, L)
w = torch.rand(C_out, C_in // g, K) - 0.5
b = torch.rand(C_out)
y = F.conv1d(x, w, b, s, p, d, g)
L_out = y.shape[2]


# %% forward
def by_formula(x, w, b, s, p, d, g):
    N, C_out, (C_in_g, K) = len(x), len(w), w.shape[1:]
    L_out = (x.shape[2] + 2 * p - d * (K - 1) - 1) // s + 1
    x, w, b = F.pad(x, (p, p)).tolist(), w.tolist(), b.tolist()

    def one(n, o, t):
        first = o // (C_out // g) * C_in_g
        total = b[o]
        for c in range(C_in_g):
            for k in range(K):
                total += w[o][c][k] * x[n][first + c][t * s + k * d]
        return total

    y = [
        [[one(n, o, t) for t in range(L_out)] for o in range(C_out)]
        for n in range(N)  # one sample after the other
    ]
    return torch.tensor(y)


worst, cases = 0, 0
for s_ in (1, 2, 3):
    for p_ in (0, 2):
        for d_ in (1, 2):
            for g_ in (1, 2):
                options = s_, p_, d_, g_
                kernels = torch.rand(C_out, C_in // g_, K)
                theirs = F.conv1d(x, kernels, b, *options)
                ours = by_formula(x, kernels, b, *options)
                worst = max(worst, (theirs - ours).abs().max().item())
                cases += 1


# %% length
def conv_length(L, K, s, p, d):
    return (L + 2 * p - d * (K - 1) - 1) // s + 1


right, refused, wrong = 0, 0, 0
for L_ in range(1, 8):
    for K_ in range(1, 5):
        for s_ in (1, 2, 3):
            for p_ in (0, 1, 2):
                for d_ in (1, 2, 3):
                    row, tap = torch.ones(1, L_), torch.ones(1, 1, K_)
                    fits = d_ * (K_ - 1) + 1 <= L_ + 2 * p_
                    try:
                        made = F.conv1d(row, tap, None, s_, p_, d_).shape[1]
                    except RuntimeError:
                        refused += not fits
                        wrong += fits
                    else:
                        expected = conv_length(L_, K_, s_, p_, d_)
                        right += made == expected and fits
                        wrong += made != expected or not fits

# %% tail
unused = (L + 2 * p - d * (K - 1) - 1) % s
shorter = F.pad(x, (p, p))[:, :, : L + 2 * p - unused]
without_tail = F.conv1d(shorter, w, b, s, 0, d, g)

# %% same
import warnings

same_holds = []
for K_ in range(1, 6):
    for d_ in (1, 2, 3):
        total = d_ * (K_ - 1)
        left = total // 2
        row, taps = torch.rand(1, 1, L), torch.rand(1, 1, K_)
        with warnings.catch_warnings(action="ignore"):
            theirs = F.conv1d(row, taps, padding="same", dilation=d_)
        padded = F.pad(row, (left, total - left))
        ours = F.conv1d(padded, taps, dilation=d_)
        same_holds.append(torch.allclose(theirs, ours))

# %% causal
causal_lengths = []
for L_ in range(1, 13):
    for s_ in (1, 2, 3):
        padded = F.pad(torch.ones(1, L_), ((K - 1) * d, 0))
        made = F.conv1d(padded, torch.ones(1, 1, K), stride=s_, dilation=d)
        causal_lengths.append(made.shape[1] == -(-L_ // s_))


# %% field
def field(layers):
    """Receptive field of (K, s, d) layers, by the formula."""
    size, jump = 1, 1
    for K, s, d in layers:
        size += (K - 1) * d * jump
        jump *= s
    return size


def measured(layers):
    """The same: which inputs does one output's gradient reach?"""
    signal = torch.ones(1, 400, requires_grad=True)
    out = signal
    for K, s, d in layers:
        out = F.conv1d(out, torch.ones(1, 1, K), stride=s, dilation=d)
    out[0, 0].backward()
    reached = signal.grad[0].nonzero()
    return int(reached.max() - reached.min() + 1)


stacks = {
    "three of 3": [(3, 1, 1)] * 3,
    "strided": [(5, 2, 1), (3, 2, 1), (3, 1, 1)],
    "dilated": [(3, 1, 1), (3, 1, 2), (3, 1, 4), (3, 1, 8)],
}
for name, layers in stacks.items():
    print(f"{name:<12}{field(layers):>3}{measured(layers):>5}")

# %% counts
layer = nn.Conv1d(3, 2, kernel_size=4)
parameters = 2 * 3 * 4 + 2
multiply_adds = 1 * 2 * 7 * 3 * 4

# %% flops
from torch.utils.flop_counter import FlopCounterMode

with FlopCounterMode(display=False) as counter:
    layer(torch.rand(1, 3, 10))

# %% gradients
leaves = [each.clone().requires_grad_() for each in (x, w, b)]
grad = torch.rand(y.shape)
F.conv1d(*leaves, s, p, d, g).backward(grad)
by_autograd = [leaf.grad for leaf in leaves]

# %% grad_bias
grad_b = grad.sum(dim=(0, 2))

# %% grad_weight
x_padded = F.pad(x, (p, p))
grad_w = torch.empty_like(w)
for o in range(C_out):
    for c in range(C_in // g):
        for k in range(K):
            channel = o // (C_out // g) * (C_in // g) + c
            seen = x_padded[:, channel, k * d :: s][:, :L_out]
            grad_w[o, c, k] = (grad[:, o] * seen).sum()

# %% grad_weight_conv
parts = []
for i in range(g):
    seen = x_padded.chunk(g, dim=1)[i].transpose(0, 1)
    arrived = grad.chunk(g, dim=1)[i].transpose(0, 1)
    made = F.conv1d(seen, arrived, stride=d, dilation=s)
    parts.append(made[:, :, :K])  # (C_in / g, C_out / g, K)
by_conv = torch.cat(parts, dim=1).transpose(0, 1)

# %% grad_input
output_padding = L - ((L_out - 1) * s - 2 * p + d * (K - 1) + 1)
grad_x = F.conv_transpose1d(grad, w, None, s, p, output_padding, g, d)


# %% transposed
def transposed_length(L, K, s, p, d, op):
    return (L - 1) * s - 2 * p + d * (K - 1) + op + 1


op = 1
v = torch.rand(C_in, C_out // g, K)
z = F.conv_transpose1d(x, v, b, s, p, op, g, d)
z_hand = torch.empty_like(z)
per = C_out // g
for n in range(N):
    for o in range(C_out):
        group = o // per
        for j in range(z.shape[2]):
            z_hand[n, o, j] = b[o] + sum(
                v[c, o % per, k] * x[n, c, t]
                for c in range(group * C_in // g, (group + 1) * C_in // g)
                for k in range(K)
                for t in range(L)
                if t * s + k * d - p == j
            )

# %% transposed_sweep
transposed_right = []
for L_ in range(2, 7):
    for s_ in (1, 2, 3):
        for d_ in (1, 2):
            for p_ in (0, 1):
                for op_ in range(max(s_, d_)):
                    row, tap = torch.ones(1, L_), torch.ones(1, 1, K)
                    options = s_, p_, op_, 1, d_
                    made = F.conv_transpose1d(row, tap, None, *options)
                    expected = transposed_length(L_, K, s_, p_, d_, op_)
                    transposed_right.append(made.shape[1] == expected)

# %% initial
wide = nn.Conv1d(64, 128, kernel_size=5, groups=4)
fan_in = 64 // 4 * 5
bound = fan_in**-0.5
largest = max(each.abs().max() for each in wide.parameters())
variance = wide.weight.var()

# %% convolution
import numpy as np

signal, taps = torch.rand(100), torch.rand(7)
book = np.convolve(signal.numpy(), taps.numpy(), mode="valid")
turned = F.conv1d(signal[None, None], taps.flip(0)[None, None])[0, 0]

# %% fft
n = 100 + 7 - 1
product = torch.fft.rfft(signal, n) * torch.fft.rfft(taps, n).conj()
by_fft = torch.fft.irfft(product, n)[: 100 - 7 + 1]
direct = F.conv1d(signal[None, None], taps[None, None])[0, 0]
product = torch.fft.rfft(signal, 100) * torch.fft.rfft(taps, 100).conj()
shortest = torch.fft.irfft(product, 100)[: 100 - 7 + 1]
product = torch.fft.rfft(signal, n) * torch.fft.rfft(taps, n)
no_line = torch.fft.irfft(product, n)[7 - 1 : 100]

# %% elsewhere
d2l_x = torch.stack([torch.arange(float(i), i + 7) for i in range(3)])
d2l_w = torch.tensor([[1.0, 2], [3, 4], [-1, -3]])
print(F.conv1d(d2l_x[:1], d2l_w[None, :1]).int().tolist())
print(F.conv1d(d2l_x, d2l_w[None]).int().tolist())

# %% paddle
paddle_x = torch.tensor([[4.0, 8, 1, 9], [7, 2, 0, 9], [6, 9, 2, 6]])
paddle_w = torch.tensor(
    [
        [[9.0, 3, 4], [0, 0, 7], [2, 5, 6]],
        [[0.0, 3, 4], [2, 9, 7], [5, 6, 8]],
    ]
)
print(F.conv1d(paddle_x, paddle_w).int().tolist())
