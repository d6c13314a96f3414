# %% layer
import torch
from torch import nn
from torch.nn import init
from torch.testing import assert_close

torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
layer.requires_grad_(False)
print(layer.weight)
print(layer.bias)

# %% bound
g = layer.groups
fan_in = layer.in_channels // g
fan_in *= layer.kernel_size[0]
bound = fan_in**-0.5


# %% several
def inputs(layer):
    """How many inputs one output has."""
    return layer.weight[0].numel()


torch.manual_seed(0)
narrow = nn.Conv1d(64, 128, 5)
wide = nn.Conv1d(64, 128, 25)
grouped = nn.Conv1d(64, 128, 5, groups=4)
depthwise = nn.Conv1d(
    64, 64, 5, groups=64
)
linear = nn.Linear(320, 128)

# %% root_five
import math

a = math.sqrt(5)
gain = math.sqrt(2 / (1 + a**2))
as_torch = init.calculate_gain(
    "leaky_relu", a
)
root = math.sqrt(inputs(narrow))
limit = math.sqrt(3) * gain / root

# %% same_stream
torch.manual_seed(1)
made = nn.Conv1d(3, 2, kernel_size=4)
torch.manual_seed(1)
weight = torch.empty(2, 3, 4)
bias = torch.empty(2)
init.kaiming_uniform_(
    weight, a=math.sqrt(5)
)
init.uniform_(bias, -bound, bound)
print(torch.equal(weight, made.weight))
print(torch.equal(bias, made.bias))

# %% he
he = torch.empty_like(narrow.weight)
init.kaiming_uniform_(
    he, nonlinearity="relu"
)
ratio = he.var() / narrow.weight.var()

# %% histogram
import matplotlib.pyplot as plt

values = narrow.weight.detach().flatten()
edge = inputs(narrow) ** -0.5
he_edge = he.abs().max().item()
fig, ax = plt.subplots(figsize=(4.4, 2))
bins = edge * torch.linspace(-2.5, 2.5, 51)
bins = bins.tolist()
ax.hist(values.numpy(), bins=bins)
ax.hist(
    he.flatten().numpy(), bins=bins,
    histtype="step", color="C1", linewidth=1.5,
)
for side in (-edge, edge):
    ax.axvline(side, color="C3", linestyle="--", linewidth=1)
top = ax.get_ylim()[1]
ax.set_ylim(0, 1.2 * top)
middle = {"ha": "center", "va": "center"}
ax.text(0, 1.06 * top, "Conv1d", **middle)
ax.text(0.1, 0.55 * top, "He", color="C1", **middle)
root = "1/√fan_in"
ax.set_xticks([-edge, 0, edge], [f"−{root}", "0", root])
ticks = ax.set_yticks([])


# %% depth
def rms(v):
    """Root mean square."""
    square = v.square().mean()
    return square.sqrt().item()


def sizes(he):
    signal = torch.randn(16, 32, 200)
    found = [rms(signal)]
    for _ in range(10):
        conv = nn.Conv1d(32, 32, 5)
        conv.requires_grad_(False)
        if he:
            init.kaiming_uniform_(
                conv.weight,
                nonlinearity="relu",
            )
            init.zeros_(conv.bias)
        signal = conv(signal).relu()
        found.append(rms(signal))
    return found


torch.manual_seed(0)
by_default = sizes(he=False)
by_he = sizes(he=True)

# %% depth_plot
fig, ax = plt.subplots(figsize=(4.4, 2.2))
ax.semilogy(by_default, "o-", label="Conv1d")
ax.semilogy(by_he, "s-", label="He")
ax.set_ylim(1e-2, 1e1)
ax.set_xlim(-0.5, 10.5)
ax.set_xticks(range(11))
legend = ax.legend()

# %% forgotten_input
torch.manual_seed(0)
deep = nn.Sequential()
for _ in range(10):
    deep.append(nn.Conv1d(32, 32, 5))
    deep.append(nn.ReLU())
pair = torch.randn(2, 32, 200)
with torch.no_grad():
    one_out, two_out = deep(pair)
size = rms(one_out)
difference = rms(one_out - two_out)

# %% set_yourself
for m in deep.modules():
    if isinstance(m, nn.Conv1d):
        init.kaiming_uniform_(
            m.weight, nonlinearity="relu"
        )
        init.zeros_(m.bias)

# %% he_measured
with torch.no_grad():
    one_out, two_out = deep(pair)
he_size = rms(one_out)
he_difference = rms(one_out - two_out)

# %% deeper
def still_apart(depths):
    """Difference over size, behind He."""
    torch.manual_seed(0)
    pair = torch.randn(2, 128, 50)
    found = {}
    for depth in range(1, 1 + max(depths)):
        conv = nn.Conv1d(
            128, 128, 5, padding=2
        )
        init.kaiming_uniform_(
            conv.weight, nonlinearity="relu"
        )
        init.zeros_(conv.bias)
        with torch.no_grad():
            pair = conv(pair).relu()
        if depth in depths:
            gap = rms(pair[0] - pair[1])
            found[depth] = gap / rms(pair)
    return found


