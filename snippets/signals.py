# %% signal
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_grad_enabled(False)  # no training
row = torch.tensor([0.0, 0, 0, 8, 8, 8, 8, 0, 0, 0])
x = row[None, None]  # (N, C, L)
print(x.shape)

# %% smooth
average = torch.ones(1, 1, 4) / 4
print(F.conv1d(x, average))

# %% edge
difference = torch.tensor([[[-1.0, 1.0]]])
print(F.conv1d(x, difference))

# %% noisy
t = torch.arange(120)
clean = (t % 60 >= 30).float()
noisy = clean + 0.25 * torch.randn(120)
width = 9
smoother = torch.ones(1, 1, width) / width
padding = width // 2
smooth = F.conv1d(noisy[None, None], smoother, padding=padding)

# %% noisy_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 3))
ax.plot(t, noisy, "C7", linewidth=1, label="x")
ax.plot(t, clean, "C1", linestyle="--", label="x - noise")
ax.plot(t, smooth[0, 0], "C0", linewidth=2, label=f"K = {width}")
ax.set_ylim(-1, 2)
ax.set_xlabel("t")
legend = ax.legend(loc="lower right", ncols=3)

# %% noise_left
noise = noisy - clean
left = F.conv1d(noise[None, None], smoother)

# %% tone
turns = torch.arange(64) / 8  # 8 samples a period
tone = torch.sin(2 * torch.pi * turns)[None, None]
eight = F.conv1d(tone, torch.ones(1, 1, 8) / 8)
six = F.conv1d(tone, torch.ones(1, 1, 6) / 6)

# %% ends
ones = torch.ones(1, 1, 7)
filled = F.pad(ones, (1, 2))
print(F.conv1d(filled, average))

# %% ends_replicate
fill = F.pad(ones, (1, 2), mode="replicate")
print(F.conv1d(fill, average))

# %% bank
smoothed = [0.25, 0.5, 0.25]
slope = [-0.5, 0.0, 0.5]
bend = [1.0, -2.0, 1.0]
bank = torch.tensor([[smoothed], [slope], [bend]])
print(bank.shape)
print(F.conv1d(x, bank, padding=1)[0])

# %% bands
n = torch.arange(-32, 33)  # 65 taps
window = torch.hann_window(65, periodic=False)
bands = [1 / 32, 1 / 16, 1 / 8, 1 / 4]  # periods of 32, 16, 8, 4
kernels = [window * torch.cos(2 * torch.pi * f * n) for f in bands]
tones = torch.stack(kernels)[:, None] / window.sum() * 2
print(tones.shape)

# %% chirp
time = torch.arange(512.0)
frequency = 1 / 64 * 32 ** (time / 512)  # from 1/64 up to 1/2
chirp = torch.sin(2 * torch.pi * frequency.cumsum(0))
out = F.conv1d(chirp[None, None], tones, padding=32)[0]
print(out.shape)

# %% chirp_plot
shape = {"figsize": (6.4, 5), "sharex": True, "sharey": True}
fig, axes = plt.subplots(5, 1, **shape)
axes[0].plot(chirp, "C7", linewidth=0.8)
axes[0].set_ylabel("x")
for i in range(4):
    axes[i + 1].plot(out[i], f"C{i}", linewidth=0.8)
    axes[i + 1].set_ylabel(f"y[{i}]")
axes[0].set_ylim(-1.2, 1.2)
axes[0].set_yticks([-1, 0, 1])
label = axes[4].set_xlabel("t")

# %% loudest
loudest = frequency[out.abs().argmax(dim=1)]
ratio = loudest / torch.tensor(bands)

# %% stereo
stereo = torch.randn(1, 2, 10)
both = average.repeat(2, 1, 1)
print(both.shape)
y = F.conv1d(stereo, both, groups=2)
print(y.shape)

# %% causal
conv = nn.Conv1d(2, 3, kernel_size=4, dilation=2)
reach = (4 - 1) * 2
sound = torch.randn(1, 2, 40)
whole = conv(F.pad(sound, (reach, 0)))
print(whole.shape)


# %% stream
class Stream:
    """A causal Conv1d that is fed chunk after chunk."""

    def __init__(self, conv, batch=1):
        self.conv = conv
        reach = (conv.kernel_size[0] - 1) * conv.dilation[0]
        self.past = torch.zeros(batch, conv.in_channels, reach)

    def __call__(self, chunk):
        x = torch.cat([self.past, chunk], dim=2)
        new = x.shape[2] - self.past.shape[2]
        self.past = x[:, :, new:]
        return self.conv(x)


