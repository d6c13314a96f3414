# %% keras_side
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
# nothing is trained here
torch.set_grad_enabled(False)
rng = np.random.default_rng(0)
normal = rng.standard_normal
kernel = normal((4, 3, 2), np.float32)
bias = normal(2, np.float32)  # (C_out,)
x = normal((1, 10, 3), np.float32)


# %% keras_rule
def keras_conv(x, kernel, bias):
    # x: (N, L, C_in)
    K = kernel.shape[0]
    rows = []
    for t in range(x.shape[1] - K + 1):
        window = x[:, t : t + K]
        rows.append(np.einsum(
            "nkc,kco->no", window, kernel
        ))
    # (N, L_out, C_out)
    return np.stack(rows, axis=1) + bias


wanted = keras_conv(x, kernel, bias)
print(wanted.shape)

# %% load
layer = nn.Conv1d(3, 2, kernel_size=4)
keras = torch.from_numpy(kernel)
turned = keras.permute(2, 1, 0)
with torch.no_grad():
    layer.weight.copy_(turned)
    layer.bias.copy_(torch.from_numpy(bias))
print(layer.weight.shape)


# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))
rows = [
    ("Keras", kernel.shape, ["$K$", "$C_{in}$", "$C_{out}$"]),
    ("PyTorch", layer.weight.shape, ["$C_{out}$", "$C_{in}$", "$K$"]),
]
style = {"ha": "center", "va": "center"}
for row, (name, shape, signs) in enumerate(rows):
    y = -2 * row
    ax.text(-0.75, y, name, ha="right", va="center")
    for axis, (size, sign) in enumerate(zip(shape, signs)):
        colour = f"C{axis if row else 2 - axis}"
        box = plt.Rectangle(
            (axis - 0.46, y - 0.6), 0.92, 1.2, alpha=0.3, facecolor=colour
        )
        ax.add_patch(box)
        ax.text(axis, y + 0.25, sign, **style)
        ax.text(axis, y - 0.3, size, **style)
for axis in range(3):
    ax.plot([axis, 2 - axis], [-0.65, -1.35], f"C{2 - axis}", lw=1.5)
ax.set_xlim(-2.2, 2.6)
ax.set_ylim(-2.7, 0.7)
off = ax.axis("off")


# %% check
def both_ways(layer, x):
    """(N, L, C) in, (N, L, C) out."""
    x = torch.from_numpy(x)
    y = layer(x.permute(0, 2, 1))
    return y.permute(0, 2, 1).numpy()


close = {"rtol": 1e-4, "atol": 1e-5}
got = both_ways(layer, x)
np.testing.assert_allclose(
    got, wanted, **close
)

# %% element
assert layer.weight[1, 2, 3] == kernel[3, 2, 1]
# the line at the top of the page, where gradients are on
with torch.enable_grad():
    loaded = nn.Conv1d(3, 2, 4)
    loaded.weight.data.copy_(torch.from_numpy(kernel).permute(2, 1, 0))
assert loaded.weight.equal(layer.weight)
assert loaded.weight.requires_grad

# %% back
there = layer.weight.permute(2, 1, 0)
there = there.contiguous().numpy()
assert np.array_equal(there, kernel)
print(there.shape)

# %% grouped
grouped = nn.Conv1d(6, 4, 3, groups=2)
w = grouped.weight.permute(2, 1, 0)
print(grouped.weight.shape)
print(w.shape)

# %% grouped_check
z = normal((1, 8, 6), np.float32)
w = w.numpy()  # (K, C_in/g, C_out)
half = [
    keras_conv(
        z[..., 3 * i : 3 * i + 3],
        w[..., 2 * i : 2 * i + 2],
        bias=0,
    )
    for i in range(2)
]
by_groups = np.concatenate(half, axis=2)
by_groups += grouped.bias.numpy()
direct = both_ways(grouped, z)
np.testing.assert_allclose(
    direct, by_groups, **close
)

# %% depthwise
# taps, channels, outputs of each channel
table = normal((5, 3, 2), np.float32)
K, C, M = table.shape
depth = nn.Conv1d(
    C, C * M, K, groups=C, bias=False
)
weight = torch.from_numpy(table)
weight = weight.permute(1, 2, 0)
weight = weight.reshape(C * M, 1, K)
depth.weight.copy_(weight)
line = normal((1, 9, C), np.float32)
loop = np.zeros((1, 9 - K + 1, C * M))
for c in range(C):
    for m in range(M):
        row = np.correlate(
            line[0, :, c], table[:, c, m]
        )
        loop[0, :, c * M + m] = row
