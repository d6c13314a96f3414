# %% printed
printed = """
-0.1468 -0.0057  0.0926  0.0263
 0.1042  0.0158  0.2408 -0.0116
 0.0223 -0.2104  0.1971 -0.0318
"""
weights = printed.split()
channels, taps = 3, 4
fan_in = channels * taps
bound = fan_in**-0.5

# %% low_bits
import torch
from torch import nn

seed = 2478606714
torch.manual_seed(seed)
plain = torch.rand(4)
torch.manual_seed(seed + 2**32)
shifted = torch.rand(4)
print(plain)
print(shifted)
assert torch.equal(plain, shifted)

# %% stream
from recover_seed import stream

outputs = stream(seed, 4)
k = outputs % 2**24
torch.manual_seed(seed)
drawn = torch.rand(4)
ours = k / 2**24
print(ours)
print(drawn)
assert ours.tolist() == drawn.tolist()

# %% interval
from recover_seed import windows

asked = windows(weights, bound)
first, last = asked[0]
print(first, last)

# %% taken
long_stream = stream(seed, 200) % 2**24
long_stream = long_stream.tolist()


def taken(call):
    torch.manual_seed(seed)
    eval(call)
    k = int(torch.rand(1) * 2**24)
    return long_stream.index(k)


for call in [
    "torch.rand(20)",
    "torch.rand(20, dtype=torch.float64)",
    "torch.randperm(20)",
    "torch.randn(15)",
    "torch.randn(16)",
    "torch.randn(17)",
    "nn.Conv1d(3, 2, 4)",
]:
    print(f"{call:<36} {taken(call):>3}")

# %% chance
from recover_seed import chance_hits

seeds, positions = 2**32, 1245
left = {}
for n in (1, 2, 3, 4, 12):
    left[n] = chance_hits(
        asked[:n], seeds, positions
    )
    count = f"{left[n]:.3g} by chance"
    print(f"{n:>2} compared: {count}")

# %% search
from recover_seed import search

near = range(2478605000, 2478609000)
places = range(positions)
hits = search(asked, near, places)
print(hits)

# %% fewer
found = []
for n in (1, 2, 3):
    tried = asked[:n]
    some = search(tried, near, places)
    found.append(len(some))
    chance = chance_hits(
        tried, len(near), positions
    )
    print(
        f"{n} compared:",
        f"{len(some)} found,",
        f"{chance:.3g} by chance",
    )

# %% session
(hit,) = hits
torch.manual_seed(hit.seed)
torch.rand(hit.position)
layer = nn.Conv1d(3, 2, kernel_size=4)
x = torch.rand(1, 3, 10)
y = layer(x)
print(layer.weight[0])


# %% check
def digits(values):
    flat = values.flatten()
    return [f"{v:.4f}" for v in flat]


x_printed = """
0.4535 0.6660 0.1077 0.7335 0.8431
0.2407 0.2267 0.1635 0.8010 0.5360
0.5334 0.7020 0.7540 0.7194 0.9105
0.2495 0.3046 0.3894 0.6813 0.0660
0.5396 0.6200 0.7067 0.9654 0.8220
0.8894 0.5200 0.9175 0.6874 0.8831
"""
y_printed = """
0.2545 0.3342 0.3826 0.1345
0.0378 0.2512 0.2467
"""
b_printed = "0.0655 -0.1095"
unused = [
    ("bias", layer.bias, b_printed),
    ("x", x, x_printed),
    ("y[0, 0]", y[0, 0], y_printed),
    ("y[0, 1, 2]", y[0, 1, 2], "0.3290"),
]
assert digits(layer.weight[0]) == weights
for name, values, text in unused:
    assert digits(values) == text.split()
    count = values.numel()
    print(f"{name:<10} {count:>2} agree")

# %% unseen
unseen = sum(
    values.numel()
    for _, values, _ in unused
)
own = [layer.weight, layer.bias, x]
session_outputs = sum(
    each.numel() for each in own
)
print(layer.weight[1])
