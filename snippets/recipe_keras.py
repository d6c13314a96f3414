# %% code
import numpy as np
import torch
from torch import nn


def put(kind, *wanted):
    """Copy arrays into tensors of layers.

    wanted: (layer, name, array) of each; None
    as the array if there is none. Refused, with
    nothing touched: a layer that is no `kind`,
    a tensor without an array or the reverse,
    another shape, a number that is too large.
    """
    ready = []
    for layer, name, array in wanted:
        called = type(layer).__name__
        if not isinstance(layer, kind):
            raise ValueError(
                f"{called} is no {kind.__name__}"
            )
        own = dict(layer.named_parameters())
        own |= dict(layer.named_buffers())
        if name not in own:
            if array is not None:
                raise ValueError(
                    f"{called} has no {name} of"
                    " its own to copy into"
                )
            continue
        if array is None:
            raise ValueError(
                f"no array for the {called}'s"
                f" {name}"
            )
        if np.iscomplexobj(array):
            raise ValueError(
                f"{name}: complex numbers given,"
                " real ones wanted"
            )
        array = np.array(array, np.float64)
        shape = tuple(own[name].shape)
        if array.shape != shape:
            raise ValueError(
                f"{called}'s {name}: {shape}"
                f" wanted, {array.shape} given"
            )
        value = torch.from_numpy(array)
        fits = value.to(own[name].dtype)
        if not fits.isinf().equal(value.isinf()):
            raise ValueError(
                f"{name}: up to {abs(array).max()},"
                f" too much for {fits.dtype}"
            )
        ready.append((own[name], fits))
    with torch.no_grad():
        for tensor, value in ready:
            tensor.copy_(value)


def split(arrays, axes, most, layer, options):
    """What get_weights() gave, one by one, None
    in place of a bias that is not there.

    axes: of the first, in words; most: how many
    with a bias. Refused: another number of
    them, other axes, options for a given layer.
    """
    if layer is not None and options:
        raise ValueError(
            f"{options}: these are for a new"
            " layer; set them in your own"
        )
    arrays = [np.asarray(a) for a in arrays]
    if len(arrays) not in (most - 1, most):
        raise ValueError(
            f"{len(arrays)} arrays; {most} wanted,"
            f" {most - 1} if there is no bias"
        )
    for array in arrays[: most - 1]:
        if array.ndim != 3:
            raise ValueError(
                f"kernel {array.shape}; wanted"
                f" {axes}"
            )
    return [*arrays, None][:most]


def load_conv1d(arrays, layer=None, **options):
    """Keras' Conv1D to nn.Conv1d.

    arrays: (K, C_in/groups, C_out), (C_out,)
    layer: yours, else a new one, by options:
    stride, padding, dilation, groups, device,
    dtype. The layer is returned.
    """
    kernel, bias = split(
        arrays, "(K, C_in/groups, C_out)", 2,
        layer, options,
    )
    K, C, C_out = kernel.shape
    if layer is None:
        C_in = C * options.get("groups", 1)
        options["bias"] = bias is not None
        layer = nn.Conv1d(C_in, C_out, K, **options)
    weight = kernel.transpose(2, 1, 0)
    put(
        nn.Conv1d,
        (layer, "weight", weight),
        (layer, "bias", bias),
    )
    return layer


def load_conv1d_transpose(
    arrays, layer=None, **options
):
    """Keras' Conv1DTranspose to
    nn.ConvTranspose1d.

    arrays: (K, C_out, C_in), (C_out,)
    layer: yours, else a new one, as with
    padding="valid", by options: stride,
    dilation, device, dtype
    """
    kernel, bias = split(
        arrays, "(K, C_out, C_in)", 2,
        layer, options,
    )
    K, C_out, C_in = kernel.shape
    if layer is None:
        padding = options.pop("padding", 0)
        padding = 0 if padding == "valid" else padding
        if isinstance(padding, str):
            raise ValueError(
                f"padding={padding!r} is none of"
                " nn.ConvTranspose1d"
            )
        options["padding"] = padding
        options["bias"] = bias is not None
        layer = nn.ConvTranspose1d(
            C_in, C_out, K, **options
        )
        # Keras gives each input a whole stride
        span = layer.dilation[0] * (K - 1) + 1
        more = max(layer.stride[0] - span, 0)
        if "output_padding" not in options:
            layer.output_padding = (more,)
    weight = kernel.transpose(2, 1, 0)
    put(
        nn.ConvTranspose1d,
        (layer, "weight", weight),
        (layer, "bias", bias),
    )
    return layer