apart = still_apart([1, 10, 50, 100])
for depth, share in apart.items():
    print(depth, f"{share:.1f}")

# %% transposed
up = nn.ConvTranspose1d(64, 16, 5)
largest = up.weight.abs().max().item()
by_inputs = (64 * 5) ** -0.5
by_outputs = (16 * 5) ** -0.5


# %% transposed_gain
def gain_of(C_in, C_out, K, s):
    """Measured, away from both ends."""
    layer = nn.ConvTranspose1d(
        C_in, C_out, K, stride=s
    )
    noise = torch.randn(8, C_in, 200)
    with torch.no_grad():
        y = layer(noise)[:, :, K:-K]
    return y.var().item()


torch.manual_seed(0)
sizes_tried = [  # C_in, C_out, K, s
    (64, 16, 5, 1),
    (64, 32, 4, 2),
    (512, 256, 16, 8),
]
gains = {}
for case in sizes_tried:
    C_in, C_out, K, s = case
    rule = C_in / (3 * s * C_out)
    gains[case] = gain_of(*case), rule
    print(case, f"{gains[case][0]:.2f}")

# %% two_layers
torch.manual_seed(7)
first = nn.Conv1d(3, 2, kernel_size=4)
second = nn.Conv1d(3, 2, kernel_size=4)


def equal(a, b):
    a, b = a.weight, b.weight
    return torch.equal(a, b)


print(equal(first, second))

# %% same_seed
torch.manual_seed(7)
again = nn.Conv1d(3, 2, kernel_size=4)
print(equal(first, again))


# %% unused
def make_layer(unused):
    torch.manual_seed(16)
    if unused:  # made, never called
        nn.Linear(640, 5)
    return nn.Conv1d(3, 2, kernel_size=4)


after_another = make_layer(unused=True)
alone = make_layer(unused=False)
print(equal(after_another, alone))

# %% own_generator
own = torch.Generator().manual_seed(7)
own_weights = torch.empty(2, 3, 4)
init.kaiming_uniform_(
    own_weights,
    a=math.sqrt(5),
    generator=own,
)
print(torch.equal(own_weights, first.weight))

# %% fork
state = torch.get_rng_state()
with torch.random.fork_rng():
    nn.Linear(640, 5)
after = torch.get_rng_state()
print(torch.equal(after, state))

# %% low_bits
torch.manual_seed(7)
small = torch.rand(3)
torch.manual_seed(7 + 2**32)
high = torch.rand(3)
print(torch.equal(high, small))

# %% deterministic
x = torch.rand(1, 3, 6)
assert_close(first(x), again(x))
gap = (first(x) - second(x)).abs().max()
print(gap.item() < 0.01)

# %% trained_twice
def trained():
    torch.manual_seed(0)
    net = nn.Conv1d(3, 2, 4)
    step = torch.optim.Adam(
        net.parameters()
    ).step
    for _ in range(20):
        net.zero_grad()
        y = net(torch.randn(8, 3, 50))
        y.square().mean().backward()
        step()
    return net


print(equal(trained(), trained()))

# %% listed
mode = torch.use_deterministic_algorithms
for line in mode.__doc__.split("\n"):
    if "will act" in line:
        then = "deterministic"
    if "will throw" in line:
        then = "refused"
    if "1d`" in line:
        print(line.split("`")[1], then)

# %% bias_forgotten
torch.manual_seed(7)
mine = nn.Conv1d(3, 2, kernel_size=4)
copied = nn.Conv1d(3, 2, kernel_size=4)
x = torch.rand(2, 3, 6)
with torch.no_grad():
    copied.weight.copy_(mine.weight)
    gap = mine(x) - copied(x)
print(gap[0])

# %% bias_too
state = mine.state_dict()
copied.load_state_dict(state)
assert_close(copied(x), mine(x))

# %% seed_late
torch.manual_seed(3)
late = nn.Conv1d(3, 2, kernel_size=4)
later = nn.Conv1d(3, 2, kernel_size=4)
# too late: both exist already
torch.manual_seed(3)
print(equal(late, later))

# %% other_libraries
import random

torch.manual_seed(3)
one = random.random()
torch.manual_seed(3)
print(one == random.random())

# %% constant
torch.manual_seed(4)
flat = nn.Conv1d(3, 4, kernel_size=4)
init.constant_(flat.weight, 0.1)
init.zeros_(flat.bias)
optimiser = torch.optim.SGD(
    flat.parameters(), lr=0.1
)
for _ in range(20):
    optimiser.zero_grad()
    y = flat(torch.rand(8, 3, 10))
    y.square().mean().backward()
    optimiser.step()
w = flat.weight.detach()
spread = (w - w[:1]).abs().max().item()
moved = (w - 0.1).abs().max().item()

