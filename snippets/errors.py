# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Conv1d(3, 2, kernel_size=4)
layer.requires_grad_(False)  # nothing is trained here
x = torch.rand(1, 3, 10)  # (N, C, L)

# %% groups tags=["raises-exception"]
nn.Conv1d(64, 100, kernel_size=5, groups=64)

# %% groups_cure
depthwise = nn.Conv1d(64, 128, kernel_size=5, groups=64)
print(depthwise(torch.rand(1, 64, 20)).shape)

# %% causal tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=4, padding="causal")

# %% causal_cure
def causal(layer, x):
    left = (layer.kernel_size[0] - 1) * layer.dilation[0]
    return layer(F.pad(x, (left, 0)))


future = x.clone()
future[:, :, 6:] = 0  # another future, the same past
print(causal(layer, x).shape)
torch.testing.assert_close(
    causal(layer, x)[:, :, :6], causal(layer, future)[:, :, :6]
)

# %% same_stride tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=3, stride=2, padding="same")

# %% same_stride_cure
numbers = torch.arange(10.0)[None]
ones = torch.ones(1, 1, 3)
either = F.conv1d(numbers, ones, stride=2, padding=1)
like_tensorflow = F.conv1d(F.pad(numbers, (0, 1)), ones, stride=2)
print(either)
print(like_tensorflow)

# %% mode tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=4, padding=2, padding_mode="constant")

# %% mode_cure
print(nn.Conv1d(3, 2, 4, padding=2, padding_mode="zeros")(x).shape)

# %% channels tags=["raises-exception"]
tokens = torch.randint(1000, (32, 100))
embedding = nn.Embedding(1000, 300)
over_words = nn.Conv1d(300, 64, kernel_size=3)
over_words(embedding(tokens))

# %% channels_cure
words = embedding(tokens)  # (N, L, C)
print(words.shape)
print(over_words(words.permute(0, 2, 1)).shape)

# %% one_axis tags=["raises-exception"]
signal = torch.rand(100)
nn.Conv1d(1, 2, kernel_size=4)(signal)

# %% one_axis_cure
print(nn.Conv1d(1, 2, kernel_size=4)(signal[None, None, :]).shape)

# %% four_axes tags=["raises-exception"]
spectrogram = torch.rand(8, 1, 80, 200)  # (N, 1, bands, time)
over_time = nn.Conv1d(80, 16, kernel_size=5)
over_time(spectrogram)

# %% four_axes_cure
print(over_time(spectrogram.squeeze(1)).shape)

# %% too_long tags=["raises-exception"]
short = torch.rand(1, 3, 2)
layer(short)

# %% too_long_cure
needed = layer.dilation[0] * (layer.kernel_size[0] - 1) + 1
longer = F.pad(short, (0, max(0, needed - short.shape[2])))
print(layer(longer).shape)

# %% dtype tags=["raises-exception"]
import numpy as np

measured = np.linspace(0, 1, 30).reshape(1, 3, 10)
layer(torch.from_numpy(measured))

# %% dtype_cure
print(layer(torch.from_numpy(measured).float()).dtype)

# %% pair tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=(1, 1))(x)

# %% pair_cure
print(nn.Conv1d(3, 2, kernel_size=1)(x).shape)

# %% reflect tags=["raises-exception"]
nn.Conv1d(3, 2, 21, padding=10, padding_mode="reflect")(x)

# %% reflect_cure
print(nn.Conv1d(3, 2, 21, padding=10, padding_mode="replicate")(x).shape)

# %% negative tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=4, padding=-1)(x)

# %% negative_cure
print(layer(x[:, :, 1:-1]).shape)

# %% stride tags=["raises-exception"]
steps = 10 // 16
nn.Conv1d(3, 2, kernel_size=4, stride=steps)(x)

# %% stride_cure
print(nn.Conv1d(3, 2, kernel_size=4, stride=max(1, steps))(x).shape)

# %% channels_last tags=["raises-exception"]
x.contiguous(memory_format=torch.channels_last)

# %% channels_last_cure
image = x[:, :, None, :]  # one row high
image = image.contiguous(memory_format=torch.channels_last)
y = F.conv2d(image, layer.weight[:, :, None, :], layer.bias)
torch.testing.assert_close(y[:, :, 0], layer(x))

# %% output_padding tags=["raises-exception"]
up = nn.ConvTranspose1d(2, 3, kernel_size=4, output_padding=1)
up(layer(x))

# %% output_padding_cure
down = nn.Conv1d(3, 2, kernel_size=4, stride=3)
up = nn.ConvTranspose1d(2, 3, kernel_size=4, stride=3)
longer = torch.rand(1, 3, 12)
print(up(down(longer)).shape)
print(up(down(longer), output_size=[longer.shape[2]]).shape)

# %% transposed_same tags=["raises-exception"]
up = nn.ConvTranspose1d(3, 2, kernel_size=5, padding="same")
print(up)
up(x)

