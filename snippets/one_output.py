# %% layer
import torch
from torch import nn

torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
# nothing is trained here
layer.requires_grad_(False)
x = torch.rand(1, 3, 10)
y = layer(x)

# %% window
o, t = 0, 0
window = x[0, :, t : t + 4]
print(window)

# %% kernel
kernel = layer.weight[o]
print(kernel)

# %% products
products = kernel * window

# %% channel_sums
channel_sums = products.sum(dim=1)
print(channel_sums)

# %% bias
bias = layer.bias[o]
by_hand = channel_sums.sum() + bias
print(f"{by_hand:.4f}")

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 2.3))
centre = {"ha": "center", "va": "center"}
right = {"ha": "right", "va": "center"}


def minus(number):
    return f"{number:.4f}".replace("-", "−")


for c in range(3):
    ax.text(-0.9, -c, f"c={c}", **right)
    for at in range(10):
        inside = at < 4
        box = plt.Rectangle(
            (at - 0.45, -c - 0.4),
            0.9,
            0.8,
            facecolor="C1" if inside else "C0",
            alpha=0.5 if inside else 0.2,
        )
        ax.add_patch(box)
        if inside:
            ax.text(at, -c, "·w", **centre)
    ax.text(13.4, -c, minus(channel_sums[c]), **right)
for k in range(4):
    ax.text(k, 0.85, k, color="C7", **centre)
ax.text(9.4, -3, "+ b[0]", **right)
ax.text(13.4, -3, minus(bias), **right)
ax.plot([9.6, 13.4], [-3.5, -3.5], "C7", lw=1)
ax.text(9.4, -4.1, "= y[0, 0, 0]", **right)
ax.text(13.4, -4.1, minus(by_hand), weight="bold", **right)
ax.text(9.9, 0.85, "Σ", color="C7", **centre)
ax.set_xlim(-2.4, 13.6)
ax.set_ylim(-4.7, 1.3)
off = ax.axis("off")

# %% check_one
from torch.testing import assert_close

assert_close(by_hand, y[0, o, t])

# %% running_sum
steps = torch.cat([products.flatten(), bias[None]])
ends = steps.cumsum(0)
starts = ends - steps
fig, ax = plt.subplots(figsize=(4.1, 2.5))
for c, label in enumerate(["c = 0", "c = 1", "c = 2", "b[0]"]):
    i = slice(4 * c, 4 * c + 4)
    ax.bar(range(13)[i], steps[i], bottom=starts[i], label=label)
ax.plot(range(13), ends, "o-", color="C7", markersize=4)
ax.axhline(ends[-1], color="C3", linestyle="--", linewidth=1)
ax.set_ylim(-0.1, 0.3)
ax.set_xticks(range(13), [*"012301230123", "b"])
ax.set_xlabel("k")
legend = ax.legend(
    loc="lower right", ncols=2, fontsize=10
)

# %% all_outputs
w = layer.weight.tolist()
b = layer.bias.tolist()
C_out, C_in, K = layer.weight.shape
L_out = x.shape[2] - K + 1
signal = x[0].tolist()
y_hand = []
for o in range(C_out):
    row = []
    for t in range(L_out):
        total = b[o]
        for c in range(C_in):
            for k in range(K):
                v = signal[c][t + k]
                total += w[o][c][k] * v
        row.append(total)
    y_hand.append(row)

# %% check_all
y_hand = torch.tensor(y_hand)
assert_close(y_hand, y[0])
print(y_hand)

# %% wrong_channels tags=["raises-exception"]
layer(torch.rand(1, 4, 10))

# %% words_last tags=["raises-exception"]
# (N, L, C)
words = x.permute(0, 2, 1).contiguous()
layer(words)

# %% one_axis tags=["raises-exception"]
layer(x[0, 0])

# %% no_batch
print(layer(x[0]).shape)

# %% forgot_bias
from torch.nn import functional as F

no_bias = F.conv1d(x, layer.weight)
print((y - no_bias)[0])

# %% view_for_permute
wrong = words.view(1, 3, 10)
right = words.permute(0, 2, 1)
print(layer(wrong)[0, 0, :3])
print(layer(right)[0, 0, :3])

# %% square
square = nn.Conv1d(5, 2, kernel_size=4)
table = torch.rand(1, 5, 5)
print(square(table).shape)
swapped = table.permute(0, 2, 1)
print(square(swapped).shape)

# %% test_shape
assert y.shape == (1, C_out, L_out)
sizes = {*x.shape, C_out, K, L_out}
assert len(sizes) == 6

# %% test_bias
zeros = torch.zeros(1, 3, 10)
biases = layer.bias[:, None].expand(2, 7)
assert_close(layer(zeros)[0], biases)

# %% test_axes
for c in range(C_in):
    for t in range(words.shape[1]):
        number = words[0, t, c]
        assert right[0, c, t] == number
assert not torch.equal(wrong, right)

# %% impulse
impulse = torch.zeros(1, 3, 10)
impulse[0, 0, 5] = 1
spread = F.conv1d(impulse, layer.weight)
response = spread[0, 0]
print(response)
print(layer.weight[0, 0])

# %% test_impulse
backwards = kernel[0].flip(0)
assert_close(response[2:6], backwards)

# %% other_output
kernel_1 = layer.weight[1]
other = kernel_1 * x[0, :, 2:6]
other_sum = other.sum()
other_y = other_sum + layer.bias[1]
assert_close(other_y, y[0, 1, 2])

# %% counts
outputs = C_out * L_out
multiplications = outputs * C_in * K
parameters = layer.weight.numel()
parameters += layer.bias.numel()

# %% reach
moved = x.clone()
moved[0, 0, 3] += 1
change = (layer(moved) - y).abs()
changed = change > 1e-4
print(changed[0].int())

# %% long_kernel
long = nn.Conv1d(3, 2, 10)
print(long(x).shape)