def load_separable_conv1d(
    arrays, layer=None, **options
):
    """Keras' SeparableConv1D to two layers.

    arrays: (K, C_in, M), (1, C_in*M, C_out),
    (C_out,), M outputs a channel
    layer: your nn.Sequential of a depthwise and
    a pointwise nn.Conv1d, else a new one, by
    options as in load_conv1d
    """
    depth, point, bias = split(
        arrays, "(K, C_in, M), (1, C_in*M, C_out)",
        3, layer, options,
    )
    K, C, M = depth.shape
    if layer is None:
        first = nn.Conv1d(
            C, C * M, K, groups=C, bias=False,
            **options,
        )
        like = first.weight
        second = nn.Conv1d(
            C * M, point.shape[2], 1,
            bias=bias is not None,
            device=like.device, dtype=like.dtype,
        )
        layer = nn.Sequential(first, second)
    pair = isinstance(layer, nn.Sequential)
    if not pair or len(layer) != 2:
        raise ValueError(
            f"{type(layer).__name__} given; an"
            " nn.Sequential of two is wanted"
        )
    first, second = layer
    channels = getattr(first, "in_channels", C)
    if channels != C:
        raise ValueError(
            f"{channels} channels in"
            f" {first}, {C} in the kernel"
        )
    depth = depth.reshape(K, 1, C * M)
    put(
        nn.Conv1d,
        (first, "weight", depth.transpose(2, 1, 0)),
        (first, "bias", None),
        (second, "weight", point.transpose(2, 1, 0)),
        (second, "bias", bias),
    )
    return layer


def load_batch_norm(
    arrays, layer=None, scale=True, center=True,
    epsilon=1e-3, momentum=0.99,
    device=None, dtype=None,
):
    """Keras' BatchNormalization to
    nn.BatchNorm1d.

    arrays: gamma if scale, beta if center,
    moving mean, moving variance, each (C,)
    layer: yours, else a new one with device and
    dtype. What Keras does not have is 1 or 0,
    and is not trained.
    """
    arrays = list(arrays)
    n = 2 + bool(scale) + bool(center)
    if len(arrays) != n:
        raise ValueError(
            f"{len(arrays)} arrays; {n} wanted with"
            f" scale={scale}, center={center}"
        )
    *given, mean, variance = arrays
    C = np.size(mean)
    if layer is None:
        layer = nn.BatchNorm1d(
            C, affine=scale or center,
            device=device, dtype=dtype,
        )
    elif device or dtype:
        raise ValueError(
            "device and dtype are for a new layer"
        )
    if np.any(np.asarray(variance) < 0):
        raise ValueError(
            "a variance below 0; wanted gamma,"
            " beta, mean, variance, in this order"
        )
    weight = getattr(layer, "weight", None)
    bias = getattr(layer, "bias", None)
    gamma = beta = None
    if scale:
        gamma = given[0]
    elif weight is not None:
        gamma = np.ones(C)
    if center:
        beta = given[-1]
    elif bias is not None:
        beta = np.zeros(C)
    put(
        nn.BatchNorm1d,
        (layer, "weight", gamma),
        (layer, "bias", beta),
        (layer, "running_mean", mean),
        (layer, "running_var", variance),
    )
    if weight is not None and not scale:
        weight.requires_grad_(False)
    if bias is not None and not center:
        bias.requires_grad_(False)
    layer.eps, layer.momentum = epsilon, 1 - momentum
    return layer


# %% use
rng = np.random.default_rng(0)
draw = rng.standard_normal
# as layer.get_weights() gives them
arrays = [draw((4, 3, 2)), draw(2)]
layer = load_conv1d(arrays, stride=2)
print(layer)

