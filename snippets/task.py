# %% data
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORD = torch.tensor([
    alphabet.index(i) for i in "CONV"
])


def make(n, length=26, at=None):
    size = n, length
    letters = torch.randint(26, size)
    label = torch.arange(n) % 2
    word = WORD.repeat(n, 1)
    which = torch.randint(4, (n,))
    shift = torch.randint(1, 26, (n,))
    shift *= 1 - label
    word[torch.arange(n), which] += shift
    last = length - 3
    start = torch.randint(last, (n, 1))
    if at is not None:
        start[:] = at
    places = start + torch.arange(4)
    word %= 26  # after Z comes A
    letters.scatter_(1, places, word)
    x = F.one_hot(letters, 26).float()
    x += 0.1 * torch.randn(x.shape)
    label = label.float()
    return x, label, letters, start[:, 0]


x, label, letters, start = make(4000)
x_test, label_test, _, start_test = (
    make(1000)
)
print(x.shape, x_test.shape)

# %% look
for i in range(6):
    row = "".join(
        alphabet[j] for j in letters[i]
    ).lower()
    t = int(start[i])
    word = row[t : t + 4].upper()
    row = row[:t] + word + row[t + 4 :]
    print(int(label[i]), row)


# %% network
class Finder(nn.Module):
    def __init__(self, swap):
        super().__init__()
        self.swap = swap
        self.conv = nn.Conv1d(26, 8, 6)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        # x: (N, length, 26)
        if self.swap:
            x = x.permute(0, 2, 1)
        y = F.relu(self.conv(x))
        best = y.amax(dim=2)  # (N, 8)
        score = self.out(best)  # (N, 1)
        return score[:, 0]


right = Finder(swap=True)
wrong = Finder(swap=False)
print(right(x[:5]).shape)
print(wrong(x[:5]).shape)


# %% count
def parameters(model):
    each = model.parameters()
    return sum(p.numel() for p in each)


print(parameters(right))
print(parameters(wrong))


# %% watch
kernels = []  # of the right network, step by step


def keep(weight):
    kernels.append(weight.detach().clone())


weight = right.conv.weight
hook = weight.register_post_accumulate_grad_hook(keep)

# %% train
bce = F.binary_cross_entropy_with_logits


@torch.no_grad()
def loss_of(model, x, label):
    return bce(model(x), label).item()


