# %% tokens
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_grad_enabled(False)  # nothing is trained here
sentences = [
    "the film was not good at all",
    "a good film",
    "not bad at all",
]
split = [sentence.split() for sentence in sentences]
words = sorted({word for s in split for word in s})
ids = {word: i for i, word in enumerate(words, start=1)}
rows = [torch.tensor([ids[word] for word in s]) for s in split]
tokens = nn.utils.rnn.pad_sequence(rows, batch_first=True)
print(tokens)

# %% embed
embedding = nn.Embedding(len(ids) + 1, 4, padding_idx=0)
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
same_pool = nn.AdaptiveMaxPool1d(1)(y).squeeze(2)
assert torch.equal(same_pool, features)

# %% sizes
N, L, E = vectors.shape
C_out, _, K = conv.weight.shape
L_out = y.shape[2]

# %% by_hand
t = split[0].index("not")
window = vectors[0, t : t + 2]
total = (conv.weight[0].T * window).sum() + conv.bias[0]
torch.testing.assert_close(total, y[0, 0, t])
print(split[0][t : t + 2], tuple(window.shape))

# %% winners
for o, t in enumerate(y[0].argmax(dim=1)):
    print(o, split[0][t : t + 2])


# %% network
class TextCNN(nn.Module):
    def __init__(self, words, size, channels, widths, classes):
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=0)
        convs = [nn.Conv1d(size, channels, w) for w in widths]
        self.convs = nn.ModuleList(convs)
        self.out = nn.Linear(channels * len(widths), classes)

    def forward(self, tokens):
        x = self.embedding(tokens).permute(0, 2, 1)
        maxima = [F.relu(conv(x)).amax(2) for conv in self.convs]
        return self.out(torch.cat(maxima, dim=1))


model = TextCNN(len(ids) + 1, 4, 5, widths=(2, 3, 4), classes=2)
print(model(tokens).shape)


# %% graphdta
def parameters(module):
    return sum(p.numel() for p in module.parameters())


protein = nn.Embedding(26, 128)(torch.randint(26, (2, 1000)))
as_written = nn.Conv1d(1000, 32, kernel_size=8)
swapped = nn.Conv1d(128, 32, kernel_size=8)
print(as_written(protein).shape)
print(swapped(protein.permute(0, 2, 1)).shape)

# %% graphdta_parameters
print(parameters(as_written), parameters(swapped))

# %% graphdta_shift
later = protein.roll(1, dims=1)  # everything one place later
moved = swapped(later.permute(0, 2, 1))[:, :, 1:]
stayed = swapped(protein.permute(0, 2, 1))[:, :, :-1]
torch.testing.assert_close(moved, stayed)
before, after = as_written(protein), as_written(later)
written_change = after - before
written_moved = after[:, :, 1:] - before[:, :, :-1]

# %% graphdta_short tags=["raises-exception"]
as_written(protein[:, :900])

# %% graphdta_short_ok
print(swapped(protein[:, :900].permute(0, 2, 1)).shape)

# %% no_permute tags=["raises-exception"]
conv(vectors)

# %% no_embedding tags=["raises-exception"]
conv(tokens)

# %% one_hot tags=["raises-exception"]
one_hot = F.one_hot(tokens)
bare = nn.Conv1d(one_hot.shape[2], 5, kernel_size=2)
bare(one_hot.permute(0, 2, 1))

# %% float_ids tags=["raises-exception"]
embedding(tokens.float())

# %% too_short tags=["raises-exception"]
model(tokens[:, :3])

# %% pool_wrong
print(y.amax(dim=1).shape)

# %% square
size = 12
long = torch.randn(1, size, size)  # 12 words of 12 numbers
same = nn.Conv1d(size, 5, kernel_size=3)
ways = {
    "permute": lambda v: v.permute(0, 2, 1),
    "view": lambda v: v.view(1, size, size),
    "(nothing)": lambda v: v,
}
for name, way in ways.items():
    print(f"{name:10}", tuple(same(way(long)).shape))

# %% one_word
other = long.clone()
other[0, 5] = torch.randn(size)  # one word, all its numbers
change = {}
for name, way in ways.items():
    difference = same(way(other)) - same(way(long))
    change[name] = difference[0].abs().amax(dim=0)
    print(f"{name:10}", int((change[name] > 1e-3).sum()))

# %% one_word_plot
import matplotlib.pyplot as plt

shape = {"figsize": (6.4, 3.2), "sharex": True, "sharey": True}
fig, axes = plt.subplots(2, 1, **shape)
for i, name in enumerate(["permute", "(nothing)"]):
    heights = change[name].tolist()
    axes[i].bar(range(10), heights, color=f"C{i}", label=name)
    axes[i].legend(loc="upper left")
    axes[i].set_ylabel("|Δy|")
axes[1].set_xticks(range(10))
label = axes[1].set_xlabel("t")

# %% pad_pool
short = rows[1]  # "a good film"
alone = conv(embedding(short[None]).permute(0, 2, 1))
print(alone.shape, y[1].shape)
print(alone[0].amax(dim=1))
print(y[1].amax(dim=1))

# %% masked_pool
lengths = torch.tensor([len(row) for row in rows])
windows = lengths - K + 1
inside = torch.arange(L_out) < windows[:, None]  # (N, L_out)
masked = y.masked_fill(~inside[:, None], -torch.inf)
print(masked.amax(dim=2)[1])

# %% masked_mean
plain_mean = y.mean(dim=2)
kept = y.masked_fill(~inside[:, None], 0)
masked_mean = kept.sum(dim=2) / windows[:, None]
torch.testing.assert_close(masked_mean[1], alone[0].mean(dim=1))

# %% one_layer
first = nn.Conv1d(4, 6, kernel_size=3, padding=1)
second = nn.Conv1d(6, 6, kernel_size=3, padding=1)
x_alone = embedding(short[None]).permute(0, 2, 1)
leak_1 = first(x)[1, :, :3] - first(x_alone)[0]

# %% two_layers
leak_2 = second(first(x))[1, :, :3] - second(first(x_alone))[0]
print((leak_2.abs().amax(dim=0) > 1e-3).int())

# %% mask_between
word = (tokens != 0)[:, None]  # (N, 1, L)
clean = second(first(x) * word)
leak_3 = clean[1, :, :3] - second(first(x_alone))[0]

# %% test_one_word
allowed = same.kernel_size[0]
assert (change["permute"] > 1e-3).sum() <= allowed
assert (change["view"] > 1e-3).sum() > allowed
assert (change["(nothing)"] > 1e-3).sum() > allowed

# %% test_alone
for i, row in enumerate(rows):
    single = conv(embedding(row[None]).permute(0, 2, 1))
    torch.testing.assert_close(masked.amax(2)[i], single.amax(2)[0])

# %% order_blind
narrow = nn.Conv1d(4, 5, kernel_size=1)
shuffled = x[:1, :, torch.randperm(L)]
blind = narrow(shuffled).amax(2) - narrow(x[:1]).amax(2)
seeing = conv(shuffled).amax(2) - conv(x[:1]).amax(2)

# %% merged
table = embedding.weight  # (words, E), row 0 is zeros
weight = torch.einsum("oek,ve->ovk", conv.weight, table)
spikes = one_hot.permute(0, 2, 1).float()
direct = F.conv1d(spikes, weight, conv.bias)
torch.testing.assert_close(direct, y)
