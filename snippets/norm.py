# %% block
import torch
from torch import nn
from torch.nn import functional as F

block = nn.Sequential(
    nn.Conv1d(3, 8, 5, padding=2, bias=False),
    nn.BatchNorm1d(8),
    nn.ReLU(),
    nn.Dropout1d(0.1),
    nn.MaxPool1d(2),
)
x = torch.randn(4, 3, 20)
print(block(x).shape)


# %% channel_norm
class ChannelNorm(nn.LayerNorm):
    """LayerNorm over the channels of (N, C, L)."""

    def forward(self, x):
        return super().forward(x.mT).mT


# %% reads
from copy import deepcopy


def reads(layer, N=2, C=4, L=5, at=(0, 1, 2)):
    """The inputs that output `at` depends on."""
    x = torch.randn(N, C, L, dtype=torch.float64)
    x.requires_grad_()
    deepcopy(layer).double()(x)[at].backward()
    return x.grad != 0


# %% axes
import matplotlib.pyplot as plt

N, C, L = 2, 4, 5
norms = {
    "BatchNorm1d(4)": nn.BatchNorm1d(C),
    "BatchNorm1d(4).eval()": nn.BatchNorm1d(C).eval(),
    "LayerNorm(4), (N, L, C)": ChannelNorm(C),
    "InstanceNorm1d(4)": nn.InstanceNorm1d(C),
    "GroupNorm(1, 4)": nn.GroupNorm(1, C),
    "GroupNorm(2, 4)": nn.GroupNorm(2, C),
}
read = {name: reads(norm, N, C, L) for name, norm in norms.items()}
fig, axes = plt.subplots(3, 2, figsize=(4, 3.2))
for ax, name in zip(axes.flat, read, strict=True):
    for n, c, t in torch.cartesian_prod(*map(torch.arange, (N, C, L))).tolist():
        box = plt.Rectangle((n * (L + 1) + t, c), 0.88, 0.88)
        box.set(facecolor="none", edgecolor="C7", lw=0.6)
        if read[name][n, c, t]:
            box.set(facecolor="C0")
        if (n, c, t) == (0, 1, 2):
            box.set(facecolor="C1")
        ax.add_patch(box)
    middle = {"ha": "center", "va": "center"}
    ax.text(-0.6, C / 2, "C", **middle)
    for n in range(N):
        ax.text(n * (L + 1) + L / 2, C + 0.5, "L", **middle)
    ax.text(L + 0.5, C / 2, "N", **middle)
    ax.set_title(name, fontsize=10)
    ax.set_xlim(-1, N * (L + 1) - 1)
    ax.set_ylim(C + 0.9, -0.1)
    ax.set_aspect("equal")
    ax.axis("off")

# %% table
modes = {
    "BatchNorm1d": nn.BatchNorm1d(4),
    "BatchNorm1d, eval": nn.BatchNorm1d(4).eval(),
    "LayerNorm": ChannelNorm(4),
    "InstanceNorm1d": nn.InstanceNorm1d(4),
    "GroupNorm": nn.GroupNorm(2, 4),
}
table = {}
for name, norm in modes.items():
    seen = reads(norm)  # sample 0, channel 1, position 2
    others = {
        "N": seen[1],
        "C": seen[0, [0, 2, 3]],
        "L": seen[0, :, [0, 1, 3, 4]],
    }
    table[name] = "".join(axis if is_read.any() else "-" for axis, is_read in others.items())
    if name != "BatchNorm1d":
        in_eval = reads(deepcopy(norm).eval())
        assert torch.equal(in_eval, seen)
    print(name, table[name])


# %% by_hand
def by_hand(x, axes):
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, keepdim=True, correction=0)
    return (x - mean) / torch.sqrt(var + 1e-5)


x = torch.randn(4, 6, 10)
layer_norm = nn.LayerNorm(6)
y = layer_norm(x.permute(0, 2, 1)).permute(0, 2, 1)
gaps = [
    nn.BatchNorm1d(6)(x) - by_hand(x, (0, 2)),
    y - by_hand(x, 1),
    nn.InstanceNorm1d(6)(x) - by_hand(x, 2),
    nn.GroupNorm(1, 6)(x) - by_hand(x, (1, 2)),
]

