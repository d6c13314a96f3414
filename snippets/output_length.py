# %% layer
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Conv1d(1, 1, 4, stride=3)
x = torch.rand(1, 1, 12)
print(layer(x).shape)

# %% places
L, K, s = 12, 4, 3
starts = [
    i for i in range(0, L, s)
    if i + K <= L
]
print(starts)

# %% windows
import matplotlib.pyplot as plt


def draw(ax, L, K, s=1, p=0, d=1):
    T = (L + 2 * p - d * (K - 1) - 1) // s + 1
    used = {t * s + k * d for t in range(T) for k in range(K)}
    for i in range(L + 2 * p):
        fill = "C7" if i in used else "none"
        shape = "o" if p <= i < L + p else "s"
        ax.plot(i - p, 0, shape, mfc=fill, mec="C7", ms=8)
    for t in range(T):
        taps = [t * s + k * d - p for k in range(K)]
        ax.plot(taps, [-1 - t] * K, "o-", color="C0", ms=6)
    names = ["x", *(f"y[{t}]" for t in range(T))]
    ax.set_yticks(range(0, -1 - T, -1), names)
    ax.set_ylim(-T - 0.7, 0.7)
    ax.set_xlim(-1.7, 12.7)
    return ax.set_xticks(range(12))


fig, ax = plt.subplots(figsize=(4.4, 1.6))
ticks = draw(ax, 12, 4, s=3)

# %% more_windows
sizes = [(12, 4, 3, 1, 1), (12, 4, 2, 0, 3)]
fig, axes = plt.subplots(2, 1, figsize=(4.1, 3.4), sharex=True)
for ax, (L_x, *options) in zip(axes, sizes, strict=True):
    ticks = draw(ax, L_x, *options)
    _, s_x, p_x, d_x = options
    ax.set_ylabel(f"s={s_x}  p={p_x}  d={d_x}")


# %% formula
def output_length(L, K, s=1, p=0, d=1):
    """How many positions; < 1: none."""
    span = d * (K - 1) + 1
    return (L + 2 * p - span) // s + 1


# %% real
def real_length(L, K, s=1, p=0, d=1):
    x = torch.zeros(1, 1, L)
    w = torch.zeros(1, 1, K)
    y = F.conv1d(
        x, w, stride=s,
        padding=p, dilation=d,
    )
    return y.shape[2]


# %% sweep
from itertools import product


def length_or_0(*case):
    try:
        return real_length(*case)
    except RuntimeError:
        return 0


cases = list(product(  # L, K, s, p, d
    range(1, 11), range(1, 5), range(1, 5),
    range(3), range(1, 4),
))
real = [length_or_0(*case) for case in cases]
formula = [
    max(0, output_length(*case))
    for case in cases
]
refused = real.count(0)
fits = len(cases) - refused


# %% last_window
def ends(L, K, s, p, d):
    span = d * (K - 1) + 1
    count = output_length(L, K, s, p, d)
    end = (count - 1) * s + span
    return end, end + s, L + 2 * p


# %% steps
fig, ax = plt.subplots(figsize=(4.2, 2.6))
lengths = range(4, 21)
for s in [1, 2, 3]:
    T = [output_length(L, K=4, s=s) for L in lengths]
    ax.step(lengths, T, "o-", where="post", ms=4, label=f"s = {s}")
ax.set_xlabel("L")
ax.set_ylabel(r"$L_{\mathrm{out}}$")
ax.set_xticks(range(4, 21, 2))
ax.set_yticks(range(1, 18, 4))
legend = ax.legend()


# %% tail
def unused_tail(L, K, s=1, d=1):
    return (L - d * (K - 1) - 1) % s


print(unused_tail(12, K=4, s=3))

# %% tail_nan
spoilt = x.clone()
spoilt[0, 0, -2:] = torch.nan
print(layer(spoilt).isnan().any())
spoilt[0, 0, -3] = torch.nan
print(layer(spoilt).isnan().any())


# %% tail_sweep
def survives(L, K, s, d, spoil):
    x = torch.zeros(1, 1, L)
    x[0, 0, L - spoil :] = torch.nan
    w = torch.ones(1, 1, K)
    y = F.conv1d(
        x, w, stride=s, dilation=d
    )
    return not y.isnan().any()


cases = [
    (L, K, s, d)
    for L, K, s, d in product(
        range(1, 11), range(1, 4),
        range(1, 5), [1, 2],
    )
    if output_length(L, K, s, 0, d) > 0
]
tail_alone = [
    survives(*case, unused_tail(*case))
    for case in cases
]
one_more = [
    survives(*case, unused_tail(*case) + 1)
    for case in cases
]


# %% where
def looks_at(t, K, s=1, p=0, d=1):
    return [
        t * s - p + k * d
        for k in range(K)
    ]


x = torch.zeros(1, 1, 12)
x.requires_grad_()
w = torch.ones(1, 1, 3)
y = F.conv1d(
    x, w, stride=2, padding=1, dilation=2
)
y[0, 0, 3].backward()
read = x.grad[0, 0].nonzero()
print(read.flatten().tolist())
print(looks_at(3, K=3, s=2, p=1, d=2))

# %% stamps
K, s, d = 3, 2, 2
left = d * (K - 1)  # padding of a causal layer
newest = []
for t in range(5):
    taps = [t * s - left + k * d for k in range(K)]
    newest.append(taps[-1])
print(newest)

