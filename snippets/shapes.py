# %% layer
import torch
from torch import nn

torch.manual_seed(0)
layer = nn.Conv1d(3, 2, kernel_size=4)
# nothing is trained here
layer.requires_grad_(False)
x = torch.rand(5, 3, 10)  # (N, C, L)
y = layer(x)
print(y.shape)

# %% sources
tokens = torch.arange(50).view(5, 10)
embedded = nn.Embedding(100, 3)(tokens)
gru = nn.GRU(8, 3, batch_first=True)
states, _ = gru(torch.rand(5, 10, 8))
gru = nn.GRU(8, 3)
time_first, _ = gru(torch.rand(10, 5, 8))
# one row for each moment
table = torch.rand(10, 3)
# five signals, one channel
mono = torch.rand(5, 10)
# one signal, one channel
signal = torch.rand(10)

# %% to_ncl
from_embed = embedded.permute(0, 2, 1)
from_gru = states.permute(0, 2, 1)
from_time = time_first.permute(1, 2, 0)
from_table = table.T[None]
from_mono = mono[:, None]
from_signal = signal[None, None]

# %% check_ncl
for batch in [
    from_embed, from_gru, from_time,
]:
    assert batch.shape == (5, 3, 10)
    layer(batch)
out = layer(from_table)
assert out.shape == (1, 2, 7)
one_channel = nn.Conv1d(1, 2, 4)
out = one_channel(from_mono)
assert out.shape == (5, 2, 7)
out = one_channel(from_signal)
assert out.shape == (1, 2, 7)

# %% words
words = torch.tensor([[[11, 12],
                       [21, 22],
                       [31, 32],
                       [41, 42]]])
print(words.shape)

# %% permute
permuted = words.permute(0, 2, 1)
print(permuted)

# %% view
viewed = words.view(1, 2, 4)
print(viewed)

# %% drawn
import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 3, figsize=(4.4, 1.9), width_ratios=[2, 4, 4])
tables = {"words": words, "permuted": permuted, "viewed": viewed}
for ax, (name, numbers) in zip(axes, tables.items(), strict=True):
    for i, numbers_of_row in enumerate(numbers[0].tolist()):
        for j, number in enumerate(numbers_of_row):
            color = f"C{number % 10 - 1}"
            box = plt.Rectangle((j - 0.45, -i - 0.4), 0.9, 0.8)
            box.set(facecolor=color, alpha=0.35)
            ax.add_patch(box)
            ax.text(j, -i, number, ha="center", va="center")
    ax.set_title(name)
    ax.set_xlim(-0.5, numbers.shape[2] - 0.5)
    ax.set_ylim(-3.5, 0.5)
    ax.axis("off")

# %% same_swap
for swapped in [
    words.permute(0, 2, 1),
    words.transpose(1, 2),
    words.movedim(-1, 1),
    words.mT,
]:
    assert torch.equal(swapped, permuted)

# %% not_a_swap
for cut_anew in [
    words.reshape(1, 2, 4),
    words.view(1, -1, 4),
]:
    assert torch.equal(cut_anew, viewed)
assert not torch.equal(viewed, permuted)

# %% strides
print(words.stride())
print(permuted.stride())

# %% copy
copied = permuted.contiguous()
print(copied.stride())

# %% any_layout
from torch.testing import assert_close

nlc = torch.rand(5, 10, 3)
lazy = nlc.permute(0, 2, 1)
ordered = lazy.contiguous()
assert_close(layer(lazy), layer(ordered))

# %% channels_last tags=["raises-exception"]
x.to(memory_format=torch.channels_last)

# %% layer_channels_last
before = layer.weight.stride()
layer.to(memory_format=torch.channels_last)
after = layer.weight.stride()
print(before, after)


# %% nlc_layer
class Conv1dNLC(nn.Conv1d):
    """Conv1d for (N, L, C)."""

    def forward(self, x):
        x = x.transpose(-1, -2)
        y = super().forward(x)
        return y.transpose(-1, -2)


# %% nlc_check
last = Conv1dNLC(3, 2, kernel_size=4)
last.load_state_dict(layer.state_dict())
last.requires_grad_(False)
print(last(nlc).shape)
wanted = layer(lazy).permute(0, 2, 1)
assert_close(last(nlc), wanted)
# without a batch axis as well
assert_close(last(nlc[0]), wanted[0])

# %% channels_last_error tags=["raises-exception"]
layer(nlc)

# %% unbatched_error tags=["raises-exception"]
nn.Conv1d(1, 2, 4)(torch.rand(3, 100))

# %% four_axes tags=["raises-exception"]
layer(torch.rand(5, 1, 3, 10))

# %% one_axis tags=["raises-exception"]
layer(signal)

# %% pair_constructs
pair = nn.Conv1d(
    3, 2, kernel_size=(1, 1)
)
print(pair)
print(pair.weight.shape)

# %% pair_fails tags=["raises-exception"]
pair(x)

# %% pair_image tags=["raises-exception"]
pair(torch.rand(5, 3, 10, 10))

# %% pair_cure
as_image = nn.Conv2d(
    3, 2, kernel_size=(1, 1)
)
image = torch.rand(5, 3, 10, 10)
print(as_image(image).shape)

# %% two_axes tags=["raises-exception"]
table.permute(0, 2, 1)

