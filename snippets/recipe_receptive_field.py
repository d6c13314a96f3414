# %% code
import math
from fractions import Fraction
from operator import attrgetter
from types import SimpleNamespace
from typing import NamedTuple

from torch import fx, nn


class Field(NamedTuple):
    """What output t of a network reads.

    field: how many inputs from the first one
    on, which is at start + t * jump; reads: how
    many of these are read. Where outputs differ
    (Upsample), start is that of output 0, and
    field and reads are the largest.
    """

    field: int
    reads: int
    jump: Fraction
    start: int


class Row(fx.Proxy):
    """A long signal (N, C, L), without values."""

    shape = (1, 1, 61440)
    ndim = 3

    def size(self, dim=None):
        every = self.shape
        return every if dim is None else every[dim]


class Walker(fx.Tracer):
    """Follows forward() down to torch's own."""

    param_shapes_constant = True

    def is_leaf_module(self, m, _):
        home = type(m).forward.__module__
        inside = isinstance(m, nn.Sequential)
        return home.startswith("torch.") and not inside

    def proxy(self, node):
        return Row(node, self)


def settings(net, node):
    """The name of a step, and its settings."""
    if node.op == "call_module":
        layer = net.get_submodule(node.target)
        kinds = [
            kind.__name__ for kind in type(layer).__mro__
            if kind.__module__.startswith("torch.nn.mod")
        ]
        return kinds[0], layer
    kind = getattr(node.target, "__name__", node.target)
    sizes = "stride padding dilation"
    words = {
        "conv1d": f"x weight bias {sizes}",
        "max_pool1d": f"x kernel_size {sizes}",
        "avg_pool1d": "x kernel_size stride padding",
        "interpolate": "x size scale_factor mode",
        "layer_norm": "x normalized_shape",
        "transpose": "x one other",
        "chunk": "x parts dim",
        "cat": "x dim",
        "pad": "x pad",
        "getitem": "x index",
    }.get(kind, "").split()
    o = dict(zip(words, node.args)) | node.kwargs
    weight = o.get("weight")
    if kind == "conv1d" and not weight.args:
        found = attrgetter(weight.target)(net)
        if weight.op == "call_module":  # weight_norm
            found = found()
        o["kernel_size"] = found.shape[2]
        o.setdefault("stride", 1)
    return kind, SimpleNamespace(**o)


def moved(K=1, s=1, p=0, d=1):
    """The jump, and the inputs of outputs."""
    K, s, p, d = (
        v[0] if isinstance(v, tuple) else v
        for v in (K, s, p, d)
    )
    p = 0 if p == "valid" else p
    p = d * (K - 1) // 2 if p == "same" else p
    return Fraction(s), lambda seen: {
        t * s - p + k * d
        for t in seen for k in range(K)
    }


def stamped(o):
    """The same for a transposed convolution."""
    (K,), (s,) = o.kernel_size, o.stride
    (p,), (d,) = o.padding, o.dilation
    return Fraction(1, s), lambda seen: {
        (t + p - k * d) // s
        for t in seen for k in range(K)
        if (t + p - k * d) % s == 0
    }


