# %% keras_side
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_grad_enabled(False)  # nothing is trained here
rng = np.random.default_rng(0)
kernel = rng.standard_normal((4, 3, 2), dtype=np.float32)
bias = rng.standard_normal(2, dtype=np.float32)  # (C_out,)
x = rng.standard_normal((1, 10, 3), dtype=np.float32)  # (N, L, C)


# %% keras_rule
def keras_conv(x, kernel, bias):
    """(N, L, C_in) and (K, C_in, C_out) to (N, L_out, C_out)."""
    K = kernel.shape[0]
    rows = []
    for t in range(x.shape[1] - K + 1):
        window = x[:, t : t + K]  # (N, K, C_in)
        rows.append(np.einsum("nkc,kco->no", window, kernel))
    return np.stack(rows, axis=1) + bias


wanted = keras_conv(x, kernel, bias)
print(wanted.shape)

# %% load
layer = nn.Conv1d(3, 2, kernel_size=4)
layer.weight.copy_(torch.from_numpy(kernel).permute(2, 1, 0))
layer.bias.copy_(torch.from_numpy(bias))
print(layer.weight.shape)


# %% check
def both_ways(layer, x):
    """(N, L, C) in, through a PyTorch layer, (N, L, C) out."""
    y = layer(torch.from_numpy(x).permute(0, 2, 1))
    return y.permute(0, 2, 1).numpy()


close = {"rtol": 1e-4, "atol": 1e-5}
got = both_ways(layer, x)
np.testing.assert_allclose(got, wanted, **close)

# %% element
assert layer.weight[1, 2, 3] == kernel[3, 2, 1]

# %% back
there = layer.weight.permute(2, 1, 0).contiguous().numpy()
assert np.array_equal(there, kernel)
print(there.shape)

# %% grouped
grouped = nn.Conv1d(6, 4, kernel_size=3, groups=2)
print(grouped.weight.shape)
print(grouped.weight.permute(2, 1, 0).shape)

# %% grouped_check
z = rng.standard_normal((1, 8, 6), dtype=np.float32)
w = grouped.weight.permute(2, 1, 0).numpy()  # (K, C_in/g, C_out)
b = grouped.bias.numpy()
half = [
    keras_conv(z[..., 0:3], w[..., 0:2], 0),
    keras_conv(z[..., 3:6], w[..., 2:4], 0),
]
by_groups = np.concatenate(half, axis=2) + b
direct = both_ways(grouped, z)
np.testing.assert_allclose(direct, by_groups, **close)

# %% depthwise
table = rng.standard_normal((5, 3, 2), dtype=np.float32)
K, C, M = table.shape  # taps, channels, outputs for each channel
depth = nn.Conv1d(C, C * M, K, groups=C, bias=False)
weight = torch.from_numpy(table).permute(1, 2, 0)  # (C, M, K)
depth.weight.copy_(weight.reshape(C * M, 1, K))
line = rng.standard_normal((1, 9, C), dtype=np.float32)
loop = np.zeros((1, 9 - K + 1, C * M), np.float32)
for c in range(C):
    for m in range(M):
        row, taps = line[0, :, c], table[:, c, m]
        loop[0, :, c * M + m] = np.correlate(row, taps, "valid")
out = both_ways(depth, line)
np.testing.assert_allclose(out, loop, **close)

# %% transposed
up = nn.ConvTranspose1d(3, 2, kernel_size=4)
print(up.weight.shape)
print(up.weight.permute(2, 1, 0).shape)

# %% transposed_check
spread = np.zeros((1, 13, 2), np.float32)
ours = up.weight.permute(2, 1, 0).numpy()  # (K, C_out, C_in)
for t in range(10):
    spread[:, t : t + 4] += np.einsum("nc,koc->nko", x[:, t], ours)
spread += up.bias.numpy()
through = both_ways(up, x)
np.testing.assert_allclose(through, spread, **close)


