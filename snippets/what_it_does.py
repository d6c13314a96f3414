# %% edge
x = [20, 20, 25, 25, 25, 30, 30, 20]
kernel = [-1, 1]

y = []
for t in range(len(x) - 1):
    before, now = x[t], x[t + 1]
    y.append(kernel[0] * before + kernel[1] * now)
print(y)

# %% layer
import torch
from torch import nn

room = torch.tensor([[x]], dtype=torch.float32)
layer = nn.Conv1d(1, 1, kernel_size=2, bias=False)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[[-1, 1]]]))
    found = layer(room)
print(found)

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))


def draw(at, row, number, colour, strong=False):
    box = plt.Rectangle(
        (at - 0.46, row - 0.36),
        0.92,
        0.72,
        facecolor=colour,
        alpha=0.45 if strong else 0.18,
    )
    ax.add_patch(box)
    style = {"ha": "center", "va": "center"}
    sign = str(number).replace("-", "−")
    ax.text(at, row, sign, **style)


for place, number in enumerate(x):
    draw(place, 2, number, "C0", place in (1, 2))
for place, number in enumerate(kernel, 1):
    draw(place, 1, number, "C1", True)
for place, number in enumerate(y):
    draw(place + 0.5, 0, number, "C2", place == 1)
ax.set_xlim(-1.2, 7.6)
ax.set_ylim(-0.5, 2.5)
for row, name in enumerate(("y", "w", "x")):
    ax.text(-0.9, row, name, va="center", style="italic")
ax.axis("off")
lines = [ax.plot([at, 1.5], [0.6, 0.4], "C2", lw=1) for at in (1, 2)]

# %% shifted
later = [20, 20, 20, 20, 20, 25, 25, 25]
with torch.no_grad():
    moved = layer(torch.tensor([[later]]).float())
print(moved[0, 0].int().tolist())

# %% threshold
with torch.no_grad():
    rises = torch.relu(found - 3)
print(rises[0, 0].int().tolist())

# %% two_channels
heater = [0, 0, 1, 0, 0, 0, 0, 0]
both = torch.tensor([[x, heater]]).float()

layer2 = nn.Conv1d(2, 1, kernel_size=2, bias=False)
with torch.no_grad():
    layer2.weight[0, 0] = torch.tensor([-1, 1])
    layer2.weight[0, 1] = torch.tensor([0, -5])
    unexplained = layer2(both)
print(unexplained[0, 0].int().tolist())

# %% two_parts
first, second = both[:, :1], both[:, 1:]
w = layer2.weight
with torch.no_grad():
    from_room = nn.functional.conv1d(first, w[:, :1])
    from_heater = nn.functional.conv1d(second, w[:, 1:])
added = from_room + from_heater

# %% three_kernels
layer3 = nn.Conv1d(2, 3, kernel_size=2, bias=False)
kernels = [
    [[-1, 1], [0, -5]],  # a rise that the heater does not explain
    [[1, -1], [0, 0]],  # a fall
    [[0, 0], [-1, 1]],  # the heater goes on
]
with torch.no_grad():
    layer3.weight.copy_(torch.tensor(kernels))
    answers = layer3(both)
print(answers[0].long())

# %% counts
conv = nn.Conv1d(3, 5, 4, bias=False)
linear = nn.Linear(3 * 10, 5 * 7, bias=False)

sample = torch.randn(1, 3, 10)
size = conv(sample).shape
print(tuple(size), conv.weight.numel(), linear.weight.numel())

# %% same_function
conv, linear = conv.double(), linear.double()
sample = sample.double()
with torch.no_grad():
    unit = torch.eye(30).double().reshape(30, 3, 10)
    linear.weight.copy_(conv(unit).flatten(1).T)
    by_linear = linear(sample.flatten(1))
    by_conv = conv(sample).flatten(1)
gap = (by_linear - by_conv).abs().max()
zeros = (linear.weight == 0).sum()
values = linear.weight.unique().numel() - 1

# %% places
def recordings(number, places):
    """Noise (number, 1, 24); every other one has a bump."""
    data = 0.3 * torch.randn(number, 1, 24)
    label = torch.arange(number) % 2
    for i in range(1, number, 2):
        start = places[torch.randint(len(places), ())]
        data[i, 0, start : start + 3] += torch.tensor([1.0, 2.0, 1.0])
    return data, label.float()


left = range(1, 9)
right = range(13, 21)
train_x, train_y = recordings(400, left)
test_x, test_y = recordings(400, right)

# %% train
class Highest(nn.Module):
    def forward(self, x):
        return x.amax(dim=2)


by_window = nn.Sequential(
    nn.Conv1d(1, 4, 3), nn.ReLU(), Highest(), nn.Linear(4, 1)
)
by_place = nn.Sequential(
    nn.Flatten(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 1)
)

right_answers = {}
for name, net in {"conv": by_window, "linear": by_place}.items():
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(200):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(
            net(train_x)[:, 0], train_y
        )
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for part, data, label in [
            ("left", train_x, train_y),
            ("right", test_x, test_y),
        ]:
            hit = (net(data)[:, 0] > 0) == label.bool()
            right_answers[name, part] = hit.float().mean().item()

# %% learn
learner = nn.Conv1d(1, 1, kernel_size=2)
optimizer = torch.optim.Adam(learner.parameters(), lr=0.05)
data = torch.randn(64, 1, 20)
target = data[:, :, 1:] - data[:, :, :-1]

path = []
for _ in range(300):
    weights = learner.weight.detach().flatten()
    path.append([*weights.tolist(), learner.bias.item()])
    optimizer.zero_grad()
    loss = (learner(data) - target).square().mean()
    loss.backward()
    optimizer.step()
learnt = learner.weight.detach()[0, 0]
print([f"{w:.2f}" for w in learnt])

# %% learning_plot
fig, ax = plt.subplots(figsize=(4.4, 2.2))
columns = list(zip(*path, strict=True))
for column, name in zip(
    columns, ("w[0]", "w[1]", "b"), strict=True
):
    ax.plot(column[:120])
    ax.text(122, column[119], name, va="center")
ax.set_xlim(0, 140)
ticks = ax.set_yticks([-1, 0, 1])

# %% integers tags=["raises-exception"]
layer(torch.tensor([[x]]))

# %% bare tags=["raises-exception"]
layer(torch.tensor(x).float())

# %% too_short tags=["raises-exception"]
layer(torch.tensor([[[20.0]]]))

# %% as_channels
three = torch.rand(3, 8)
mixed = nn.Conv1d(3, 1, 2)(three)
apart = nn.Conv1d(1, 1, 2)(three[:, None])
print(tuple(mixed.shape), tuple(apart.shape))

# %% ex_peak
peak = torch.tensor([[[-1.0, 2.0, -1.0]]])
bump = torch.tensor([[[1.0, 1.0, 4.0, 1.0, 2.0, 3.0]]])
at_peak = nn.functional.conv1d(bump, peak)
print(at_peak[0, 0].int().tolist())

# %% ex_count
counted = nn.Conv1d(2, 3, 2)
numbers = [p.numel() for p in counted.parameters()]

# %% ex_mean
mean = nn.Conv1d(1, 1, 4, bias=False)
with torch.no_grad():
    mean.weight.fill_(1 / 4)
    smooth = mean(room)

# %% ex_reversed
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[[1, -1]]]))
    falls = layer(room)
print(falls[0, 0].int().tolist())
