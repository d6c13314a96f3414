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
    stamp[2 * i : 2 * i + 3] = x[0, 0, i] * w[0, 0]
    print(stamp.int().tolist())
    total += stamp
print(y[0, 0].int().tolist())

# %% sources
down = nn.Conv1d(1, 1, kernel_size=3, stride=2)
L_in = range(3, 11)
L_out = [down(torch.rand(1, 1, n)).shape[2] for n in L_in]
print(list(L_in))
print(L_out)

# %% back
up = nn.ConvTranspose1d(1, 1, kernel_size=3, stride=2)
short = torch.rand(1, 1, 3)
print(up(short).shape)

# %% output_padding
longer = {"stride": 2, "output_padding": 1}
other = nn.ConvTranspose1d(1, 1, kernel_size=3, **longer)
print(other(short).shape)

# %% output_size
for n in (7, 8):
    print(up(short, output_size=[n]).shape)

# %% wrong_size tags=["raises-exception"]
up(short, output_size=[9])

# %% beyond
beyond = F.conv_transpose1d(x, w, stride=2, output_padding=1)
print(beyond[0, 0].int().tolist())

# %% crop
for p, extra in [(0, 0), (1, 0), (1, 1)]:
    ends = {"padding": p, "output_padding": extra}
    cut = F.conv_transpose1d(x, w, stride=2, **ends)
    print(p, extra, cut[0, 0].int().tolist())


# %% length
def length(L, K, s=1, p=0, d=1, extra=0):
    return (L - 1) * s - 2 * p + d * (K - 1) + 1 + extra


# %% too_large tags=["raises-exception"]
nn.ConvTranspose1d(1, 1, 3, stride=2, output_padding=2)(short)

# %% same_length tags=["raises-exception"]
nn.ConvTranspose1d(3, 4, 3, output_padding=1)(torch.rand(2, 3, 3))

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
    if L + 2 * p >= d * (K - 1) + 1:
        n = (L + 2 * p - d * (K - 1) - 1) // s + 1
        extra = L - length(n, K, s, p, d)
        reached.add((s, extra))


# %% limit
def runs(s, d, extra):
    options = {"stride": s, "dilation": d}
    try:
        F.conv_transpose1d(x, w, output_padding=extra, **options)
    except RuntimeError:
        return False
    return True


grid = list(product(range(1, 6), range(1, 6), range(7)))

# %% weight_layout
shapes = {}
for g in (1, 2):
    a = nn.Conv1d(4, 6, kernel_size=3, groups=g)
    b = nn.ConvTranspose1d(4, 6, kernel_size=3, groups=g)
    shapes[g] = tuple(a.weight.shape), tuple(b.weight.shape)


# %% by_hand
def transposed(x, w, b, s=1, p=0, d=1, g=1, extra=0):
    N, C_in, L = x.shape
    C_out, K = w.shape[1] * g, w.shape[2]
    out = torch.zeros(N, C_out, length(L, K, s, p, d, extra))
    for n, c, i in product(range(N), range(C_in), range(L)):
        for m, k in product(range(C_out // g), range(K)):
            o = c // (C_in // g) * (C_out // g) + m
            t = i * s + k * d - p
            if 0 <= t < out.shape[2]:
                out[n, o, t] += x[n, c, i] * w[c, m, k]
    return out + b[:, None]


# %% sweep
torch.manual_seed(0)
checked = []
for K, s, p, d, g, extra in product(
    (1, 2, 3),
    (1, 2, 3),
    (0, 1),
    (1, 2),
    (1, 2),
    (0, 1),
):
    if extra >= max(s, d) or length(3, K, s, p, d, extra) < 1:
        continue
    xs = torch.randint(-3, 4, (2, 4, 3)).float()
    ws = torch.randint(-3, 4, (4, 6 // g, K)).float()
    bs = torch.randint(-3, 4, (6,)).float()
    ours = transposed(xs, ws, bs, s, p, d, g, extra)
    torchs = F.conv_transpose1d(xs, ws, bs, s, p, extra, g, d)
    checked.append(torch.equal(ours, torchs))

# %% matrix
kernel = torch.tensor([[[1.0, 10.0, 100.0]]])
units = torch.eye(7)[:, None]
A = F.conv1d(units, kernel, stride=2)[:, 0].T
print(A.int())

# %% matrix_transposed
units = torch.eye(3)[:, None]
B = F.conv_transpose1d(units, kernel, stride=2)[:, 0].T
print(B.int())

# %% gradient
conv = nn.Conv1d(4, 6, kernel_size=3, stride=2, bias=False)
signal = torch.rand(2, 4, 10, requires_grad=True)
out = conv(signal)
g = torch.rand_like(out)
(by_autograd,) = torch.autograd.grad(out, signal, g)
extra = 10 - length(out.shape[2], 3, s=2)
way_back = {"stride": 2, "output_padding": extra}
by_transposed = F.conv_transpose1d(g, conv.weight, **way_back)
torch.testing.assert_close(by_transposed, by_autograd)

# %% no_inverse
start = torch.tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
ones = torch.ones(1, 1, 3)
there = F.conv1d(start, ones)
again = F.conv_transpose1d(there, ones)
print(there[0, 0].int().tolist())
print(again[0, 0].int().tolist())

# %% overlap
flat = torch.ones(1, 1, 5)
for K in (3, 4):
    kernel = torch.ones(1, 1, K)
    print(F.conv_transpose1d(flat, kernel, stride=2).int()[0, 0])

# %% same tags=["raises-exception"]
nn.ConvTranspose1d(1, 1, 3, padding="same")(short)

# %% reflect tags=["raises-exception"]
nn.ConvTranspose1d(1, 1, 3, padding_mode="reflect")

# %% nothing_left tags=["raises-exception"]
nn.ConvTranspose1d(1, 1, kernel_size=3, padding=3)(short)

# %% wrong_channels tags=["raises-exception"]
encoder = nn.Conv1d(2, 3, kernel_size=4)
F.conv_transpose1d(torch.rand(1, 2, 9), encoder.weight)

# %% square_weight
square = nn.Conv1d(3, 3, kernel_size=4, bias=False)
turned = square.weight.transpose(0, 1)
v = torch.rand(1, 3, 5)
as_it_is = F.conv_transpose1d(v, square.weight)
swapped = F.conv_transpose1d(v, turned)
print(as_it_is.shape, swapped.shape)

# %% test_adjoint
u, v = torch.rand(2, 4, 10), torch.rand(2, 6, 4)
left = (F.conv1d(u, conv.weight, stride=2) * v).sum()
back = F.conv_transpose1d(v, conv.weight, **way_back)
right = (u * back).sum()
torch.testing.assert_close(left, right)

# %% double_length
settings = {"kernel_size": 4, "stride": 2, "padding": 1}
doubler = nn.ConvTranspose1d(1, 1, **settings)
for n in (3, 10, 25):
    print(n, doubler(torch.rand(1, 1, n)).shape[2])

# %% zeros_between
spread = torch.zeros(1, 1, 5)
spread[..., ::2] = x
as_conv = F.conv1d(F.pad(spread, (2, 2)), w.flip(2))
print(as_conv[0, 0].int().tolist())
