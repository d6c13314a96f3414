# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.rand(1, 3, 10)  # (N, C_in, L)
# (C_out, C_in / groups, K)
weight = torch.rand(2, 3, 4)

# %% signatures
import inspect
import typing

EMPTY = inspect.Parameter.empty


def signature(f):
    if not inspect.isbuiltin(f):
        return inspect.signature(f)
    # a built-in's is in its docstring
    head, _, _ = f.__doc__.partition(")")
    _, _, inside = head.partition("(")
    made = eval(f"lambda {inside}: 0")
    return inspect.signature(made)


def default(f, name):
    listed = signature(f).parameters
    found = listed[name].default
    if found is EMPTY:
        return "—"
    return repr(found)


def kinds(f, name):
    listed = signature(f).parameters
    found = listed[name].annotation
    if found is EMPTY:
        return "—"
    names = []
    parts = typing.get_args(found)
    for kind in parts or [found]:
        if isinstance(kind, str):
            # one word of a Literal
            names.append("str")
        elif type(kind) is type:
            names.append(kind.__name__)
        else:
            names.append(repr(kind))
    each_once = dict.fromkeys(names)
    return " | ".join(each_once)


# %% places
functions = {
    "Conv1d": nn.Conv1d,
    "Lazy": nn.LazyConv1d,
    "Transpose": nn.ConvTranspose1d,
    "LazyTr.": nn.LazyConvTranspose1d,
    "F.conv1d": F.conv1d,
    "F.transp.": F.conv_transpose1d,
}
names = {}
for f in functions.values():
    names |= signature(f).parameters
print(" " * 15 + "".join(f"{f:<10}" for f in functions))
for name in names:
    row = ""
    for f in functions.values():
        listed = list(signature(f).parameters)
        cell = "·"
        if name in listed:
            cell = f"{listed.index(name) + 1}: {default(f, name)}"
            cell = cell.replace("'", "")
        row += f"{cell:<10}"
    print(f"{name:<15}{row}".rstrip())

# %% noticed
import warnings


