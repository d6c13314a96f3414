# %% grouping
print((0.1 + 0.2) + 0.3 == 0.1 + (0.2 + 0.3))

# %% absorb
import torch
from torch import nn
from torch.nn import functional as F

big = torch.tensor(1e8)
print((big + 1) - big)
print((big - big) + 1)

# %% gaps
eps = torch.finfo(torch.float32).eps
inf = torch.tensor(torch.inf)


def gap(v):
    v = torch.tensor(v)
    return (torch.nextafter(v, inf) - v).item()


# %% orders
import random
from collections import Counter
from fractions import Fraction

torch.manual_seed(0)
random.seed(0)
products = torch.rand(12) * (torch.rand(12) - 0.5)
sums = Counter()
for _ in range(3000):
    order = random.sample(range(12), 12)
    total = torch.tensor(0.0)
    for i in order:
        total = total + products[i]
    sums[total.item()] += 1
exact = sum(Fraction(p.item()) for p in products)

# %% orders_plot
import matplotlib.pyplot as plt

errors = [float(Fraction(s) - exact) for s in sorted(sums)]
counts = [sums[s] for s in sorted(sums)]
fig, ax = plt.subplots(figsize=(6.4, 3))
ax.bar([e * 1e7 for e in errors], counts, width=0.1)
ax.axvline(0, color="C3", linestyle="--", linewidth=1)
label = ax.set_xlabel(r"$\Delta$  [$10^{-7}$]")

# %% bound
u, n = eps / 2, len(products)
worst = (n - 1) * u / (1 - (n - 1) * u)
bound = worst * products.abs().sum().item()
largest = max(abs(e) for e in errors)

# %% layer
torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4).requires_grad_(False)
x = torch.rand(1, 3, 10)
y = layer(x)[0]


def by_hand(layer, x, backwards=False):
    L_out = x.shape[2] - layer.kernel_size[0] + 1
    terms = [
        layer.weight[:, c, k, None] * x[0, c, k : k + L_out]
        for c in range(layer.in_channels)
        for k in range(layer.kernel_size[0])
    ]
    terms.append(layer.bias[:, None])
    total = 0
    for term in reversed(terms) if backwards else terms:
        total = total + term
    return total


hand = by_hand(layer, x)

# %% wrong_test
same_bits = hand == y

# %% batch
together = layer(x.repeat(8, 1, 1))
torch.testing.assert_close(together[7], y)

# %% double
layer64, x64 = nn.Conv1d(3, 2, 4).double(), x.double()
layer64.load_state_dict(layer.state_dict())
layer64.requires_grad_(False)
y64, hand64 = layer64(x64)[0], by_hand(layer64, x64)
torch.testing.assert_close(hand64, y64)

# %% bug
no_bias = F.conv1d(x, layer.weight)[0]
no_bias64 = F.conv1d(x64, layer64.weight)[0]
drop32 = (no_bias - y).abs().max()
drop64 = (no_bias64 - y64).abs().max()
print(f"{drop32:.4f} {drop64:.4f}")

# %% integers
torch.manual_seed(1)
xi = torch.randint(-9, 10, (1, 3, 10)).float()
small = nn.Conv1d(3, 2, kernel_size=4).requires_grad_(False)
small.weight.copy_(torch.randint(-9, 10, (2, 3, 4)))
small.bias.copy_(torch.tensor([1.0, -2.0]))
print(torch.equal(by_hand(small, xi), small(xi)[0]))

# %% tolerances
import re


def tolerances(dtype):
    one = torch.ones((), dtype=dtype)
    try:
        torch.testing.assert_close(2 * one, one)
    except AssertionError as error:
        found = re.findall(r"up to (\S+) allowed", str(error))
    return {"atol": found[0], "rtol": found[1]}


f64 = tolerances(torch.float64)
f32 = tolerances(torch.float32)
f16 = tolerances(torch.float16)
bf16 = tolerances(torch.bfloat16)

# %% allowed
rtol, atol = float(f32["rtol"]), float(f32["atol"])
difference = (hand - y).abs()
assert (difference <= atol + rtol * y.abs()).all()

# %% not_close tags=["raises-exception"]
torch.testing.assert_close(F.conv1d(xi, small.weight), small(xi))

