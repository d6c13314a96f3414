# %% network
import torch
from torch import nn
from torch.nn import functional as F

# as most servers run: one thread, no gradients
torch.set_num_threads(1)
torch.set_grad_enabled(False)


def block(C_in, C_out):
    return nn.Sequential(
        nn.Conv1d(C_in, C_out, 5, padding=2),
        nn.BatchNorm1d(C_out),
        nn.ReLU(),
    )


net = nn.Sequential(
    block(3, 16), block(16, 16),
    nn.AdaptiveAvgPool1d(1), nn.Flatten(),
    nn.Linear(16, 4),
).eval()

# %% kept
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.checkpoint import checkpoint


def kept(model, x):
    """Bytes that backward() would need."""
    storages = {}

    def pack(t):
        s = t.untyped_storage()
        storages[s.data_ptr()] = s
        return t

    with (
        torch.enable_grad(),
        saved_tensors_hooks(pack, lambda t: t),
    ):
        y = model(x)
    assert y.requires_grad
    return sum(s.nbytes() for s in storages.values())


def size(model):
    tensors = model.state_dict().values()
    return sum(t.nbytes for t in tensors)

# %% memory
signals = torch.randn(8, 3, 10_000)
held = {
    "a batch": kept(net, signals),
    "twice as long": kept(
        net, signals.repeat(1, 1, 2)
    ),
    "with checkpoint": kept(
        lambda x: checkpoint(
            net, x, use_reentrant=False
        ),
        signals,
    ),
    "weights": size(net),
}
for name, count in held.items():
    print(f"{name:16}{count / 1e6:7.3f} MB")

# %% one_map
one_map = 8 * 16 * 10_000 * 4

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))
for i, (name, count) in enumerate(held.items()):
    colour = "C1" if name == "weights" else "C0"
    ax.barh(i, count / 1e6, color=colour)
    words = f"{count / 1e6:.2f}"
    ax.text(count / 1e6 + 0.5, i, words, va="center")
ax.invert_yaxis()
ax.set_yticks(range(len(held)), [*held])
ax.set_xlim(0, 50)
label = ax.set_xlabel("MB")

# %% shortest
from time import thread_time


def shortest(*functions, rounds=7):
    """The least processor time of each.

    They take turns, so that a busy spell hits
    all; the least of the rounds counts.
    """
    best = [float("inf")] * len(functions)
    for call in functions:  # warm up
        call()
    for _ in range(rounds):
        for i, call in enumerate(functions):
            runs, spent = 0, 0.0
            start = thread_time()
            while spent < 0.02:
                call()
                runs += 1
                spent = thread_time() - start
            best[i] = min(best[i], spent / runs)
    return best

# %% depthwise
C = 64
dense = nn.Conv1d(C, C, 3, padding=1)
depthwise = nn.Conv1d(
    C, C, 3, padding=1, groups=C
)
separable = nn.Sequential(
    depthwise, nn.Conv1d(C, C, 1)
)
short = torch.randn(1, C, 100)
long = torch.randn(8, C, 1000)

# %% flops
from torch.utils.flop_counter import FlopCounterMode


def multiply_adds(layer, x):
    with FlopCounterMode(display=False) as count:
        layer(x)
    return count.get_total_flops() // 2


work = {
    "dense": multiply_adds(dense, long),
    "depthwise": multiply_adds(depthwise, long),
    "separable": multiply_adds(separable, long),
}

# %% depthwise_time
dense_short, depthwise_short = shortest(
    lambda: dense(short),
    lambda: depthwise(short),
)
dense_long, depthwise_long = shortest(
    lambda: dense(long),
    lambda: depthwise(long),
)

# %% pointwise
pointwise = nn.Conv1d(C, C, 1)
linear = nn.Linear(C, C)
linear.weight = nn.Parameter(
    pointwise.weight[:, :, 0]
)
linear.bias = pointwise.bias
turned = long.transpose(1, 2).contiguous()
pointwise_gap = pointwise(long).transpose(1, 2)
pointwise_gap -= linear(turned)
conv_time, linear_time = shortest(
    lambda: pointwise(long),
    lambda: linear(turned),
)

# %% fft
def fft_conv1d(x, w):
    """As F.conv1d(x, w): stride 1, no padding."""
    (N, C, L), (_, M, K) = x.shape, w.shape
    if N == 0 or K > L or C != M:
        raise ValueError(
            f"{N} samples, {C} channels of length {L},"
            f" for a kernel of {M} by {K} taps"
        )
    X = torch.fft.rfft(x, L)
    W = torch.fft.rfft(w, L).conj()
    Y = torch.einsum("ncf, ocf -> nof", X, W)
    return torch.fft.irfft(Y, L)[..., : L - K + 1]

# %% fft_time
def direct_and_fft(N, C, L, K):
    x = torch.randn(N, C, L)
    w = torch.randn(C, C, K) / (C * K) ** 0.5
    gap = F.conv1d(x, w) - fft_conv1d(x, w)
    assert gap.abs().max() < 1e-4
    return shortest(
        lambda: F.conv1d(x, w),
        lambda: fft_conv1d(x, w),
        rounds=3,
    )


one_channel = direct_and_fft(1, 1, 16000, 1001)
many_channels = direct_and_fft(1, 64, 2000, 15)

# %% transforms
def transforms_per_sample(N, C):
    # of the inputs, of the weights, back
    return (N * C + C * C + N * C) / N