# %% chunks
stream = Stream(conv)
pieces = [stream(chunk) for chunk in sound.split([1, 7, 20, 12], 2)]
print([piece.shape[2] for piece in pieces])
torch.testing.assert_close(torch.cat(pieces, dim=2), whole)

# %% two_layers
second = nn.Conv1d(3, 2, kernel_size=3)
deep = second(F.pad(F.relu(whole), (2, 0)))
a, b = Stream(conv), Stream(second)
parts = [b(F.relu(a(chunk))) for chunk in sound.split(5, dim=2)]
torch.testing.assert_close(torch.cat(parts, dim=2), deep)

# %% sweep
worst = 0
for K in (1, 2, 5):
    for d in (1, 3):
        for s in (1, 2):
            layer = nn.Conv1d(2, 3, K, stride=s, dilation=d)
            all_at_once = layer(F.pad(sound, ((K - 1) * d, 0)))
            assert all_at_once.shape[2] == -(-40 // s)  # ceil
            for size in (2, 4, 10):
                feed = Stream(layer)
                got = [feed(part) for part in sound.split(size, 2)]
                error = torch.cat(got, dim=2) - all_at_once
                worst = max(worst, float(error.abs().max()))

# %% one_axis tags=["raises-exception"]
F.conv1d(x[0, 0], average)

# %% samples_first tags=["raises-exception"]
# (samples, channels)
recording = torch.randn(44100, 2)
F.conv1d(recording, both, groups=2)

# %% int16 tags=["raises-exception"]
top = 2**15
pcm = torch.randint(-top, top, (1, 1, 100))
pcm = pcm.short()
F.conv1d(pcm, average)

# %% causal_word tags=["raises-exception"]
nn.Conv1d(1, 1, 4, padding="causal")

# %% two_channels tags=["raises-exception"]
F.conv1d(stereo, average)

# %% flip
kernel = [-1, 1]
print(np.convolve(row, kernel, mode="valid"))
print(F.conv1d(x, difference)[0, 0].numpy())

# %% set_weight
smoothing = nn.Conv1d(1, 1, kernel_size=4)
smoothing.weight.copy_(average)
offset = smoothing(x) - F.conv1d(x, average)

# %% no_past
padded = [F.pad(chunk, (reach, 0)) for chunk in sound.split(10, 2)]
jumps = torch.cat([conv(chunk) for chunk in padded], dim=2)
wrong = (jumps - whole).abs().amax(dim=1) > 1e-4
print(wrong.int().view(4, 10))  # a row for each chunk

# %% minus_zero
past = torch.randn(1, 2, 6)
print(past[:, :, -0:].shape)

# %% future
changed = sound.clone()
changed[:, :, 25:] += 1


def first_change(layer, pad):
    y = layer(F.pad(sound, pad))
    z = layer(F.pad(changed, pad))
    return int(((y - z).abs().amax(dim=1)[0] > 1e-4).nonzero()[0])


print(first_change(conv, (reach, 0)), first_change(conv, (3, 3)))

# %% test_future
assert first_change(conv, (reach, 0)) >= 25
assert first_change(conv, (3, 3)) < 25

# %% test_constant
constant = torch.full((1, 1, 20), 3.0)
same = F.conv1d(constant, smoother)
torch.testing.assert_close(same, constant[:, :, : same.shape[2]])

# %% test_chunk
again = Stream(conv)
halves = torch.cat([again(c) for c in sound.split(1, dim=2)], 2)
torch.testing.assert_close(halves, whole)

# %% twice
small = torch.tensor([[[0.5, 0.5]]])
pair = F.conv1d(F.conv1d(x, small), small)
once = F.conv1d(x, torch.tensor([[[0.25, 0.5, 0.25]]]))
assert torch.equal(pair, once)

# %% exponential
beta = 0.5
taps = beta ** torch.arange(12.0)
weights = ((1 - beta) * taps).flip(0)[None, None]
recursive, state = [], 0.0
for value in x[0, 0].tolist():
    state = beta * state + (1 - beta) * value
    recursive.append(state)
by_conv = F.conv1d(F.pad(x, (11, 0)), weights)[0, 0]
gap = (by_conv - torch.tensor(recursive)).abs().max()

# %% lag
to_the_left = F.pad(noisy[None, None], (width - 1, 0))
causal = F.conv1d(to_the_left, smoother)
lag = (width - 1) // 2
same_numbers = smooth[:, :, :-lag]
torch.testing.assert_close(causal[:, :, lag:], same_numbers)
