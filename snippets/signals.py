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

fig, ax = plt.subplots(figsize=(4.4, 3))
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
import torch
from torch.nn import functional as F

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
shape = {"figsize": (4.4, 5), "sharex": True, "sharey": True}
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

# %% response
def response(kernel):
    """How strongly each frequency passes."""
    passed = torch.fft.rfft(kernel, n=800)
    return passed.abs()


cycles = torch.fft.rfftfreq(800)
kernels = {
    "average": torch.ones(8) / 8,
    "[-1, 1]": torch.tensor([-1.0, 1.0]),
    "band": tones[2, 0],
}
passed = {
    name: response(kernel)
    for name, kernel in kernels.items()
}

# %% response_plot
shape = {"figsize": (4.4, 3.5)}
fig, axes = plt.subplots(3, 2, **shape)
for (left_ax, right_ax), name in zip(axes, kernels):
    left_ax.plot(kernels[name], "C0.-", linewidth=0.8)
    left_ax.set_ylabel(name)
    left_ax.axhline(0, color="C7", linewidth=0.5)
    right_ax.plot(cycles, passed[name], "C1")
    right_ax.set_xlim(0, 0.5)
    right_ax.set_ylim(0)
axes[2, 0].set_xlabel("k")
label = axes[2, 1].set_xlabel("cycles per sample")

# %% response_check
measured = []
for kernel in kernels.values():
    for k in range(8, 400, 8):  # 0.01, 0.02 ...
        angle = 2 * torch.pi * k / 800
        wave = torch.arange(2000.0).double() * angle
        ends = wave.cos(), wave.sin()
        taps = kernel.double()[None, None]
        y, z = (
            F.conv1d(w[None, None], taps)
            for w in ends
        )
        size = torch.hypot(y, z)[0, 0, 0]
        said = response(kernel.double())[k]
        measured.append(float(size - said))

# %% alias
at = torch.arange(40)
fast = torch.cos(2 * torch.pi * 0.40 * at)
slow = torch.cos(2 * torch.pi * 0.10 * at)
same_after = fast[::2] - slow[::2]
print(float(same_after.abs().max()) < 1e-4)
print(float((fast - slow).abs().max()) > 1)

# %% alias_plot
fig, ax = plt.subplots(figsize=(4.4, 2.6))
fine = torch.arange(0, 20, 0.05)
for f, colour in ((0.40, "C7"), (0.10, "C0")):
    curve = torch.cos(2 * torch.pi * f * fine)
    name = f"{f:.2f} cycles per sample"
    ax.plot(fine, curve, colour, linewidth=0.9, label=name)
ax.plot(at[:20:2], fast[:20:2], "C1o", label="every second sample")
ax.set_xlabel("t")
ax.set_ylim(-1.2, 3.2)
legend = ax.legend(loc="upper right")

# %% resample
m = torch.arange(-24, 25)
low = torch.sinc(m / 2)
low = low * torch.hann_window(49, False)
low = (low / low.sum())[None, None]


def halve(x):
    """Every second sample, tones above 1/4 out."""
    x = x[None, None]
    return F.conv1d(x, low, stride=2)[0, 0]


at = torch.arange(400)
left_over = {}
for f in (0.10, 0.40):
    tone = torch.cos(2 * torch.pi * f * at)
    kept = float(halve(tone).abs().max())
    left_over[f] = kept
    print(f"{f:.2f} {kept:.2f}")

# %% stereo
stereo = torch.randn(1, 2, 10)
both = average.repeat(2, 1, 1)
print(both.shape)
y = F.conv1d(stereo, both, groups=2)
print(y.shape)

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

# %% causal
import torch
from torch import nn
from torch.nn import functional as F

conv = nn.Conv1d(2, 3, 4, dilation=2)
reach = (4 - 1) * 2
sound = torch.randn(1, 2, 40)
whole = conv(F.pad(sound, (reach, 0)))
print(whole.shape)


# %% chunks
past = torch.zeros(1, 2, reach)
pieces = []
for chunk in sound.split([1, 7, 20, 12], 2):
    joined = torch.cat([past, chunk], dim=2)
    pieces.append(conv(joined))
    new = chunk.shape[2]
    past = joined[:, :, new:]
