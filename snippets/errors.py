# %% setup
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Conv1d(3, 2, kernel_size=4)
x = torch.rand(5, 3, 10)  # (N, C, L)
y = layer(x)
print(y.shape)


# %% helpers
def message(call):
    """What its error says, if any."""
    try:
        call()
    except Exception as error:
        return str(error)
    return ""


# %% channels tags=["raises-exception"]
nlc = torch.rand(5, 10, 3)  # (N, L, C)
layer(nlc)


# %% channels_cure
print(layer(nlc.permute(0, 2, 1)).shape)

# %% channels_up tags=["raises-exception"]
up4 = nn.ConvTranspose1d(3, 2, 4)
up4(nlc)

# %% channels_up_cure
print(up4(nlc.permute(0, 2, 1)).shape)

# %% axes tags=["raises-exception"]
image_like = torch.rand(5, 1, 3, 10)
layer(image_like)


# %% axes_one tags=["raises-exception"]
row = torch.rand(10)
layer(row)


# %% axes_cure
print(layer(image_like.squeeze(1)).shape)
one_channel = nn.Conv1d(1, 2, 4)
print(one_channel(row[None, None]).shape)

# %% axes_pool tags=["raises-exception"]
nn.MaxPool1d(2)(image_like)

# %% axes_pool_cure
three_axes = image_like.squeeze(1)
print(nn.MaxPool1d(2)(three_axes).shape)

# %% too_short tags=["raises-exception"]
layer(torch.rand(5, 3, 3))

# %% too_short_cure
longer = F.pad(x[:, :, :3], (0, 1))
print(layer(longer).shape)

# %% dtype tags=["raises-exception"]
import numpy as np

data = np.zeros((5, 3, 10))
data = torch.from_numpy(data)
layer(data)

# %% dtype_integer tags=["raises-exception"]
whole = torch.ones(5, 3, 10, dtype=int)
layer(whole)


# %% dtype_no_bias tags=["raises-exception"]
plain = nn.Conv1d(3, 2, 4, bias=False)
plain(x.double())

# %% dtype_half tags=["raises-exception"] not_portable="without oneDNN: see elsewhere"
plain.to(torch.bfloat16)(x)

# %% dtype_cure
for wrong in [data, whole, x.double(), x]:
    given = wrong.to(layer.weight.dtype)
    print(layer(given).dtype, end=" ")
    given = wrong.to(plain.weight.dtype)
    print(plain(given).dtype)
numbers = torch.ones(1, 1, 6).long()
taps = torch.ones(1, 1, 3).long()
print(F.conv1d(numbers, taps))

# %% dtype_pool tags=["raises-exception"]
nn.MaxPool1d(2)(whole)

# %% dtype_norm tags=["raises-exception"]
nn.BatchNorm1d(3)(whole)

# %% dtype_pool_cure
print(nn.MaxPool1d(2)(whole.float()).dtype)
print(nn.BatchNorm1d(3)(whole.float()).dtype)

# %% half tags=["raises-exception"]
small = nn.Conv1d(3, 2, 4).half()
small(x)

# %% half_input tags=["raises-exception"]
layer(x.to(torch.bfloat16))

# %% half_cure
given = x.to(small.weight.dtype)
print(small(given).dtype)
print(plain(x.to(plain.weight.dtype)).dtype)
brain = x.to(torch.bfloat16)
print(layer(brain.to(layer.weight.dtype)).dtype)

# %% half_autocast
with torch.autocast("cpu", torch.bfloat16):
    print(small(x).dtype)
    print(layer(brain).dtype)

# %% complex tags=["raises-exception"]
bare = nn.Conv1d(3, 2, 4, bias=False)
spectrum = torch.fft.fft(x)
bare(spectrum)

# %% complex_cure
signal = bare(spectrum.real)
phase = bare(spectrum.imag)
print(torch.complex(signal, phase).dtype)

# %% pretend
import torch._subclasses as sub

with sub.FakeTensorMode():
    memory = torch.ones(5, 3, 10)
    gpu = memory.to("cuda:0")
    half = gpu.half()
print(memory.type())
print(gpu.type())
print(half.type())

# %% pretend_half tags=["raises-exception"]
with gpu.fake_mode:
    weight = torch.ones(2, 3, 4)
    weight = weight.to(gpu.device)
    F.conv1d(half, weight)

