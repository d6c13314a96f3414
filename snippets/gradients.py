# %% tiny
import torch
from torch import nn
from torch.nn import functional as F

x = torch.tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
w = torch.tensor([[[1.0, 2.0, 3.0]]])
b = torch.tensor([0.0])
for tensor in (x, w, b):
    tensor.requires_grad_()
y = F.conv1d(x, w, b)
g = torch.tensor([[[1.0, 10.0, 100.0]]])
y.backward(g)

# %% tiny_results
print(b.grad.tolist())
print(w.grad[0, 0].tolist())
print(x.grad[0, 0].tolist())

# %% bias
db = g.sum(dim=(0, 2))
print(db)

# %% weight
dw = F.conv1d(x.detach(), g)
print(dw)

# %% input
dx = F.conv_transpose1d(g, w.detach())
print(dx)


# %% three
def by_hand(x, w, g, s=1, p=0, d=1, groups=1):
    """Gradients of conv1d: for x, for w and for the bias."""
    N, C_in, L = x.shape
    C_out, _, K = w.shape
    extra = L - ((g.shape[2] - 1) * s - 2 * p + d * (K - 1) + 1)
    dx = F.conv_transpose1d(g, w, None, s, p, extra, groups, d)
    parts = []
    padded = F.pad(x, (p, p)).transpose(0, 1).chunk(groups)
    turned = g.transpose(0, 1).chunk(groups)
    for i in range(groups):
        taps = F.conv1d(padded[i], turned[i], stride=d, dilation=s)
        parts.append(taps[..., :K].transpose(0, 1))
    return dx, torch.cat(parts), g.sum(dim=(0, 2))


# %% sweep
from itertools import product

