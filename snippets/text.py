# %% tokens
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
# nothing is trained here
torch.set_grad_enabled(False)
sentences = [
    "the film was not good at all",
    "a good film",
    "not bad at all",
]
split = [s.split() for s in sentences]
every = " ".join(sentences).split()
ids = {}
for word in sorted(set(every)):
    ids[word] = len(ids) + 1
rows = [
    torch.tensor([ids[w] for w in s])
    for s in split
]
tokens = nn.utils.rnn.pad_sequence(
    rows, batch_first=True
)
print(tokens)

# %% embed
embedding = nn.Embedding(
    len(ids) + 1, 4, padding_idx=0
)
vectors = embedding(tokens)
print(vectors.shape)

# %% permute
x = vectors.permute(0, 2, 1)
print(x.shape)

# %% conv
conv = nn.Conv1d(4, 5, kernel_size=2)
y = conv(x)
print(y.shape)

# %% pool
features = y.amax(dim=2)
print(features.shape)

# %% pool_modules
pool = nn.AdaptiveMaxPool1d(1)
same = pool(y).squeeze(2)
assert torch.equal(same, features)

# %% sizes
N, L, E = vectors.shape
C_out, _, K = conv.weight.shape
L_out = y.shape[2]

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))
steps = [
    ("", vectors[0], "C0"),
    ("permute", x[0], "C0"),
    ("Conv1d", y[0], "C2"),
    ("amax", features[0, :, None], "C2"),
]
at = 0
style = {"ha": "center", "va": "center"}
for name, grid, colour in steps:
    high, wide = grid.shape
    if name:
        ax.text(at - 2.8, 1, name, fontsize=10, **style)
        ax.text(at - 2.8, 0, "→", **style)
    for r in range(high):
        for c in range(wide):
            corner = at + c, (high / 2 - 1) - r
            box = plt.Rectangle(
                corner, 0.85, 0.85, alpha=0.35, facecolor=colour
            )
            ax.add_patch(box)
    size = f"{high} × {wide}"
    ax.text(at + wide / 2, -4.4, size, **style)
    at += wide + 5.6
ax.set_xlim(-0.2, at - 4.4)
ax.set_ylim(-5, 3.6)
off = ax.axis("off")

# %% by_hand
t = split[0].index("not")
window = vectors[0, t : t + 2]
total = (conv.weight[0].T * window).sum()
total = total + conv.bias[0]
near = torch.testing.assert_close
near(total, y[0, 0, t])
print(split[0][t : t + 2], window.shape)

# %% winners
winners = y[0].argmax(dim=1)
for o, t in enumerate(winners):
    print(o, split[0][t : t + 2])

# %% network
x = embedding(tokens).permute(0, 2, 1)
convs = [
    nn.Conv1d(4, 5, width)
    for width in (2, 3, 4)
]
maxima = [
    F.relu(each(x)).amax(2)
    for each in convs
]
joined = torch.cat(maxima, dim=1)
out = nn.Linear(5 * 3, 2)
print(joined.shape, out(joined).shape)


# %% graphdta
def parameters(module):
    every = module.parameters()
    return sum(p.numel() for p in every)


table = nn.Embedding(26, 128)
letters = torch.randint(26, (2, 1000))
protein = table(letters)
as_written = nn.Conv1d(1000, 32, 8)
print(as_written(protein).shape)
swapped = nn.Conv1d(128, 32, 8)
turned = protein.permute(0, 2, 1)
print(swapped(turned).shape)

# %% graphdta_parameters
print(parameters(as_written))
print(parameters(swapped))

# %% graphdta_shift
# everything one place later
later = protein.roll(1, dims=1)
moved = swapped(later.permute(0, 2, 1))
moved = moved[:, :, 1:]
stayed = swapped(turned)[:, :, :-1]
near(moved, stayed)
before = as_written(protein)
after = as_written(later)
written_change = after - before
now = after[:, :, 1:]
then = before[:, :, :-1]
written_moved = now - then

# %% graphdta_short tags=["raises-exception"]
as_written(protein[:, :900])

# %% graphdta_short_ok
cut = turned[:, :, :900]
print(swapped(cut).shape)

# %% no_permute tags=["raises-exception"]
conv(vectors)

# %% no_embedding tags=["raises-exception"]
conv(tokens)

# %% one_hot tags=["raises-exception"]
one_hot = F.one_hot(tokens)
spikes = one_hot.permute(0, 2, 1)
nn.Conv1d(spikes.shape[1], 5, 2)(spikes)

# %% float_ids tags=["raises-exception"]
embedding(tokens.float())

# %% too_short tags=["raises-exception"]
convs[2](x[:, :, :3])

# %% pool_wrong
print(y.amax(dim=1).shape)

