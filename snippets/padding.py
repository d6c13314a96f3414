# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.arange(1.0, 7.0).view(1, 1, -1)
sum3 = torch.ones(1, 1, 3)
print(F.conv1d(x, sum3))
print(F.conv1d(x, sum3, padding=1))

# %% by_hand
padded = F.pad(x, (1, 1))  # left, right
print(padded)
print(F.conv1d(padded, sum3))

# %% pad_check
conv = nn.Conv1d(3, 2, kernel_size=5, padding=2)
conv.requires_grad_(False)
plain = nn.Conv1d(3, 2, kernel_size=5)
plain.load_state_dict(conv.state_dict())
plain.requires_grad_(False)
z = torch.rand(4, 3, 10)
torch.testing.assert_close(conv(z), plain(F.pad(z, (2, 2))))

# %% same_odd
print(F.conv1d(x, sum3, padding="same"))

# %% same_even
sum4 = torch.ones(1, 1, 4)
print(F.conv1d(x, sum4, padding="same"))


# %% same_split
def same_padding(K, d=1):
    total = d * (K - 1)
    left = total // 2
    return left, total - left


print(same_padding(4))
print(F.pad(x, same_padding(4)))

# %% same_sweep
same_checked = 0
for K in range(1, 9):
    for d in range(1, 5):
        w = torch.rand(1, 1, K)
        line = torch.rand(1, 1, 10)
        same = F.conv1d(line, w, padding="same", dilation=d)
        ends = same_padding(K, d)
        by_pad = F.conv1d(F.pad(line, ends), w, dilation=d)
        torch.testing.assert_close(same, by_pad)
        same_checked += 1


# %% tf_same
def tf_same(L, K, s=1, d=1):
    """Left and right padding, as TensorFlow's SAME has it."""
    windows = -(-L // s)  # L / s, rounded up
    total = max((windows - 1) * s + d * (K - 1) + 1 - L, 0)
    return total // 2, total - total // 2


ten = torch.arange(10.0).view(1, 1, -1)
print(tf_same(10, K=3, s=2))

# %% tf_values
theirs = F.conv1d(F.pad(ten, tf_same(10, 3, 2)), sum3, stride=2)
ours = F.conv1d(ten, sum3, stride=2, padding=1)
print(theirs)
print(ours)


# %% causal
class CausalConv1d(nn.Conv1d):
    """Output t reads the input up to t * stride, not beyond."""

    def forward(self, x):
        ahead = self.dilation[0] * (self.kernel_size[0] - 1)
        return super().forward(F.pad(x, (ahead, 0)))


# %% causal_sums
causal = CausalConv1d(1, 1, kernel_size=3, bias=False)
nn.init.ones_(causal.weight)
causal.requires_grad_(False)
print(causal(x))

# %% causal_lengths
causal_checked = 0
for K in range(1, 5):
    for s in range(1, 4):
        for d in range(1, 4):
            layer = CausalConv1d(1, 1, K, stride=s, dilation=d)
            for L in range(1, 12):
                y = layer(torch.zeros(1, 1, L))
                assert y.shape[2] == -(-L // s)
                causal_checked += 1

# %% cut
both = nn.Conv1d(1, 1, 3, padding=2, bias=False)
both.load_state_dict(causal.state_dict())
both.requires_grad_(False)
print(both(x)[:, :, :-2])


# %% reads_future
def reads_future(layer, C, L, s=1):
    """Whether an output changes with inputs that come after it."""
    x = torch.rand(1, C, L)
    y = layer(x)
    for t in range(y.shape[2]):
        later = x.clone()
        later[:, :, t * s + 1 :] += 1
        if not torch.allclose(layer(later)[:, :, t], y[:, :, t]):
            return True
    return False


# %% future_tests
same3 = nn.Conv1d(1, 1, 3, padding="same")
assert not reads_future(causal, C=1, L=8)
assert not reads_future(lambda x: both(x)[:, :, :-2], C=1, L=8)
assert reads_future(lambda x: both(x)[:, :, 2:], C=1, L=8)
assert reads_future(same3, C=1, L=8)

# %% modes
row = torch.tensor([[[1.0, 2, 3, 4]]])
for_pad = {"zeros": "constant"}  # F.pad's own name
modes = ["zeros", "reflect", "replicate", "circular"]
rows = {}
for mode in modes:
    rows[mode] = F.pad(row, (3, 3), mode=for_pad.get(mode, mode))
print(rows["reflect"])

# %% modes_drawn
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 2.4))
for i, mode in enumerate(modes):
    for j, value in enumerate(rows[mode][0, 0].int().tolist()):
        inside = 3 <= j < 7
        box = plt.Rectangle(
            (j - 0.45, -i - 0.4),
            0.9,
            0.8,
            alpha=0.35,
            facecolor="C0" if inside else "C1",
        )
        ax.add_patch(box)
        ax.text(j, -i, value, ha="center", va="center")
