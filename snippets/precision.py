# %% grouping
left = (0.1 + 0.2) + 0.3
right = 0.1 + (0.2 + 0.3)
print(left == right)

# %% swap
import random

swapped = []
random.seed(0)
for _ in range(1000):
    a, b = random.random(), random.random()
    swapped.append(a + b == b + a)

# %% absorb
import torch
from torch import nn
from torch.nn import functional as F

# nothing is trained here
torch.set_grad_enabled(False)
big = torch.tensor(1e8)
print((big + 1) - big)
print((big - big) + 1)

# %% gaps
eps = torch.finfo(torch.float32).eps
inf = torch.tensor(torch.inf)


def gap(v):
    v = torch.tensor(v)
    next_one = torch.nextafter(v, inf)
    return (next_one - v).item()


# %% orders
from collections import Counter
from fractions import Fraction

torch.manual_seed(0)
random.seed(0)
products = torch.rand(12)
products *= torch.rand(12) - 0.5
sums = Counter()
for _ in range(3000):
    order = random.sample(range(12), 12)
    total = torch.tensor(0.0)
    for i in order:
        total = total + products[i]
    sums[total.item()] += 1
parts = map(Fraction, products.tolist())
exact = sum(parts)

# %% orders_plot
import matplotlib.pyplot as plt

errors = [float(Fraction(s) - exact) for s in sorted(sums)]
counts = [sums[s] for s in sorted(sums)]
fig, ax = plt.subplots(figsize=(4.4, 3))
ax.bar([e * 1e7 for e in errors], counts, width=0.1)
ax.axvline(0, color="C3", linestyle="--", linewidth=1)
label = ax.set_xlabel(r"$\Delta$  [$10^{-7}$]")

# %% bound
u, n = eps / 2, len(products)
worst = (n - 1) * u / (1 - (n - 1) * u)
size = products.abs().sum().item()
bound = worst * size

# %% dtypes_plot
from itertools import product

torch.manual_seed(0)
z = torch.rand(3, 10, dtype=torch.float64)
w = torch.rand(2, 3, 4, dtype=torch.float64) - 0.5
true = [  # no rounding in any of these
    sum(
        Fraction(z[c, t + k].item()) * Fraction(w[o, c, k].item())
        for c, k in product(range(3), range(4))
    )
    for o, t in product(range(2), range(7))
]
fig, ax = plt.subplots(figsize=(4, 2.2))
names = ["float64", "float32", "float16", "bfloat16"]
for row, name in enumerate(names):
    dtype = getattr(torch, name)
    sums = F.conv1d(z.to(dtype), w.to(dtype))
    off = [
        abs(float(Fraction(s) - exactly))
        for s, exactly in zip(sums.flatten().tolist(), true)
    ]
    ax.plot(off, [row] * 14, "C0o", alpha=0.6, ms=5)
    one_step = torch.finfo(dtype).eps
    ax.plot(one_step, row, "C1|", ms=22, mew=2.5)
ax.set_xscale("log")
ax.set_xlim(1e-18, 0.1)
ax.set_xticks([10.0**e for e in (-16, -12, -7, -3)])
ax.minorticks_off()
ax.grid(axis="x")
ax.set_yticks(range(4), names)
ax.set_ylim(3.6, -0.6)
ax.tick_params(axis="y", length=0)
label = ax.set_xlabel("error of a sum")

# %% layer
torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
x = torch.rand(1, 3, 10)
y = layer(x)


def terms(x, weight, bias):
    """Of F.conv1d(x, weight, bias)."""
    K = weight.shape[2]
    windows = x.unfold(2, K, 1)
    for x_c, w_c in zip(
        windows.unbind(1),
        weight.unbind(1),
        strict=True,
    ):
        for k in range(K):
            row = x_c[:, None, :, k]
            yield w_c[:, k, None] * row
    yield bias[:, None]


def by_hand(x, weight, bias):
    """One term after the other."""
    total = 0
    for term in terms(x, weight, bias):
        total = total + term
    return total


hand = by_hand(
    x, layer.weight, layer.bias
)

# %% wrong_test
same_bits = hand == y

# %% batch
from torch.testing import assert_close

together = layer(x.repeat(8, 1, 1))
assert_close(together[7:], y)

# %% double
weights = layer.state_dict()
layer64 = nn.Conv1d(3, 2, 4).double()
layer64.load_state_dict(weights)
x64 = x.double()
y64 = layer64(x64)
hand64 = by_hand(
    x64, layer64.weight, layer64.bias
)
assert_close(hand64, y64)

# %% bug
no_bias = F.conv1d(x, layer.weight)
no_bias64 = F.conv1d(
    x64, layer64.weight
)
drop32 = (no_bias - y).abs().max()
drop64 = (no_bias64 - y64).abs().max()
print(f"{drop32:.4f} {drop64:.4f}")

# %% integers
torch.manual_seed(1)
xi = torch.randint(-9, 10, (1, 3, 10))
xi = xi.float()
small = nn.Conv1d(3, 2, kernel_size=4)
w = torch.randint(-9, 10, (2, 3, 4))
small.weight.copy_(w)
small.bias.copy_(torch.tensor([1, -2]))
by_loop = by_hand(
    xi, small.weight, small.bias
)
print(torch.equal(by_loop, small(xi)))

# %% tolerances
import re


def tolerances(dtype):
    one = torch.ones((), dtype=dtype)
    try:
        assert_close(2 * one, one)
    except AssertionError as error:
        said = str(error)
    atol, rtol = re.findall(
        r"up to (\S+) allowed", said
    )
    return {"atol": atol, "rtol": rtol}


f64 = tolerances(torch.float64)
f32 = tolerances(torch.float32)
f16 = tolerances(torch.float16)
bf16 = tolerances(torch.bfloat16)

# %% allowed
rtol = float(f32["rtol"])
atol = float(f32["atol"])
allowed = atol + rtol * y.abs()
difference = (hand - y).abs()
assert (difference <= allowed).all()

# %% not_close tags=["raises-exception"]
forgotten = F.conv1d(xi, small.weight)
assert_close(forgotten, small(xi))

# %% allclose_defaults
ops = torch.ops.aten
schema = ops.allclose.default._schema
default = {
    a.name: a.default_value
    for a in schema.arguments
}

# %% trap
torch.manual_seed(274)
unlucky = nn.Conv1d(3, 2, kernel_size=4)
z = torch.rand(1, 3, 10)
w, b = unlucky.weight, unlucky.bias
forwards = by_hand(z, w, b)
backwards = 0
for term in [*terms(z, w, b)][::-1]:
    backwards = backwards + term
allclose = torch.allclose
print(allclose(forwards, backwards))

# %% trap_where
reference = by_hand(
    z.double(), w.double(), b.double()
)
room = default["rtol"] * reference.abs()
room = room + default["atol"]
tightest = room.argmin()
apart = (forwards - backwards).abs()

# %% trap_right
assert_close(forwards, backwards)

# %% compare_dtypes tags=["raises-exception"]
assert_close(y, y64)


# %% test_double
def test_same_as_by_hand():
    # float32: some room
    assert_close(hand, y)
    # float64: hardly any
    assert_close(hand64, y64)


test_same_as_by_hand()

# %% zero_reference
tiny = torch.tensor(2e-8)
zero = torch.tensor(0.0)
print(torch.allclose(tiny, zero))
assert_close(tiny, zero)

# %% mixed
assert_close(
    y.half(),
    y,
    rtol=1e-3,
    atol=1e-3,
    check_dtype=False,
)