# %% allclose_defaults
schema = torch.ops.aten.allclose.default._schema
default = {a.name: a.default_value for a in schema.arguments}

# %% trap
torch.manual_seed(274)
unlucky = nn.Conv1d(3, 2, kernel_size=4).requires_grad_(False)
z = torch.rand(1, 3, 10)
forwards = by_hand(unlucky, z)
backwards = by_hand(unlucky, z, backwards=True)
print(torch.allclose(forwards, backwards))

# %% trap_where
reference = by_hand(unlucky.double(), z.double())
room = default["atol"] + default["rtol"] * reference.abs()
tightest = room.argmin()
apart = (forwards - backwards).abs()

# %% trap_right
torch.testing.assert_close(forwards, backwards)

# %% dtype_error tags=["raises-exception"]
import numpy as np

recording = np.linspace(0, 1, 30).reshape(1, 3, 10)
layer(torch.from_numpy(recording))

# %% dtype_error_no_bias tags=["raises-exception"]
F.conv1d(torch.from_numpy(recording), layer.weight)

# %% dtype_fix
print(layer(torch.from_numpy(recording).float()).dtype)
print(layer64(torch.from_numpy(recording)).dtype)


# %% dtype_table
def layer_of(dtype):
    return nn.Conv1d(3, 2, 4, dtype=dtype)(x.to(dtype))


def function_of(dtype):
    return F.conv1d(x.to(dtype), layer.weight.to(dtype))


def runs(compute, dtype):
    try:
        compute(dtype)
    except (RuntimeError, NotImplementedError):
        return "✗"
    return "✓"


in_layer, in_function = {}, {}
names = "float32 float64 float16 bfloat16 complex64 int64 bool"
for name in names.split():
    dtype = getattr(torch, name)
    in_layer[name] = runs(layer_of, dtype)
    in_function[name] = runs(function_of, dtype)


# %% half
def lossy(dtype):
    w, b = layer.weight.to(dtype), layer.bias.to(dtype)
    low = F.conv1d(x.to(dtype), w, b)
    assert low.dtype == dtype
    return (low[0].double() - y64).abs().max().item()


error32 = lossy(torch.float32)
error16 = lossy(torch.float16)
error_b16 = lossy(torch.bfloat16)

# %% half_overflow
loud = torch.full((1, 1, 4), 300.0, dtype=torch.float16)
print(F.conv1d(loud, loud))

# %% autocast
with torch.autocast("cpu", dtype=torch.bfloat16):
    print(layer(x).dtype)

# %% int64
whole = torch.arange(7).view(1, 1, 7)
kernel = torch.tensor([[[1, 2]]])
print(F.conv1d(whole, kernel))

# %% int64_layer tags=["raises-exception"]
nn.Conv1d(1, 1, kernel_size=2, dtype=torch.int64)

# %% int64_input tags=["raises-exception"]
nn.Conv1d(1, 1, kernel_size=2)(whole)

# %% uint8
pixels = torch.tensor([[[200, 100]]], dtype=torch.uint8)
ones = torch.ones(1, 1, 2, dtype=torch.uint8)
print(F.conv1d(pixels, ones))

# %% tf32_flags
print(torch.backends.cudnn.allow_tf32)
print(torch.backends.cuda.matmul.allow_tf32)


# %% tf32_like
def ten_bits(t):
    bits = t.contiguous().view(torch.int32)
    return ((bits + 0x1000) & ~0x1FFF).view(torch.float32)


coarse = F.conv1d(ten_bits(x), ten_bits(layer.weight), layer.bias)
error_tf32 = (coarse[0].double() - y64).abs().max().item()

# %% compare_dtypes tags=["raises-exception"]
torch.testing.assert_close(y, y64)


# %% test_double
def test_same_as_by_hand():
    torch.testing.assert_close(hand, y)  # float32: some room
    torch.testing.assert_close(hand64, y64)  # float64: hardly any


test_same_as_by_hand()

# %% counting
counter = torch.tensor(2.0**24)
print(counter + 1 == counter)

# %% zero_reference
tiny, zero = torch.tensor(2e-8), torch.tensor(0.0)
print(torch.allclose(tiny, zero))
torch.testing.assert_close(tiny, zero)

# %% mixed
room = {"rtol": 1e-3, "atol": 1e-3}
torch.testing.assert_close(y.half(), y, check_dtype=False, **room)
