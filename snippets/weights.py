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
layer.weight.copy_(turned)
layer.bias.copy_(torch.from_numpy(bias))
print(layer.weight.shape)


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
def same_padding(L, K, s=1, d=1):
    """TensorFlow's zeros, left, right."""
    L_out = -(-L // s)  # rounded up
    span = d * (K - 1) + 1
    total = (L_out - 1) * s + span - L
    total = max(total, 0)
    return total // 2, total - total // 2


print(same_padding(10, 3, s=1))
print(same_padding(10, 3, s=2))

# %% same_stride
ramp = torch.arange(10.0)[None, None]
ones = torch.ones(1, 1, 3)
zeros = same_padding(10, 3, s=2)
padded = F.pad(ramp, zeros)
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
    left = f"{a} {sum(a):2}"
    print(left, " ", f"{b} {sum(b):2}")

# %% same_sweep
from itertools import product

agree = differ = surprises = 0
for L, K, s in product(
    range(5, 30), (1, 3, 5), (1, 2, 3)
):
    row = torch.randint(-9, 10, (1, 1, L))
    taps = torch.randint(1, 9, (1, 1, K))
    zeros = same_padding(L, K, s)
    there = F.conv1d(
        F.pad(row, zeros), taps, stride=s
    )
    half = K // 2
    here = F.conv1d(
        row, taps, stride=s, padding=half
    )
    assert there.shape == here.shape
    assert here.shape[2] == -(-L // s)
    equal = torch.equal(there, here)
    agree += equal
    differ += not equal
    expected = zeros[0] == half
    surprises += equal != expected

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

# %% weight_norm
from torch.nn.utils import (
    parametrizations,
    parametrize,
)

normed = parametrizations.weight_norm(
    nn.Conv1d(3, 2, 4)
)
for name, v in normed.state_dict().items():
    print(name, tuple(v.shape))

# %% weight_norm_set
with torch.no_grad():
    kept = normed.weight.clone()
    normed.weight.fill_(0.5)  # lost
    lost = normed.weight.equal(kept)
    half = torch.full((2, 3, 4), 0.5)
    normed.weight = half  # kept

# %% weight_norm_remove
parametrize.remove_parametrizations(
    normed, "weight"
)
print(list(normed.state_dict()))