def train(
    model, x, label, test, steps=300
):
    optimizer = torch.optim.Adam(
        model.parameters(),
        lr=0.03, weight_decay=0.002,
    )
    curve = []
    for step in range(steps):
        i = torch.randint(len(x), (128,))
        loss = bce(model(x[i]), label[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 25 == 0:
            curve.append((
                step, loss.item(),
                loss_of(model, *test),
            ))
    return torch.tensor(curve).T


test = x_test, label_test
seen = x, label
right_curve = train(right, *seen, test)
wrong_curve = train(wrong, *seen, test)


# %% accuracy
@torch.no_grad()
def accuracy(model, x, label):
    same = (model(x) > 0) == (label > 0)
    return same.float().mean().item()


right_train = accuracy(right, *seen)
right_test = accuracy(right, *test)
wrong_train = accuracy(wrong, *seen)
wrong_test = accuracy(wrong, *test)
wrong_loss = loss_of(wrong, *seen)

# %% loss_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 3))
for name, curve, c in [
    ("permute", right_curve, "C0"),
    ("no permute", wrong_curve, "C1"),
]:
    ax.plot(curve[0], curve[1], c, label=f"{name}, train")
    ax.plot(curve[0], curve[2], c, ls="--", label=f"{name}, test")
coin = torch.log(torch.tensor(2.0))
ax.axhline(coin, color="C7", linewidth=1)
ax.set_ylim(0, 1.2)
ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
ax.set_xlabel("step")
legend = ax.legend(loc="upper right", ncols=2)

# %% likeness
motif = F.one_hot(WORD, 26).T.float()
places = torch.stack([
    F.pad(motif, (j, 2 - j))  # (26, 6)
    for j in range(3)
]).flatten(1)


def likeness(model):
    w = model.conv.weight.detach()
    w = F.normalize(w.flatten(1))
    return w @ F.normalize(places).T


like = likeness(right)  # (8, 3)
like_wrong = likeness(wrong)
untrained = likeness(Finder(swap=True))

# %% read not_portable="training amplifies rounding: elsewhere the word may stand one tap further"
best = int(like.amax(1).argmax())
place = int(like[best].argmax())
# (26, 6): letters, taps
kernel = right.conv.weight[best].detach()
spelt = ""
limit = kernel.max() / 2
for weights in kernel.T:  # tap by tap
    strong = weights.max() > limit
    letter = alphabet[weights.argmax()]
    spelt += letter if strong else "."
print(spelt)

# %% kernel_plot
fig, axes = plt.subplots(2, 1, figsize=(4.4, 3.2), sharex=True)
fig.set_layout_engine("constrained")
word = places[place].view(26, 6)
for ax, drawn in zip(axes, (word, kernel)):
    # without edges the paper shines through
    ax.pcolormesh(drawn.T, edgecolors="face")
    ax.invert_yaxis()
    ax.set_yticks([0.5, 2.5, 4.5], [0, 2, 4])
    ax.set_ylabel("k")
ticks = ax.set_xticks([j + 0.5 for j in range(26)], [*alphabet])

# %% steps_plot not_portable="training amplifies rounding: elsewhere other letters are strong on the way"
from matplotlib.patches import PathPatch
from matplotlib.path import Path


def square(j, k, weight):
    """Its area says how large the weight is."""
    half = weight.abs().sqrt() / 2
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    corners = torch.tensor(corners) * half
    at = torch.tensor([j, k])
    return Path(corners + at, closed=True)


limit = 0.12  # what is smaller would be dust
assert kernels[0][best].abs().max() < limit
steps = [10, len(kernels) - 1]
fig, axes = plt.subplots(2, figsize=(4, 2.5), sharex=True)
for ax, step in zip(axes, steps):
    table = kernels[step][best]  # (26, 6)
    for sign, look in (
        (1, {"fc": "C0", "ec": "C0"}),
        (-1, {"fc": "none", "ec": "C1"}),
    ):
        large = (sign * table > limit).nonzero().tolist()
        squares = [square(j, k, table[j, k]) for j, k in large]
        if squares:
            drawn = Path.make_compound_path(*squares)
            ax.add_patch(PathPatch(drawn, lw=1, **look))
    spelt = "".join(
        alphabet[weights.argmax()]
        if weights.max() > table.max() / 2
        else "."
        for weights in table.T
    )
    ax.set_title(f"step {step}: {spelt}", loc="left", fontsize=10)
    ax.set_xlim(-0.7, 25.7)
    ax.set_ylim(5.8, -0.8)
    ax.set_aspect("equal")
    ax.set_yticks([0, 5])
    ax.set_ylabel("k")
    ax.tick_params(length=0)
letters = ax.set_xticks(range(26), [*alphabet], family="monospace")

# %% where
with torch.no_grad():
    swapped = x_test.permute(0, 2, 1)
    y = right.conv(swapped)
found = y[:, best].argmax(dim=1) + place
hits = found == start_test
hits = hits[label_test == 1]
hit = hits.float().mean().item()

# %% aligned
fixed = make(4000, at=10)[:2]
unseen = make(1000, at=10)[:2]
aligned = Finder(swap=False)
train(
    aligned, *fixed,
    unseen, steps=200,
)
aligned_test = accuracy(
    aligned, *unseen
)

# %% longer
long = make(1000, length=40)[:2]
right_long = accuracy(right, *long)

# %% longer_wrong tags=["raises-exception"]
wrong(long[0])

# %% label_shape tags=["raises-exception"]
bce(right(x)[:, None], label)

# %% label_dtype tags=["raises-exception"]
bce(right(x), label.long())

# %% by_heart
few = x[:32], label[:32]
student = Finder(swap=False)
train(student, *few, test, steps=200)
by_heart = accuracy(student, *few)

# %% broadcast
answer = right(x[:5])[:, None]
squared = (answer - label[:5]) ** 2
print(squared.shape)

# %% test_move
row = torch.zeros(2, 26, 26)
for i, t in enumerate([3, 15]):
    at = torch.arange(t, t + 4)
    row[i, at, WORD] = 1
with torch.no_grad():
    moved_right = right(row)
    moved_wrong = wrong(row)
torch.testing.assert_close(*moved_right)

# %% dna
def one_hot(bases):
    i = ["ACGT".index(b) for b in bases]
    i = torch.tensor(i)
    return F.one_hot(i, 4).T.float()


x = one_hot("GGTATAAACCGTTTATACC")
kernel = one_hot("TATAAA")
print(x.shape)  # (C, L)
# the other strand, read backwards
opposite = kernel.flip(0, 1)
both = torch.stack([kernel, opposite])
y = F.conv1d(x, both)
for row in y.int().tolist():
    print(row)
