# %% tiny
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

x = torch.tensor([[[1., 2., 3., 4., 5.]]])
w = torch.tensor([[[1., 2., 3.]]])
b = torch.tensor([0.])
for tensor in (x, w, b):
    tensor.requires_grad_()
y = F.conv1d(x, w, b)
delta = torch.tensor([[[1., 10., 100.]]])
y.backward(delta)

# %% tiny_results
print(b.grad.tolist())
print(w.grad[0, 0].tolist())
print(x.grad[0, 0].tolist())

# %% bias
db = delta.sum(dim=(0, 2))
print(db)

# %% weight
dw = F.conv1d(x.detach(), delta)
print(dw)

# %% input
dx = F.conv_transpose1d(
    delta, w.detach()
)
print(dx)


# %% way_back
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.2, 2.1))
weights = w[0, 0].tolist()
for t in range(3):
    height = delta[0, 0, t].item()
    ax.text(-0.8, t, f"{height:.0f}", ha="center", va="center",
            color=f"C{t}")
    for k in range(3):
        ax.add_patch(plt.Rectangle(
            (t + k - 0.45, t - 0.4), 0.9, 0.8,
            facecolor=f"C{t}", alpha=0.25,
        ))
        share = f"{height:.0f} · {weights[k]:.0f}"
        ax.text(t + k, t, share, ha="center", va="center")
for i, total in enumerate(dx[0, 0].tolist()):
    ax.text(i, 3.1, f"{total:.0f}", ha="center", va="center")
ax.plot([-0.45, 4.45], [2.55, 2.55], color="C7", linewidth=1)
ax.set_xlim(-1.2, 4.6)
ax.set_ylim(3.6, -0.6)
ax.set_xticks(range(5), [f"x[{i}]" for i in range(5)])
ax.set_yticks([0, 1, 2, 3.1], ["δ[0]", "δ[1]", "δ[2]", "Σ"])
ax.tick_params(length=0)
sides = ax.spines[:].set_visible(False)

# %% three
def by_hand(
    x, w, delta, s=1, p=0, d=1, g=1
):
    """Gradients of x, w and the bias."""
    L, K = x.shape[2], w.shape[2]
    L_out = delta.shape[2]
    span = d * (K - 1) + 1
    reached = (L_out - 1) * s + span
    q = L + 2 * p - reached
    dx = F.conv_transpose1d(
        delta, w, None, s, p, q, g, d
    )
    db = delta.sum(dim=(0, 2))
    if not len(x):  # a batch of none
        return dx, torch.zeros_like(w), db
    # samples and channels exchanged
    seen = F.pad(x, (p, p))
    seen = seen.transpose(0, 1)
    arrived = delta.transpose(0, 1)
    parts = []
    for a, b in zip(
        seen.chunk(g), arrived.chunk(g)
    ):
        taps = F.conv1d(
            a, b, stride=d, dilation=s
        )
        parts.append(taps[..., :K])
    dw = torch.cat(parts, dim=1)
    dw = dw.transpose(0, 1)
    return dx, dw, db


# %% sweep
from itertools import product


def small(*shape):
    numbers = torch.randint(-3, 4, shape)
    return numbers.float()