def enlarged(o):
    """The same for Upsample by a whole number."""
    f = o.scale_factor
    f = f[0] if isinstance(f, tuple) else f
    modes = ("nearest", "nearest-exact", "linear")
    if not f or f % 1 or o.mode not in modes:
        return None
    if o.align_corners:
        return None
    f = int(f)
    if o.mode != "linear":
        return Fraction(1, f), lambda seen: {
            t // f for t in seen
        }
    # linear: output t lies at (2t + 1 - f) / 2f
    return Fraction(1, f), lambda seen: {
        i for t in seen for i in (
            (2 * t + 1 - f) // (2 * f),
            -((f - 1 - 2 * t) // (2 * f)),
        )
    }


def step(kind, o, axis):
    """Jump and inputs; None if not known.

    axis: where the signal's length is, 1 or 2.
    """
    alone = (
        " add sub mul truediv neg pow exp abs clamp"
        " relu relu6 leakyrelu prelu elu celu selu"
        " gelu silu mish sigmoid tanh softplus softsign"
        " hardtanh hardswish hardsigmoid logsigmoid"
        " identity dropout dropout1d maskedfill clone"
        " detach contiguous float double half to "
    )
    name = kind.lower().replace("_", "")
    shape = getattr(o, "normalized_shape", ())
    dim = getattr(o, "dim", 0)
    same = f" {name} " in alone
    if name == "batchnorm1d":
        same = not o.training
        same = same and o.running_mean is not None
    if name in ("cat", "chunk"):
        same = dim % 3 == 3 - axis
    if name == "transpose":
        same = {o.one % 3, o.other % 3} == {1, 2}
    if name in ("linear", "embedding"):
        same = axis == 1
    if name == "layernorm":
        same = axis == 1 and len(shape) == 1
    if name == "getitem" and isinstance(o.index, int):
        same = True  # of what chunk gave
    if same:
        return moved()
    if axis == 1:
        return None
    if name == "getitem" and isinstance(o.index, tuple):
        *front, cut = o.index
        whole = front in ([...], [slice(None)] * 2)
        if not whole or not isinstance(cut, slice):
            return None
        first, stop = cut.start or 0, cut.stop or -1
        if first < 0 or stop > 0:
            return None  # that depends on the length
        return moved(s=cut.step or 1, p=-first)
    if name in ("conv1d", "maxpool1d", "avgpool1d"):
        return moved(
            o.kernel_size,
            getattr(o, "stride", None) or o.kernel_size,
            getattr(o, "padding", 0),
            getattr(o, "dilation", 1),
        )
    if name == "pad" or name.endswith("pad1d"):
        return moved(p=getattr(o, "pad", 0) or o.padding)
    if name == "convtranspose1d":
        return stamped(o)
    if name in ("upsample", "interpolate"):
        return enlarged(o)
    return None


def receptive_field(net, axis=2):
    """The Field of a network's outputs.

    net: a module that takes one (N, C, L), or
    (N, L, C) and axis=1. What sees all of time,
    or is not known, is refused by its name.
    """
    net = nn.Sequential(net)
    try:
        *nodes, out = Walker().trace(net).nodes
    except Exception as error:
        raise ValueError(
            f"cannot follow forward(): {error}"
        ) from error
    at = {nodes[0]: (axis, Fraction(1))}
    reads = {}
    for node in nodes[1:]:
        use = [n for n in node.all_input_nodes if n in at]
        if not use:
            continue
        kind, o = settings(net, node)
        axis, jump = at[use[0]]
        try:
            found = step(kind, o, axis)
        except (AttributeError, TypeError):
            found = None  # a setting is missing
        if not found or len({at[n] for n in use}) > 1:
            place = "forward()"
            if node.op == "call_module":
                place = f"net{node.target[1:]}"
            raise ValueError(
                f"{kind} in {place}: not known, or it"
                " reads all of the signal (BatchNorm:"
                " in train(); add: unlike strides)"
            )
        turn = kind == "transpose"
        axis = 3 - axis if turn else axis
        at[node] = axis, jump * found[0]
        reads[node] = use, found[1]
    end = out.args[0]
    if not isinstance(end, fx.Node) or end not in at:
        raise ValueError("no single row comes out")
    jump = at[end][1]
    ratios = [jump / rate for _, rate in at.values()]
    period = math.lcm(*(r.denominator for r in ratios))
    found = []
    for t in range(period):
        seen = {n: set() for n in nodes} | {end: {t}}
        for node in reversed(nodes):
            for n in reads.get(node, [[]])[0]:
                seen[n] |= reads[node][1](seen[node])
        if seen[nodes[0]]:
            found.append((t, seen[nodes[0]]))
    t, first = found[0]
    return Field(
        max(max(x) - min(x) + 1 for _, x in found),
        max(len(x) for _, x in found),
        int(jump) if jump.denominator == 1 else jump,
        min(first) - math.floor(t * jump),
    )


# %% use
import torch


class Residual(nn.Module):
    def __init__(self, C, d):
        super().__init__()
        self.conv = nn.Conv1d(
            C, C, 3, padding=d, dilation=d
        )

    def forward(self, x):
        return x + torch.relu(self.conv(x))


encoder = nn.Sequential(
    nn.Conv1d(1, 8, 7, stride=2, padding=3),
    Residual(8, 1),
    Residual(8, 2),
    nn.MaxPool1d(2),
)
print(receptive_field(encoder))

# %% up
decoder = nn.Sequential(
    nn.ConvTranspose1d(
        8, 8, 4, stride=2, padding=1
    ),
    nn.ReLU(),
    nn.Upsample(scale_factor=2),
    nn.Conv1d(8, 1, 3, padding=1),
)
print(receptive_field(decoder))
both = nn.Sequential(encoder, decoder)
print(receptive_field(both))

# %% sweep
import random


def by_gradient(net, length, t):
    """Nothing cancels: weights 1, float64."""
    x = torch.ones(1, 1, length).double()
    x.requires_grad_()
    net(x)[0, 0, t].backward()
    seen = x.grad[0, 0].nonzero()
    return seen.flatten().tolist()


def some_layer():
    K, s, d, p = (
        pick((1, 2, 3)) for _ in range(4)
    )
    return pick((
        nn.Conv1d(1, 1, K, s, p, d),
        nn.AvgPool1d(K),
        nn.ConstantPad1d((p, 0), 1.0),
        nn.Upsample(scale_factor=2),
        nn.Upsample(scale_factor=2, mode="linear"),
        nn.ConvTranspose1d(1, 1, K + 2, 2, 1),
    ))


random.seed(0)
pick = random.choice
agree, jumps = [], set()
for _ in range(60):
    net = nn.Sequential(
        *(some_layer() for _ in range(4))
    ).double()
    for weight in net.parameters():
        nn.init.ones_(weight)
    said = receptive_field(net)
    length = int(99 * said.jump) + 99
    length += 2 * said.field
    x = torch.ones(1, 1, length).double()
    # four times 2: after 16, all comes again
    t = net(x).shape[2] // 2 // 16 * 16
    seen = [
        by_gradient(net, length, u)
        for u in range(t, t + 16)
    ]
    widths = [v[-1] - v[0] + 1 for v in seen]
    agree.append(
        said.field == max(widths)
        and said.reads == max(map(len, seen))
        and seen[0][0] == said.start + t * said.jump
    )
    jumps.add(said.jump)
print(len(agree), min(jumps), max(jumps))

# %% refused tags=["raises-exception"]
receptive_field(nn.Sequential(
    encoder, nn.AdaptiveAvgPool1d(1)
))
