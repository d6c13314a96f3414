# %% signal
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
# nothing is trained here
torch.set_grad_enabled(False)
row = [0.0, 0, 0, 8, 8, 8, 8, 0, 0, 0]
x = torch.tensor([[row]])  # (N, C, L)
print(x.shape)

# %% smooth
average = torch.ones(1, 1, 4) / 4
y = F.conv1d(x, average)
print(y[0, 0].int().tolist())

# %% edge
step = [-1.0, 1.0]
difference = torch.tensor([[step]])
y = F.conv1d(x, difference)
print(y[0, 0].int().tolist())

# %% noisy
t = torch.arange(120)
clean = (t % 60 >= 30).float()
noisy = clean + 0.25 * torch.randn(120)
width = 9
smoother = torch.ones(1, 1, width)
smoother /= width
z = noisy[None, None]
smooth = F.conv1d(z, smoother, padding=4)

# %% noisy_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.8, 3))
ax.plot(t, noisy, "C7", linewidth=1, label="x")
ax.plot(t, clean, "C1", linestyle="--", label="x - noise")
ax.plot(t, smooth[0, 0], "C0", linewidth=2, label=f"K = {width}")
ax.set_ylim(-1, 2)
ax.set_xlabel("t")
legend = ax.legend(loc="lower right", ncols=3)

# %% noise_left
noise = noisy - clean
left = F.conv1d(
    noise[None, None],
    smoother,
)

# %% tone
# 8 samples a period
turns = torch.arange(64) / 8
tone = torch.sin(2 * torch.pi * turns)
tone = tone[None, None]
over_8 = torch.ones(1, 1, 8) / 8
over_6 = torch.ones(1, 1, 6) / 6
eight = F.conv1d(tone, over_8)
six = F.conv1d(tone, over_6)

# %% ends
ones = torch.ones(1, 1, 7)
filled = F.pad(ones, (1, 2))
y = F.conv1d(filled, average)
print(y[0, 0].tolist())

# %% ends_replicate
fill = F.pad(
    ones, (1, 2), "replicate"
)
y = F.conv1d(fill, average)
print(y[0, 0].tolist())

# %% bank
smoothed = [0.25, 0.5, 0.25]
slope = [-0.5, 0.0, 0.5]
bend = [1.0, -2.0, 1.0]
bank = torch.tensor(
    [[smoothed], [slope], [bend]]
)
print(bank.shape)
y = F.conv1d(x, bank, padding=1)
for filtered in y[0].int().tolist():
    print(filtered)

# %% bands
n = torch.arange(-32, 33)  # 65 taps
window = torch.hann_window(65, False)
# periods of 32, 16, 8, 4 samples
bands = [1 / 32, 1 / 16, 1 / 8, 1 / 4]
kernels = []
for f in bands:
    angle = 2 * torch.pi * f * n
    wave = torch.cos(angle)
    kernels.append(window * wave)
tones = torch.stack(kernels)[:, None]
tones = tones / window.sum() * 2
print(tones.shape)

# %% chirp
time = torch.arange(512.0)
# from 1/64 up to 1/2
frequency = 1 / 64 * 32 ** (time / 512)
turns = frequency.cumsum(0)
chirp = torch.sin(2 * torch.pi * turns)
z = chirp[None, None]
out = F.conv1d(z, tones, padding=32)[0]
print(out.shape)

# %% chirp_plot
shape = {"figsize": (4.8, 5), "sharex": True, "sharey": True}
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
peak = out.abs().argmax(dim=1)
loudest = frequency[peak]
ratio = loudest / torch.tensor(bands)

# %% stereo
stereo = torch.randn(1, 2, 10)
both = average.repeat(2, 1, 1)
print(both.shape)
y = F.conv1d(stereo, both, groups=2)
print(y.shape)

# %% causal
conv = nn.Conv1d(2, 3, 4, dilation=2)
reach = (4 - 1) * 2
sound = torch.randn(1, 2, 40)
whole = conv(F.pad(sound, (reach, 0)))
print(whole.shape)


# %% stream
class Stream:
    """A causal Conv1d, fed in chunks."""

    def __init__(self, conv):
        self.conv = conv
        K = conv.kernel_size[0]
        d = conv.dilation[0]
        reach = (K - 1) * d
        C = conv.in_channels
        zeros = torch.zeros(1, C, reach)
        self.past = zeros

    def __call__(self, chunk):
        both = [self.past, chunk]
        x = torch.cat(both, dim=2)
        new = chunk.shape[2]
        self.past = x[:, :, new:]
        return self.conv(x)


# %% chunks
stream = Stream(conv)
chunks = sound.split([1, 7, 20, 12], 2)
pieces = [stream(c) for c in chunks]
print([p.shape[2] for p in pieces])
near = torch.testing.assert_close
near(torch.cat(pieces, dim=2), whole)

# %% two_layers
second = nn.Conv1d(3, 2, kernel_size=3)
deep = whole.relu()
deep = second(F.pad(deep, (2, 0)))
a, b = Stream(conv), Stream(second)
chunks = sound.split(5, dim=2)
parts = [b(a(c).relu()) for c in chunks]
near(torch.cat(parts, dim=2), deep)

