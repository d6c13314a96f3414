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


torch.manual_seed(0)
net = nn.Sequential(
    block(3, 16), block(16, 16),
    nn.AdaptiveAvgPool1d(1), nn.Flatten(),
    nn.Linear(16, 4),
)
# stands for training: the norms have seen data
for _ in range(100):
    net(torch.randn(8, 3, 50) * 2 + 1)
net.eval()
x = torch.randn(2, 3, 50)


# %% compare
sizes = [(2, 50), (1, 50), (5, 77), (3, 16)]


def largest_gap(a, b):
    """Over several batches and lengths."""
    gaps = []
    for N, L in sizes:
        z = torch.randn(N, 3, L)
        gaps.append((a(z) - b(z)).abs().max())
    return torch.stack(gaps).max().item()


def size(model):
    tensors = model.state_dict().values()
    return sum(t.nbytes for t in tensors)


# %% fold
from torch.nn.utils.fusion import fuse_conv_bn_eval

conv, norm, relu = net[0]
print(fuse_conv_bn_eval(conv, norm))

# %% fold_gap
folded = nn.Sequential(*[
    nn.Sequential(
        fuse_conv_bn_eval(part[0], part[1]),
        part[2],
    )
    if isinstance(part, nn.Sequential)
    else part
    for part in net
])
fold_gap = largest_gap(folded, net)

# %% fold_train tags=["raises-exception"]
fuse_conv_bn_eval(
    nn.Conv1d(3, 16, 5), nn.BatchNorm1d(16)
)

# %% compile
graphs = []


def backend(graph, example):
    graphs.append((graph, example))
    return graph.forward


compiled = torch.compile(net, backend=backend)
for L in [50, 60, 70, 80, 1]:
    compiled(torch.randn(2, 3, L))
    print(f"length {L:2}: {len(graphs)} graphs")

# %% compile_gap
compile_gap = largest_gap(compiled, net)

# %% compile_time
from time import thread_time

torch.compiler.reset()
again = torch.compile(net, backend=backend)
spent = []
for _ in range(20):
    start = thread_time()
    again(x)
    spent.append(thread_time() - start)
first, later = spent[0], spent[1:]

# %% no_compiler
from torch._inductor.exc import InvalidCxxCompiler

needed = str(InvalidCxxCompiler()).split(" in ")[0]

# %% export
from torch.export import Dim, export

free = {0: Dim("N"), 2: Dim("L", min=16)}
program = export(
    net.eval(), (x,), dynamic_shapes=(free,)
)

# %% exported
exported = program.module()
print(exported(torch.randn(5, 3, 77)).shape)

# %% export_gap
export_gap = largest_gap(exported, net)

# %% fixed tags=["raises-exception"]
fixed = export(net, (x,)).module()
fixed(torch.randn(2, 3, 77))


# %% int_length tags=["raises-exception"]
class Mean(nn.Module):
    def forward(self, x):
        L = int(x.shape[-1])
        return x.sum(-1) / L


any_length = ({2: Dim("L")},)
export(Mean(), (x,), dynamic_shapes=any_length)


# %% symbolic
class FreeMean(nn.Module):
    def forward(self, x):
        return x.sum(-1) / x.shape[-1]


mean = export(
    FreeMean(), (x,), dynamic_shapes=any_length
).module()
longer = torch.randn(2, 3, 77)
free_gap = mean(longer) - longer.mean(-1)

# %% export_net
def exported_gap(part):
    """After an export with free sizes."""
    part.eval()
    program = export(
        part, (x,), dynamic_shapes=(free,)
    )
    return largest_gap(program.module(), part)


class Halved(nn.Module):
    def forward(self, x):
        return F.max_pool1d(
            x, 2, return_indices=True
        )[0]


other_gaps = [
    exported_gap(nn.Conv1d(3, 2, 5)),
    exported_gap(nn.Conv1d(3, 2, 5, stride=2)),
    exported_gap(nn.AvgPool1d(2)),
    exported_gap(Halved()),
]
same_pool = Halved()(x).equal(nn.MaxPool1d(2)(x))

# %% export_short tags=["raises-exception"]
# without min=
any_length = ({2: Dim("L")},)
part = nn.Conv1d(3, 2, 5)
export(part, (x,), dynamic_shapes=any_length)

# %% max_pool tags=["raises-exception"]
part = nn.MaxPool1d(2)
export(part, (x,), dynamic_shapes=(free,))

# %% auto tags=["raises-exception"]
auto = export(
    Mean(), (x,), dynamic_shapes=({2: Dim.AUTO},)
)
auto.module()(longer)

# %% traced
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    traced = torch.jit.trace(Mean(), (x,))
double = torch.ones(1, 3, 100)
print(Mean()(double)[0, 0], traced(double)[0, 0])

# %% train_mode
import copy

in_training = copy.deepcopy(net).train()
wrong = export(
    in_training, (x,), dynamic_shapes=(free,)
).module()

# %% train_mode_gap
alone = torch.randn(1, 3, 60)
others = torch.randn(7, 3, 60) * 5
batch = torch.cat([alone, others])
moved = (wrong(alone) - wrong(batch)[:1]).abs().max()
still = (
    exported(alone) - exported(batch)[:1]
).abs().max()

# %% onnx tags=["raises-exception"]
torch.onnx.export(net, (x,), "net.onnx")


# %% four_axes
conv = net[1][0]  # Conv1d(16, 16, 5, padding=2)
wide = nn.Conv2d(16, 16, (1, 5), padding=(0, 2))
wide.load_state_dict({
    "weight": conv.weight.unsqueeze(2),
    "bias": conv.bias,
})
z = torch.randn(2, 16, 50)
y2 = wide(z.unsqueeze(2)).squeeze(2)