ax.set_yticks(range(0, -4, -1), modes)
ax.set_xticks(range(10), range(-3, 7))
ax.set_xlim(-0.7, 9.7)
limits = ax.set_ylim(-3.6, 0.6)

# %% modes_check
for mode in modes:
    layer = nn.Conv1d(3, 2, 5, padding=2, padding_mode=mode)
    z = torch.rand(4, 3, 10)
    wide = F.pad(z, (2, 2), mode=for_pad.get(mode, mode))
    expected = F.conv1d(wide, layer.weight, layer.bias)
    torch.testing.assert_close(layer(z), expected)


# %% mode_formulas
def padded_value(x, u, mode):
    """What stands at position u; x begins at 0."""
    L = len(x)
    if mode == "zeros":
        return x[u] if 0 <= u < L else 0.0
    if mode == "reflect":
        return x[-u if u < 0 else min(u, 2 * (L - 1) - u)]
    if mode == "replicate":
        return x[min(max(u, 0), L - 1)]
    return x[u % L]  # circular


modes_compared = 0
for mode in modes:
    for L in range(2, 8):
        for p in range(1, L):
            x1 = torch.rand(1, 1, L)
            wide = F.pad(x1, (p, p), mode=for_pad.get(mode, mode))
            values = x1.flatten().tolist()
            places = range(-p, L + p)
            mine = [padded_value(values, u, mode) for u in places]
            assert mine == wide.flatten().tolist()
            modes_compared += 1


# %% limits
def allowed(mode, L, p):
    try:
        layer = nn.Conv1d(1, 1, 3, padding=p, padding_mode=mode)
        layer(torch.zeros(1, 1, L))
    except RuntimeError:
        return False
    return True


for mode in modes:
    print(mode, max(p for p in range(1, 30) if allowed(mode, 6, p)))

# %% edges
flat = torch.ones(1, 1, 6)
for mode in modes:
    mean = nn.Conv1d(1, 1, 3, padding=1, padding_mode=mode, bias=False)
    nn.init.constant_(mean.weight, 1 / 3)
    mean.requires_grad_(False)
    print(mean(flat)[0, 0].round(decimals=4), mode)

# %% batch
torch.manual_seed(0)
lengths = torch.tensor([10, 6])
short = torch.rand(1, 3, 6)
batch = torch.zeros(2, 3, 10)
batch[0] = torch.rand(3, 10)
batch[1, :, :6] = short
first = nn.Conv1d(3, 3, 3, padding=1)
second = nn.Conv1d(3, 3, 3, padding=1)
for layer in [first, second]:
    layer.requires_grad_(False)

# %% one_layer
alone = first(short)[0]
together = first(batch)[1]
gap1 = (together[:, :6] - alone).abs().amax(dim=0)
print(gap1.round(decimals=4))

# %% not_zero
print(together[0])

# %% two_layers
alone = second(first(short))[0]
together = second(first(batch))[1]
gap2 = (together[:, :6] - alone).abs().amax(dim=0)
print(gap2.round(decimals=4))

# %% mask
inside = torch.arange(10) < lengths[:, None]  # (N, L)
mask = inside[:, None, :]  # (N, 1, L)
print(mask.int())

# %% masked
hidden = first(batch) * mask
together = second(hidden)[1]
gap3 = (together[:, :6] - alone).abs().amax(dim=0)
print(gap3.round(decimals=4))