out = both_ways(depth, line)
np.testing.assert_allclose(
    out, loop, **close
)

# %% transposed
up = nn.ConvTranspose1d(3, 2, 4)
print(up.weight.shape)
print(up.weight.permute(2, 1, 0).shape)

# %% transposed_check
spread = np.zeros((1, 13, 2), np.float32)
# (K, C_out, C_in)
ours = up.weight.permute(2, 1, 0).numpy()
for t in range(10):
    spread[:, t : t + 4] += np.einsum(
        "nc,koc->nko", x[:, t], ours
    )
spread += up.bias.numpy()
through = both_ways(up, x)
np.testing.assert_allclose(
    through, spread, **close
)

# %% same_rule
L, K, s, d = 10, 3, 2, 1
L_out = -(-L // s)  # rounded up
total = (L_out - 1) * s + d * (K - 1) + 1
zeros = max(total - L, 0)
left, right = zeros // 2, zeros - zeros // 2
print(left, right)

# %% same_stride
ramp = torch.arange(10.0)[None, None]
ones = torch.ones(1, 1, 3)
padded = F.pad(ramp, (left, right))
tensorflow = F.conv1d(
    padded, ones, stride=2
)
pytorch = F.conv1d(
    ramp, ones, stride=2, padding=1
)
print(tensorflow[0, 0].int().tolist())
print(pytorch[0, 0].int().tolist())


# %% same_windows
def windows(row):
    row = row[0, 0].int()
    return row.unfold(0, 3, 2).tolist()


pairs = padded, F.pad(ramp, (1, 1))
for a, b in zip(*map(windows, pairs)):
    this = f"{a} {sum(a):2}"
    print(this, " ", f"{b} {sum(b):2}")


# %% same_sweep
from itertools import product


def same_zeros(L, K, s):
    total = (-(-L // s) - 1) * s + K - L
    total = max(total, 0)
    return total // 2, total - total // 2


equal, half_left, shapes_agree = [], [], []
for L, K, s in product(
    range(5, 30), (1, 3, 5), (1, 2, 3)
):
    row = torch.randint(-9, 10, (1, 1, L))
    taps = torch.randint(1, 9, (1, 1, K))
    ends = same_zeros(L, K, s)
    there = F.conv1d(
        F.pad(row, ends), taps, stride=s
    )
    here = F.conv1d(
        row, taps, stride=s, padding=K // 2
    )
    shapes_agree.append(
        there.shape == here.shape
    )
    equal.append(torch.equal(there, here))
    half_left.append(ends[0] == K // 2)

# %% same_up
taps = torch.tensor([[[1.0, 10, 100]]])
short = torch.tensor([[[1.0, 2, 3]]])
every = F.conv_transpose1d(
    short, taps, stride=2
)
# Keras: L * s outputs, of K - s too many
# half, rounded down, off the left
off = max(3 - 2, 0) // 2
keras_up = every[..., off : off + 3 * 2]
usual = F.conv_transpose1d(
    short, taps, stride=2,
    padding=1, output_padding=1,
)
for row in every, keras_up, usual:
    print(row[0, 0].int().tolist())

# %% names
model = nn.Sequential(
    nn.Conv1d(3, 5, 4),
    nn.ReLU(),
    nn.Conv1d(5, 2, 3),
)
weights = model.state_dict()
for name, value in weights.items():
    shape = tuple(value.shape)
    print(f"{name:10}", shape)

# %% state
shapes = {
    "conv_a/kernel": (4, 3, 5),
    "conv_a/bias": (5,),
    "conv_b/kernel": (3, 5, 2),
    "conv_b/bias": (2,),
}
theirs = {}
for name, shape in shapes.items():
    array = normal(shape, np.float32)
    theirs[name] = array
layers = {"conv_a": "0", "conv_b": "2"}
state = {}
for name, array in theirs.items():
    place, kind = name.split("/")
    value = torch.from_numpy(array)
    if kind == "kernel":
        kind = "weight"
        value = value.permute(2, 1, 0)
    ours = f"{layers[place]}.{kind}"
    state[ours] = value
print(model.load_state_dict(state))

# %% state_check
a, a_bias, b, b_bias = theirs.values()
h = keras_conv(x, a, a_bias)
h = np.maximum(h, 0)
h = keras_conv(h, b, b_bias)
network = both_ways(model, x)
np.testing.assert_allclose(
    network, h, rtol=1e-4, atol=1e-4
)

# %% batch_norm
channels = 2
gamma, beta, mean = normal((3, channels))
variance = normal(channels) ** 2 * 1e-3
data = normal((1, 8, channels))
keras_norm = (
    gamma * (data - mean)
    / np.sqrt(variance + 1e-3) + beta
)


norm = nn.BatchNorm1d(
    channels, eps=1e-3, momentum=1 - 0.99,
    dtype=torch.float64,
).eval()
tensors = (
    norm.weight, norm.bias,
    norm.running_mean, norm.running_var,
)
arrays = gamma, beta, mean, variance
for tensor, array in zip(tensors, arrays):
    tensor.copy_(torch.from_numpy(array))
loaded_norm = both_ways(norm, data)
norm.eps = 1e-5  # PyTorch's own
own_eps = both_ways(norm, data)
norm.eps = 1e-3
norm_gap = np.abs(loaded_norm - keras_norm).max()
eps_gap = np.abs(own_eps - keras_norm).max()

# %% momentum
batch = torch.full((4, 1, 5), 100.0)
moved = {}
for momentum in 0.01, 0.99:
    fresh = nn.BatchNorm1d(1, momentum=momentum)
    fresh(batch)
    mean_now = fresh.running_mean.item()
    moved[momentum] = round(mean_now, 2)
print(moved)

# %% flatten
# here: (N, C, L)
conv_out = torch.randn(1, 5, 7)
# trained on (N, L, C), flattened
dense = nn.Linear(35, 4)
turned = conv_out.permute(0, 2, 1)
asked = dense(turned.flatten(1))
plain = dense(conv_out.flatten(1))

# %% flatten_weight
moved = dense.weight.view(4, 7, 5)
moved = moved.permute(0, 2, 1)
cured = F.linear(
    conv_out.flatten(1),
    moved.flatten(1), dense.bias,
)
torch.testing.assert_close(cured, asked)

# %% not_permuted tags=["raises-exception"]
layer.weight.copy_(keras)

# %% bad_state tags=["raises-exception"]
first = state["0.weight"]
misnamed = {"conv_a.weight": first}
model.load_state_dict(misnamed)

# %% bad_shape tags=["raises-exception"]
raw = theirs["conv_a/kernel"]
raw = {"0.weight": torch.from_numpy(raw)}
model.load_state_dict(state | raw)

# %% same_refused tags=["raises-exception"]
nn.Conv1d(
    1, 1, 3, stride=2, padding="same"
)

# %% float64 tags=["raises-exception"]
array = normal((2, 3, 4))
double = torch.from_numpy(array)
loaded = nn.Conv1d(3, 2, kernel_size=4)
loaded.weight = nn.Parameter(double)
loaded(torch.randn(1, 3, 10))

# %% square
cube = normal((3, 3, 3), np.float32)
square = nn.Conv1d(3, 3, 3, bias=False)
keras_cube = torch.from_numpy(cube)
# no permute, no error
square.weight.copy_(keras_cube)
wrong = both_ways(square, x)
right = keras_conv(x, cube, 0)
off = np.abs(wrong - right).max()

# %% reshape
reshaped = keras.reshape(2, 3, 4)
print(reshaped.shape)
print(reshaped.equal(layer.weight))

# %% stretched
stretched = nn.Conv1d(3, 2, 4)
tiny = normal((1, 1, 2), np.float32)
tiny = torch.from_numpy(tiny)
# (2, 1, 1) into (2, 3, 4): no error
stretched.weight.copy_(tiny.permute(2, 1, 0))

# %% half
big = torch.full((2, 3, 4), 1e5)
small = nn.Conv1d(3, 2, 4).half()
small.weight.copy_(big)
print(small.weight[0, 0])

# %% half_refused tags=["raises-exception"]
half = nn.Conv1d(3, 2, 4).half()
half(torch.randn(1, 3, 10))

# %% half_cure
inputs = torch.randn(1, 3, 10)
same_type = half(inputs.to(half.weight.dtype))
print(same_type.dtype)

# %% flipped
flipped = nn.Conv1d(3, 2, kernel_size=4)
backwards = layer.weight.flip(2)
flipped.weight.copy_(backwards)
flipped.bias.copy_(layer.bias)
gap = both_ways(flipped, x) - wanted
flip_gap = np.abs(gap).max()

# %% strict
result = model.load_state_dict(
    misnamed, strict=False
)
print(len(result.missing_keys))
print(result.unexpected_keys)

# %% test_asymmetric
probe = torch.zeros(1, 3, 10)
# channel 2, position 5
probe[0, 2, 5] = 1
answer = F.conv1d(probe, layer.weight)
answer = answer[0].T.numpy()
for t in range(7):
    k = 5 - t
    expected = np.zeros(2)
    if 0 <= k < 4:
        expected = kernel[k, 2]
    np.testing.assert_allclose(
        answer[t], expected, atol=1e-6
    )

# %% weight_norm_saved
import warnings

from torch.nn.utils import (
    parametrizations,
    remove_weight_norm,
    weight_norm,
)

warnings.simplefilter("ignore", FutureWarning)


def network_of(wrap):
    return nn.Sequential(
        wrap(nn.Conv1d(3, 5, 4, stride=2)),
        nn.ReLU(),
        wrap(nn.Conv1d(5, 2, 3)),
    )


old_net = network_of(weight_norm)
saved = old_net.state_dict()
model = network_of(parametrizations.weight_norm)

# %% weight_norm_whole
from torch.nn.utils import parametrize as p

model.load_state_dict(saved)
for m in model.modules():
    if p.is_parametrized(m, "weight"):
        p.remove_parametrizations(m, "weight")

# %% weight_norm_whole_check
plain_net = network_of(lambda layer: layer)
plain_net.load_state_dict(model.state_dict())
signals = torch.randn(2, 3, 31)
plain_gap = (
    plain_net(signals) - old_net(signals)
).abs().max()

# %% weight_norm_from_plain
plain = nn.Conv1d(3, 2, 4).state_dict()

# old: unwrap, load, wrap again
into_old = weight_norm(nn.Conv1d(3, 2, 4))
remove_weight_norm(into_old)
into_old.load_state_dict(plain)
weight_norm(into_old)

# new: assign a tensor, no Parameter
into_new = parametrizations.weight_norm(
    nn.Conv1d(3, 2, 4)
)
into_new.bias.data.copy_(plain["bias"])
into_new.weight = plain["weight"]

# %% weight_norm_from_plain_check
expected = F.conv1d(
    signals, plain["weight"], plain["bias"]
)
from_plain_gaps = [
    (each(signals) - expected).abs().max()
    for each in (into_old, into_new)
]
assert "weight_g" in into_old.state_dict()

# %% weight_norm
normed = parametrizations.weight_norm(
    nn.Conv1d(3, 2, 4)
)
for name, v in normed.state_dict().items():
    print(name, tuple(v.shape))


# %% weight_norm_reads
def made(kind):
    layer = nn.Conv1d(3, 2, 4)
    if kind == "old":
        return weight_norm(layer)
    if kind == "new":
        return parametrizations.weight_norm(layer)
    return layer


kinds = "plain", "old", "new"
reads = {}
for into in kinds:
    for saved in kinds:
        state = made(saved).state_dict()
        try:
            made(into).load_state_dict(state)
            reads[into, saved] = "yes"
        except RuntimeError:
            reads[into, saved] = "no"
print("reads    " + "  ".join(kinds))
for into in kinds:
    row = [reads[into, each] for each in kinds]
    print(f"{into:8} {row[0]:7}{row[1]:5}{row[2]}")

# %% weight_norm_old tags=["raises-exception"]
saved = made("new").state_dict()
made("old").load_state_dict(saved)

# %% weight_norm_rename
before = "parametrizations.weight.original"
renamed = {
    name.replace(before + "0", "weight_g")
    .replace(before + "1", "weight_v"): value
    for name, value in saved.items()
}
older = made("old")
print(older.load_state_dict(renamed))

# %% weight_norm_set
with torch.no_grad():
    kept = normed.weight.clone()
    normed.weight.fill_(0.5)  # lost
    lost = normed.weight.equal(kept)
    half = torch.full((2, 3, 4), 0.5)
    normed.weight = half  # kept

# %% weight_norm_remove
from torch.nn.utils import parametrize

parametrize.remove_parametrizations(
    normed, "weight"
)
print(list(normed.state_dict()))

# %% gpt2
# of GPT-2: (in, out), no taps
gpt2_weight, gpt2_bias = (
    torch.randn(6, 4), torch.randn(4)
)
tokens = torch.randn(2, 5, 6)  # (N, L, C)
theirs_gpt2 = tokens @ gpt2_weight + gpt2_bias
linear = nn.Linear(6, 4)
linear.weight.copy_(gpt2_weight.T)
linear.bias.copy_(gpt2_bias)
pointwise = nn.Conv1d(6, 4, kernel_size=1)
pointwise.weight.copy_(gpt2_weight.T[:, :, None])
pointwise.bias.copy_(gpt2_bias)
by_conv = pointwise(tokens.mT).mT