# %% by_hand_sweep
off = []
for N, C, L in [(1, 6, 10), (3, 6, 1), (5, 6, 6), (2, 12, 300)]:
    x = 3 * torch.randn(N, C, L, dtype=torch.float64) + 2
    halves = x.view(N, 2, C // 2, L)
    pairs = [
        (nn.BatchNorm1d(C), by_hand(x, (0, 2))),
        (ChannelNorm(C), by_hand(x, 1)),
        (nn.GroupNorm(1, C), by_hand(x, (1, 2))),
        (nn.GroupNorm(2, C), by_hand(halves, (2, 3)).view_as(x)),
    ]
    if L > 1:
        pairs.append((nn.InstanceNorm1d(C), by_hand(x, 2)))
        pairs.append((nn.GroupNorm(C, C), by_hand(x, 2)))
        pairs.append((nn.LayerNorm(L), by_hand(x, 2)))
        pairs.append((nn.LayerNorm([C, L]), by_hand(x, (1, 2))))
    for norm, expected in pairs:
        off.append((norm.double()(x) - expected).abs().max())

# %% layer_norms
over_L = nn.LayerNorm(20)
over_both = nn.LayerNorm([8, 20])
one_group = nn.GroupNorm(1, 8)
over_C = ChannelNorm(8)
count = {norm: sum(p.numel() for p in norm.parameters()) for norm in (over_C, one_group, over_L, over_both)}
later = reads(nn.LayerNorm(5)), reads(nn.LayerNorm([4, 5]))

# %% square
frames = torch.randn(2, 10, 10)
wrong = nn.LayerNorm(10)(frames)
right = ChannelNorm(10)(frames)
print((wrong - right).abs().max() > 0.1)

# %% bias
conv = nn.Conv1d(3, 8, 5)
bare = nn.Conv1d(3, 8, 5, bias=False)
bare.weight = conv.weight
signals = torch.randn(4, 3, 20)
bias_gap = {}
for norm in (
    nn.BatchNorm1d(8),
    nn.InstanceNorm1d(8),
    ChannelNorm(8),
    nn.GroupNorm(1, 8),
):
    gap = norm(conv(signals)) - norm(bare(signals))
    bias_gap[type(norm).__name__] = gap.abs().max().item()
nn.BatchNorm1d(8)(conv(signals)).pow(3).sum().backward()
of_bias = conv.bias.grad.abs().max()
of_weight = conv.weight.grad.abs().max()

# %% momentum
x = 5 + 2 * torch.randn(4, 3, 10)
norm = nn.BatchNorm1d(3)  # momentum=0.1
norm(x)
new_mean = 0.9 * 0 + 0.1 * x.mean((0, 2))
new_var = 0.9 * 1 + 0.1 * x.var((0, 2))
biased = 0.9 * 1 + 0.1 * x.var((0, 2), correction=0)

# %% momentum_check
momentum_right = (
    torch.allclose(norm.running_mean, new_mean)
    and torch.allclose(norm.running_var, new_var)
    and not torch.allclose(norm.running_var, biased)
)
plain = nn.BatchNorm1d(3, momentum=None)
means = []
for _ in range(5):
    x = torch.randn(4, 3, 10)
    plain(x)
    means.append(x.mean((0, 2)))
plain_gap = plain.running_mean - torch.stack(means).mean(0)

# %% padded
rows = 5 + torch.randn(4, 3, 20)
rows[:, :, 10:] = 0  # half of it is padding
of_padding = nn.BatchNorm1d(3, momentum=1)
of_padding(rows)
half = of_padding.running_mean / rows[:, :, :10].mean((0, 2))

# %% updated
quiet = nn.BatchNorm1d(3)
for parameter in quiet.parameters():
    parameter.requires_grad = False
with torch.no_grad():
    quiet(5 + torch.randn(4, 3, 10))
moved = quiet.running_mean.min()

# %% one_value
alone = {}
for norm in (
    nn.BatchNorm1d(4),
    nn.InstanceNorm1d(4),
    nn.GroupNorm(4, 4),
    nn.GroupNorm(2, 4),
    ChannelNorm(4),
):
    try:
        norm(torch.randn(1, 4, 1))
        alone[norm] = True
    except ValueError:
        alone[norm] = False
many = torch.randn(8, 4, 1)
nn.BatchNorm1d(4)(many)
nn.GroupNorm(4, 4)(many)
try:
    nn.InstanceNorm1d(4).eval()(many)
    in_eval_too = False
except ValueError:
    in_eval_too = True

# %% neighbours
net = nn.Sequential(nn.Conv1d(3, 8, 5), nn.BatchNorm1d(8))
batch = torch.randn(4, 3, 20)
with torch.no_grad():
    in_train = (net(batch)[:1] - net(batch[:1])).abs().max()
    net.eval()
    in_eval = (net(batch)[:1] - net(batch[:1])).abs().max()

# %% one_sample
one = torch.randn(1, 3, 10)
as_instance = nn.BatchNorm1d(3)(one) - nn.InstanceNorm1d(3)(one)

# %% unbatched
norm = nn.BatchNorm1d(5)
alone = torch.randn(5, 5)  # meant: C, L
taken = norm(alone)
meant = norm(alone[None])[0]
unbatched_gap = (taken - meant).abs().max()

# %% drop
ones = torch.ones(50, 8, 20)
numbers = nn.Dropout(0.5)(ones)
channels = nn.Dropout1d(0.5)(ones)
moments = nn.Dropout1d(0.5)(ones.mT).mT
rows = nn.Dropout1d(0.5)(ones[:, :, 0])


# %% dropped
from itertools import product

fig, panels = plt.subplots(1, 3, figsize=(4.4, 1.9))
drawn = {
    "Dropout": numbers,
    "Dropout1d": channels,
    "(N, L, C)": moments,
}
for ax, (name, kept) in zip(panels, drawn.items()):
    full = kept[0] > 0
    for (c, t), there in zip(product(range(8), range(20)), full.flatten().tolist()):
        box = plt.Rectangle((t, -c), 0.8, 0.7, ec="C0", lw=0.5)
        box.set_facecolor("C0" if there else "none")
        ax.add_patch(box)
    ax.set_title(name)
    ax.set_xlim(-0.5, 20.5)
    ax.set_ylim(-7.5, 1.2)
    ax.set(xlabel="L", xticks=[], yticks=[])
label = panels[0].set_ylabel("C")


# %% drop_check
def whole(y, axis):
    """Only 0 and 2 in it, each slice along `axis` of one kind,
    and not all of the same."""
    least, most = y.amin(axis), y.amax(axis)
    kinds = set(y.unique().tolist()) == {0.0, 2.0}
    return kinds and torch.equal(least, most)


dropped = {
    "numbers": not whole(numbers, 2) and not whole(numbers, 1),
    "channels": whole(channels, 2) and not whole(channels, 1),
    "moments": whole(moments, 1) and not whole(moments, 2),
    "samples": whole(rows, 1) and not whole(rows, 0),
    "eval": torch.equal(nn.Dropout1d(0.5).eval()(ones), ones),
}


# %% goes_on
class Net(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.5)  # training=True


goes_on = Net().eval()(ones)
stops = F.dropout(ones, 0.5, training=False)


# %% shift
def scale(net, p):
    """Standard deviation in train(), then in eval()."""
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d):
            m.reset_running_stats()
            m.momentum = None  # the plain mean
        if isinstance(m, nn.Dropout1d):
            m.p = p
    x = torch.randn(64, 16, 100)
    with torch.no_grad():
        for _ in range(20):
            in_train = net.train()(x).std().item()
        in_eval = net.eval()(x).std().item()
    return in_train, in_eval


