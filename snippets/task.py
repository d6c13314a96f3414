# %% data
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORD = torch.tensor([alphabet.index(letter) for letter in "CONV"])


def make(n, length=26, at=None):
    letters = torch.randint(26, (n, length))
    label = torch.arange(n) % 2
    word = WORD.repeat(n, 1)
    spoilt = torch.randint(4, (n,)), torch.randint(1, 26, (n,))
    word[torch.arange(n), spoilt[0]] += spoilt[1] * (1 - label)
    start = torch.randint(length - 3, (n, 1))
    if at is not None:
        start[:] = at
    letters.scatter_(1, start + torch.arange(4), word % 26)
    x = F.one_hot(letters, 26).float()
    x += 0.1 * torch.randn(x.shape)
    return x, label.float(), letters, start[:, 0]


x, label, letters, start = make(4000)
x_test, label_test, _, start_test = make(1000)
print(x.shape, x_test.shape)

# %% look
for i in range(6):
    row = "".join(alphabet[j] for j in letters[i])
    t = int(start[i])
    shown = row[:t].lower() + row[t : t + 4] + row[t + 4 :].lower()
    print(int(label[i]), shown)


# %% network
class Finder(nn.Module):
    def __init__(self, swap):
        super().__init__()
        self.swap = swap
        self.conv = nn.Conv1d(26, 8, kernel_size=6)
        self.out = nn.Linear(8, 1)

    def forward(self, x):  # (N, length, 26)
        if self.swap:
            x = x.permute(0, 2, 1)
        best = F.relu(self.conv(x)).amax(dim=2)  # (N, 8)
        return self.out(best)[:, 0]  # (N,)


right, wrong = Finder(swap=True), Finder(swap=False)
print(right(x[:5]).shape, wrong(x[:5]).shape)


# %% count
def parameters(model):
    return sum(p.numel() for p in model.parameters())


print(parameters(right), parameters(wrong))


# %% train
def loss_of(model, x, label):
    return F.binary_cross_entropy_with_logits(model(x), label)


def train(model, x, label, test, steps=400, every=25):
    options = {"lr": 0.03, "weight_decay": 0.002}
    optimizer = torch.optim.Adam(model.parameters(), **options)
    curve = []
    for step in range(steps):
        chosen = torch.randint(len(x), (128,))
        loss = loss_of(model, x[chosen], label[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % every == 0:
            with torch.no_grad():
                unseen = loss_of(model, *test)
            curve.append((step, loss.item(), unseen.item()))
    return torch.tensor(curve).T


test = x_test, label_test
right_curve = train(right, x, label, test)
wrong_curve = train(wrong, x, label, test)


# %% accuracy
@torch.no_grad()
def accuracy(model, x, label):
    return ((model(x) > 0) == (label > 0)).float().mean().item()


right_train = accuracy(right, x, label)
right_test = accuracy(right, x_test, label_test)
wrong_train = accuracy(wrong, x, label)
wrong_test = accuracy(wrong, x_test, label_test)
wrong_loss = loss_of(wrong, x, label).item()

# %% loss_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 3.4))
for name, curve, c in [
    ("permute", right_curve, "C0"),
    ("(nothing)", wrong_curve, "C1"),
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
motif = F.one_hot(WORD, 26).T.float()  # (26, 4)
places = [F.pad(motif, (j, 2 - j)) for j in range(3)]  # in 6 taps
places = torch.stack(places).flatten(1)


def likeness(model):
    kernels = model.conv.weight.detach().flatten(1)
    return F.normalize(kernels) @ F.normalize(places).T  # (8, 3)


like, like_wrong = likeness(right), likeness(wrong)
untrained = likeness(Finder(swap=True))

# %% read not_portable="training amplifies rounding: elsewhere the word may stand one tap further"
best, place = divmod(int(like.argmax()), 3)
kernel = right.conv.weight[best].detach()  # (26, 6)
spelt = ""
for weights in kernel.T:  # one tap, 26 letters
    strong = weights.max() > kernel.max() / 2
    spelt += alphabet[weights.argmax()] if strong else "."
print(spelt)

# %% kernel_plot
fig, axes = plt.subplots(2, 1, figsize=(6.4, 3.6), sharex=True)
fig.set_layout_engine("constrained")
axes[0].pcolormesh(places[place].view(26, 6).T)
axes[1].pcolormesh(kernel.T)
for ax in axes:
    ax.invert_yaxis()
    ax.set_yticks([0.5, 2.5, 4.5], [0, 2, 4])
    ax.set_ylabel("k")
ticks = ax.set_xticks([j + 0.5 for j in range(26)], [*alphabet])

# %% where
with torch.no_grad():
    response = right.conv(x_test.permute(0, 2, 1))[:, best]
found = response.argmax(dim=1) + place
hit = (found == start_test)[label_test == 1].float().mean().item()

# %% aligned
x_fixed, label_fixed, _, _ = make(4000, at=10)
test_fixed = make(1000, at=10)[:2]
aligned = Finder(swap=False)
train(aligned, x_fixed, label_fixed, test_fixed, steps=200)
aligned_test = accuracy(aligned, *test_fixed)

# %% longer
x_long, label_long, _, _ = make(1000, length=40)
right_long = accuracy(right, x_long, label_long)

# %% longer_wrong tags=["raises-exception"]
wrong(x_long)

# %% label_shape tags=["raises-exception"]
F.binary_cross_entropy_with_logits(right(x)[:, None], label)

# %% label_dtype tags=["raises-exception"]
F.binary_cross_entropy_with_logits(right(x), label.long())

# %% by_heart
few, few_label = x[:32], label[:32]
student = Finder(swap=False)
train(student, few, few_label, test)
by_heart = accuracy(student, few, few_label)

# %% broadcast
squared = (right(x[:5])[:, None] - label[:5]) ** 2
print(squared.shape)

# %% test_move
row = torch.zeros(2, 26, 26)
for i, t in enumerate([3, 15]):
    row[i, torch.arange(t, t + 4), WORD] = 1
with torch.no_grad():
    moved_right, moved_wrong = right(row), wrong(row)
torch.testing.assert_close(moved_right[0], moved_right[1])
