# %% layer
import torch
from torch import nn
from torch.nn import functional as F

# nothing is trained here
torch.set_grad_enabled(False)
torch.manual_seed(0)
layer = nn.Conv1d(3, 2, kernel_size=4)
x = torch.rand(1, 3, 10)

# the same layer in float64
layer64 = nn.Conv1d(3, 2, 4).double()
layer64.load_state_dict(layer.state_dict())
y64 = layer64(x.double())

# %% bits
import math


def bits(dtype):
    """Of the range, and of the fraction."""
    fine = torch.finfo(dtype)
    fraction = round(-math.log2(fine.eps))
    # one bit is the sign
    return fine.bits - fraction - 1, fraction


stored = {
    "float64": bits(torch.float64),
    "float32": bits(torch.float32),
    "bfloat16": bits(torch.bfloat16),
    "float16": bits(torch.float16),
}

# %% picture
import matplotlib.pyplot as plt

# a GPU's TF32 rounds float32 to ten bits
drawn = {**stored, "TF32": (8, 10)}
fig, ax = plt.subplots(figsize=(4.4, 2.2))
style = {"va": "center", "ha": "center"}
for i, (e, m) in enumerate(drawn.values()):
    ax.barh(i, e, color="C1", alpha=0.5)
    ax.barh(i, m, left=e, color="C0", alpha=0.5)
    ax.text(e / 2, i, e, **style)
    ax.text(e + m / 2, i, m, **style)
ax.text(4, -0.8, "range", **style)
ax.text(37, -0.8, "digits", **style)
ax.set_ylim(4.6, -1.2)
ax.set_yticks(range(5), [*drawn])
ax.set_xticks([])
sides = ax.spines[:].set_visible(False)

# %% dtype_error tags=["raises-exception"]
import numpy as np

recording = np.zeros((1, 3, 10))
recording = torch.from_numpy(recording)
layer(recording)

# %% dtype_error_no_bias tags=["raises-exception"]
F.conv1d(recording, layer.weight)

# %% dtype_fix
print(layer(recording.float()).dtype)
print(layer64(recording).dtype)


# %% dtype_table
def by_layer(dtype):
    made = nn.Conv1d(
        3, 2, 4, dtype=dtype
    )
    return made(x.to(dtype))


def by_call(dtype):
    w = layer.weight.to(dtype)
    return F.conv1d(x.to(dtype), w)


def runs(compute, dtype):
    try:
        compute(dtype)
    except RuntimeError:
        return "✗"
    return "✓"


in_layer, in_function = {}, {}
for name in [
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "complex64",
    "int64",
    "bool",
]:
    t = getattr(torch, name)
    in_layer[name] = runs(by_layer, t)
    in_function[name] = runs(by_call, t)


# %% half
def lossy(dtype):
    w = layer.weight.to(dtype)
    b = layer.bias.to(dtype)
    low = F.conv1d(x.to(dtype), w, b)
    assert low.dtype == dtype
    return (low - y64).abs().max().item()


error32 = lossy(torch.float32)
error16 = lossy(torch.float16)
error_b16 = lossy(torch.bfloat16)

# %% half_overflow
loud = torch.full((1, 1, 4), 300.0)
loud = loud.half()
print(F.conv1d(loud, loud))

# %% autocast
with torch.autocast("cpu"):
    print(layer(x).dtype)

# %% int64
whole = torch.arange(7).view(1, 1, 7)
kernel = torch.tensor([[[1, 2]]])
print(F.conv1d(whole, kernel))

# %% int64_layer tags=["raises-exception"]
nn.Conv1d(1, 1, 2, dtype=torch.int64)

# %% int64_input tags=["raises-exception"]
nn.Conv1d(1, 1, kernel_size=2)(whole)

# %% uint8
pixels = torch.tensor([[[200, 100]]])
pixels = pixels.to(torch.uint8)
ones = torch.ones_like(pixels)
print(F.conv1d(pixels, ones))

# %% counting
counter = torch.tensor(2.0**24)
print(counter + 1 == counter)

# %% tf32_flags
from torch.backends import cuda, cudnn

print(cudnn.allow_tf32)
print(cuda.matmul.allow_tf32)


# %% tf32_like
def ten_bits(t):
    """float32 -> the nearest with ten bits."""
    if t.dtype != torch.float32:
        raise ValueError(
            f"{t.dtype} in place of float32"
        )
    bits = t.contiguous().view(torch.int32)
    bits = (bits + 0x1000) & ~0x1FFF
    near = bits.view(torch.float32)
    # the sum would make a 0 of a NaN
    return torch.where(t.isnan(), t, near)


rough = ten_bits(layer.weight)
coarse = F.conv1d(ten_bits(x), rough)
coarse = coarse + layer.bias[:, None]
error = (coarse - y64).abs().max()
error_tf32 = error.item()