torch.manual_seed(0)
equal = []
for K, s, p, d, groups, L in product(
    (1, 2, 3),
    (1, 2, 3),
    (0, 1, 2),
    (1, 2),
    (1, 2),
    range(5, 10),
):
    xs = torch.randint(-3, 4, (2, 4, L)).float()
    ws = torch.randint(-3, 4, (6, 4 // groups, K)).float()
    bs = torch.randint(-3, 4, (6,)).float()
    leaves = [t.requires_grad_() for t in (xs, ws, bs)]
    out = F.conv1d(*leaves, s, p, d, groups)
    gs = torch.randint(-3, 4, out.shape).float()
    autograd = torch.autograd.grad(out, leaves, gs)
    with torch.no_grad():
        ours = by_hand(xs, ws, gs, s, p, d, groups)
    equal += [torch.equal(ours[i], autograd[i]) for i in range(3)]

# %% layer
torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
data = torch.rand(1, 3, 10)
out = layer(data)
out.retain_grad()
loss = (out**2).mean()
loss.backward()
print(out.grad.shape, layer.weight.grad.shape)

# %% layer_upstream
upstream = 2 * out.detach() / out.numel()
torch.testing.assert_close(out.grad, upstream)

# %% layer_check
with torch.no_grad():
    _, dw, db = by_hand(data, layer.weight, out.grad)
torch.testing.assert_close(dw, layer.weight.grad)
torch.testing.assert_close(db, layer.bias.grad)

# %% one_weight
window_row = data[0, 0, 0:7]
product_sum = (out.grad[0, 0] * window_row).sum()

# %% cover
ones = torch.ones(1, 1, 10, requires_grad=True)
F.conv1d(ones, torch.ones(1, 1, 3)).sum().backward()
print(ones.grad[0, 0].int().tolist())

# %% tail
ones.grad = None
F.conv1d(ones, torch.ones(1, 1, 3), stride=4).sum().backward()
print(ones.grad[0, 0].int().tolist())

# %% cover_modes
for mode in "zeros", "reflect", "replicate", "circular":
    ones.grad = None
    conv = nn.Conv1d(1, 1, 3, padding=1, padding_mode=mode)
    nn.init.ones_(conv.weight)
    conv(ones).sum().backward()
    print(f"{mode:9}", ones.grad[0, 0].int().tolist())

# %% gradcheck
double = nn.Conv1d(3, 2, kernel_size=4).double()
probe = torch.rand(1, 3, 10, dtype=torch.float64)
inputs = probe.requires_grad_(), double.weight, double.bias
print(torch.autograd.gradcheck(F.conv1d, inputs))


# %% differences
def error_of_step(h, dtype):
    v, u = data.to(dtype), layer.weight.detach().to(dtype)
    step = torch.zeros_like(u)
    step[0, 0, 0] = h

    def f(weight):
        return F.conv1d(v, weight).tanh().sum()

    slope = (f(u + step) - f(u - step)) / (2 * h)
    exact = torch.func.grad(f)(u)[0, 0, 0]
    return abs(slope - exact).item() + 1e-17


steps = [10.0**-i for i in range(1, 13)]
rough = [error_of_step(h, torch.float32) for h in steps]
fine = [error_of_step(h, torch.float64) for h in steps]

# %% differences_plot
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.loglog(steps, rough, "o-", label="float32")
ax.loglog(steps, fine, "s-", label="float64")
ax.set_xlim(1e-13, 1)
ax.set_ylim(1e-14, 1e2)
ax.set_xlabel("h")
legend = ax.legend()

# %% flops
from torch.utils.flop_counter import FlopCounterMode

batch = torch.rand(1, 3, 10, requires_grad=True)
with FlopCounterMode(display=False) as forward:
    result = layer(batch)
with FlopCounterMode(display=False) as backward:
    result.sum().backward()
result = layer(batch.detach())
with FlopCounterMode(display=False) as first:
    result.sum().backward()
ratio = backward.get_total_flops() / forward.get_total_flops()

# %% not_scalar tags=["raises-exception"]
layer(data).backward()

# %% no_grad tags=["raises-exception"]
frozen = nn.Conv1d(3, 2, kernel_size=4).requires_grad_(False)
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
with torch.no_grad():
    layer.weight -= 0.1 * layer.weight.grad

# %% accumulate
layer.zero_grad()
emptied = layer.weight.grad
layer(data).sum().backward()
first = layer.bias.grad.clone()
layer(data).sum().backward()
print(first, layer.bias.grad)

# %% detached
pair = nn.Conv1d(3, 2, 4), nn.Conv1d(2, 1, 3)
hidden = pair[0](data).detach()
pair[1](hidden).sum().backward()
print(pair[0].weight.grad)

# %% norm
with_norm = nn.Sequential(nn.Conv1d(3, 2, 4), nn.BatchNorm1d(2))
with_norm.double()
many = torch.rand(5, 3, 10, dtype=torch.float64)
(with_norm(many) ** 3).sum().backward()
bias_grad = with_norm[0].bias.grad.abs().max()
weight_grad = with_norm[0].weight.grad.abs().max()

# %% test_all_have
layer.zero_grad()
layer(data).square().mean().backward()
for name, parameter in layer.named_parameters():
    assert parameter.grad is not None, name
    assert parameter.grad.abs().max() > 0, name

# %% test_descent
before = layer(data).square().mean()
with torch.no_grad():
    for parameter in layer.parameters():
        parameter.sub_(0.01 * parameter.grad)
assert layer(data).square().mean() < before

# %% from_torch
grads = torch.nn.grad
args = (data.shape, layer.weight, out.grad)
torch_dx = grads.conv1d_input(*args)
torch_dw = grads.conv1d_weight(data, layer.weight.shape, out.grad)
torch.testing.assert_close(torch_dw, dw)

# %% longer_mean
short = torch.ones(1, 3, 10)
long = torch.ones(1, 3, 97)
sizes = []
for v in (short, long):
    layer.zero_grad()
    layer(v).sum().backward()
    sizes.append(layer.bias.grad[0].item())
print(sizes)

# %% hole
five = torch.ones(1, 1, 5, requires_grad=True)
F.conv1d(five, torch.ones(1, 1, 2), dilation=3).sum().backward()
print(five.grad[0, 0].int().tolist())