# %% conv2d
def as_conv2d(layer):
    """A Conv2d for (N, C, 1, L), same weights."""
    if type(layer) is not nn.Conv1d:
        raise TypeError(f"no Conv1d: {layer}")
    p = layer.padding
    wide = nn.Conv2d(
        layer.in_channels, layer.out_channels,
        (1, *layer.kernel_size),
        (1, *layer.stride),
        p if isinstance(p, str) else (0, *p),
        (1, *layer.dilation),
        layer.groups,
        layer.bias is not None,
        layer.padding_mode,
        layer.weight.device, layer.weight.dtype,
    )
    state = dict(layer.state_dict())
    state["weight"] = state["weight"].unsqueeze(2)
    wide.load_state_dict(state)
    return wide


# %% conv2d_sweep
from itertools import product

gaps_2d, shapes_2d = [], []
for K, p, d, s, g, mode in product(
    [1, 3, 5], [0, 1, "same"], [1, 2], [1, 3],
    [1, 2], ["zeros", "reflect", "circular"],
):
    if p == "same" and s > 1:
        continue
    layer = nn.Conv1d(
        4, 6, K, s, p, d, g, padding_mode=mode
    )
    z = torch.randn(2, 4, 20)
    y = layer(z)
    y2 = as_conv2d(layer)(z.unsqueeze(2)).squeeze(2)
    shapes_2d.append(y.shape == y2.shape)
    gaps_2d.append((y - y2).abs().max().item())

# %% half
small = copy.deepcopy(net).to(torch.bfloat16)
y_small = small(x.to(torch.bfloat16))

# %% half_error
largest = net(x).abs().max()
half_error = (y_small - net(x)).abs().max() / largest

# %% autocast
with torch.autocast("cpu", torch.bfloat16):
    y = net[0][0](x)
    print("Conv1d   ", y.dtype)
    print("weight   ", net[0][0].weight.dtype)
    print("BatchNorm", net[0][1](y).dtype)
    print("sum      ", y.sum().dtype)
    print("mse_loss ", F.mse_loss(y, y * 2).dtype)
    print("by hand  ", (y - y * 2).pow(2).mean().dtype)

# %% dynamic
tiny = nn.Sequential(
    nn.Conv1d(3, 16, 5), nn.ReLU(),
    nn.Flatten(), nn.Linear(16, 4),
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    quantised = torch.ao.quantization.quantize_dynamic(
        tiny, {nn.Conv1d, nn.Linear}
    )
print(quantised)

# %% notice
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    torch.ao.quantization.quantize_dynamic(tiny, set())
notice = str(seen[0].message).split("\n")[0].strip()


# %% int8
def to_int8(w):
    """(C_out, C_in/g, K) -> int8, and a scale."""
    top = w.abs().amax((1, 2), keepdim=True)
    scale = (top / 127).clamp(min=1e-12)
    return (w / scale).round().to(torch.int8), scale


layer = folded[1][0]
q, step = to_int8(layer.weight)
x16 = torch.randn(4, 16, 200)
y8 = F.conv1d(x16, q * step, layer.bias, padding=2)

# %% int8_bound
# no weight is off by more than half a step
ones = torch.ones_like(layer.weight)
around = F.conv1d(x16.abs(), ones, padding=2)
bound = step[:, 0] / 2 * around
gap = (y8 - layer(x16)).abs()
as_int8 = q.nbytes + step.nbytes
as_float = layer.weight.nbytes

# %% test_export
def test_exported_is_the_network():
    for N, L in [(1, 16), (2, 50), (5, 77)]:
        z = torch.randn(N, 3, L)
        torch.testing.assert_close(
            exported(z), net(z)
        )


test_exported_is_the_network()


# %% test_layers
def float_layers(model):
    return [
        name
        for name, m in model.named_modules()
        if type(m) in {nn.Conv1d, nn.Linear}
    ]


print(float_layers(quantised))

# %% price
import matplotlib.pyplot as plt

coarse, int8_bytes = copy.deepcopy(folded), 0
for layer in coarse.modules():
    if type(layer) in {nn.Conv1d, nn.Linear}:
        w = layer.weight
        q, scale = to_int8(w.flatten(1)[:, None])
        w.copy_((q * scale).view_as(w))
        int8_bytes += q.nbytes + scale.nbytes
        int8_bytes += layer.bias.nbytes
price = {  # bytes, largest error
    "as trained": (size(net), None),
    "BatchNorm folded": (size(folded), fold_gap),
    "bfloat16": (
        size(copy.deepcopy(folded).bfloat16()),
        largest_gap(
            lambda z: small(z.bfloat16()).float(), net
        ),
    ),
    "int8 weights": (int8_bytes, largest_gap(coarse, net)),
}
fig, (left, right) = plt.subplots(
    1, 2, figsize=(4, 2.2), sharey=True
)
for row, (bytes_, off) in enumerate(price.values()):
    bar = left.barh(row, bytes_ / 1000, color="C0")
    left.bar_label(bar, fmt="%.1f", padding=4)
    if off is not None:
        right.plot(off, row, "C1o")
left.set_yticks(range(4), price)
left.set_ylim(3.6, -0.6)
left.set_xlim(0, 9.5)
left.set_xticks([0, 5])
left.set_xlabel("kB")
right.set_xscale("log")
right.set_xlim(1e-9, 10)
right.set_xticks([1e-7, 1e-4, 1e-1])
right.minorticks_off()
right.grid(axis="x")
for ax in (left, right):
    ax.tick_params(axis="y", length=0)
label = right.set_xlabel("largest error")

# %% one_sample tags=["raises-exception"]
export(net, (x[:1],), dynamic_shapes=(free,))