# %% all
small = load_separable_conv1d(
    [draw((5, 3, 2)), draw((1, 6, 4)), draw(4)]
)
print(small)
up = load_conv1d_transpose(
    [draw((3, 2, 6)), draw(2)], stride=4
)
print(up)
norm = load_batch_norm(
    [draw(6), draw(6), draw(6), draw(6) ** 2]
)
print(norm.eps, f"{norm.momentum:.2f}")

# %% given
grouped = nn.Conv1d(
    6, 4, 3, groups=2, dtype=torch.bfloat16
)
load_conv1d([draw((3, 3, 4)), draw(4)], grouped)
print(grouped.weight.dtype)


# %% sweep
from itertools import product


def keras_conv(x, kernel, s=1, d=1, g=1):
    """(L, C_in) in, (T, C_out) out, "valid"."""
    K, C, C_out = kernel.shape
    T = (len(x) - d * (K - 1) - 1) // s + 1
    y = np.zeros((T, C_out))
    for t, k, o in product(
        range(T), range(K), range(C_out)
    ):
        first = o // (C_out // g) * C
        row = x[t * s + k * d]
        row = row[first : first + C]
        y[t, o] += row @ kernel[k, :, o]
    return y


def keras_depthwise(x, kernel, s, d):
    """Channel c gives c*M, ..., c*M + M - 1."""
    K, C, M = kernel.shape
    columns = [
        keras_conv(
            x[:, c : c + 1],
            kernel[:, c : c + 1, m : m + 1], s, d,
        )
        for c in range(C) for m in range(M)
    ]
    return np.concatenate(columns, axis=1)


def keras_up(x, kernel, s):
    """Each input adds its kernel, "valid"."""
    K, C_out, _ = kernel.shape
    L = (len(x) - 1) * s + max(K, s)
    y = np.zeros((L, C_out))
    for t in range(len(x)):
        y[t * s : t * s + K] += kernel @ x[t]
    return y


def gap(layer, x, wanted):
    """x and wanted: (L, C)"""
    layer = layer.eval()
    with torch.no_grad():
        y = layer(torch.from_numpy(x.T.copy()))
    if y.T.shape != wanted.shape:
        return np.inf
    return float(np.abs(y.T.numpy() - wanted).max())


double = {"dtype": torch.float64}
gaps = []
for K, s, d, g in product(
    (1, 2, 4), (1, 2, 5), (1, 3), (1, 2)
):
    set_ = {"stride": s, "dilation": d, **double}
    x, b = draw((20, 4)), draw(6)
    kernel = draw((K, 4 // g, 6))
    got = load_conv1d(
        [kernel, b], groups=g, **set_
    )
    true = keras_conv(x, kernel, s, d, g) + b
    gaps.append(gap(got, x, true))

    depth, point = draw((K, 4, g)), draw((1, 4 * g, 6))
    got = load_separable_conv1d(
        [depth, point, b], **set_
    )
    true = keras_depthwise(x, depth, s, d)
    true = keras_conv(true, point) + b
    gaps.append(gap(got, x, true))

    kernel = draw((K, 6, 4))
    got = load_conv1d_transpose(
        [kernel, b], stride=s, **double
    )
    true = keras_up(x, kernel, s) + b
    gaps.append(gap(got, x, true))

norm_gaps = []
for scale, center in product([True, False], repeat=2):
    gamma, beta, mean = draw((3, 5))
    variance = draw(5) ** 2
    x = draw((7, 5))
    got = load_batch_norm(
        [gamma] * scale + [beta] * center
        + [mean, variance],
        scale=scale, center=center, **double,
    )
    true = (x - mean) / np.sqrt(variance + 1e-3)
    true = true * (gamma if scale else 1)
    true = true + (beta if center else 0)
    y = got.eval()(torch.from_numpy(x))
    away = np.abs(y.detach().numpy() - true)
    norm_gaps.append(float(away.max()))

# %% refused tags=["raises-exception"]
ours = nn.Conv1d(3, 2, kernel_size=5)
load_conv1d(arrays, ours)

# %% refused_bias tags=["raises-exception"]
biased = nn.Conv1d(3, 2, kernel_size=4)
load_conv1d(arrays[:1], biased)
