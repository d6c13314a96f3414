"""What the arguments of each module that the trace knows may be, legal or not, for the input that it meets.

DRAWS has an entry for each module of docs/theme/assets/javascripts/figures/trace/modules.js: a function that gets the
random numbers and the shape that comes in, and gives (positional arguments, keyword arguments).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Shape = tuple[int, ...]


def channels(shape: Shape) -> int:
    """The size that a layer over channels looks at."""
    return shape[-2] if len(shape) > 1 else shape[0]


def mostly(draw: Random, right: Any, *others: Any, odds: float = 0.93) -> Any:
    """What is right, or now and then one of the others."""
    return right if draw.random() < odds or not others else draw.choice(others)


def sometimes(draw: Random, odds: float = 0.3, **options: Any) -> dict[str, Any]:
    """Some of the options, each a list of values that it may have."""
    return {name: draw.choice(values) for name, values in options.items() if draw.random() < odds}


def conv(draw: Random, shape: Shape, lazy: bool = False) -> Arguments:
    c_in = mostly(draw, channels(shape), shape[-1], channels(shape) + 1)
    divisors = [g for g in (1, 2, 3, 4, 6) if c_in % g == 0]
    groups = mostly(draw, draw.choice(divisors), 0, -1, 5, odds=0.97)
    c_out = mostly(draw, draw.randint(1, 4) * max(groups, 1), 5, 7, odds=0.97)
    kernel = draw.choice([1, 2, 3, 3, 4, 5, 7, mostly(draw, 3, 11, 0, (3,), (3, 3), 3.0, odds=0.7)])
    options = sometimes(
        draw,
        stride=[1, 2, 3, (2,), mostly(draw, 2, 0, -1, (1, 2))],
        padding=[0, 1, 2, 3, "same", "valid", (1,), mostly(draw, 1, -1, "causal")],
        dilation=[1, 2, 3, (2,), mostly(draw, 2, 0, -1)],
        bias=[True, False],
        padding_mode=[
            "zeros",
            "reflect",
            "replicate",
            "circular",
            mostly(draw, "zeros", "symmetric", odds=0.8),
        ],
    )
    if groups != 1:
        options["groups"] = groups
    return ((c_out, kernel) if lazy else (c_in, c_out, kernel)), options


def transposed(draw: Random, shape: Shape, lazy: bool = False) -> Arguments:
    args, options = conv(draw, shape, lazy)
    for name in ("padding", "padding_mode"):
        options.pop(name, None)
    options |= sometimes(
        draw,
        padding=[0, 1, 2, mostly(draw, 1, -1, "same", 9)],
        output_padding=[0, 1, mostly(draw, 0, 2, 3, -1)],
        padding_mode=["zeros", "zeros", "zeros", mostly(draw, "zeros", "reflect", odds=0.5)],
    )
    return args, options


def pool(draw: Random, maximum: bool = False) -> Arguments:
    kernel = draw.choice([1, 2, 2, 3, 4, mostly(draw, 2, 12, 0, -1, (2,), (2, 2), odds=0.7)])
    options = sometimes(
        draw,
        stride=[1, 2, 3, None, mostly(draw, 2, 0, -1)],
        padding=[0, 0, 1, mostly(draw, 1, 2, -1)],
        ceil_mode=[True, False],
    )
    if maximum:
        options |= sometimes(draw, dilation=[1, 2, mostly(draw, 2, 0)])
    return (kernel,), options


def norm(draw: Random, size: int, shape: Shape) -> Arguments:
    return (mostly(draw, size, shape[-1], size + 1),), sometimes(
        draw, affine=[True, False], track_running_stats=[True, False], bias=[True, False]
    )


def group_norm(draw: Random, shape: Shape) -> Arguments:
    size = shape[1] if len(shape) > 1 else 4
    groups = mostly(draw, draw.choice([g for g in (1, 2, 3, 4) if size % g == 0]), 5, 3, odds=0.95)
    return (groups, mostly(draw, size, size + 1, 2 * size)), sometimes(draw, affine=[True, False])


def last_norm(draw: Random, shape: Shape) -> Arguments:
    right = draw.choice([shape[-1], list(shape[-2:]), tuple(shape[-1:])])
    return (mostly(draw, right, shape[-1] + 1, channels(shape)),), sometimes(
        draw, elementwise_affine=[True, False]
    )


def recurrence(draw: Random, shape: Shape, lstm: bool = False) -> Arguments:
    options = sometimes(
        draw, num_layers=[1, 2], bias=[True, False], batch_first=[True, False], bidirectional=[True, False]
    )
    hidden = mostly(draw, draw.randint(2, 6), 0)
    if lstm:
        options |= sometimes(draw, odds=0.1, proj_size=[1])
    return (mostly(draw, shape[-1], channels(shape), shape[-1] + 1), hidden), options


def unflatten(draw: Random, shape: Shape) -> Arguments:
    dim = mostly(draw, draw.choice([1, -1]) if len(shape) > 1 else 0, 3)
    size = shape[dim] if -len(shape) <= dim < len(shape) else 4
    right = draw.choice(
        [(1, size), (size, 1), (-1, 1)] + ([(2, size // 2), (2, -1)] if size % 2 == 0 else [])
    )
    return (dim, mostly(draw, right, (3, size), (7, -1))), {}


def resize(draw: Random, shape: Shape) -> Arguments:
    mode = mostly(
        draw, draw.choice(["nearest", "nearest", "linear", "nearest-exact", "area"]), "bilinear", "cubic"
    )
    options: dict[str, Any] = {} if mode == "nearest" else {"mode": mode}
    options |= mostly(
        draw,
        draw.choice(
            [{"scale_factor": 2}, {"scale_factor": 3}, {"scale_factor": 0.5}, {"size": draw.randint(1, 20)}]
        ),
        {},
        {"size": 3, "scale_factor": 2},
        {"scale_factor": 0.01},
    )
    if mode == "linear":
        options |= sometimes(draw, align_corners=[True, False])
    return (), options


def pads(draw: Random, shape: Shape, *more: Any) -> Arguments:
    given = draw.choice([1, 2, (1, 2), (3, 0), mostly(draw, 1, shape[-1], shape[-1] + 1)])
    return (given, *more), {}


def plain(draw: Random, shape: Shape) -> Arguments:
    return (), {}


def inplace(draw: Random, shape: Shape) -> Arguments:
    return (), sometimes(draw, inplace=[False])


def dropout(draw: Random, shape: Shape) -> Arguments:
    return (mostly(draw, draw.choice([0.1, 0.5]), 2, 1.5),), {}


def dim(draw: Random, shape: Shape) -> Arguments:
    return (), {"dim": mostly(draw, draw.choice([-1, 1 if len(shape) > 1 else 0]), 3, 5)}


DRAWS: dict[str, Callable[[Random, Shape], Arguments]] = {
    "Conv1d": conv,
    "LazyConv1d": lambda d, s: conv(d, s, lazy=True),
    "ConvTranspose1d": transposed,
    "LazyConvTranspose1d": lambda d, s: transposed(d, s, lazy=True),
    "MaxPool1d": lambda d, s: pool(d, maximum=True),
    "AvgPool1d": lambda d, s: pool(d),
    "LPPool1d": lambda d, s: ((2, *pool(d)[0]), sometimes(d, stride=[1, 2], ceil_mode=[True])),
    "AdaptiveAvgPool1d": lambda d, s: ((mostly(d, d.randint(1, 6), -1, (2,), (2, 2), None),), {}),
    "AdaptiveMaxPool1d": lambda d, s: ((mostly(d, d.randint(1, 6), -1, (2,), (2, 2), None),), {}),
    "BatchNorm1d": lambda d, s: norm(d, s[1] if len(s) > 1 else s[0], s),
    "LazyBatchNorm1d": lambda d, s: ((), sometimes(d, affine=[True, False])),
    "InstanceNorm1d": lambda d, s: norm(d, channels(s), s),
    "LazyInstanceNorm1d": lambda d, s: ((), sometimes(d, affine=[True, False])),
    "GroupNorm": group_norm,
    "LayerNorm": last_norm,
    "RMSNorm": last_norm,
    "Linear": lambda d, s: (
        (mostly(d, s[-1], s[-1] + 1, channels(s)), mostly(d, d.randint(1, 9), -2, 3.0, odds=0.98)),
        sometimes(d, bias=[True, False]),
    ),
    "LazyLinear": lambda d, s: ((d.randint(1, 9),), sometimes(d, bias=[True, False])),
    "Embedding": lambda d, s: ((50, d.randint(1, 8)), sometimes(d, padding_idx=[0, None])),
    "LSTM": lambda d, s: recurrence(d, s, lstm=True),
    "GRU": recurrence,
    "RNN": recurrence,
    "Flatten": lambda d, s: (
        d.choice([(), (), (1,), (1, 2), (2,), (0,), (-2, -1), mostly(d, (), (2, 1), (1, 5))]),
        {},
    ),
    "Unflatten": unflatten,
    "Upsample": resize,
    "ConstantPad1d": lambda d, s: pads(d, s, 0.5),
    "ZeroPad1d": pads,
    "ReflectionPad1d": pads,
    "ReplicationPad1d": pads,
    "CircularPad1d": pads,
    "ChannelShuffle": lambda d, s: ((mostly(d, 1 if len(s) < 2 or s[1] % 2 else 2, 5),), {}),
    "Dropout": dropout,
    "Dropout1d": dropout,
    "AlphaDropout": dropout,
    "FeatureAlphaDropout": dropout,
    "Softmax": dim,
    "LogSoftmax": dim,
    "Softmin": dim,
    "GLU": dim,
    "PReLU": lambda d, s: (d.choice([(), (s[1] if len(s) > 1 else 1,), mostly(d, (), (7,))]), {}),
    "Identity": plain,
    "ReLU": inplace,
    "ReLU6": inplace,
    "LeakyReLU": lambda d, s: ((0.2,), {}),
    "ELU": inplace,
    "CELU": inplace,
    "SELU": inplace,
    "GELU": plain,
    "SiLU": inplace,
    "Mish": inplace,
    "Sigmoid": plain,
    "Tanh": plain,
    "LogSigmoid": plain,
    "Softsign": plain,
    "Tanhshrink": plain,
    "Softplus": plain,
    "Hardtanh": plain,
    "Hardswish": plain,
    "Hardsigmoid": plain,
    "Softshrink": plain,
    "Hardshrink": plain,
}
# How often each is drawn, where it is not 1.
WEIGHTS = {
    "Conv1d": 14, "ConvTranspose1d": 5, "MaxPool1d": 5, "AvgPool1d": 3, "Linear": 3, "Flatten": 2, "BatchNorm1d": 4,
    "LayerNorm": 2, "Upsample": 2, "LSTM": 0.5, "GRU": 0.3, "RNN": 0.3, "Embedding": 0.3, "Unflatten": 1.5,
    "AdaptiveAvgPool1d": 2, "LazyConv1d": 2,
}  # fmt: skip