def attempt(action, *args, **options):
    """The result, or None, and the name of what was raised."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return action(*args, **options), "ok"
    except (RuntimeError, TypeError, ValueError) as error:
        return None, type(error).__name__


broken = [
    {"in_channels": 4},
    {"in_channels": 3.0},
    {"in_channels": -3},
    {"out_channels": 0},
    {"out_channels": 2.5},
    {"kernel_size": 0},
    {"kernel_size": 11},
    {"kernel_size": (1, 1)},
    {"stride": 0},
    {"stride": 1.5},
    {"padding": -1},
    {"padding": (1, 2)},
    {"padding": "causal"},
    {"padding": "same", "stride": 2},
    {"padding": -1, "padding_mode": "reflect"},
    {"padding": 10, "padding_mode": "reflect"},
    {"padding": 11, "padding_mode": "circular"},
    {"dilation": 0},
    {"groups": 2},
    {"groups": 0},
    {"bias": "no"},
    {"padding_mode": "zero"},
    {"device": "tpu"},
    {"device": "meta"},
    {"dtype": "float32"},
    {"dtype": torch.int64},
    {"dtype": torch.float64},
]
fine = {"in_channels": 3, "out_channels": 2, "kernel_size": 4}
outcomes = {}
print(f"{'built':<8}{'called':<8}option")
for options in broken:
    call = ", ".join(f"{k}={v!r}" for k, v in options.items())
    made, at_first = attempt(nn.Conv1d, **(fine | options))
    then = attempt(made, x)[1] if made else ""
    outcomes[call] = (at_first, then)
    short = [each.replace("Error", "") for each in outcomes[call]]
    print(f"{short[0]:<8}{short[1]:<8}{call}")

# %% in_channels_differ tags=["raises-exception"]
four = torch.rand(1, 4, 10)
nn.Conv1d(3, 2, 4)(four)

# %% in_channels_float tags=["raises-exception"]
nn.Conv1d(6 / 2, 2, 4)

# %% in_channels_negative tags=["raises-exception"]
nn.Conv1d(-3, 2, 4)

# %% in_channels_zero
empty = torch.rand(1, 0, 10)
print(nn.Conv1d(0, 2, 4)(empty).shape)

# %% out_channels_zero tags=["raises-exception"]
nn.Conv1d(3, 0, 4)(x)

# %% out_channels_float tags=["raises-exception"]
nn.Conv1d(3, 2.5, 4)

# %% kernel_size_long tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dilation=4)(x)

# %% kernel_size_zero tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=0)(x)

# %% kernel_size_pair tags=["raises-exception"]
nn.Conv1d(3, 2, kernel_size=(1, 1))(x)

# %% stride_zero tags=["raises-exception"]
nn.Conv1d(3, 2, 4, stride=0)(x)

# %% stride_pair tags=["raises-exception"]
nn.Conv1d(3, 2, 4, stride=(1, 2))(x)

# %% stride_float tags=["raises-exception"]
nn.Conv1d(3, 2, 4, stride=1.5)(x)

# %% padding_negative tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding=-1)(x)

# %% padding_pair tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding=(1, 2))(x)

# %% padding_sides
wider = F.pad(x, (1, 2))
print(nn.Conv1d(3, 2, 4)(wider).shape)

# %% padding_causal tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding="causal")

# %% padding_causal_function tags=["raises-exception"]
F.conv1d(x, weight, padding="causal")

# %% padding_same_stride tags=["raises-exception"]
nn.Conv1d(
    3, 2, 3, stride=2, padding="same"
)

# %% padding_crops
crops = nn.Conv1d(
    3, 2, 4,
    padding=-1, padding_mode="reflect",
)
print(crops(x).shape)
inside = x[:, :, 1:-1]
inner = F.conv1d(
    inside, crops.weight, crops.bias
)
torch.testing.assert_close(crops(x), inner)

# %% dilation_zero tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dilation=0)(x)

# %% dilation_negative tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dilation=-1)(x)

# %% groups_in tags=["raises-exception"]
nn.Conv1d(3, 2, 4, groups=2)

# %% groups_out tags=["raises-exception"]
nn.Conv1d(3, 2, 4, groups=3)

# %% groups_zero tags=["raises-exception"]
nn.Conv1d(3, 2, 4, groups=0)

# %% groups_function tags=["raises-exception"]
F.conv1d(x, weight, groups=2)

# %% groups_function_out tags=["raises-exception"]
thin = torch.rand(2, 1, 4)
F.conv1d(x, thin, groups=3)

# %% bias_truth
values = True, False, None, 0, "no"
for value in values:
    made = nn.Conv1d(3, 2, 4, bias=value)
    has_one = made.bias is not None
    print(repr(value), has_one)

# %% bias_function tags=["raises-exception"]
F.conv1d(x, weight, bias=False)

# %% bias_size tags=["raises-exception"]
one = torch.zeros(1)
F.conv1d(x, weight, bias=one)

# %% mode_name tags=["raises-exception"]
nn.Conv1d(
    3, 2, 4,
    padding=1, padding_mode="zero",
)

# %% mode_reflect tags=["raises-exception"]
nn.Conv1d(
    3, 2, 4,
    padding=10, padding_mode="reflect",
)(x)

# %% mode_circular tags=["raises-exception"]
nn.Conv1d(
    3, 2, 4,
    padding=11, padding_mode="circular",
)(x)

# %% mode_function tags=["raises-exception"]
F.conv1d(
    x, weight,
    padding=1, padding_mode="circular",
)

# %% mode_alone
made = nn.Conv1d(
    3, 2, 4, padding_mode="circular"
)
print(made(x).shape)

# %% device_unknown tags=["raises-exception"]
nn.Conv1d(3, 2, 4, device="tpu")

# %% device_meta
ghost = nn.Conv1d(
    3, 2, 4, device="meta"
)
print(ghost(x).device)

# %% dtype_string tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dtype="float32")

# %% dtype_integer tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dtype=torch.int64)

# %% dtype_input tags=["raises-exception"]
nn.Conv1d(3, 2, 4)(x.double())

# %% dtype_no_bias tags=["raises-exception"]
F.conv1d(x.double(), weight)

# %% dtype_half tags=["raises-exception"]
half = nn.Conv1d(3, 2, 4).half()
half(x)

# %% dtype_half_cure
print(half(x.to(half.weight.dtype)).dtype)

# %% dtype_allowed
dtypes = torch.int64, torch.bfloat16
for dtype in dtypes:
    w = weight.to(dtype)
    y = F.conv1d(x.to(dtype), w)
    print(y.dtype)

# %% input_axes tags=["raises-exception"]
nn.Conv1d(3, 2, 4)(torch.rand(10))

# %% input_image tags=["raises-exception"]
image = torch.rand(1, 1, 3, 10)
nn.Conv1d(3, 2, 4)(image)

# %% input_array tags=["raises-exception"]
nn.Conv1d(3, 2, 4)(x.numpy())

# %% input_unbatched
table = torch.rand(3, 100)
print(nn.Conv1d(3, 2, 4)(table).shape)

# %% weight_axes tags=["raises-exception"]
F.conv1d(x, torch.rand(3, 4))

# %% weight_swapped tags=["raises-exception"]
F.conv1d(x, weight.transpose(0, 1))

# %% weight_keras
# (K, C_in, C_out)
keras = torch.rand(4, 3, 2)
print(F.conv1d(x, keras).shape)
mended = keras.permute(2, 1, 0)
print(F.conv1d(x, mended).shape)

# %% transposed_weight
both = nn.ConvTranspose1d, nn.Conv1d
for kind in both:
    made = kind(4, 6, 5, groups=2)
    print(kind.__name__)
    print(made.weight.shape)

# %% output_padding_large tags=["raises-exception"]
nn.ConvTranspose1d(
    3, 2, 4, stride=2, output_padding=2
)(x)

# %% output_padding_negative tags=["raises-exception"]
nn.ConvTranspose1d(
    3, 2, 4, output_padding=-1
)(x)

# %% output_padding_dilation
wide = nn.ConvTranspose1d(
    3, 2, 4, stride=2,
    output_padding=2, dilation=3,
)
print(wide(x).shape)

# %% output_size_range tags=["raises-exception"]
up = nn.ConvTranspose1d(
    3, 2, 4, stride=2
)
up(x, output_size=[24])

# %% output_size_number tags=["raises-exception"]
up(x, output_size=23)

# %% transposed_same tags=["raises-exception"]
made = nn.ConvTranspose1d(
    3, 2, 4, padding="same"
)
print(made.padding)
made(x)

# %% transposed_small tags=["raises-exception"]
nn.ConvTranspose1d(
    3, 2, 4, padding=7
)(x)

# %% transposed_mode tags=["raises-exception"]
nn.ConvTranspose1d(
    3, 2, 4,
    padding=1, padding_mode="reflect",
)

# %% transposed_order
sixth = nn.ConvTranspose1d(
    3, 2, 4, 3, 0, 2
)
print(sixth.dilation)
print(sixth.output_padding)

# %% lazy_order
lazy = nn.LazyConv1d(3, 2, 4)
print(lazy.out_channels)
print(lazy.kernel_size, lazy.stride)

# %% lazy_shape tags=["raises-exception"]
nn.LazyConv1d(2, 4).weight.shape

# %% lazy_count tags=["raises-exception"]
lazy = nn.LazyConv1d(2, 4)
sum(p.numel() for p in lazy.parameters())

# %% lazy_groups tags=["raises-exception"]
nn.LazyConv1d(2, 4, groups=2)(x)

# %% lazy_groups_out tags=["raises-exception"]
lazy = nn.LazyConv1d(3, 4, groups=2)
lazy(torch.rand(1, 4, 10))

# %% lazy_same
lazy = nn.LazyConv1d(
    2, 3, padding="same"
)
print(lazy(x).shape)

# %% lazy_axis
lazy = nn.LazyConv1d(2, 4)
words = torch.rand(8, 10, 30)  # (N, L, C)
print(lazy(words).shape)
print(lazy.in_channels)

# %% lazy_once tags=["raises-exception"]
layer = nn.LazyConv1d(2, 4)
print(type(layer).__name__)
layer(x)
print(type(layer).__name__)
print(layer.in_channels)
layer(torch.rand(1, 4, 10))

# %% batch_kernel tags=["raises-exception"] not_portable="words of oneDNN"
batch = torch.rand(5, 3, 10)
nn.Conv1d(3, 2, kernel_size=0)(batch)

# %% batch_dilation tags=["raises-exception"] not_portable="words of oneDNN"
nn.Conv1d(3, 2, 4, dilation=0)(batch)

# %% batch_dtype tags=["raises-exception"] not_portable="words of oneDNN"
F.conv1d(batch, weight.double())

# %% batch_transposed tags=["raises-exception"] not_portable="words of oneDNN"
nn.ConvTranspose1d(
    3, 2, 4, padding=7
)(batch)