def wide():
    return nn.Conv1d(16, 16, 3)


between = nn.Sequential(wide(), nn.Dropout1d(), nn.BatchNorm1d(16))
behind = nn.Sequential(
    wide(),
    nn.BatchNorm1d(16),
    nn.ReLU(),
    nn.Dropout1d(),
    wide(),
    nn.BatchNorm1d(16),
)
layer = nn.Sequential(
    wide(),
    ChannelNorm(16),
    nn.ReLU(),
    nn.Dropout1d(),
    wide(),
    ChannelNorm(16),
)
shift = {p: [scale(net, p) for net in (between, behind, layer)] for p in (0.3, 0.5)}

# %% commute
x = torch.randn(8, 16, 20)
torch.manual_seed(1)
first = F.relu(F.dropout1d(x, 0.5))
torch.manual_seed(1)
second = F.dropout1d(F.relu(x), 0.5)
relu_dropout_swap = torch.equal(first, second)

# %% activation
x = 3 * torch.randn(8, 16, 200) + 5
with_norm = F.relu(nn.BatchNorm1d(16)(x)) == 0
without = F.relu(x) == 0

# %% softmax
import warnings

x = torch.randn(4, 6, 10)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    unsaid = nn.Softmax()(x)
notice = str(caught[0].message)
sums_to_one = [axis for axis in range(3) if torch.allclose(unsaid.sum(axis), torch.ones(()))]