# %% view_after_permute tags=["raises-exception"]
lazy.view(5, 30)

# %% unbatched
# meant: three signals
hundred = torch.rand(3, 100)
sum_of_three = layer(hundred)
print(sum_of_three.shape)

# %% unbatched_meaning
# what the layer saw
channels = hundred[None]
seen = layer(channels)[0]
assert_close(sum_of_three, seen)
# three samples of one channel
meant = hundred[:, None]
print(one_channel(meant).shape)


# %% squeeze
# (N, 3, 10) in, (N, 2, 7) meant
def forward(batch):
    return layer(batch.squeeze())


for N in [2, 1]:
    batch = torch.rand(N, 3, 10)
    print(forward(batch).shape)

# %% square
conv = nn.Conv1d(6, 4, kernel_size=3)
conv.requires_grad_(False)
# (N, L, C), and L == C
square = torch.rand(2, 6, 6)
wrong = conv(square)
right = conv(square.permute(0, 2, 1))
print(wrong.shape)
print(right.shape)

# %% time_first
# (L, N, C), all sizes differ
print(time_first.shape)
wrong_axis = time_first.permute(0, 2, 1)
print(layer(wrong_axis).shape)

# %% time_first_reads
traced = time_first.detach()
traced.requires_grad_()
seen = layer(traced.permute(0, 2, 1))
seen[0, 0, 0].backward()
read = traced.grad.abs().sum(dim=2) > 0
for moment, sample in read.nonzero():
    print(f"moment {moment}, sample {sample}")

# %% test_sizes
# N, C_in, L, C_out, K
sizes = [5, 3, 10, 2, 4]
assert len(set(sizes)) == len(sizes)
assert y.shape == (5, 2, 10 - 4 + 1)


# %% shift
def follows_shift(model, batch):
    """Whether a batch (N, L, C) moved by
    one place moves the output by one."""
    moved = batch.roll(1, dims=1)
    a = model(batch)[:, :, :-1]
    b = model(moved)[:, :, 1:]
    return torch.allclose(a, b, atol=1e-5)


# %% test_shift
def by_permute(batch):
    return conv(batch.permute(0, 2, 1))


def by_view(batch):
    return conv(batch.view(2, 6, 6))


assert follows_shift(by_permute, square)
assert not follows_shift(conv, square)
assert not follows_shift(by_view, square)

# %% test_alone
changed = x.clone()
changed[0] = torch.randn(3, 10)
assert_close(layer(changed)[1:], y[1:])


# %% guard
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 2, 4)

    def forward(self, x):
        got = tuple(x.shape)
        if len(got) != 3:
            raise ValueError(
                f"(N, L, C), not {got}"
            )
        x = x.permute(0, 2, 1)
        return self.conv(x)


# %% guard_fails tags=["raises-exception"]
Model()(hundred)

# %% ex_frames
# (L, N, C)
frames = torch.rand(20, 4, 3)
fed = layer(frames.permute(1, 2, 0))

# %% ex_norm
features = torch.rand(5, 2, 7)
norm = nn.LayerNorm(2)
z = features.permute(0, 2, 1)
z = norm(z).permute(0, 2, 1)

# %% ex_norm_fails tags=["raises-exception"]
norm(features)

# %% ex_where
at = (viewed[0] == 32).nonzero()
place = at[0].tolist()
at = (permuted[0] == 32).nonzero()
right_place = at[0].tolist()

# %% ex_flatten
flat = permuted.reshape(1, -1)
print(flat)

# %% back
behind = nn.Conv1d(3, 2, 4)(from_embed)
lstm = nn.LSTM(
    2, 8, batch_first=True
)
steps, _ = lstm(behind.permute(0, 2, 1))
print(behind.shape, steps.shape)
average = behind.mean(dim=2)
print(average.shape)

# %% tabular
torch.manual_seed(0)
rows = torch.rand(5, 27)[:, None]
conv = nn.Conv1d(1, 4, 3)
order = torch.randperm(27)
as_is = conv(rows).amax(dim=2)
sorted_otherwise = conv(
    rows[:, :, order]
).amax(dim=2)
linear = nn.Linear(27, 4)
each = rows[:, 0]
resorted = nn.Linear(27, 4)
with torch.no_grad():
    expected = linear(each)
    resorted.bias[:] = linear.bias
    w = linear.weight[:, order]
    resorted.weight[:] = w
    alike = resorted(each[:, order])

# %% lazy
nlc = torch.rand(5, 10, 3)  # (N, L, C)
lazy = nn.LazyConv1d(2, kernel_size=3)
print(lazy(nlc).shape)
print(lazy)

# %% lazy_next tags=["raises-exception"]
lazy(torch.rand(5, 12, 3))

# %% lazy_unbatched
lazy = nn.LazyConv1d(2, kernel_size=3)
print(lazy(torch.rand(5, 100)).shape)
print(lazy.in_channels)

# %% lazy_cure
C = nlc.shape[2]  # the axis is named here
lazy = nn.LazyConv1d(2, kernel_size=3)
print(lazy(nlc.permute(0, 2, 1)).shape)
if lazy.in_channels != C:
    raise ValueError(
        f"{lazy.in_channels} channels, not {C}"
    )
longer = torch.rand(5, 12, 3)
print(lazy(longer.permute(0, 2, 1)).shape)
