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
embedded = nn.Embedding(100, 3)(torch.arange(50).view(5, 10))
states, _ = nn.GRU(8, 3, batch_first=True)(torch.rand(5, 10, 8))
time_first, _ = nn.GRU(8, 3)(torch.rand(10, 5, 8))
table = torch.rand(10, 3)  # one row for each moment
mono = torch.rand(5, 10)  # five signals, one channel
signal = torch.rand(10)  # one signal, one channel

# %% to_ncl
from_embedding = embedded.permute(0, 2, 1)
from_gru = states.permute(0, 2, 1)
from_time_first = time_first.permute(1, 2, 0)
from_table = table.T[None]
from_mono = mono[:, None]
from_signal = signal[None, None]

# %% check_ncl
for ready in [from_embedding, from_gru, from_time_first]:
    assert ready.shape == (5, 3, 10)
    layer(ready)
assert layer(from_table).shape == (1, 2, 7)
one_channel = nn.Conv1d(1, 2, kernel_size=4)
assert one_channel(from_mono).shape == (5, 2, 7)
assert one_channel(from_signal).shape == (1, 2, 7)

# %% words
words = torch.tensor([[[11, 12], [21, 22], [31, 32], [41, 42]]])
print(words.shape)

# %% permute
permuted = words.permute(0, 2, 1)
print(permuted)

# %% view
viewed = words.view(1, 2, 4)
print(viewed)

# %% drawn
import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 3, figsize=(4.8, 1.9), width_ratios=[2, 4, 4])
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
assert torch.equal(words.permute(0, 2, 1), permuted)
assert torch.equal(words.transpose(1, 2), permuted)
assert torch.equal(words.movedim(-1, 1), permuted)
assert torch.equal(words.mT, permuted)

# %% not_a_swap
assert torch.equal(words.reshape(1, 2, 4), viewed)
assert torch.equal(words.view(1, -1, 4), viewed)
assert not torch.equal(viewed, permuted)

# %% strides
print(words.stride())
print(permuted.stride())

# %% copy
copied = permuted.contiguous()
print(copied.stride())

# %% any_layout
nlc = torch.rand(5, 10, 3)
lazy = nlc.permute(0, 2, 1)
torch.testing.assert_close(layer(lazy), layer(lazy.contiguous()))

# %% channels_last tags=["raises-exception"]
x.to(memory_format=torch.channels_last)

# %% layer_channels_last
before = layer.weight.stride()
layer.to(memory_format=torch.channels_last)
after = layer.weight.stride()
print(before, after)


# %% nlc_layer
class Conv1dNLC(nn.Conv1d):
    """Conv1d for (N, L, C): the same weights, other axes."""

    def forward(self, x):
        y = super().forward(x.transpose(1, 2))
        return y.transpose(1, 2)


# %% nlc_check
last = Conv1dNLC(3, 2, kernel_size=4)
last.load_state_dict(layer.state_dict())
last.requires_grad_(False)
print(last(nlc).shape)
expected = layer(nlc.permute(0, 2, 1)).permute(0, 2, 1)
torch.testing.assert_close(last(nlc), expected)

# %% channels_last_error tags=["raises-exception"]
layer(nlc)

# %% unbatched_error tags=["raises-exception"]
nn.Conv1d(1, 2, kernel_size=4)(torch.rand(3, 100))

# %% four_axes tags=["raises-exception"]
layer(torch.rand(5, 1, 3, 10))

# %% one_axis tags=["raises-exception"]
layer(signal)

# %% pair_constructs
pair = nn.Conv1d(3, 2, kernel_size=(1, 1))
print(pair)
print(pair.weight.shape)

# %% pair_fails tags=["raises-exception"]
pair(x)

# %% pair_image tags=["raises-exception"]
pair(torch.rand(5, 3, 10, 10))

# %% pair_cure
as_image = nn.Conv2d(3, 2, kernel_size=(1, 1))
print(as_image(torch.rand(5, 3, 10, 10)).shape)

# %% two_axes tags=["raises-exception"]
table.permute(0, 2, 1)

# %% view_after_permute tags=["raises-exception"]
lazy.view(5, 30)

# %% unbatched
hundred = torch.rand(3, 100)  # meant: three signals
sum_of_three = layer(hundred)
print(sum_of_three.shape)

# %% unbatched_meaning
channels = hundred[None]  # what the layer saw
torch.testing.assert_close(sum_of_three, layer(channels)[0])
meant = hundred[:, None]  # three samples of one channel
print(one_channel(meant).shape)


# %% squeeze
def forward(batch):  # (N, 3, 10) in, (N, 2, 7) meant
    return layer(batch.squeeze())


print(forward(torch.rand(2, 3, 10)).shape)
print(forward(torch.rand(1, 3, 10)).shape)

# %% square
conv = nn.Conv1d(6, 4, kernel_size=3)
conv.requires_grad_(False)
square = torch.rand(2, 6, 6)  # (N, L, C): L == C
wrong = conv(square)
right = conv(square.permute(0, 2, 1))
print(wrong.shape)
print(right.shape)

# %% square_values
print(wrong[0, 0])
print(right[0, 0])

# %% graphdta
as_written = nn.Conv1d(1000, 32, kernel_size=8)
swapped = nn.Conv1d(128, 32, kernel_size=8)
proteins = torch.rand(2, 1000, 128)  # (N, L, E)
turned = proteins.permute(0, 2, 1)
for conv8, batch in [(as_written, proteins), (swapped, turned)]:
    count = sum(p.numel() for p in conv8.parameters())
    print(count, conv8(batch).shape)

# %% test_sizes
sizes = [5, 3, 10, 2, 4]  # N, C_in, L, C_out, K
assert len(set(sizes)) == len(sizes)
assert layer(x).shape == (5, 2, 10 - 4 + 1)


# %% shift
def follows_a_shift(model, batch):
    """Whether moving an (N, L, C) batch by one place in time
    moves the output of the model by one place, too."""
    moved = batch.roll(1, dims=1)
    a, b = model(batch)[:, :, :-1], model(moved)[:, :, 1:]
    return torch.allclose(a, b, atol=1e-5)


# %% test_shift
assert follows_a_shift(lambda z: conv(z.permute(0, 2, 1)), square)
assert not follows_a_shift(conv, square)
assert not follows_a_shift(lambda z: conv(z.view(2, 6, 6)), square)

# %% test_alone
changed = x.clone()
changed[0] += 1  # another first sample
torch.testing.assert_close(layer(changed)[1:], layer(x)[1:])


# %% guard
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 2, kernel_size=4)

    def forward(self, x):
        if x.ndim != 3:
            raise ValueError(f"want (N, L, C), got {tuple(x.shape)}")
        return self.conv(x.permute(0, 2, 1))


# %% guard_fails tags=["raises-exception"]
Model()(hundred)

# %% ex_frames
frames = torch.rand(20, 4, 3)  # (L, N, C)
fed = layer(frames.permute(1, 2, 0))

# %% ex_norm
features = torch.rand(5, 2, 7)
norm = nn.LayerNorm(2)
per_position = norm(features.permute(0, 2, 1)).permute(0, 2, 1)

# %% ex_norm_fails tags=["raises-exception"]
norm(features)

# %% ex_where
place = (viewed[0] == 32).nonzero()[0].tolist()
right_place = (permuted[0] == 32).nonzero()[0].tolist()

# %% ex_flatten
flat = permuted.reshape(1, -1)
print(flat)
