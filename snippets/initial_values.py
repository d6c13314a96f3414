# %% layer
import torch
from torch import nn
from torch.nn import init

torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
layer.requires_grad_(False)
print(layer.weight)
print(layer.bias)

# %% bound
fan_in = layer.in_channels // layer.groups * layer.kernel_size[0]
bound = fan_in**-0.5


# %% several
def inputs(layer):
    """Inputs of one output: C_in / groups * K."""
    return layer.weight[0].numel()


torch.manual_seed(0)
narrow = nn.Conv1d(64, 128, kernel_size=5)
wide = nn.Conv1d(64, 128, kernel_size=25)
grouped = nn.Conv1d(64, 128, kernel_size=5, groups=4)
depthwise = nn.Conv1d(64, 64, kernel_size=5, groups=64)
linear = nn.Linear(320, 128)

# %% histogram
import matplotlib.pyplot as plt

values = narrow.weight.detach().flatten()
edge = inputs(narrow) ** -0.5
fig, ax = plt.subplots(figsize=(6.4, 3))
ax.hist(values.numpy(), bins=40)
for side in (-edge, edge):
    ax.axvline(side, color="C3", linestyle="--", linewidth=1)
ax.set_xlim(-0.07, 0.07)
label = ax.set_xlabel("w")

# %% root_five
import math

gain = math.sqrt(2 / (1 + math.sqrt(5) ** 2))
as_torch = init.calculate_gain("leaky_relu", math.sqrt(5))
limit = math.sqrt(3) * gain / math.sqrt(inputs(narrow))

# %% same_stream
torch.manual_seed(1)
made = nn.Conv1d(3, 2, kernel_size=4)
torch.manual_seed(1)
weight, bias = torch.empty(2, 3, 4), torch.empty(2)
init.kaiming_uniform_(weight, a=math.sqrt(5))
init.uniform_(bias, -bound, bound)
print(torch.equal(weight, made.weight))
print(torch.equal(bias, made.bias))

# %% he
he = torch.empty_like(narrow.weight)
init.kaiming_uniform_(he, nonlinearity="relu")
ratio = (he.var() / narrow.weight.var()).item()


# %% depth
def sizes(he):
    signal = torch.randn(16, 32, 200)
    found = [signal.square().mean().sqrt().item()]
    for _ in range(10):
        conv = nn.Conv1d(32, 32, 5).requires_grad_(False)
        if he:
            init.kaiming_uniform_(conv.weight, nonlinearity="relu")
            init.zeros_(conv.bias)
        signal = conv(signal).relu()
        found.append(signal.square().mean().sqrt().item())
    return found


torch.manual_seed(0)
by_default, by_he = sizes(he=False), sizes(he=True)

# %% depth_plot
fig, ax = plt.subplots(figsize=(6.4, 3))
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
    deep.extend([nn.Conv1d(32, 32, 5), nn.ReLU()])
with torch.no_grad():
    one_out, two_out = deep(torch.randn(2, 32, 200))
size = one_out.square().mean().sqrt().item()
difference = (one_out - two_out).square().mean().sqrt().item()

# %% set_yourself
for conv in deep[::2]:
    init.kaiming_uniform_(conv.weight, nonlinearity="relu")
    init.zeros_(conv.bias)
with torch.no_grad():
    one_out, two_out = deep(torch.randn(2, 32, 200))
he_size = one_out.square().mean().sqrt().item()
he_difference = (one_out - two_out).square().mean().sqrt().item()

# %% transposed
up = nn.ConvTranspose1d(64, 16, kernel_size=5)
largest = up.weight.abs().max().item()
by_inputs = (64 * 5) ** -0.5
by_outputs = (16 * 5) ** -0.5

# %% two_layers
torch.manual_seed(7)
first = nn.Conv1d(3, 2, kernel_size=4)
second = nn.Conv1d(3, 2, kernel_size=4)
print(torch.equal(first.weight, second.weight))

# %% same_seed
torch.manual_seed(7)
again = nn.Conv1d(3, 2, kernel_size=4)
print(torch.equal(first.weight, again.weight))


# %% unused
def numbers(unused):
    torch.manual_seed(16)
    if unused:
        nn.Linear(640, 5)  # made, never called
    return nn.Conv1d(3, 2, kernel_size=4).weight


print(torch.equal(numbers(unused=True), numbers(unused=False)))

# %% own_generator
own = torch.Generator().manual_seed(7)
apart = torch.empty(2, 3, 4)
init.kaiming_uniform_(apart, a=math.sqrt(5), generator=own)
print(torch.equal(apart, first.weight))

# %% fork
state = torch.get_rng_state()
with torch.random.fork_rng():
    nn.Linear(640, 5)
print(torch.equal(torch.get_rng_state(), state))

# %% low_bits
torch.manual_seed(7)
small = torch.rand(3)
torch.manual_seed(7 + 2**32)
print(torch.equal(torch.rand(3), small))

# %% deterministic
x = torch.rand(1, 3, 10)
torch.testing.assert_close(first(x), again(x))
print(torch.allclose(first(x), second(x), atol=1e-2))

# %% bias_forgotten
second.weight.data.copy_(first.weight)
print((first(x) - second(x))[0].detach())

# %% bias_too
second.load_state_dict(first.state_dict())
torch.testing.assert_close(second(x), first(x))

# %% seed_late
torch.manual_seed(3)
late = nn.Conv1d(3, 2, kernel_size=4)
late_again = nn.Conv1d(3, 2, kernel_size=4)
torch.manual_seed(3)  # the layers exist already
print(torch.equal(late.weight, late_again.weight))

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
optimiser = torch.optim.SGD(flat.parameters(), lr=0.1)
for _ in range(20):
    optimiser.zero_grad()
    flat(torch.rand(8, 3, 10)).square().mean().backward()
    optimiser.step()
spread = (flat.weight - flat.weight[:1]).abs().max().item()
moved = (flat.weight - 0.1).abs().max().item()

# %% one_axis tags=["raises-exception"]
init.kaiming_uniform_(layer.bias)

# %% gelu tags=["raises-exception"]
init.kaiming_uniform_(layer.weight, nonlinearity="gelu")

# %% assign tags=["raises-exception"]
layer.weight = torch.ones(2, 3, 4)

# %% assign_right
with torch.no_grad():
    layer.weight.copy_(torch.ones(2, 3, 4))

# %% in_place tags=["raises-exception"]
first.weight.fill_(1.0)

# %% lazy tags=["raises-exception"]
nn.LazyConv1d(2, 4).weight.std()

# %% mismatch tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=5).load_state_dict(layer.state_dict())


# %% test_repeatable
def make():
    torch.manual_seed(5)
    return nn.Sequential(nn.Conv1d(3, 8, 4), nn.Conv1d(8, 2, 3))


a, b = make().state_dict(), make().state_dict()
assert all(torch.equal(a[name], b[name]) for name in a)

# %% test_bound
for conv in (narrow, wide, grouped, depthwise):
    assert conv.weight.abs().max() <= inputs(conv) ** -0.5
    variance = conv.weight.var() * 3 * inputs(conv)
    assert abs(variance - 1) < 0.2

# %% output_variance
torch.manual_seed(6)
noise = torch.randn(64, 64, 100)
answer = narrow(noise).var().item()

# %% dirac
same = nn.Conv1d(3, 3, kernel_size=5, padding=2, bias=False)
init.dirac_(same.weight)
print(torch.equal(same(x), x))