# %% square
size = 12
# 12 words of 12 numbers
long = torch.randn(1, size, size)
tested = nn.Conv1d(size, 5, 3)


def ways(v):
    return {
        "permute": v.permute(0, 2, 1),
        "view": v.view(1, size, size),
        "as is": v,
    }


for name, given in ways(long).items():
    shape = tested(given).shape
    print(f"{name:8}", shape)

# %% one_word
other = long.clone()
# one word, all its numbers
other[0, 5] = torch.randn(size)
change, noticed = {}, {}
for name, given in ways(other).items():
    gap = tested(given)
    gap = gap - tested(ways(long)[name])
    change[name] = gap[0].abs().amax(0)
    some = ~(change[name] <= 1e-3)
    noticed[name] = int(some.sum())
    print(f"{name:8}", noticed[name])

# %% one_word_plot
import matplotlib.pyplot as plt

fig, axes = plt.subplots(
    2, 1, figsize=(4.4, 3),
    sharex=True, sharey=True,
)
labels = {"permute": "permute", "as is": "without permute"}
for i, (name, text) in enumerate(labels.items()):
    heights = change[name].tolist()
    axes[i].bar(range(10), heights, color=f"C{i}", label=text)
    axes[i].legend(loc="upper left")
    axes[i].set_ylabel("|Δy|")
axes[1].set_xticks(range(10))
label = axes[1].set_xlabel("t")

# %% pad_pool
short = rows[1]  # "a good film"
x_alone = embedding(short[None])
x_alone = x_alone.permute(0, 2, 1)
alone = conv(x_alone)
print(alone.shape)
print(y[1].shape)
# left: alone, right: in the batch
both = [alone[0].amax(1), y[1].amax(1)]
print(torch.stack(both, dim=1))

# %% masked_pool
lengths = torch.tensor(
    [len(row) for row in rows]
)
windows = lengths - K + 1
place = torch.arange(L_out)
inside = place < windows[:, None]
away = ~inside[:, None]  # (N, 1, L_out)
masked = y.masked_fill(away, -torch.inf)
best = masked[1].amax(dim=1)
print(torch.stack([*both, best], dim=1))

# %% masked_mean
kept = y.masked_fill(away, 0)
mean = kept.sum(dim=2) / windows[:, None]
near(mean[1], alone[0].mean(dim=1))

# %% mask_short
y4 = convs[2](x)  # four words wide
windows4 = lengths - 4 + 1
place4 = torch.arange(y4.shape[2])
away4 = place4 >= windows4[:, None, None]
largest = y4.masked_fill(away4, -torch.inf)
print(windows4)
print(largest.amax(2)[1])

# %% test_one_word
allowed = tested.kernel_size[0]
assert noticed["permute"] <= allowed
assert noticed["view"] > allowed
assert noticed["as is"] > allowed

# %% test_alone
for i, row in enumerate(rows):
    v = embedding(row[None])
    single = conv(v.permute(0, 2, 1))
    best = single[0].amax(dim=1)
    near(masked[i].amax(dim=1), best)

# %% order_blind
narrow = nn.Conv1d(4, 5, 1)
order = torch.randperm(L)
shuffled = x[:1, :, order]


def moves(layer):
    old = layer(x[:1]).amax(2)
    new = layer(shuffled).amax(2)
    return new - old


blind = moves(narrow)
seeing = moves(conv)

# %% merged
w = conv.weight  # (o, e, k)
table = embedding.weight  # (v, e)
axes = "oek,ve->ovk"
einsum = torch.einsum
weight = einsum(axes, w, table)
spikes = spikes.float()
b = conv.bias
near(F.conv1d(spikes, weight, b), y)

# %% series
# seven variables, 96 moments
series = torch.randn(2, 7, 96)
point = nn.Conv1d(7, 16, 1)
patch = nn.Conv1d(7, 16, 8, stride=8)
print(point(series).shape)
print(patch(series).shape)

# %% series_linear
moments = series.transpose(1, 2)
w = point.weight[:, :, 0]
by_moment = F.linear(
    moments, w, point.bias
).transpose(1, 2)
# (N, 7, 12, 8), then (N, 12, 7 * 8)
pieces = series.unfold(2, 8, 8)
pieces = pieces.transpose(1, 2).flatten(2)
w = patch.weight.flatten(1)
by_piece = F.linear(
    pieces, w, patch.bias
).transpose(1, 2)

# %% series_ring
ring = nn.Conv1d(
    7, 16, 3, padding=1,
    padding_mode="circular",
)
other_end = series.clone()
other_end[:, :, -1] += 1
gap = (ring(other_end) - ring(series)).abs()
heard = ~(gap.amax((0, 1)) <= 1e-3)
print(heard.nonzero()[:, 0].tolist())