print([p.shape[2] for p in pieces])
gap = torch.cat(pieces, dim=2) - whole
worst = float(gap.abs().max())

# %% late
plain = conv(sound)
print(whole.shape[2], plain.shape[2])
gap = whole[:, :, reach:] - plain
later = float(gap.abs().max())

# %% chunk_picture
import matplotlib.pyplot as plt

K, size = 3, 4
past = K - 1
fig, ax = plt.subplots(figsize=(4.4, 2.2))
for row in range(3):
    first = row * size
    for i in range(first - past, first + size):
        old = i < first
        ax.add_patch(plt.Rectangle(
            (i - 0.42, row - 0.36), 0.84, 0.72,
            facecolor="none" if old else f"C{row}",
            edgecolor="C7" if old else "none",
            linestyle="--", alpha=1 if old else 0.4,
        ))
        name = "0" if i < 0 else f"{i}"
        ax.text(i, row, name, ha="center", va="center")
ax.set_xlim(-2.7, 11.7)
ax.set_ylim(2.6, -0.6)
ax.set_yticks(range(3), ["chunk 1", "chunk 2", "chunk 3"])
ax.set_xticks([])
ax.tick_params(length=0)
sides = ax.spines[:].set_visible(False)

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
wrong = ~(off.abs().amax(dim=1) <= 1e-4)
for chunk in wrong.view(4, 10).int():
    print(chunk.tolist())

# %% phase
halved = nn.Conv1d(2, 3, 4, stride=2)
right = halved(F.pad(sound, (3, 0)))
past = torch.zeros(1, 2, 3)
count = 0
for sample in sound.split(1, dim=2):
    joined = torch.cat([past, sample], dim=2)
    count += halved(joined).shape[2]
    past = joined[:, :, 1:]
print(right.shape[2], count)

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
    return int((~(gap <= 1e-4)).nonzero()[0])


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
near = torch.testing.assert_close
near(same, constant[:, :, :-8])

# %% test_chunk
past = torch.zeros(1, 2, reach)
parts = []
for sample in sound.split(1, dim=2):
    joined = torch.cat([past, sample], dim=2)
    parts.append(conv(joined))
    past = joined[:, :, 1:]
near = torch.testing.assert_close
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

# %% cropped
in_full = float(response(tones[2, 0])[100])
short = torch.fft.rfft(tones[2, 0], n=32)
cropped = float(short.abs()[4])  # also 1/8

# %% response_grad tags=["raises-exception"]
layer = nn.Conv1d(1, 1, 9)
with torch.enable_grad():
    response(layer.weight[0, 0]).numpy()

# %% response_half tags=["raises-exception"]
half = layer.bfloat16().weight[0, 0]
response(half)

# %% test_alias
assert left_over[0.40] < 0.01
assert left_over[0.10] > 0.98

# %% folded
seen = torch.cos(2 * torch.pi * 0.45 * at)[::2]
like = torch.cos(2 * torch.pi * 0.05 * at)[::2]
assert (seen - like).abs().max() < 1e-4

# %% high_pass
high = -low
high[0, 0, 24] += 1
ones = torch.ones(1, 1, 49)
y = F.conv1d(ones, high)
print(abs(float(y)) < 1e-5)

# %% each_channel
def averaged(x, K):
    C = x.shape[1]
    return F.conv1d(
        x, torch.ones(C, 1, K) / K,
        padding=K // 2, groups=C,
    )


for C, K in [(1, 9), (2, 3), (5, 1)]:
    x = torch.randn(3, C, 40)
    whole = averaged(x, K)
    assert whole.shape == x.shape
    for c in range(C):
        one = averaged(x[:, c : c + 1], K)
        near(whole[:, c : c + 1], one)

# %% stream_setup
N, C, K, d = 3, 2, 4, 2
conv = nn.Conv1d(C, 5, K, dilation=d)
sound = torch.randn(N, C, 40)
chunks = sound.split([1, 7, 20, 12], 2)

# %% stream_loop
past = torch.zeros(N, C, (K - 1) * d)
for chunk in chunks:
    joined = torch.cat([past, chunk], 2)
    y = conv(joined)
    past = joined[:, :, chunk.shape[2]:]

# %% stream_check
whole = conv(F.pad(sound, ((K - 1) * d, 0)))
near(y, whole[:, :, -12:])