torch.manual_seed(0)
equal = []
for K, s, p, d, g, L, N in product(
    (1, 2, 3), (1, 2, 3), (0, 1, 2),
    (1, 2), (1, 2), (5, 7, 9), (0, 2),
):
    xs = small(N, 4, L)
    ws = small(6, 4 // g, K)
    leaves = xs, ws, small(6)
    for leaf in leaves:
        leaf.requires_grad_()
    out = F.conv1d(*leaves, s, p, d, g)
    delta = small(*out.shape)
    theirs = torch.autograd.grad(
        out, leaves, delta
    )
    ours = by_hand(
        xs, ws, delta, s, p, d, g
    )
    for i in range(3):
        same = ours[i].equal(theirs[i])
        equal.append(same)

# %% exchanged
# the lines at the top of the page
samples, several = small(2, 3, 9), small(5, 3, 4)
samples.requires_grad_()
several.requires_grad_()
out = F.conv1d(samples, several)
delta = small(*out.shape)
out.backward(delta)
with torch.no_grad():
    for_weight = F.conv1d(
        samples.transpose(0, 1),
        delta.transpose(0, 1),
    ).transpose(0, 1)
    for_input = F.conv_transpose1d(delta, several)
assert for_weight.equal(several.grad)
assert for_input.equal(samples.grad)
grads = torch.nn.grad
settings = 2, 1, 2, 3
xs, ws = small(2, 6, 9), small(3, 2, 4)
ws.requires_grad_()
xs.requires_grad_()
out = F.conv1d(xs, ws, None, *settings)
delta = small(*out.shape)
out.backward(delta)
with torch.no_grad():
    assert grads.conv1d_weight(xs, ws.shape, delta, *settings).equal(ws.grad)
    assert grads.conv1d_input(xs.shape, ws, delta, *settings).equal(xs.grad)

# %% layer
torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
data = torch.rand(1, 3, 10)
out = layer(data)
out.retain_grad()
loss = (out**2).mean()
loss.backward()
print(out.grad.shape)
print(layer.weight.grad.shape)

# %% layer_upstream
upstream = 2 * out.detach() / out.numel()
assert_close(out.grad, upstream)

# %% layer_check
with torch.no_grad():
    dx, dw, db = by_hand(
        data, layer.weight, out.grad
    )
assert_close(dw, layer.weight.grad)
assert_close(db, layer.bias.grad)

# %% from_torch
grads = torch.nn.grad
torch_dx = grads.conv1d_input(
    data.shape, layer.weight, out.grad
)
torch_dw = grads.conv1d_weight(
    data, layer.weight.shape, out.grad
)
assert_close(torch_dx, dx)
assert_close(torch_dw, dw)

# %% one_weight
window_row = data[0, 0, 0:7]
products = out.grad[0, 0] * window_row
product_sum = products.sum()

# %% cover
ones = torch.ones(1, 1, 10)
ones.requires_grad_()
kernel = torch.ones(1, 1, 3)
F.conv1d(ones, kernel).sum().backward()
print(ones.grad[0, 0].int().tolist())

# %% tail
ones.grad = None
coarse = F.conv1d(ones, kernel, stride=4)
coarse.sum().backward()
print(ones.grad[0, 0].int().tolist())

# %% cover_modes
for mode in (
    "zeros", "reflect",
    "replicate", "circular",
):
    ones.grad = None
    conv = nn.Conv1d(
        1, 1, 3, padding=1,
        padding_mode=mode,
    )
    nn.init.ones_(conv.weight)
    conv(ones).sum().backward()
    shares = ones.grad[0, 0].int()
    print(f"{mode:9}", shares.tolist())

# %% gradcheck
from torch.autograd import gradcheck

double = nn.Conv1d(3, 2, 4).double()
probe = torch.rand(1, 3, 10).double()
probe.requires_grad_()
inputs = (
    probe, double.weight, double.bias
)
print(gradcheck(F.conv1d, inputs))


# %% differences
def error(h, dtype):
    v = data.to(dtype)
    u = layer.weight.detach().to(dtype)
    step = torch.zeros_like(u)
    step[0, 0, 0] = h

    def f(weight):
        y = F.conv1d(v, weight)
        return y.tanh().sum()

    rise = f(u + step) - f(u - step)
    slope = rise / (2 * h)
    exact = torch.func.grad(f)(u)
    off = abs(slope - exact[0, 0, 0])
    # 1e-17: a logarithmic axis has no 0
    return off.item() + 1e-17


steps = [10.0**-i for i in range(1, 13)]
f32, f64 = torch.float32, torch.float64
rough = [error(h, f32) for h in steps]
fine = [error(h, f64) for h in steps]

# %% differences_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.2, 3.2))
ax.loglog(steps, rough, "o-", label="float32")
ax.loglog(steps, fine, "s-", label="float64")
ax.set_xlim(1e-13, 1)
ax.set_ylim(1e-14, 1e2)
ax.set_xlabel("h")
legend = ax.legend()

# %% flops
from torch.utils.flop_counter import (
    FlopCounterMode,
)

forward = FlopCounterMode(display=False)
backward = FlopCounterMode(display=False)
first = FlopCounterMode(display=False)
batch = torch.rand(1, 3, 10)
batch.requires_grad_()
with forward:
    result = layer(batch)
with backward:
    result.sum().backward()
result = layer(batch.detach())
with first:
    result.sum().backward()
ratio = (
    backward.get_total_flops()
    / forward.get_total_flops()
)

# %% not_scalar tags=["raises-exception"]
layer(data).backward()

# %% no_grad tags=["raises-exception"]
frozen = nn.Conv1d(3, 2, 4)
frozen.requires_grad_(False)
frozen(data).sum().backward()

# %% twice tags=["raises-exception"]
loss = layer(data).square().sum()
loss.backward()
loss.backward()

# %% in_place tags=["raises-exception"]
signal = torch.rand(1, 3, 10)
loss = layer(signal).sum()
signal += 1
loss.backward()

# %% in_place_leaf tags=["raises-exception"]
layer.weight -= 0.1 * layer.weight.grad

# %% to_numpy tags=["raises-exception"]
layer(data).numpy()

# %% step_right
step = 0.1 * layer.weight.grad
with torch.no_grad():
    layer.weight -= step

# %% accumulate
layer.zero_grad()
emptied = layer.weight.grad
layer(data).sum().backward()
first = layer.bias.grad.clone()
layer(data).sum().backward()
print(first, layer.bias.grad)

# %% detached
before = nn.Conv1d(3, 2, 4)
after = nn.Conv1d(2, 1, 3)
hidden = before(data).detach()
after(hidden).sum().backward()
print(before.weight.grad)

# %% norm
conv = nn.Conv1d(3, 2, 4)
norm = nn.BatchNorm1d(2)
with_norm = nn.Sequential(conv, norm)
with_norm.double()
many = torch.rand(5, 3, 10).double()
(with_norm(many) ** 3).sum().backward()
bias_grad = conv.bias.grad.abs().max()
weight_grad = conv.weight.grad
weight_grad = weight_grad.abs().max()

# %% test_all_have
layer.zero_grad()
layer(data).square().mean().backward()
for name, p in layer.named_parameters():
    assert p.grad is not None, name
    assert p.grad.abs().max() > 0, name

# %% test_descent
before = layer(data).square().mean()
with torch.no_grad():
    for p in layer.parameters():
        p.sub_(0.01 * p.grad)
after = layer(data).square().mean()
assert after < before

# %% longer_mean
from torch import optim


def steps_of(method, reduce, lengths):
    """What each step takes off the bias."""
    net = nn.Conv1d(3, 2, kernel_size=4)
    how = method(net.parameters(), lr=0.01)
    taken = []
    for n in lengths:
        before = net.bias.tolist()[0]
        how.zero_grad()
        y = net(torch.ones(1, 3, n))
        reduce(y).backward()
        how.step()
        after = net.bias.tolist()[0]
        taken.append(before - after)
    return taken


first_steps = {}
for method, reduce in product(
    (optim.SGD, optim.Adam),
    (torch.sum, torch.mean),
):
    sizes = [
        steps_of(method, reduce, [n])[0]
        for n in (10, 97)
    ]
    names = method.__name__, reduce.__name__
    first_steps[names] = sizes
    print(*names, [f"{v:.4f}" for v in sizes])

# %% adam_later
later = {}
for reduce in (torch.sum, torch.mean):
    later[reduce] = steps_of(
        optim.Adam, reduce, [97, 10]
    )
    print(
        reduce.__name__,
        [f"{v:.4f}" for v in later[reduce]],
    )


# %% adam_eps
def faint(y):
    return 1e-8 * y.mean()


(with_eps,) = steps_of(
    optim.Adam, faint, [10]
)
print(f"{with_eps:.4f}")

# %% hole
five = torch.ones(1, 1, 5)
five.requires_grad_()
two = torch.ones(1, 1, 2)
wide = F.conv1d(
    five, two, dilation=3
)
wide.sum().backward()
grad = five.grad[0, 0].int()
print(grad.tolist())