# %% transposed_same_cure
print(nn.ConvTranspose1d(3, 2, kernel_size=5, padding=2)(x).shape)

# %% linear tags=["raises-exception"]
net = nn.Sequential(layer, nn.Flatten(), nn.Linear(2 * 10, 5))
net(x)

# %% linear_cure
measured = layer(torch.zeros(1, 3, 10)).numel()
net = nn.Sequential(layer, nn.Flatten(), nn.Linear(measured, 5))
print(measured, net(x).shape)

# %% numpy tags=["raises-exception"]
trained = nn.Conv1d(3, 2, kernel_size=4)
trained(x).numpy()

# %% numpy_cure
print(trained(x).detach().numpy().shape)

# %% load tags=["raises-exception"]
kept = {"weight": torch.rand(4, 3, 2), "bias": torch.zeros(2)}
layer.load_state_dict(kept)

# %% load_cure
kept["weight"] = kept["weight"].permute(2, 1, 0)
print(layer.load_state_dict(kept))

# %% square
square = nn.Conv1d(50, 8, kernel_size=3)
table = torch.rand(4, 50, 50)  # 4 texts, 50 words, 50 numbers each
wrong = square(table)
right = square(table.permute(0, 2, 1))
print(wrong.shape, right.shape)

# %% view
pages = torch.arange(12.0).reshape(1, 4, 3)  # 4 words, 3 numbers each
print(pages.view(1, 3, 4)[0])
print(pages.permute(0, 2, 1)[0])

# %% unbatched
samples = torch.rand(3, 100)  # meant: 3 samples of one channel
print(nn.Conv1d(3, 2, kernel_size=4)(samples).shape)
print(nn.Conv1d(1, 2, kernel_size=4)(samples[:, None, :]).shape)

# %% leak
first = nn.Conv1d(1, 4, kernel_size=3, padding=1)
second = nn.Conv1d(4, 1, kernel_size=3, padding=1)
short = torch.rand(1, 1, 6)
padded = F.pad(short, (0, 4))  # as long as its batch
with torch.no_grad():
    alone = second(first(short))
    in_batch = second(first(padded))[:, :, :6]
    change = (in_batch - alone).abs()[0, 0]
print([f"{each:.4f}" for each in change])

# %% leak_cure
mask = F.pad(torch.ones(1, 1, 6), (0, 4))
with torch.no_grad():
    masked = second(first(padded) * mask)[:, :, :6]
torch.testing.assert_close(masked, alone)

# %% unfold
batch = torch.rand(2, 3, 10)
print(F.unfold(batch, kernel_size=(1, 4)).shape)
print(F.unfold(batch[:, :, None, :], kernel_size=(1, 4)).shape)
print(batch.unfold(2, 4, 1).shape)

# %% test_sizes
sizes = (2, 3, 10)  # N, C, L: no two alike, and none is K or C_out
out = layer(torch.rand(sizes))
assert out.shape == (2, 2, 10 - 4 + 1)

# %% test_batch
samples = torch.rand(5, 3, 10)
each = torch.stack([layer(sample) for sample in samples])
torch.testing.assert_close(layer(samples), each)

# %% test_length
def padding_changes(net, x, extra):
    """How far zeros at the end move the outputs before them."""
    longer = net(F.pad(x, (0, extra)))[..., : x.shape[-1]]
    return (longer - net(x)).abs().max().item()


one = padding_changes(first, short, 4)
two = padding_changes(nn.Sequential(first, second), short, 4)
assert one < 1e-6 < two

# %% test_axes
moved = table.permute(0, 2, 1)
assert moved[1, 7, 30] == table[1, 30, 7]
assert table.view(4, 50, 50)[1, 7, 30] != table[1, 30, 7]

# %% read_backwards tags=["raises-exception"]
nn.Conv1d(16, 32, kernel_size=3)(torch.rand(8, 50, 16))

# %% odd_length
for L in range(5, 12):
    numbers = torch.arange(float(L))[None]
    total = max(0, 2 * ((L + 1) // 2 - 1) + 3 - L)  # TensorFlow's rule
    both = total // 2, total - total // 2
    theirs = F.conv1d(F.pad(numbers, both), ones, stride=2)
    ours = F.conv1d(numbers, ones, stride=2, padding=1)
    print(L, both, torch.equal(ours, theirs))

# %% leak_deeper
wide = [nn.Conv1d(1, 4, 5, padding=2), nn.Conv1d(4, 1, 5, padding=2)]
short = torch.rand(1, 1, 12)
with torch.no_grad():
    alone = wide[1](wide[0](short))
    padded = wide[1](wide[0](F.pad(short, (0, 6))))[:, :, :12]
    moved = ((padded - alone).abs() > 1e-5).sum()

# %% depthwise_short tags=["raises-exception"]
nn.Conv1d(8, 8, kernel_size=3, groups=8)(torch.rand(4, 6, 20))