# %% glu
halved = {
    "nothing said": tuple(nn.GLU()(x).shape),
    "dim=1": tuple(nn.GLU(dim=1)(x).shape),
}
slopes = nn.PReLU(6)
with torch.no_grad():
    slopes.weight[:] = torch.arange(6.0)
by_channel = torch.where(x > 0, x, x * torch.arange(6.0)[:, None])
prelu_gap = (slopes(x) - by_channel).abs().max()

# %% in_place
body = nn.Sequential(
    nn.ReLU(inplace=True),
    nn.Conv1d(6, 6, 3, padding=1),
)
x = torch.randn(4, 6, 10)
before = x.clone()
y = x + body(x)  # the sum is computed last
shortcut = y - body(before.clone())

# %% in_place_check
shortcut_is_relu = torch.allclose(shortcut, before.relu(), atol=1e-5)
x_was_changed = torch.equal(x, before.relu())

# %% pools
row = torch.tensor([[[1.0, 2, 3, 4, 5]]])


def pooled(layer, x=row):
    return " ".join(f"{v:.2g}" for v in layer(x)[0, 0])


# %% pools_check
at_nan = row.clone()
at_nan[0, 0, 2] = torch.nan
through = {
    type(layer).__name__: bool(layer(at_nan).isnan().any())
    for layer in (
        nn.MaxPool1d(2),
        nn.AvgPool1d(2),
        nn.LPPool1d(2, 2),
        nn.AdaptiveMaxPool1d(2),
        nn.AdaptiveAvgPool1d(2),
    )
}
padded = nn.MaxPool1d(3, 1, padding=1)(-row)
infinite = F.pad(-row, (1, 1), value=-torch.inf)
with_infinity = nn.MaxPool1d(3, 1)(infinite)

# %% pool_relu
x = torch.randn(4, 6, 100)
max_gap = F.max_pool1d(x.relu(), 2) - F.max_pool1d(x, 2).relu()
avg_gap = F.avg_pool1d(x.relu(), 2) - F.avg_pool1d(x, 2).relu()

# %% global_pool
pool = nn.AdaptiveAvgPool1d(1)
same_mean = torch.allclose(pool(x).squeeze(-1), x.mean(-1), atol=1e-6)
lost = tuple(pool(x[:1]).squeeze().shape)
kept = tuple(pool(x[:1]).squeeze(-1).shape)

# %% pool_nlc
words = torch.randn(4, 10, 6)  # N, L, C
mixed = nn.MaxPool1d(2)(words)
pairs = words.unflatten(2, (3, 2)).amax(3)

# %% unpool
top, where = nn.MaxPool1d(2, return_indices=True)(row)
back = nn.MaxUnpool1d(2)(top, where, output_size=[5])


# %% residual
class Residual(nn.Module):
    def __init__(self, C_in, C_out, stride=1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(C_in, C_out, 3, stride, 1, bias=False),
            nn.BatchNorm1d(C_out),
            nn.ReLU(),
            nn.Conv1d(C_out, C_out, 3, 1, 1, bias=False),
            nn.BatchNorm1d(C_out),
        )
        nn.init.zeros_(self.body[-1].weight)
        self.shortcut = nn.Identity()
        if stride != 1 or C_in != C_out:
            self.shortcut = nn.Sequential(
                nn.Conv1d(C_in, C_out, 1, stride, bias=False),
                nn.BatchNorm1d(C_out),
            )

    def forward(self, x):
        y = self.body(x)
        return F.relu(y + self.shortcut(x))