# %% one_axis tags=["raises-exception"]
init.kaiming_uniform_(layer.bias)

# %% gelu tags=["raises-exception"]
init.kaiming_uniform_(
    layer.weight, nonlinearity="gelu"
)

# %% assign tags=["raises-exception"]
layer.weight = torch.ones(2, 3, 4)

# %% assign_right
with torch.no_grad():
    ones = torch.ones(2, 3, 4)
    layer.weight.copy_(ones)

# %% in_place tags=["raises-exception"]
made.weight.fill_(1.0)

# %% lazy tags=["raises-exception"]
nn.LazyConv1d(2, 4).weight.std()

# %% mismatch tags=["raises-exception"]
longer = nn.Conv1d(3, 2, kernel_size=5)
state = layer.state_dict()
longer.load_state_dict(state)


# %% test_repeatable
def make():
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Conv1d(3, 8, 4),
        nn.Conv1d(8, 2, 3),
    )


a = make().state_dict()
b = make().state_dict()
for name in a:
    assert torch.equal(a[name], b[name])

# %% test_bound
for conv in (
    narrow, wide, grouped, depthwise
):
    n, w = inputs(conv), conv.weight
    assert w.abs().max() <= n**-0.5
    ratio = w.var() * 3 * n
    assert 0.8 < ratio < 1.2

# %% output_variance
torch.manual_seed(6)
noise = torch.randn(64, 64, 100)
answer = narrow(noise).var()

# %% apply
def as_keras(module):
    """Glorot's rule, and no bias."""
    if isinstance(module, nn.Conv1d):
        init.xavier_uniform_(module.weight)
        if module.bias is not None:
            init.zeros_(module.bias)


def as_flax(module):
    """LeCun's rule, cut at two sigma."""
    if isinstance(module, nn.Conv1d):
        n = module.weight[0].numel()
        # the cut takes variance away
        std = n**-0.5 / 0.87962566
        init.trunc_normal_(
            module.weight, 0, std,
            -2 * std, 2 * std,
        )
        if module.bias is not None:
            init.zeros_(module.bias)


def variance(rule):
    """Times fan_in: what a layer keeps."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv1d(64, 128, 5), nn.ReLU(),
        nn.Conv1d(128, 128, 5),
    )
    net.apply(rule)
    return [
        layer.weight.var().item()
        * layer.weight[0].numel()
        for layer in net[::2]
    ]


def as_it_is(module):
    """PyTorch's own values."""


rules = [as_it_is, as_keras, as_flax]
kept_by = {r.__name__: variance(r) for r in rules}
for name, found in kept_by.items():
    print(name, [f"{v:.2f}" for v in found])

# %% apply_misses
mixed = nn.Sequential(
    nn.Conv1d(3, 8, 4),
    nn.ConvTranspose1d(8, 3, 4),
)
before = [m.weight.clone() for m in mixed]
mixed.apply(as_keras)
set_anew = [
    not torch.equal(old, m.weight)
    for old, m in zip(before, mixed)
]
print(set_anew)

# %% dirac
x = torch.rand(2, 3, 6)
same = nn.Conv1d(
    3, 3, 5, padding=2, bias=False
)
init.dirac_(same.weight)
print(torch.equal(same(x), x))

# %% stream_plot
torch.manual_seed(7)
stream = torch.rand(10).tolist()
owners = {"A B": "AAAABBBB  ", "U A B": "UUAAAABBBB"}
colours = {"A": "C0", "B": "C1", "U": "C7"}
fig, ax = plt.subplots(figsize=(4.4, 1.9))
for row, name in enumerate(owners):
    for i, owner in enumerate(owners[name]):
        colour = colours.get(owner, "none")
        box = plt.Rectangle((i - 0.46, row - 0.34), 0.92, 0.68)
        box.set(facecolor=colour, alpha=0.4)
        ax.add_patch(box)
        number = f"{stream[i]:.2f}".lstrip("0")
        ax.text(i, row, number, ha="center", va="center")
    for owner in name.split():
        first, size = owners[name].index(owner), owners[name].count(owner)
        at = first + (size - 1) / 2
        ax.text(at, row - 0.4, owner, ha="center", va="bottom")
ax.set_xlim(-0.6, 9.6)
ax.set_ylim(1.4, -0.8)
ax.set_xticks([])
ax.set_yticks([])
sides = ax.spines[:].set_visible(False)

# %% drawn
torch.manual_seed(7)
layer = nn.Conv1d(3, 2, 4)
taken = layer.weight.numel() + layer.bias.numel()
follows = torch.rand(1)
torch.manual_seed(7)
torch.rand(taken)
print(torch.equal(torch.rand(1), follows))

# %% seed_numpy tags=["raises-exception"]
import numpy

numpy.random.seed(2**32)

# %% seed_torch tags=["raises-exception"]
torch.manual_seed(2**64)
