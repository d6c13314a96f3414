# %% code
from operator import index

import torch
from torch import nn


def output_length(
    L, kernel_size, stride=1, padding=0,
    dilation=1,
):
    """How many outputs a Conv1d has.

    L, the length of the input: a number, or
    an integer tensor of any shape, dtype and
    device; the result is alike, and 0 where
    the layer refuses L. padding: on each side,
    "same" or "valid". In place of kernel_size
    may stand a layer or a list of layers.
    """
    n = _whole(L)
    for size in _sizes(
        kernel_size, stride, padding, dilation
    ):
        n = size.after(n)
    return _like(L, n)


def least_length(
    T, kernel_size, stride=1, padding=0,
    dilation=1,
):
    """The least L that has T outputs or more.

    All as above; no output takes no input.
    """
    n = _whole(T)
    for size in reversed(_sizes(
        kernel_size, stride, padding, dilation
    )):
        n = size.before(n)
    return _like(T, n)


def transposed_length(
    L, kernel_size, stride=1, padding=0,
    dilation=1, output_padding=0,
):
    """How many outputs ConvTranspose1d has."""
    size = _Size(
        kernel_size, stride, padding, dilation,
        output_padding, transposed=True,
    )
    return _like(L, size.after(_whole(L)))


class _Size:
    """What decides the length of an output."""

    def __init__(
        self, kernel_size, stride=1, padding=0,
        dilation=1, output_padding=0,
        padding_mode="zeros", ceil_mode=None,
        transposed=False,
    ):
        K = _number("kernel_size", kernel_size, 1)
        d = _number("dilation", dilation, 1)
        s = _number("stride", stride, 1)
        self.stride, self.ceil = s, ceil_mode
        self.transposed = transposed
        span = d * (K - 1) + 1
        both = {"same": span - 1, "valid": 0}
        if isinstance(padding, str) and (
            padding not in both or transposed
            or (padding == "same" and s > 1)
        ):
            raise ValueError(
                f"no padding={padding!r} here"
                f" with a stride of {s}"
            )
        p = both[padding] if isinstance(
            padding, str
        ) else 2 * _number("padding", padding, 0)
        if ceil_mode is not None and p > span:
            raise ValueError(
                "a pooling pads at most half its"
                f" kernel, not {p // 2}"
            )
        q = _number(
            "output_padding", output_padding, 0
        )
        if q >= max(s, d) and transposed:
            raise ValueError(
                f"output_padding={q} must be less"
                f" than stride or dilation"
            )
        self.edge = p // 2
        self.own = span - p + q * transposed
        wide = p - p // 2
        self.least = {
            "reflect": wide + 1,
            "circular": max(wide, 1),
        }.get(padding_mode, 1)

    def after(self, n):
        """Outputs of n inputs; 0: refused."""
        s, own = self.stride, self.own
        if self.transposed:
            T = (n - 1) * s + own
        elif self.ceil:
            T = 1 - (own - n) // s
            # none begins in the right padding
            begin = (T - 1) * s
            T = T - 1 * (begin >= n + self.edge)
        else:
            T = (n - own) // s + 1
        return T * (T > 0) * (n >= self.least)

    def before(self, n):
        """Least inputs of n outputs."""
        s, own = self.stride, self.own
        if self.transposed:
            L = 1 - (own - n) // s
        elif self.ceil:
            begin = (n - 1) * s
            L = _larger(
                begin - s + own + 1,
                begin - self.edge + 1,
            )
        else:
            L = (n - 1) * s + own
        return _larger(L, self.least) * (n > 0)


