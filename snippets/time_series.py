# %% table
import torch
from torch import nn
from torch.nn import functional as F

# a row for each moment,
# a column for each sensor
moment = torch.arange(8.0)
table = torch.stack(
    [moment, 100 + moment], dim=1
)
print(table.shape)
print(table[:3])

# %% windows
W = 4
windows = table.unfold(0, W, 1)
print(windows.shape)
print(windows[0])

# %% pairs
x = table[:-1].unfold(0, W, 1)
target = table[W:, 0]
for i in range(len(x)):
    row = x[i, 0].int().tolist()
    print(row, "->", int(target[i]))

# %% layer
torch.manual_seed(0)
layer = nn.Conv1d(2, 8, kernel_size=3)
print(tuple(layer(x).shape))

# %% alone
series = table[:, 0]
alone = series[:-1].unfold(0, W, 1)
print(alone.shape)
alone = alone[:, None]
print(alone.shape)

# %% stack
import matplotlib.pyplot as plt

x0 = torch.zeros(1, 1, 12, requires_grad=True)
rows, layers = [x0], (1, 2, 4)
for d in layers:
    causal = F.pad(rows[-1], (d, 0))
    ones = torch.ones(1, 1, 2)
    rows.append(F.conv1d(causal, ones, dilation=d))
read = torch.autograd.grad(rows[-1][0, 0, -1], rows)

fig, ax = plt.subplots(figsize=(4.4, 2.2))
for row, met in enumerate(read):
    for t, slope in enumerate(met[0, 0].tolist()):
        used = slope != 0
        fill = "C0" if used else "none"
        ax.plot(t, row, "o", color="C0", markerfacecolor=fill)
        if used and row:
            for back in (0, layers[row - 1]):
                ax.plot([t - back, t], [row - 1, row], "C0", lw=1)
ax.plot(12, 0, "C1*", markersize=12)
ax.plot([11, 12], [3, 0], "C1--")
ax.set_yticks(range(4), ["x", "d=1", "d=2", "d=4"])
ax.set_xticks(range(13))
ax.set_ylim(-0.4, 3.4)
sides = ax.spines[:].set_visible(False)

# %% ahead
h = 3  # moments ahead
far = table[:-h].unfold(0, W, 1)
far_target = table[W - 1 + h :, 0]
for i in range(len(far)):
    row = far[i, 0].int().tolist()
    print(row, "->", int(far_target[i]))

# %% sine
period = 24
omega = torch.tensor(
    2 * torch.pi / period
)
t = torch.arange(200.0)
sine = torch.sin(omega * t)
weight = torch.stack([
    torch.tensor(-1.0),
    2 * torch.cos(omega),
])
print(weight)

# %% sine_ahead
guess = F.conv1d(
    sine[None, None],
    weight[None, None],
)[0, 0]
print(guess.shape)
# the last one is for the future
gap = guess[:-1] - sine[2:]

# %% other_sine
other = 5 * torch.sin(omega * t + 1)
guess = F.conv1d(
    other[None, None],
    weight[None, None],
)[0, 0]
other_gap = guess[:-1] - other[2:]

# %% up_down
print(sine[2:4])  # going up
print(sine[10:12])  # coming down


# %% fit
def fit(series, K):
    """The best kernel of K taps."""
    past = series[:-1].unfold(0, K, 1)
    future = series[K:, None]
    best = torch.linalg.lstsq(
        past, future, driver="gelsd"
    )
    return best.solution[:, 0]


def error(series, kernel):
    """Mean square of the misses."""
    guess = F.conv1d(
        series[None, None, :-1],
        kernel[None, None],
    )[0, 0]
    K = len(kernel)
    missed = guess - series[K:]
    return (missed**2).mean()


# %% found
found = fit(sine, 2)
print(found)

# %% one_tap
one = fit(sine, 1)
one_error = error(sine, one)
two_error = error(sine, found)

# %% walk
torch.manual_seed(0)
steps = torch.randn(2000)
walk = steps.cumsum(0)
train, test = walk[:1500], walk[1500:]
kernel = fit(train, 4)

# %% walk_error
copy = torch.tensor([0.0, 0, 0, 1])
kernel_error = error(test, kernel)
copied_error = error(test, copy)
R2 = 1 - kernel_error / test.var()

# %% walk_plot
fig, ax = plt.subplots(figsize=(4.4, 3))
part = test[:41]
ax.plot(range(41), part, "C7o-", markersize=3, label="walk")
guess = F.conv1d(part[None, None], kernel[None, None])[0, 0]
ax.plot(range(4, 41), guess[:-1], "C1--", label="forecast")
ax.set_xlabel("t")
legend = ax.legend()

# %% walk_change
change = train.diff()
by_change = fit(change, 3)

