# %% batch
import torch
from torch import nn
from torch.testing import assert_close

torch.manual_seed(0)
lengths = torch.tensor([10, 6])
short = torch.rand(1, 3, 6)
batch = torch.zeros(2, 3, 10)
batch[0] = torch.rand(3, 10)
batch[1, :, :6] = short
first = nn.Conv1d(3, 3, 3, padding=1)
second = nn.Conv1d(3, 3, 3, padding=1)
for layer in [first, second]:
    layer.requires_grad_(False)


def differ(a, b):
    """Largest gap at each position."""
    return (a - b).abs().amax(dim=0)


def rounded(v):
    v = v.tolist()
    return [round(i, 4) for i in v]


# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))
torch.manual_seed(0)
a, b = short, batch
rows = []
for depth in range(5):
    if depth:
        layer = nn.Conv1d(3, 3, 3, padding=1)
        layer.requires_grad_(False)
        a, b = layer(a), layer(b)
    kept = differ(b[1, :, :6], a[0]) <= 1e-5
    empty = b[1, :, 6:].abs().amax(dim=0) == 0
    signs = ["=" if k else "≠" for k in kept]
    signs += ["0" if e else "≠0" for e in empty]
    rows.append(signs)
colours = {"=": "C0", "≠": "C3", "0": "C7", "≠0": "C1"}
for depth, signs in enumerate(rows):
    for at, sign in enumerate(signs):
        box = plt.Rectangle(
            (at - 0.45, -depth - 0.4),
            0.9,
            0.8,
            facecolor=colours[sign],
            alpha=0.5 if sign == "≠" else 0.18,
        )
        ax.add_patch(box)
        centre = {"ha": "center", "va": "center"}
        ax.text(at, -depth, sign, **centre)
ax.set_yticks(range(0, -5, -1), ["x", 1, 2, 3, 4])
ax.set_xticks(range(10))
ax.set_xlim(-0.6, 9.6)
ax.set_ylim(-4.5, 0.5)
ax.tick_params(length=0)
sides = ax.spines[:].set_visible(False)

# %% one_layer
alone = first(short)[0]
together = first(batch)[1]
gap1 = differ(together[:, :6], alone)
print(rounded(gap1))

# %% not_zero
print(together[0, 6:])

# %% two_layers
alone = second(first(short))[0]
together = second(first(batch))[1]
gap2 = differ(together[:, :6], alone)
print(rounded(gap2))

# %% fill
steps = torch.arange(batch.shape[2])
inside = steps < lengths[:, None]
mask = inside[:, None]  # (N, 1, L)
hidden = first(batch).masked_fill(~mask, 0)
out = second(hidden)

# %% mask
print(mask.int())

# %% masked
together = out[1]
gap3 = differ(together[:, :6], alone)
print(rounded(gap3))

# %% fill_or_times
spoilt = torch.tensor([1.0, 2.0, torch.nan])
real = torch.tensor([True, True, False])
print(spoilt * real)
print(spoilt.masked_fill(~real, 0))

# %% depth
def frames_leaked(depth, masked):
    a, b = short, batch
    for _ in range(depth):
        layer = nn.Conv1d(
            3, 3, 3, padding=1
        )
        a = layer(a)
        b = layer(b)
        if masked:
            b = b.masked_fill(~mask, 0)
    gap = differ(b[1, :, :6], a[0])
    return int((~(gap <= 1e-5)).sum())


for masked in (False, True):
    print([
        frames_leaked(depth, masked)
        for depth in range(1, 7)
    ])

# %% causal
def causal(layer, x):
    x = nn.functional.pad(x, (2, 0))
    return nn.functional.conv1d(
        x, layer.weight, layer.bias
    )


alone = causal(second, causal(first, short))
together = causal(second, causal(first, batch))
gap4 = differ(together[1, :, :6], alone[0])

# %% mask_shape tags=["raises-exception"]
first(batch).masked_fill(~inside, 0)

# %% mask_silent
# three samples, and three channels
three = torch.tensor([10, 6, 3])
real = steps < three[:, None]
ones = torch.ones(3, 3, 10)
by_channel = ones.masked_fill(~real, 0)
by_sample = ones.masked_fill(~real[:, None], 0)
print(by_channel.sum(dim=2))
print(by_sample.sum(dim=2))

# %% highest
# all real values below 0, then masked
below = -1 - torch.rand(2, 3, 10)
filled = below.masked_fill(~mask, 0)
print(filled.amax(dim=2)[1])
lowest = float("-inf")
filled = below.masked_fill(~mask, lowest)
print(filled.amax(dim=2)[1])


# %% pad_token
embed = nn.Embedding(100, 3)
marked = nn.Embedding(
    100, 3, padding_idx=0
)
ids = torch.tensor([[7, 8, 9, 0, 0]])
for table in [embed, marked]:
    full = table(ids).permute(0, 2, 1)
    together = first(full)[0, :, :3]
    alone = first(full[:, :, :3])[0]
    gap = differ(together, alone)
    print((gap > 1e-6).tolist())

# %% test_alone
for n, L in enumerate(lengths):
    row = batch[n : n + 1, :, :L]
    alone = second(first(row))[0]
    together = second(hidden)[n, :, :L]
    assert_close(together, alone)

# %% ex_bias
def layer_without():
    return nn.Conv1d(
        3, 3, 3,
        padding=1, bias=False,
    )


torch.manual_seed(0)
a = layer_without()
b = layer_without()
together = b(a(batch))[1, :, :6]
alone = b(a(short))[0]
gap = differ(together, alone)
print((gap > 1e-6).tolist())

# %% ex_mean
too_small = hidden.mean(dim=2)
right = hidden.sum(dim=2)
right = right / lengths[:, None]
factor = too_small / right
print(factor.round(decimals=4))