def _sizes(given, *options):
    """A _Size for each layer, in order."""
    lists = (list, tuple, nn.ModuleList)
    layers = isinstance(given, (nn.Module, *lists))
    if isinstance(given, tuple) and given:
        layers = not isinstance(given[0], int)
    if options and not layers:
        return [_Size(given, *options)]
    if options not in ((), (1, 0, 1)):
        raise ValueError(
            "layers bring their own stride,"
            " padding and dilation"
        )
    kind = type(given)
    forward = getattr(kind, "forward", None)
    if isinstance(given, lists) or (
        forward is nn.Sequential.forward
    ):
        return [
            size for one in given
            for size in _sizes(one)
        ]
    keeps = (
        "torch.nn.modules.activation",
        "torch.nn.modules.batchnorm",
        "torch.nn.modules.dropout",
        "torch.nn.modules.instancenorm",
        "torch.nn.modules.normalization",
    )
    names = (
        "kernel_size", "stride", "padding",
        "dilation", "padding_mode",
        "output_padding", "ceil_mode",
    )
    for one in (
        nn.Conv1d, nn.ConvTranspose1d,
        nn.MaxPool1d, nn.AvgPool1d,
    ):
        if forward is one.forward:
            return [_Size(**{
                name: getattr(given, name)
                for name in names
                if hasattr(given, name)
            }, transposed=one is nn.ConvTranspose1d)]
    other = (nn.GLU, nn.MultiheadAttention)
    if isinstance(given, nn.Identity) or (
        kind.__module__ in keeps
        and not isinstance(given, other)
    ):
        return []
    raise ValueError(
        f"no rule for {kind.__name__}: give the"
        " lengths before and behind it apart"
    )


def _number(name, value, least):
    """A whole number, also out of (value,)."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(
            f"{name}={value!r} must be a whole"
            f" number, {least} or more"
        )
    return number


def _larger(a, b):
    """The larger, of numbers or tensors."""
    return a + (b - a) * (b > a)


def _whole(n):
    """A number, or a tensor as int64."""
    if not isinstance(n, torch.Tensor):
        return _number("length", n, 0)
    if n.is_floating_point() or (
        n.is_complex() or n.dtype == torch.bool
    ):
        raise ValueError(
            f"lengths are whole, not {n.dtype}"
        )
    return n.long()


def _like(given, n):
    """n in the dtype of what was given."""
    if not isinstance(given, torch.Tensor):
        return n
    kind = given.dtype
    known = not (
        n.is_meta or torch.compiler.is_compiling()
    )
    if known and kind != torch.int64 and (
        n > torch.iinfo(kind).max
    ).any():
        raise ValueError(f"too long for {kind}")
    return n.to(kind)

# %% use
print(output_length(12, 4, stride=3))
print(output_length(12, 4, padding="same"))
print(transposed_length(3, 4, stride=3))
each = torch.tensor([12, 2, 1])
print(output_length(each, 4))

# %% layers
front = nn.Sequential(
    nn.Conv1d(1, 8, 10, stride=5), nn.GELU(),
    nn.Conv1d(8, 8, 3, stride=2, padding=2),
    nn.MaxPool1d(2, ceil_mode=True),
)
print(output_length(16000, front))
print(least_length(1, front))

# %% refused tags=["raises-exception"]
output_length(torch.tensor([9.5]), 4)


# %% sweep
from itertools import product


def real(layer, L):
    """What torch gives, or 0."""
    try:
        with torch.no_grad():
            y = layer(torch.zeros(1, 1, L))
    except RuntimeError:
        return 0
    return y.shape[2]


def least(layer, T, up_to):
    """The first length with T outputs."""
    return next(
        L for L in range(up_to)
        if real(layer, L) >= T
    )


layers = [
    nn.Conv1d(1, 1, K, s, p, d)
    for K, s, p, d in product(
        range(1, 5), range(1, 4),
        range(3), range(1, 3),
    )
]
layers += [
    nn.Conv1d(1, 1, K, 1, "same", d)
    for K, d in product(range(1, 5), range(1, 4))
]
layers += [
    nn.ConvTranspose1d(
        1, 1, K, s, p, q, dilation=d
    )
    for K, s, p, q, d in product(
        range(1, 4), range(1, 4), range(3),
        range(2), range(1, 3),
    )
    if q < max(s, d)
]
layers += [
    nn.MaxPool1d(K, s, p, d, ceil_mode=up)
    for K, s, p, d, up in product(
        range(1, 4), range(1, 4), range(2),
        range(1, 3), [False, True],
    )
    if 2 * p <= K
]
lengths = range(12)
agree = [
    real(layer, L) == output_length(L, layer)
    for layer in layers for L in lengths
]
refused = sum(
    real(layer, L) == 0
    for layer in layers for L in lengths
)
as_little = [
    least(layer, T, 40) == least_length(T, layer)
    for layer in layers for T in [1, 2, 3]
]