# %% pretend_cure
with gpu.fake_mode:
    given = half.to(weight.dtype)
    print(F.conv1d(given, weight).type())


# %% same_device tags=["raises-exception"]
gpu + memory

# %% same_device_cure
with gpu.fake_mode:
    moved = memory.to(gpu.device)
    print((gpu + moved).type())

# %% arguments tags=["raises-exception"]
array = np.zeros((5, 3, 10))
layer(array)


# %% arguments_cure
tensor = torch.from_numpy(array).float()
print(layer(tensor).shape)

# %% arguments_others
from torch.nn.utils import rnn

# five tables, a row for each moment
tables = [torch.rand(10, 3)] * 5
packed = rnn.pack_sequence(tables)
said = message(lambda: layer(packed))
assert "PackedSequence" in said
batch, lengths = rnn.pad_packed_sequence(
    packed, batch_first=True
)
print(layer(batch.permute(0, 2, 1)).shape)

half_step = nn.Conv1d(3, 2, 4, stride=4 / 2)
said = message(lambda: half_step(x))
assert "tuple of (float,)" in said
print(nn.Conv1d(3, 2, 4, 4 // 2)(x).shape)

# %% pair tags=["raises-exception"]
nn.Conv1d(3, 2, (1, 1))(x)

# %% pair_cure
print(nn.Conv1d(3, 2, 1)(x).shape)

# %% stride_zero tags=["raises-exception"]
nn.Conv1d(3, 2, 4, stride=0)(x)

# %% stride_zero_cure
step = max(1, 6 // 8)
print(nn.Conv1d(3, 2, 4, step)(x).shape)
every = nn.Conv1d(3, 2, 4, dilation=step)
print(every(x).shape)


# %% dilation_zero tags=["raises-exception"] not_portable="without oneDNN: see elsewhere"
nn.Conv1d(3, 2, 4, dilation=0)(x)

# %% negative tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding=-1)(x)

# %% negative_cure
print(layer(F.pad(x, (-1, -1))).shape)

# %% two_paddings tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding=(1, 2))(x)

# %% two_paddings_cure
print(layer(F.pad(x, (1, 2))).shape)

# %% reflect tags=["raises-exception"]
wide = nn.Conv1d(
    3, 2, 4,
    padding=10, padding_mode="reflect",
)
wide(x)

# %% reflect_cure
ends = F.pad(x, (10, 10), "replicate")
print(layer(ends).shape)

# %% circular tags=["raises-exception"]
ring = nn.Conv1d(
    3, 2, 4,
    padding=11, padding_mode="circular",
)
ring(x)

# %% circular_cure
twice = F.pad(x, (10, 10), "circular")
twice = F.pad(twice, (1, 1), "circular")
print(layer(twice).shape)

# %% elsewhere tags=["raises-exception"]
plain(x[:1])


# %% elsewhere_dilation tags=["raises-exception"]
nn.Conv1d(3, 2, 4, dilation=0)(x[:1])

# %% elsewhere_cure
given = x[:1].to(plain.weight.dtype)
print(plain(given).dtype)
print(every(x[:1]).shape)

# %% kernel_missing tags=["raises-exception"]
nn.Conv1d(3, 2)

# %% kernel_missing_cure
print(nn.Conv1d(3, 2, 4)(x).shape)


# %% same tags=["raises-exception"]
nn.Conv1d(
    3, 2, 4, padding="same", stride=2
)

# %% same_cure
halved = nn.Conv1d(3, 2, 4, stride=2)
print(halved(F.pad(x, (1, 1))).shape)

# %% word tags=["raises-exception"]
nn.Conv1d(3, 2, 4, padding="causal")

# %% word_cure
print(layer(F.pad(x, (3, 0))).shape)

# %% mode tags=["raises-exception"]
nn.Conv1d(
    3, 2, 4, padding_mode="constant"
)

# %% mode_cure
kept = nn.Conv1d(
    3, 2, 4, padding_mode="zeros"
)
print(kept(x).shape)

# %% groups tags=["raises-exception"]
nn.Conv1d(3, 2, 4, groups=2)


# %% groups_out tags=["raises-exception"]
nn.Conv1d(4, 3, 4, groups=2)

# %% groups_out_cure
apart = nn.Conv1d(3, 3, 4, groups=3)
print(apart(x).shape)
four = torch.rand(5, 4, 10)
print(nn.Conv1d(4, 2, 4, groups=2)(four).shape)

# %% groups_zero tags=["raises-exception"]
nn.Conv1d(3, 2, 4, groups=0)

# %% groups_zero_cure
print(nn.Conv1d(3, 2, 4, groups=1)(x).shape)


# %% weight_rank tags=["raises-exception"]
one = torch.rand(3, 4)
F.conv1d(x, one)


# %% weight_rank_cure
print(F.conv1d(x, one[None]).shape)


# %% bias_size tags=["raises-exception"]
three = torch.zeros(3)
F.conv1d(x, layer.weight, three)

# %% bias_size_cure
two = torch.zeros(2)
print(F.conv1d(x, layer.weight, two).shape)

# %% state tags=["raises-exception"]
saved = layer.state_dict()
nn.Conv1d(3, 2, 5).load_state_dict(saved)

# %% state_cure
C_out, C_in, K = saved["weight"].shape
loaded = nn.Conv1d(C_in, C_out, K)
print(loaded.load_state_dict(saved))

# %% out_padding tags=["raises-exception"]
up = nn.ConvTranspose1d(
    3, 2, 4, stride=2, output_padding=2
)
up(x)

# %% out_padding_cure
up3 = nn.ConvTranspose1d(
    3, 2, 4, stride=2, output_padding=1
)
print(up3(x).shape)

# %% out_size tags=["raises-exception"]
up2 = nn.ConvTranspose1d(3, 2, 4, 2)
up2(x, output_size=[30])

# %% out_size_cure
for length in (22, 23):
    y23 = up2(x, output_size=[length])
    print(y23.shape)
print(F.pad(y23, (0, 7)).shape)

# %% transposed_same
accepted = nn.ConvTranspose1d(
    3, 2, 4, padding="same"
)
print(accepted.padding)

# %% transposed_same_fails tags=["raises-exception"]
accepted(x)

# %% transposed_same_fails_cure
exact = nn.ConvTranspose1d(3, 2, 4)
print(exact(x)[:, :, 1:-2].shape)
doubled = nn.ConvTranspose1d(
    3, 2, 4, stride=2, padding=1
)
print(doubled(x).shape)


# %% transposed_mode tags=["raises-exception"]
nn.ConvTranspose1d(
    3, 2, 4, padding_mode="reflect"
)

# %% transposed_mode_cure
mirrored = F.pad(x, (1, 1), "reflect")
plain_up = nn.ConvTranspose1d(3, 2, 4)
print(plain_up(mirrored)[:, :, 1:-1].shape)

# %% linear tags=["raises-exception"]
head = nn.Sequential(
    layer,
    nn.Flatten(),
    nn.Linear(20, 1),
)
head(x)

# %% linear_cure
lazy_head = nn.Sequential(
    layer,
    nn.Flatten(),
    nn.LazyLinear(1),
)
print(lazy_head(x).shape)
any_length = nn.Sequential(
    layer,
    nn.AdaptiveAvgPool1d(1),
    nn.Flatten(),
    nn.Linear(2, 1),
)
print(any_length(x).shape)
print(any_length(torch.rand(5, 3, 99)).shape)


# %% residual tags=["raises-exception"]
keep = nn.Conv1d(3, 3, kernel_size=3)
keep(x) + x

# %% residual_cure
keep = nn.Conv1d(
    3, 3, 3, padding="same"
)
print((keep(x) + x).shape)

# %% target tags=["raises-exception"]
labels = torch.tensor([0, 1, 0, 1, 1])
F.cross_entropy(layer(x), labels)

# %% target_cure
pooled = layer(x).mean(dim=2)
loss = F.cross_entropy(pooled, labels)
print(loss.shape)

# %% channels_last tags=["raises-exception"]
x.to(memory_format=torch.channels_last)

# %% channels_last_cure
print(layer(x).shape)

# %% permute tags=["raises-exception"]
x[0].permute(0, 2, 1)

# %% permute_cure
print(x[0][None].permute(0, 2, 1).shape)

# %% view tags=["raises-exception"]
x.permute(0, 2, 1).view(5, 30)

# %% view_cure
turned = x.permute(0, 2, 1)
print(turned.reshape(5, 30).shape)

# %% lazy tags=["raises-exception"]
lazy = nn.LazyConv1d(2, 4)
sum(p.numel() for p in lazy.parameters())

# %% lazy_cure
lazy(x)
print(sum(p.numel() for p in lazy.parameters()))

# %% numpy tags=["raises-exception"]
layer(x).numpy()

# %% numpy_cure
print(layer(x).detach().cpu().numpy().shape)


# %% silent_unbatched
print(layer(torch.rand(3, 100)).shape)

# %% silent_square
# (N, L, C)
square = torch.rand(5, 3, 3)
narrow = nn.Conv1d(3, 2, kernel_size=2)
print(narrow(square).shape)
right_way = square.permute(0, 2, 1)
print(narrow(right_way).shape)

# %% silent_view
print(layer(nlc.view(5, 3, 10)).shape)

# %% silent_weight
# (K, C_in, C_out)
keras = torch.rand(4, 3, 2)
print(F.conv1d(x, keras).shape)
right = keras.permute(2, 1, 0)
print(F.conv1d(x, right).shape)

# %% silent_residual
whole_row = nn.Conv1d(3, 3, 10)
print(whole_row(x).shape)
print((whole_row(x) + x).shape)

# %% silent_unfold
two = torch.rand(2, 3, 10)
print(F.unfold(two, (1, 4)).shape)
print(two.unfold(2, 4, 1).shape)

# %% silent_squeeze
print(x[:1].squeeze().shape)

# %% silent_leak
a = nn.Conv1d(3, 3, 3, padding=1)
b = nn.Conv1d(3, 3, 3, padding=1)
short = torch.rand(1, 3, 6)
filled = F.pad(short, (0, 4))
gap = b(a(filled))[:, :, :6]
gap = gap - b(a(short))
differs = ~(gap.abs().amax((0, 1)) <= 1e-5)
print(differs.int().tolist())

# %% silent_future
both_ends = nn.Conv1d(3, 2, 3, padding=1)
left = nn.Conv1d(3, 2, 3)
later = x.clone()
later[:, :, 5:] = torch.randn(5, 3, 5)


def first_moved(call):
    """The first output that differs."""
    moved = call(x) != call(later)
    return int(moved.any(1).any(0).nonzero()[0])


print(first_moved(both_ends))
print(first_moved(
    lambda x: left(F.pad(x, (2, 0)))
))

# %% silent_lazy
lazy = nn.LazyConv1d(2, kernel_size=3)
lazy(nlc)
print(lazy.in_channels)

# %% silent_image
print(nn.MaxPool2d(2)(x).shape)
print(nn.AdaptiveAvgPool2d(1)(x).shape)
print(nn.MaxPool1d(2)(x).shape)


# %% when
wrong = [
    {"padding": "causal"},
    {"groups": 2},
    {"stride": 0},
    {"kernel_size": (1, 1)},
    {"padding": -1},
]
usual = {"kernel_size": 4}
at_once = []
for mistake in wrong:
    given = {**usual, **mistake}
    said = message(
        lambda: nn.Conv1d(3, 2, **given)
    )
    if said:
        at_once.append(mistake)
        print("at once:", mistake)
    else:
        print("later:  ", mistake)

# %% headings
c1 = nn.Conv1d
up1 = nn.ConvTranspose1d
calls = {
    "expected input … to have 3 channels, but got 10 channels instead": lambda: (
        layer(torch.rand(5, 10, 3))
    ),
    "Expected 2D (unbatched) or 3D (batched) input to conv1d": lambda: (
        layer(x[None])
    ),
    "Kernel size can't be greater than actual input size": lambda: (
        layer(x[:, :, :3])
    ),
    "Input type (double) and bias type (float) should be the same": lambda: (
        layer(x.double())
    ),
    "conv1d() received an invalid combination of arguments": lambda: (
        layer(x.numpy())
    ),
    "Expected 4-dimensional input for 4-dimensional weight": lambda: (
        c1(3, 2, (1, 1))(x)
    ),
    "non-positive stride is not supported": lambda: c1(
        3, 2, 4, stride=0
    )(x),
    "negative padding is not supported": lambda: c1(
        3, 2, 4, padding=-1
    )(x),
    "expected padding to be a single integer value": lambda: c1(
        3, 2, 4, padding=(1, 2)
    )(x),
    "Padding size should be less than the corresponding input dimension": lambda: (
        wide(x)
    ),
    "missing 1 required positional argument: 'kernel_size'": lambda: (
        c1(3, 2)
    ),
    "padding='same' is not supported for strided convolutions": lambda: (
        c1(3, 2, 4, padding="same", stride=2)
    ),
    "Invalid padding string 'causal'": lambda: c1(
        3, 2, 4, padding="causal"
    ),
    "padding_mode must be one of": lambda: c1(
        3, 2, 4, padding_mode="constant"
    ),
    "groups must be a positive integer": lambda: c1(
        3, 2, 4, groups=0
    ),
    "in_channels must be divisible by groups": lambda: c1(
        3, 2, 4, groups=2
    ),
    "weight should have at least three dimensions": lambda: (
        F.conv1d(x, torch.rand(3, 4))
    ),
    "expected bias to be 1-dimensional with 2 elements": lambda: (
        F.conv1d(x, layer.weight, torch.zeros(3))
    ),
    "size mismatch for weight": lambda: c1(3, 2, 5).load_state_dict(
        layer.state_dict()
    ),
    "output padding must be smaller than either stride or dilation": lambda: (
        up(x)
    ),
    "requested an output size of": lambda: up1(3, 2, 4, stride=2)(
        x, output_size=[30]
    ),
    "conv_transpose1d(): argument 'padding' … must be tuple of ints": lambda: (
        accepted(x)
    ),
    'Only "zeros" padding mode is supported for ConvTranspose1d': lambda: (
        up1(3, 2, 4, padding_mode="reflect")
    ),
    "Expected all tensors to be on the same device": lambda: (
        gpu + memory
    ),
    "mat1 and mat2 shapes cannot be multiplied": lambda: nn.Linear(
        20, 1
    )(y.flatten(1)),
    "The size of tensor a (8) must match the size of tensor b (10) at non-singleton dimension 2": lambda: (
        c1(3, 3, 3)(x) + x
    ),
    "Expected target size": lambda: F.cross_entropy(y, labels),
    "required rank 4 tensor to use channels_last format": lambda: (
        x.to(memory_format=torch.channels_last)
    ),
    "permute(sparse_coo): number of dimensions in the tensor input does not match": lambda: (
        x[0].permute(0, 2, 1)
    ),
    "view size is not compatible with input tensor's size and stride": lambda: (
        x.permute(0, 2, 1).view(5, 30)
    ),
    "Attempted to use an uninitialized parameter": lambda: [
        p.numel() for p in nn.LazyConv1d(2, 4).parameters()
    ],
    "Can't call numpy() on Tensor that requires grad": y.numpy,
    "Expected more than 1 value per channel when training": lambda: (
        nn.BatchNorm1d(2)(torch.rand(1, 2, 1))
    ),
    "Input type (float) and bias type (c10::Half) should be the same": lambda: (
        c1(3, 2, 4).half()(x)
    ),
    "max_pool1d() Invalid computed output size: 0": lambda: (
        nn.MaxPool1d(20)(x)
    ),
    "padding should be at most half of kernel size": lambda: (
        nn.MaxPool1d(3, padding=2)(x)
    ),
    "Expected input to have non-zero size for non-batch dimensions": lambda: (
        nn.AdaptiveMaxPool1d(1)(x[:, :, :0])
    ),
    "running_mean should contain 10 elements not 3": lambda: (
        nn.BatchNorm1d(3)(x.mT)
    ),
    "expected 2D or 3D input (got 4D input)": lambda: (
        nn.BatchNorm1d(3)(x[None])
    ),
    "Given normalized_shape=[3], expected input with shape [*, 3]": lambda: (
        nn.LayerNorm(3)(x)
    ),
    "num_channels (3) must be divisible by num_groups (2)": lambda: (
        nn.GroupNorm(2, 3)
    ),
    "mixed dtype (CPU)": lambda: (
        nn.BatchNorm1d(3)(x.double())
    ),
    "Got 3D input, but bilinear mode needs 4D input": lambda: (
        nn.Upsample(scale_factor=2, mode="bilinear")(x)
    ),
    "Given transposed=1, weight of size": lambda: (
        up1(3, 2, 4)(x.mT)
    ),
    "max_pool1d: Expected 2D or 3D (batch mode) tensor": lambda: (
        nn.MaxPool1d(2)(x[None])
    ),
    "expected scalar type Double but found Float": lambda: c1(
        3, 2, 4, bias=False
    )(x.double()),
    "not implemented for 'Long'": lambda: (
        nn.MaxPool1d(2)(x.long())
    ),
    "expected scalar type Float but found Half": lambda: c1(
        3, 2, 4, bias=False
    ).half()(x[:1]),
    "Input type (torch.float16) and weight type (torch.float32) should be the same": lambda: (
        F.conv1d(half, weight)
    ),
    "dilation should be greater than zero": lambda: c1(
        3, 2, 4, dilation=0
    )(x[:1]),
    "Expected more than 1 spatial element when training": lambda: (
        nn.InstanceNorm1d(3)(x[:, :, :1])
    ),
    "weight should contain 10 elements not 3": lambda: nn.BatchNorm1d(
        3, track_running_stats=False
    )(x.mT),
    "expected 4D input (got 3D input)": lambda: (
        nn.BatchNorm2d(3)(x)
    ),
    "expect parameter to have scalar type of Float": lambda: (
        nn.BatchNorm1d(3).half()(x)
    ),
    "Output size is too small": lambda: (
        nn.AvgPool1d(20)(x)
    ),
    "pad should be at most half of effective kernel size": lambda: (
        nn.AvgPool1d(3, padding=2)(x)
    ),
}
headings = {words: message(call) for words, call in calls.items()}


# %% guarded
class Checked(nn.Conv1d):
    """Refuses what Conv1d would take."""

    def forward(self, x):
        shape = tuple(x.shape)
        if len(shape) != 3:
            text = f"not NCL: {shape}"
            raise ValueError(text)
        if shape[1] == shape[2]:
            text = f"which is C? {shape}"
            raise ValueError(text)
        return super().forward(x)


# %% guarded_check
checked = Checked(3, 2, kernel_size=2)
two_axes = torch.rand(3, 100)
said = message(lambda: checked(two_axes))
assert said == "not NCL: (3, 100)"
said = message(lambda: checked(square))
assert said == "which is C? (5, 3, 3)"
assert message(lambda: checked(x)) == ""

# %% ex_read tags=["raises-exception"]
words = torch.rand(32, 50, 16)
nn.Conv1d(16, 8, 3)(words)

# %% ex_span tags=["raises-exception"]
nn.Conv1d(3, 2, 3, dilation=8)(x)

# %% ex_flat
flat = y.flatten(1)
print(flat.shape)

# %% silent_window
recent = torch.rand(5, 10, 1)
wide = nn.Conv1d(10, 2, 3, padding=1)
wide(recent).sum().backward()
moved = wide.weight.grad.abs()
print(moved.amax(dim=(0, 1)) > 0)

# %% residual_channels tags=["raises-exception"]
nn.Conv1d(3, 8, 3, padding=1)(x) + x

# %% residual_channels_cure
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.path = nn.Conv1d(
            3, 8, 3, stride=2, padding=1
        )
        self.shortcut = nn.Conv1d(
            3, 8, 1, stride=2
        )

    def forward(self, x):
        short = self.shortcut(x)
        return F.relu(self.path(x) + short)


print(Block()(x).shape)
print(Block()(torch.rand(5, 3, 11)).shape)

# %% one_value tags=["raises-exception"]
norm = nn.BatchNorm1d(2)
lone = torch.rand(1, 2, 1)
norm(lone)


# %% one_value_cure
norm(torch.rand(4, 2, 1))
norm(torch.rand(1, 2, 4))
norm.eval()
print(norm(lone).shape)
print(nn.GroupNorm(1, 2)(lone).shape)

# %% one_position tags=["raises-exception"]
each_alone = nn.InstanceNorm1d(2)
each_alone(torch.rand(4, 2, 1))

# %% one_position_cure
print(each_alone(torch.rand(4, 2, 2)).shape)
four = torch.rand(4, 2, 1)
print(nn.GroupNorm(1, 2)(four).shape)

# %% pool_short tags=["raises-exception"]
nn.MaxPool1d(20)(x)

# %% pool_short_average tags=["raises-exception"]
nn.AvgPool1d(20)(x)

# %% pool_short_cure
print(nn.AdaptiveMaxPool1d(1)(x).shape)
width = min(20, x.shape[2])
print(nn.MaxPool1d(width)(x).shape)
print(nn.AvgPool1d(width)(x).shape)


# %% pool_padding tags=["raises-exception"]
nn.MaxPool1d(3, padding=2)(x)

# %% pool_padding_cure
ends = F.pad(x, (2, 2), value=-torch.inf)
print(nn.MaxPool1d(3)(ends).shape)

# %% pool_padding_average tags=["raises-exception"]
nn.AvgPool1d(3, padding=2)(x)

# %% pool_padding_average_cure
ends = F.pad(x, (2, 2))
print(nn.AvgPool1d(3)(ends).shape)


# %% pool_empty tags=["raises-exception"]
nn.AdaptiveMaxPool1d(1)(x[:, :, :0])

# %% pool_empty_cure
nothing = x[:, :, :0]
least = F.pad(nothing, (0, max(0, 1 - nothing.shape[2])))
print(nn.AdaptiveMaxPool1d(1)(least).shape)

# %% norm_channels tags=["raises-exception"]
nn.BatchNorm1d(3)(nlc)

# %% norm_channels_cure
print(nn.BatchNorm1d(3)(nlc.permute(0, 2, 1)).shape)
# as many as the layer has outputs
print(nn.BatchNorm1d(2)(layer(x)).shape)
# one sample needs its batch axis
print(nn.BatchNorm1d(3)(x[0][None]).shape)


# %% norm_axes tags=["raises-exception"]
nn.BatchNorm1d(3)(image_like)

# %% norm_axes_cure
print(nn.BatchNorm1d(3)(image_like.squeeze(1)).shape)

# %% norm_image tags=["raises-exception"]
nn.BatchNorm2d(3)(x)

# %% norm_image_cure
print(nn.BatchNorm1d(3)(x).shape)


# %% norm_last tags=["raises-exception"]
nn.LayerNorm(3)(x)

# %% norm_last_cure
over_channels = nn.LayerNorm(3)
print(over_channels(x.mT).mT.shape)

# %% norm_groups tags=["raises-exception"]
nn.GroupNorm(2, 3)

# %% norm_groups_cure
print(nn.GroupNorm(3, 3)(x).shape)
print(nn.GroupNorm(1, 3)(x).shape)

# %% norm_dtype tags=["raises-exception"]
nn.BatchNorm1d(3)(x.double())

# %% norm_half tags=["raises-exception"]
small_norm = nn.BatchNorm1d(3).half()
small_norm(x)


# %% norm_dtype_cure
double = x.double()
print(nn.BatchNorm1d(3)(double.float()).dtype)
print(nn.BatchNorm1d(3).double()(double).dtype)
given = x.to(small_norm.weight.dtype)
print(small_norm(given).dtype)


# %% upsample tags=["raises-exception"]
nn.Upsample(scale_factor=2, mode="bilinear")(x)

# %% upsample_cure
longer = nn.Upsample(scale_factor=2, mode="linear")
print(longer(x).shape)

# %% silent_empty
print(nn.AdaptiveAvgPool1d(1)(nothing[:1])[0, :, 0])

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.4, 1.9))
rows = [
    ("weight", layer.weight, "C1"),
    ("input", nlc, "C0"),
]
style = {"ha": "center", "va": "center"}
for row, (name, tensor, colour) in enumerate(rows):
    ax.text(-0.75, -row, name, ha="right", va="center")
    for axis, size in enumerate(tensor.shape):
        box = plt.Rectangle(
            (axis - 0.46, -row - 0.3),
            0.92,
            0.6,
            facecolor=colour,
            alpha=0.45 if axis == 1 else 0.15,
        )
        ax.add_patch(box)
        ax.text(axis, -row, size, **style)
signs = ["$C_{out}$", "$C_{in}$", "$K$"], ["$N$", "$C$", "$L$"]
for height, names in zip((0.5, -1.5), signs):
    for axis, sign in enumerate(names):
        ax.text(axis, height, sign, **style)
ax.text(1, -0.5, "≠", **style)
ax.set_xlim(-2, 2.6)
ax.set_ylim(-1.75, 0.75)
off = ax.axis("off")