# %% residual_check
fits = [
    Residual(4, C_out, stride)(torch.randn(2, 4, L)).shape == (2, C_out, (L - 1) // stride + 1)
    for C_out in (4, 6)
    for stride in (1, 2, 3, 4)
    for L in range(1, 20)
]
start = Residual(4, 4)
x = torch.rand(2, 4, 10)
at_start = [torch.equal(start.train(mode)(x), x) for mode in (True, False)]
start.train()(x).pow(2).sum().backward()
moving = [name for name, p in start.named_parameters() if p.grad.abs().max() > 0]

# %% broadcast
x = torch.randn(4, 6, 10)
shrunk = nn.Sequential(nn.Conv1d(6, 1, 3, padding=1), nn.AdaptiveAvgPool1d(1))
y = shrunk(x)


# %% messages
def said(call):
    try:
        call()
    except (RuntimeError, ValueError) as error:
        return str(error)
    return ""


x = torch.randn(2, 3, 10)
y = torch.randn(2, 3, 8)
leaf = torch.randn(2, 3, 10, requires_grad=True)


def saved_changed():
    y = leaf.sigmoid()  # backward needs y itself
    F.relu(y, inplace=True).sum().backward()


messages = {
    "one value": said(lambda: nn.BatchNorm1d(3)(x[:1, :, :1])),
    "one position": said(lambda: nn.InstanceNorm1d(3).eval()(x[:, :, :1])),
    "axis": said(lambda: nn.BatchNorm1d(3)(x.mT)),
    "axes": said(lambda: nn.BatchNorm1d(3)(x[:, None])),
    "last": said(lambda: nn.LayerNorm(3)(x)),
    "vector": said(lambda: nn.GroupNorm(1, 3)(x.mT)),
    "affine": said(lambda: nn.InstanceNorm1d(3, affine=True)(x.mT)),
    "dtype": said(lambda: nn.BatchNorm1d(3)(x.double())),
    "groups": said(lambda: nn.GroupNorm(2, 3)),
    "dropout": said(lambda: nn.Dropout1d()(x[:, None])),
    "slopes": said(lambda: nn.PReLU(3)(x.mT)),
    "halving": said(lambda: nn.GLU(dim=1)(x)),
    "leaf": said(lambda: nn.ReLU(inplace=True)(leaf)),
    "saved": said(saved_changed),
    "padding": said(lambda: nn.AvgPool1d(3, padding=2)(x)),
    "padding, max": said(lambda: nn.MaxPool1d(3, padding=2)(x)),
    "small": said(lambda: nn.AvgPool1d(12)(x)),
    "small, max": said(lambda: nn.MaxPool1d(12)(x)),
    "sum": said(lambda: x + y),
}
on_page = {
    "one value": "Expected more than 1 value per channel when training",
    "one position": "Expected more than 1 spatial element when training",
    "axis": "running_mean should contain 10 elements not 3",
    "axes": "expected 2D or 3D input (got 4D input)",
    "last": "Given normalized_shape=[3], expected input with shape [*, 3]",
    "vector": "Expected weight to be a vector of size equal to the number of channels",
    "affine": "expected input's size at dim=1 to match num_features (3)",
    "dtype": "mixed dtype (CPU)",
    "groups": "num_channels (3) must be divisible by num_groups (2)",
    "dropout": "Expected 2D or 3D input, but received a 4D input",
    "slopes": "Mismatch of parameter numbers and input channel size",
    "halving": "Halving dimension must be even, but dimension 1 is size 3",
    "leaf": "a leaf Variable that requires grad is being used in an in-place operation",
    "saved": "has been modified by an inplace operation",
    "padding": "pad should be at most half of effective kernel size",
    "padding, max": "padding should be at most half of kernel size",
    "small": "Output size is too small",
    "small, max": "Invalid computed output size: 0",
    "sum": "The size of tensor a (10) must match the size of tensor b (8) at non-singleton dimension 2",
}

# %% silent
flat = ChannelNorm(1)(torch.randn(4, 1, 10))
lazy = nn.LazyBatchNorm1d()
lazy(torch.randn(4, 10, 3))  # N, L, C
stats_kept = nn.BatchNorm1d(3, track_running_stats=False)
stats_kept.eval()
batch = torch.randn(4, 3, 10)
untracked = (stats_kept(batch)[:1] - stats_kept(batch[:1])).abs().max()
spoilt = nn.BatchNorm1d(3)
bad = batch.clone()
bad[0, 0, 0] = torch.nan
spoilt(bad)
nan_stays = spoilt.eval()(batch)[:, 0].isnan().all()


# %% test
def positions_read(net, C, L=16, at=8):
    """Positions that output `at` of net depends on."""
    net = deepcopy(net).eval()
    seen = reads(net, 2, C, L, (0, 0, at))
    return seen[0].any(0).nonzero().flatten().tolist()


causal = nn.Sequential(nn.ConstantPad1d((2, 0), 0), nn.Conv1d(4, 4, 3))
with_layer = positions_read(nn.Sequential(causal, ChannelNorm(4)), 4)
with_group = positions_read(nn.Sequential(causal, nn.GroupNorm(1, 4)), 4)

# %% ex_keras
norm = nn.BatchNorm1d(8, eps=1e-3, momentum=0.01)