# %% sweep
from itertools import product

worst = 0
for K, d, s, size in product(
    (1, 2, 5),
    (1, 3),
    (1, 2),
    (2, 4, 10),
):
    layer = nn.Conv1d(
        2, 3, K, stride=s, dilation=d
    )
    ends = ((K - 1) * d, 0)
    full = layer(F.pad(sound, ends))
    assert full.shape[2] == -(-40 // s)
    feed = Stream(layer)
    chunks = sound.split(size, dim=2)
    got = [feed(c) for c in chunks]
    error = torch.cat(got, dim=2) - full
    largest = float(error.abs().max())
    worst = max(worst, largest)

# %% one_axis tags=["raises-exception"]
F.conv1d(x[0, 0], average)

# %% samples_first tags=["raises-exception"]
# (samples, channels)
recording = torch.randn(44100, 2)
F.conv1d(recording, both, groups=2)

# %% int16 tags=["raises-exception"]
top = 2**15
pcm = torch.randint(-top, top, (100,))
pcm = pcm.short()[None, None]
F.conv1d(pcm, average)

# %% causal_word tags=["raises-exception"]
nn.Conv1d(1, 1, 4, padding="causal")

# %% two_channels tags=["raises-exception"]
F.conv1d(stereo, average)

# %% flip
kernel = [-1, 1]
y = np.convolve(row, kernel, "valid")
print(y.astype(int).tolist())
y = F.conv1d(x, difference)
print(y[0, 0].int().tolist())

# %% set_weight
smoothing = nn.Conv1d(1, 1, 4)
smoothing.weight.copy_(average)
offset = smoothing(x)
offset = offset - F.conv1d(x, average)

# %% no_past
jumps = []
for chunk in sound.split(10, dim=2):
    filled = F.pad(chunk, (reach, 0))
    jumps.append(conv(filled))
off = torch.cat(jumps, dim=2) - whole
wrong = off.abs().amax(dim=1) > 1e-4
for chunk in wrong.view(4, 10).int():
    print(chunk.tolist())

# %% minus_zero
past = torch.randn(1, 2, 6)
print(past[:, :, -0:].shape)

# %% future
changed = sound.clone()
changed[:, :, 25:] += 1


def first_change(layer, pad):
    y = layer(F.pad(sound, pad))
    z = layer(F.pad(changed, pad))
    gap = (y - z).abs().amax(dim=1)[0]
    return int((gap > 1e-4).nonzero()[0])


pad_left, pad_both = (reach, 0), (3, 3)
print(first_change(conv, pad_left))
print(first_change(conv, pad_both))

# %% test_future
on_left = first_change(conv, pad_left)
on_both = first_change(conv, pad_both)
assert on_left >= 25 > on_both

# %% test_constant
constant = torch.full((1, 1, 20), 3.0)
same = F.conv1d(constant, smoother)
near(same, constant[:, :, :-8])

# %% test_chunk
again = Stream(conv)
chunks = sound.split(1, dim=2)
parts = [again(c) for c in chunks]
near(torch.cat(parts, dim=2), whole)

# %% twice
small = torch.tensor([[[0.5, 0.5]]])
first = F.conv1d(x, small)
pair = F.conv1d(first, small)
taps = [0.25, 0.5, 0.25]
one = torch.tensor([[taps]])
once = F.conv1d(x, one)
assert torch.equal(pair, once)

# %% exponential
beta = 0.5
taps = beta ** torch.arange(12.0)
taps = (1 - beta) * taps
weights = taps.flip(0)
average_of = []
state = 0.0
for value in x[0, 0].tolist():
    new = (1 - beta) * value
    state = beta * state + new
    average_of.append(state)
weights = weights[None, None]
by_conv = F.conv1d(
    F.pad(x, (11, 0)), weights
)
exact = torch.tensor(average_of)
gap = by_conv[0, 0] - exact
gap = gap.abs().max()

# %% lag
z = noisy[None, None]
z = F.pad(z, (width - 1, 0))
causal = F.conv1d(z, smoother)
lag = (width - 1) // 2
later = causal[:, :, lag:]
near(later, smooth[:, :, :-lag])

# %% fixed
class Smooth(nn.Module):
    # K is odd
    def __init__(self, channels, K=5):
        super().__init__()
        n = torch.arange(K) - K // 2
        bell = torch.exp(-(n**2) / 2)
        bell /= bell.sum()
        self.register_buffer(
            "kernel",
            bell.repeat(channels, 1, 1),
        )

    def forward(self, x):
        C, _, K = self.kernel.shape
        p = K // 2
        x = F.pad(x, (p, p), "replicate")
        return F.conv1d(
            x, self.kernel, groups=C
        )


gauss = Smooth(3)
print(gauss(torch.ones(1, 3, 8)).shape)
print(list(gauss.parameters()))
print(list(gauss.state_dict()))