# %% masked_net
class MaskedConvs(nn.Module):
    """Convolutions that keep padded positions at zero."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x, lengths):  # (N, C, L), (N,)
        steps = torch.arange(x.shape[2], device=x.device)
        mask = (steps < lengths[:, None])[:, None, :]
        x = x * mask
        for layer in self.layers:
            x = layer(x).relu() * mask
        return x


# %% depth
def frames_leaked(depth, masked):
    net = [nn.Conv1d(3, 3, 3, padding=1) for _ in range(depth)]
    a, b = short, batch
    for layer in net:
        a = layer(a)
        b = layer(b)
        if masked:
            b = b * mask
    gap = (b[1, :, :6] - a[0]).abs().amax(dim=0)
    return int((gap > 1e-5).sum())


print([frames_leaked(n, masked=False) for n in range(1, 7)])
print([frames_leaked(n, masked=True) for n in range(1, 7)])

# %% same_strided tags=["raises-exception"]
nn.Conv1d(3, 2, 3, padding="same", stride=2)

# %% causal_word tags=["raises-exception"]
nn.Conv1d(3, 2, 3, padding="causal")

# %% unequal tags=["raises-exception"]
unequal = nn.Conv1d(3, 2, 3, padding=(1, 2))
unequal(torch.rand(4, 3, 10))

# %% unequal_circular tags=["raises-exception"]
odd = nn.Conv1d(3, 2, 3, padding=(1, 2), padding_mode="circular")
odd(torch.rand(4, 3, 10))

# %% mode_name tags=["raises-exception"]
nn.Conv1d(3, 2, 3, padding=1, padding_mode="constant")

# %% pad_name tags=["raises-exception"]
F.pad(x, (1, 1), mode="zeros")

# %% functional_mode tags=["raises-exception"]
F.conv1d(x, sum3, padding=1, padding_mode="circular")

# %% too_wide tags=["raises-exception"]
mirror = nn.Conv1d(1, 1, 3, padding=4, padding_mode="reflect")
mirror(row)

# %% wraps_twice tags=["raises-exception"]
ring = nn.Conv1d(1, 1, 3, padding=5, padding_mode="circular")
ring(row)


# %% reflect_leaks
class Mirrored(CausalConv1d):
    def forward(self, x):
        x = F.pad(x, (2, 0), mode="reflect")
        return nn.Conv1d.forward(self, x)


assert reads_future(Mirrored(1, 1, 3), C=1, L=8)

# %% wrong_axis
nlc = torch.rand(4, 10, 3)
print(F.pad(nlc, (2, 0)).shape)

# %% pad_token
embed = nn.Embedding(100, 3)
marked = nn.Embedding(100, 3, padding_idx=0)
ids = torch.tensor([[7, 8, 9, 0, 0]])
for table in [embed, marked]:
    full = table(ids).permute(0, 2, 1)
    gap = first(full)[0, :, :3] - first(full[:, :, :3])[0]
    print((gap.abs() > 1e-6).any(dim=0).tolist())


# %% test_alone
def same_alone(model, batch, lengths):
    """Whether each sequence gives in its batch what it gives alone."""
    together = model(batch, lengths)
    for n, L in enumerate(lengths.tolist()):
        alone = model(batch[n : n + 1, :, :L], lengths[n : n + 1])[0]
        if not torch.allclose(together[n, :, :L], alone, atol=1e-5):
            return False
    return True


net = MaskedConvs(first, second)
assert same_alone(net, batch, lengths)


def unmasked(x, _):
    return second(first(x))


assert not same_alone(unmasked, batch, lengths)

# %% test_flat
edge_mode = nn.Conv1d(1, 1, 3, padding=1, padding_mode="replicate")
y = edge_mode(torch.ones(1, 1, 9))
torch.testing.assert_close(y, y[:, :, :1].expand_as(y))

# %% ex_bias
torch.manual_seed(0)
a = nn.Conv1d(3, 3, 3, padding=1, bias=False)
b = nn.Conv1d(3, 3, 3, padding=1, bias=False)
gap = b(a(batch))[1, :, :6] - b(a(short))[0]
leaked = (gap.abs().amax(dim=0) > 1e-6).tolist()
print(leaked)

# %% ex_reflect
left = x[:, :, 1:3].flip(-1)
right = x[:, :, -3:-1].flip(-1)
mirrored = torch.cat([left, x, right], dim=2)
assert torch.equal(mirrored, F.pad(x, (2, 2), mode="reflect"))
print(mirrored)

# %% ex_mean
too_small = hidden.mean(dim=2)
right = hidden.sum(dim=2) / lengths[:, None]
print((too_small / right).round(decimals=4))