# %% whole
torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv1d(2, 8, 3), nn.ReLU(),
    nn.Conv1d(8, 8, 3, dilation=2),
    nn.ReLU(),
    nn.Conv1d(8, 1, 3, dilation=4),
)
R = 15  # its receptive field
long = torch.randn(100, 2)
cuts = long.unfold(0, R, 1)
by_window = net(cuts)
at_once = net(long.T[None])
print(tuple(by_window.shape))
print(tuple(at_once.shape))


# %% whole_count
def products(net, *shape):
    """Multiplications in all layers."""
    n, x = 0, torch.zeros(shape)
    for part in net:
        x = part(x)
        if isinstance(part, nn.Conv1d):
            w = part.weight[0].numel()
            n += x.numel() * w
    return n


print(products(net, *cuts.shape))
print(products(net, 1, 2, 100))

# %% whole_padded
torch.manual_seed(0)
padded = nn.Conv1d(2, 1, 3, padding=1)
ends = padded(cuts)[:, 0, -1]
once = padded(long.T[None])[0, 0]
once = once[R - 1 :]
same = torch.isclose(
    ends, once, atol=1e-5
)
print(int(same.sum()), "of", len(same))

# %% direct
torch.manual_seed(0)
direct = nn.Conv1d(2, 3, kernel_size=W)
next_three = table[W:, 0].unfold(0, h, 1)
print(next_three.int().tolist())
print(tuple(direct(far).shape))
print(tuple(direct(far).flatten(1).shape))

# %% rolled
def roll(weight, n):
    """Every forecast becomes an input."""
    a, b = weight.tolist()
    values = sine[:2].tolist()
    while len(values) < n:
        x, y = values[-2:]
        values.append(a * x + b * y)
    return torch.tensor(values)


n = len(sine)
rolled = roll(weight, n) - sine
off = weight * 0.999
one_step = error(sine, off).sqrt()
drifted = roll(off, n) - sine

# %% split
torch.manual_seed(0)
starts = torch.arange(1000 - W)
order = torch.randperm(len(starts))
test_starts = starts[order[:200]]
train_starts = starts[order[200:]]
# a window, and its answer behind it
moments = torch.arange(W + 1)
seen = train_starts[:, None] + moments
answers = test_starts + W
known = torch.isin(answers, seen)
print(int(known.sum()), "of", len(known))

# %% data
torch.manual_seed(0)
hour = torch.arange(1200.0)
wind = torch.randn(1203)
heat = torch.sin(omega * hour)
heat += wind[:-3].abs()
heat += 0.1 * torch.randn(1200)
wind = wind[3:]
data = torch.stack([heat, wind], 1)

# %% split_by_time
past, later = data[:900], data[900:]
mean, std = past.mean(0), past.std(0)
past = (past - mean) / std
later = (later - mean) / std


# %% train
def pair(part, W=8):
    """(1, C, L) and (L - W,)"""
    x = part[:-1].T[None]
    return x, part[W:, 0]