# %% same_rule
def same_padding(L, K, s=1, d=1):
    """TensorFlow's rule: zeros on the left, on the right."""
    L_out = -(-L // s)  # L / s, rounded up
    total = max((L_out - 1) * s + d * (K - 1) + 1 - L, 0)
    return total // 2, total - total // 2


print(same_padding(10, 3, s=1), same_padding(10, 3, s=2))

# %% same_stride
ramp = torch.arange(10.0)[None, None]
ones = torch.ones(1, 1, 3)
padded = F.pad(ramp, same_padding(10, 3, s=2))
tensorflow = F.conv1d(padded, ones, stride=2)
pytorch = F.conv1d(ramp, ones, stride=2, padding=1)
print(tensorflow[0, 0].int().tolist())
print(pytorch[0, 0].int().tolist())

# %% same_windows
windows = padded[0, 0].int().unfold(0, 3, 2).tolist()
symmetric = F.pad(ramp, (1, 1))[0, 0].int().unfold(0, 3, 2)
for theirs, ours in zip(windows, symmetric.tolist()):
    print(f"{theirs} {sum(theirs):2}   {ours} {sum(ours):2}")

# %% same_sweep
agree = differ = surprises = 0
for L in range(5, 30):
    signal = torch.randint(-9, 10, (1, 1, L)).float()
    for K in (1, 3, 5):
        for s in (1, 2, 3):
            taps = torch.randint(1, 9, (1, 1, K)).float()
            padded = F.pad(signal, same_padding(L, K, s))
            there = F.conv1d(padded, taps, stride=s)
            here = F.conv1d(signal, taps, stride=s, padding=K // 2)
            assert there.shape == here.shape == (1, 1, -(-L // s))
            equal = torch.equal(there, here)
            agree, differ = agree + equal, differ + (not equal)
            left, _ = same_padding(L, K, s)
            surprises += equal != (left == K // 2)

# %% names
convs = nn.Conv1d(3, 5, 4), nn.Conv1d(5, 2, 3)
model = nn.Sequential(convs[0], nn.ReLU(), convs[1])
for name, value in model.state_dict().items():
    print(f"{name:10}", tuple(value.shape))

# %% state
shapes = {
    "conv_a/kernel": (4, 3, 5),
    "conv_a/bias": (5,),
    "conv_b/kernel": (3, 5, 2),
    "conv_b/bias": (2,),
}
theirs = {}
for name, shape in shapes.items():
    theirs[name] = rng.standard_normal(shape, dtype=np.float32)
layers = {"conv_a": "0", "conv_b": "2"}
state = {}
for name, array in theirs.items():
    layer_name, kind = name.split("/")
    value = torch.from_numpy(array)
    if kind == "kernel":
        value, kind = value.permute(2, 1, 0).contiguous(), "weight"
    state[f"{layers[layer_name]}.{kind}"] = value
print(model.load_state_dict(state))

# %% state_check
h = keras_conv(x, theirs["conv_a/kernel"], theirs["conv_a/bias"])
h = np.maximum(h, 0)
h = keras_conv(h, theirs["conv_b/kernel"], theirs["conv_b/bias"])
network = both_ways(model, x)
np.testing.assert_allclose(network, h, rtol=1e-4, atol=1e-4)

# %% flatten
conv_out = torch.randn(1, 5, 7)  # (N, C, L) here
dense = nn.Linear(35, 4)  # trained on (N, L, C), flattened
asked = dense(conv_out.permute(0, 2, 1).flatten(1))
plain = dense(conv_out.flatten(1))

# %% flatten_weight
moved = dense.weight.view(4, 7, 5).permute(0, 2, 1).flatten(1)
cured = F.linear(conv_out.flatten(1), moved, dense.bias)
torch.testing.assert_close(cured, asked)

# %% not_permuted tags=["raises-exception"]
layer.weight.copy_(torch.from_numpy(kernel))

# %% bad_state tags=["raises-exception"]
model.load_state_dict({"conv_a.weight": state["0.weight"]})

# %% bad_shape tags=["raises-exception"]
raw = torch.from_numpy(theirs["conv_a/kernel"])
model.load_state_dict(state | {"0.weight": raw})

# %% same_refused tags=["raises-exception"]
nn.Conv1d(1, 1, kernel_size=3, stride=2, padding="same")

# %% float64 tags=["raises-exception"]
loaded = nn.Conv1d(3, 2, kernel_size=4)
double = torch.randn(2, 3, 4, dtype=torch.float64)
loaded.weight = nn.Parameter(double)
loaded(torch.randn(1, 3, 10))

# %% square
cube = rng.standard_normal((3, 3, 3), dtype=np.float32)
square = nn.Conv1d(3, 3, kernel_size=3, bias=False)
square.weight.copy_(torch.from_numpy(cube))  # no permute, no error
off = np.abs(both_ways(square, x) - keras_conv(x, cube, 0)).max()

# %% reshape
reshaped = torch.from_numpy(kernel).reshape(2, 3, 4)
same_numbers = torch.equal(reshaped, layer.weight)
print(reshaped.shape, same_numbers)

# %% flipped
x_here = torch.from_numpy(x).permute(0, 2, 1)
flipped = F.conv1d(x_here, layer.weight.flip(2), layer.bias)
flip_gap = np.abs(flipped.permute(0, 2, 1).numpy() - wanted).max()

# %% strict
misnamed = {"conv_a.weight": state["0.weight"]}
result = model.load_state_dict(misnamed, strict=False)
print(len(result.missing_keys), result.unexpected_keys)

# %% test_asymmetric
probe = torch.zeros(1, 3, 10)
probe[0, 2, 5] = 1  # channel 2, position 5
answer = F.conv1d(probe, layer.weight)[0].T.numpy()
for t in range(7):
    k = 5 - t
    expected = kernel[k, 2] if 0 <= k < 4 else np.zeros(2)
    np.testing.assert_allclose(answer[t], expected, atol=1e-6)