# %% stack
layers = [  # kernel and stride of each
    (10, 5), (3, 2), (3, 2), (3, 2),
    (3, 2), (2, 2), (2, 2),
]
length, lengths = 16000, []
for K, s in layers:
    length = output_length(length, K, s)
    lengths.append(length)
print(lengths)

# %% stack_check
front = nn.Sequential()
for K, s in layers:
    conv = nn.Conv1d(1, 1, K, stride=s)
    front.append(conv)
out = front(torch.zeros(1, 1, 16000))

# %% shortest
need = 1
for K, s in reversed(layers):
    need = max(1, (need - 1) * s + K)
print(need)

# %% shortest_check
one_out = front(torch.zeros(1, 1, need))

# %% front_short tags=["raises-exception"]
front(torch.zeros(1, 1, need - 1))

# %% lengths
each = torch.tensor([12, 9, 5, 1])
after = output_length(each, 4)
print(after)
after = after.clamp(min=0)
print(after)

# %% lengths_check
one_by_one = [
    length_or_0(int(L), 4) for L in each
]

# %% too_long tags=["raises-exception"]
nn.Conv1d(3, 2, 4)(torch.rand(5, 3, 3))

# %% span_too_long tags=["raises-exception"]
dilated = nn.Conv1d(
    3, 2, kernel_size=3,
    dilation=3, padding=1,
)
dilated(torch.rand(5, 3, 4))

# %% stride_zero
frozen = nn.Conv1d(3, 2, 4, stride=0)

# %% stride_zero_fails tags=["raises-exception"]
frozen(torch.rand(5, 3, 10))

# %% negative_padding tags=["raises-exception"]
cut = nn.Conv1d(3, 2, 4, padding=-1)
cut(torch.rand(5, 3, 10))

# %% float_stride tags=["raises-exception"]
half = nn.Conv1d(3, 2, 4, stride=4 / 2)
half(torch.rand(5, 3, 10))

# %% linear_cure
features = nn.Sequential(
    nn.Conv1d(3, 2, 4, stride=2),
    nn.Flatten(),
)
probe = torch.zeros(1, 3, 10)
width = features(probe).shape[1]
model = nn.Sequential(
    features, nn.Linear(width, 1)
)
print(width)
print(model(torch.rand(5, 3, 10)).shape)

# %% linear tags=["raises-exception"]
model = nn.Sequential(
    features, nn.Linear(10, 1)
)
model(torch.rand(5, 3, 10))

# %% any_length
model = nn.Sequential(
    nn.Conv1d(3, 2, 4, stride=2),
    nn.AdaptiveMaxPool1d(1),
    nn.Flatten(),
    nn.Linear(2, 1),
)
print(model(torch.rand(5, 3, 10)).shape)
print(model(torch.rand(5, 3, 99)).shape)


# %% truncate
def truncated(L, K, s):
    return int((L - K) / s) + 1  # wrong


print(truncated(3, K=4, s=2))
print(output_length(3, K=4, s=2))

# %% gaps
x = torch.zeros(1, 1, 10)
x.requires_grad_()
w = torch.ones(1, 1, 2)
F.conv1d(x, w, stride=3).sum().backward()
print(x.grad[0, 0].int().tolist())

# %% pool
z = torch.rand(1, 3, 10)
conv = nn.Conv1d(3, 3, kernel_size=2)
pool = nn.MaxPool1d(kernel_size=2)
print(conv(z).shape)
print(pool(z).shape)


# %% test_lengths
conv = nn.Conv1d(3, 2, 4, 3, 1, 2)
for L in range(5, 40):
    y = conv(torch.zeros(1, 3, L))
    T = output_length(L, 4, s=3, p=1, d=2)
    assert y.shape[2] == T

# %% test_reach
model = nn.Conv1d(3, 2, 4, stride=3)
x = torch.rand(1, 3, 12)
x.requires_grad_()
y = model(x)
# random, or a norm at the end hides all
y.backward(torch.randn_like(y))
used = x.grad[0].abs().amax(dim=0) > 0
print(used.int().tolist())

# %% ex_cover
extra = (4 - 12) % 3  # K - L, modulo s
twelve = torch.rand(1, 1, 12)
covered = F.pad(twelve, (extra, 0))
print(extra, layer(covered).shape)
assert unused_tail(12 + extra, 4, 3) == 0

# %% ex_sources
sources = [
    L for L in range(1, 30)
    if output_length(L, 4, 3) == 3
]
print(sources)

# %% through
net = nn.Sequential(
    nn.Conv1d(3, 8, 5, stride=2),
    nn.ReLU(), nn.MaxPool1d(2),
    nn.Conv1d(8, 16, 3),
    nn.Flatten(),
)
z = torch.zeros(1, 3, 100)
for step in net:
    z = step(z)
    print(tuple(z.shape))

# %% network_picture
fig, ax = plt.subplots(figsize=(4.4, 2.3))
both_rows = []
for L_now in (16000, need):
    row = [L_now]
    for K, s in layers:
        row.append(output_length(row[-1], K, s))
    both_rows.append(row)
    ax.semilogy(row, "o-")
    for i, n in enumerate(row):
        ax.annotate(
            f"{n:,}", (i, n), (7, 5), ha="center",
            textcoords="offset points",
        )
ax.set_xticks(range(8), ["x", *range(1, 8)])
ax.set_xlim(-0.5, 7.7)
ax.set_ylim(0.5, 60000)
ax.set_yticks([])
ticks = ax.set_yticks([], minor=True)
