# %% code
import copy

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd


def check(layer, norm):
    """The layer's own weight, if norm(layer(x))
    can be one layer; else a ValueError."""
    a, b = type(layer).__name__, type(norm).__name__
    if not isinstance(norm, _BatchNorm):
        raise ValueError(f"{b} is no BatchNorm")
    if not isinstance(layer, (_ConvNd, nn.Linear)):
        raise ValueError(f"{a} takes no BatchNorm in")
    if layer.training or norm.training:
        raise ValueError("call eval() on both first")
    if norm.running_mean is None:
        raise ValueError(f"{b} has no statistics")
    for name in "weight", "bias":
        own = layer._parameters.get(name)
        if getattr(layer, name) is not own:
            raise ValueError(
                f"{a}'s {name} is computed; remove"
                " weight_norm or the like first"
            )
    hooks = layer._forward_hooks, norm._forward_hooks
    if any((*hooks, norm._forward_pre_hooks)):
        raise ValueError("a hook stands between")
    linear = isinstance(layer, nn.Linear)
    C = layer.out_features if linear else layer.out_channels
    if norm.num_features != C:
        raise ValueError(
            f"{C} channels come out of {a}, the"
            f" norm has {norm.num_features}; does"
            " it really stand behind?"
        )
    return layer.weight


@torch.no_grad()
def fold_batchnorm(layer, norm):
    """A copy of the layer that does what
    norm(layer(x)) does; both stay as they are.

    layer: nn.Conv1d (2d, 3d), transposed too,
    or nn.Linear on (N, C). norm: nn.BatchNorm1d
    (2d, 3d) behind it, never in front: zeros of
    the padding are not normed. Both in eval().
    """
    old = check(layer, norm)
    wide = torch.promote_types(old.dtype, torch.float32)
    like = {"device": old.device, "dtype": wide}
    mean = norm.running_mean.to(**like)
    variance = norm.running_var.to(**like)
    scale = (variance + norm.eps).rsqrt()
    if norm.weight is not None:
        scale = scale * norm.weight.to(**like)
    shift = -mean * scale
    if norm.bias is not None:
        shift = shift + norm.bias.to(**like)
    if layer.bias is not None:
        shift = shift + layer.bias.to(**like) * scale
    each = scale[:, None]
    if getattr(layer, "transposed", False):
        g = layer.groups  # (C_in, C_out / g, K)
        each = scale.view(g, -1).repeat_interleave(
            layer.in_channels // g, dim=0
        )
    each = each[(...,) + (None,) * (old.ndim - 2)]
    folded = copy.deepcopy(layer)
    new = {"weight": old.to(wide) * each, "bias": shift}
    for name, value in new.items():
        fits = value.to(old.dtype)
        lost = fits.isinf() & value.isfinite()
        if not lost.is_meta and lost.any():
            raise ValueError(
                f"{name}: up to {value.abs().max()},"
                f" too much for {fits.dtype}"
            )
        setattr(folded, name, nn.Parameter(
            fits, requires_grad=old.requires_grad
        ))
    return folded


# %% use
torch.manual_seed(0)
conv = nn.Conv1d(3, 4, 5, padding=2, bias=False)
norm = nn.BatchNorm1d(4)
net = nn.Sequential(conv, norm, nn.ReLU())
net(torch.randn(16, 3, 30))  # moves its means
net.eval()
short = nn.Sequential(
    fold_batchnorm(conv, norm), nn.ReLU()
)
print(short)

# %% same
x = torch.randn(2, 3, 30)
with torch.no_grad():
    gap = (short(x) - net(x)).abs().max()
print(gap <= 1e-5)

# %% order
nn.init.ones_(norm.bias)
square = nn.Conv1d(4, 4, 3, padding=1).eval()
wrong = fold_batchnorm(square, norm)
z = torch.randn(1, 4, 12)
with torch.no_grad():
    in_front = square(norm(z))
    off = (wrong(z) - in_front).abs().max()


# %% sweep
from itertools import product

from torch.nn.utils.fusion import fuse_conv_bn_eval


def trained(C, affine):
    """A norm in eval() that has seen data."""
    norm = nn.BatchNorm1d(C, affine=affine).double()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.1, 3)
    if affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    return norm.eval()


gaps, to_torch = [], []
kinds = [nn.Conv1d, nn.ConvTranspose1d]
for kind, g, s, d, bias, affine in product(
    kinds, (1, 2, 4), (1, 2), (1, 3),
    (False, True), (False, True),
):
    layer = kind(
        4, 8, 3, s, 1, groups=g, dilation=d,
        bias=bias, dtype=torch.float64,
    ).eval()
    behind = trained(8, affine)
    one = fold_batchnorm(layer, behind)
    x = torch.randn(2, 4, 11).double()
    with torch.no_grad():
        gap = one(x) - behind(layer(x))
        gaps.append(float(gap.abs().max()))
        if kind is nn.Conv1d:
            theirs = fuse_conv_bn_eval(layer, behind)
            gap = one(x) - theirs(x)
            to_torch.append(float(gap.abs().max()))

# %% torch_silent
up = nn.ConvTranspose1d(4, 4, 3).double().eval()
behind = trained(4, True)
x = torch.randn(2, 4, 11).double()
with torch.no_grad():
    true = behind(up(x))
    forgot = fuse_conv_bn_eval(up, behind)(x)
    off_up = (forgot - true).abs().max()

# %% torch_groups tags=["raises-exception"]
grouped = nn.ConvTranspose1d(4, 8, 3, groups=2)
fuse_conv_bn_eval(
    grouped.eval(), trained(8, True), True
)

# %% refused tags=["raises-exception"]
fold_batchnorm(conv, norm.train())

# %% refused_channels tags=["raises-exception"]
next_conv = nn.Conv1d(4, 6, 3).eval()
fold_batchnorm(next_conv, norm.eval())
