# %% layer
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Conv1d(
    6, 4, 3, stride=2,
    padding=1, dilation=2, groups=2,
)
x = torch.rand(5, 6, 15)
y = layer(x)


# %% lengths
def length(L, K, **options):
    row, kernel = torch.zeros(1, L), torch.zeros(1, 1, K)
    return F.conv1d(row, kernel, **options).shape[1]


assert length(15, 3, stride=2, padding=1, dilation=2) == y.shape[2]


# %% causal
def causal_length(L, K, stride, dilation):
    padded = F.pad(torch.zeros(1, L), (dilation * (K - 1), 0))
    return length(padded.shape[1], K, stride=stride, dilation=dilation)


# %% modes
def padded(mode):
    row = torch.arange(1.0, 6.0)[None]
    mode = "constant" if mode == "zeros" else mode
    return " ".join(str(int(v)) for v in F.pad(row, (2, 2), mode=mode)[0])


# %% same
import warnings

with warnings.catch_warnings(action="ignore"):  # one about speed
    ones = torch.ones(1, 1, 4)
    odd = F.conv1d(torch.ones(1, 6), ones, padding="same")
left = 4 - int(odd[0, 0])  # zeros in the first window
right = 4 - int(odd[0, -1])
assert (left, right) == (3 // 2, 3 - 3 // 2)


# %% counts
def count(C_in, C_out, K, groups=1, bias=True):
    return C_out * C_in // groups * K + C_out * bias


def size(module):
    return sum(each.numel() for each in module.parameters())


full = nn.Conv1d(64, 128, 5)
depthwise = nn.Conv1d(64, 64, 5, groups=64)
pointwise = nn.Conv1d(64, 128, 1)
assert size(full) == count(64, 128, 5)
assert size(depthwise) == count(64, 64, 5, groups=64)
assert size(layer) == count(6, 4, 3, groups=2)
multiply_adds = y.numel() * layer.weight[0].numel()


# %% groups
def sees(o):
    """The input channels that output channel `o` depends on."""
    probe = torch.zeros(1, 6, 15, requires_grad=True)
    ones = torch.ones_like(layer.weight)
    out = F.conv1d(probe, ones, groups=layer.groups)
    (grad,) = torch.autograd.grad(out[0, o].sum(), probe)
    channels = grad[0].sum(dim=1).nonzero().flatten().tolist()
    return f"{channels[0]}–{channels[-1]}"


# %% field
def field(layers):
    size, jump = 1, 1
    for K, s, d in layers:
        size += (K - 1) * d * jump
        jump *= s
    return size


def measured(layers):
    probe = torch.zeros(1, 1000, requires_grad=True)
    out = probe
    for K, s, d in layers:
        out = F.conv1d(out, torch.ones(1, 1, K), stride=s, dilation=d)
    (grad,) = torch.autograd.grad(out[0, 0], probe)
    return int(grad.nonzero().max()) + 1 - int(grad.nonzero().min())


doubling = {D: [(3, 1, 2**i) for i in range(D)] for D in (1, 4, 8)}
strided = [(3, 2, 1)] * 4
for layers in (*doubling.values(), strided):
    assert field(layers) == measured(layers)


# %% transposed
def transposed_length(L, K, **options):
    row, kernel = torch.zeros(1, L), torch.zeros(1, 1, K)
    return F.conv_transpose1d(row, kernel, **options).shape[1]


back = nn.ConvTranspose1d(4, 6, 3, groups=2)


# %% mistakes
def raises(action):
    try:
        action()
    except (RuntimeError, ValueError):
        return True
    return False


words = x.permute(0, 2, 1)  # (N, L, C)
assert raises(lambda: layer(words))
by_lstm = nn.LSTM(6, 6)(torch.rand(15, 5, 6))[0]
assert layer(by_lstm.permute(1, 2, 0)).shape == y.shape
viewed = words.reshape(5, 6, 15)
assert not torch.allclose(layer(viewed), y)
plain = nn.Conv1d(6, 4, 3)
assert plain(x[0]).shape == (4, 13)
assert raises(lambda: nn.Conv1d(6, 4, 3, stride=2, padding="same"))
a, b = 0.1 + 0.2, 0.3
assert a != b
torch.testing.assert_close(a, b)