x_train, y_train = pair(past)
x_test, y_test = pair(later)
model = nn.Sequential(
    nn.Conv1d(2, 16, kernel_size=8),
    nn.ReLU(),
    nn.Conv1d(16, 1, kernel_size=1),
)
optimizer = torch.optim.Adam(
    model.parameters(), lr=0.03
)
for _ in range(200):
    guess = model(x_train)[0, 0]
    loss = F.mse_loss(guess, y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %% judge
with torch.no_grad():
    guess = model(x_test)[0, 0]
model_error = F.mse_loss(guess, y_test)
newest = x_test[0, 0, 7:]
copy_error = F.mse_loss(newest, y_test)

# %% linear
def rows(x, W=8):
    """A row for each window, and a 1."""
    windows = x.unfold(2, W, 1)
    flat = windows[0].transpose(0, 1)
    return F.pad(
        flat.flatten(1), (0, 1), value=1.0
    )


best = torch.linalg.lstsq(
    rows(x_train), y_train[:, None],
    driver="gelsd",
).solution
linear_error = F.mse_loss(
    (rows(x_test) @ best)[:, 0], y_test
)

# %% forecast_plot
fig, ax = plt.subplots(figsize=(4.4, 3))
ax.plot(y_test[:73], "C7o-", markersize=3, label="measured")
ax.plot(guess[:73], "C1--", label="forecast")
ax.set_xlabel("t")
legend = ax.legend()

# %% shaken
torch.manual_seed(0)
label = torch.randint(3, (600,))
speed = torch.tensor([0, 1 / 24, 1 / 8])
speed = speed[label][:, None]
turns = speed * torch.arange(120.0)
turns += torch.rand(600, 1)
shake = torch.sin(2 * torch.pi * turns)
shake *= (label > 0)[:, None]
# in any direction of three axes
direction = torch.randn(600, 3)
direction = F.normalize(direction)
shaken = torch.einsum(
    "nc,nt->nct", direction, shake
)
shaken += 0.5 * torch.randn(shaken.shape)
print(shaken.shape)

# %% classify
classifier = nn.Sequential(
    nn.Conv1d(3, 16, 9, padding=4),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Conv1d(16, 32, 9, padding=4),
    nn.ReLU(),
    nn.AdaptiveAvgPool1d(1),
    nn.Flatten(),
    nn.Linear(32, 3),
)
z = shaken[:5]
for part in classifier:
    z = part(z)
    kind = type(part).__name__
    print(f"{kind:17}", tuple(z.shape))

# %% classify_train
optimizer = torch.optim.Adam(
    classifier.parameters(), lr=0.01
)
for _ in range(60):
    i = torch.randint(400, (128,))
    loss = F.cross_entropy(
        classifier(shaken[i]), label[i]
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def right(x, label):
    best = classifier(x).argmax(dim=1)
    return (best == label).float().mean()


unseen, truth = shaken[400:], label[400:]
score = right(unseen, truth)
short = right(unseen[:, :, :80], truth)

# %% axes tags=["raises-exception"]
layer(table)

# %% short tags=["raises-exception"]
layer(table.unfold(0, 2, 1))

# %% window_axis
column = x[:, 0, :, None]
print(tuple(column.shape))
wrong = nn.Conv1d(4, 8, 3, padding=1)
out = wrong(column)
print(tuple(out.shape))
out.sum().backward()
met = wrong.weight.grad.abs()
print(met.amax(dim=(0, 1)).tolist())

# %% window_axis_linear
as_linear = F.linear(
    column[:, :, 0],
    wrong.weight[:, :, 1],
    wrong.bias,
)

# %% target_inside
seen = walk.unfold(0, W, 1)
inside = seen[:, -1:]
cheat = torch.linalg.lstsq(
    seen, inside, driver="gelsd"
).solution[:, 0]

# %% cut_up
cut_up = table.reshape(2, 2, 4)
print(cut_up[0].int().tolist())

# %% broadcast
guess = direct(x)[:, :1]
loss = F.mse_loss(guess, target)

# %% test_pairs
gap_in_time = target - x[:, 0, -1]
print(gap_in_time.tolist())

# %% test_future
changed = long.clone()
changed[50:] = torch.randn(50, 2)
net.eval()  # no dropout, no batch
before = net(long.T[None])[0, 0]
after = net(changed.T[None])[0, 0]
same = torch.isclose(before, after)
first = int((~same).nonzero()[0])
print(first, first + R - 1)

# %% test_baseline
naive = torch.tensor([0.0, 1])
naive_error = error(sine, naive)

# %% line
line = 3 + 5 * torch.arange(6.0)
go_on = torch.tensor([[[-1.0, 2.0]]])
print(line.tolist())
y = F.conv1d(line[None, None], go_on)
print(y[0, 0].tolist())

# %% weekly
week = torch.zeros(7)
week[0] = 1  # seven days back
days = [3.0, 1, 4, 1, 5, 9, 2]
visits = torch.tensor(days * 4)

# %% every_other
every_other = table.unfold(0, W, 2)
print(len(every_other))

# %% conv2d
torch.manual_seed(0)
readings = torch.randn(5, 2, 100)
N, C, L = readings.shape
mixed = nn.Conv1d(C, 8, 3)
apart = nn.Conv1d(C, C * 8, 3, groups=C)
shared = nn.Conv2d(1, 8, (1, 3))
image = readings[:, None]  # (N, 1, C, L)
print(tuple(mixed(readings).shape))
print(tuple(apart(readings).shape))
print(tuple(shared(image).shape))

# %% conv2d_count
def count(layer):
    ps = layer.parameters()
    return sum(p.numel() for p in ps)


# %% conv2d_same
by_image = shared(image).transpose(1, 2)
w = shared.weight[:, :, 0]
b = shared.bias
# each sensor a sample of its own
alone = F.conv1d(
    readings.reshape(N * C, 1, L), w, b
).view(by_image.shape)
# a group for each, equal weights
grouped = F.conv1d(
    readings, w.repeat(C, 1, 1),
    b.repeat(C), groups=C,
).view(by_image.shape)
# a kernel as high as the image
full = nn.Conv2d(1, 8, (C, 3))
by_full = full(image)[:, :, 0]
by_mixed = F.conv1d(
    readings, full.weight[:, 0], full.bias
)

# %% conv2d_head
head = nn.Sequential(
    shared,
    nn.ReLU(),
    # now the sensors meet
    nn.Conv2d(8, 16, (C, 1)),
    nn.Flatten(2),
)
print(tuple(head(image).shape))

# %% conv2d_square
torch.manual_seed(0)
row = nn.Conv2d(1, 8, (1, 3))
square = nn.Conv2d(1, 8, (3, 3))
four = torch.randn(5, 1, 4, 100)
order = [1, 0, 2, 3]  # two columns swapped
swapped = four[:, :, order]
row_gap = row(swapped) - row(four)[:, :, order]
square_gap = (
    square(swapped) - square(four)
)
