# %% code
from torch import nn
from torch.nn import functional as F


class SameConv1d(nn.Conv1d):
    """TensorFlow's padding="same", any stride.

    Shapes: (N, C_in, L) -> (N, C_out, T), and
    without N; T is L / stride, rounded up. How
    many zeros are added depends on L; of an odd
    number the odd one goes right.
    """

    def __init__(
        self, C_in, C_out, kernel_size,
        stride=1, dilation=1, groups=1,
        bias=True, device=None, dtype=None,
    ):
        super().__init__(
            C_in, C_out, kernel_size,
            stride, 0, dilation, groups, bias,
            device=device, dtype=dtype,
        )
        if self.stride[0] < 1:
            raise ValueError(
                f"a stride of {self.stride[0]}"
            )
        reach = self.kernel_size[0] - 1
        self.span = reach * self.dilation[0] + 1

    def forward(self, x):
        L, stride = x.shape[-1], self.stride[0]
        if L == 0:
            raise ValueError(
                f"no values: {tuple(x.shape)}"
            )
        # the last window begins less than one
        # stride before the end
        last = stride - (-L) % stride
        zeros = max(self.span - last, 0)
        left = zeros // 2
        x = F.pad(x, (left, zeros - left))
        return super().forward(x)


class SameConvTranspose1d(nn.ConvTranspose1d):
    """Keras' Conv1DTranspose, padding="same".

    Shapes: (N, C_in, L) -> (N, C_out, T), and
    without N; T is L * stride. Of an odd number
    of outputs too many, one more is cut off on
    the right; missing ones are added there and
    have the bias alone.
    """

    def __init__(
        self, C_in, C_out, kernel_size,
        stride=1, dilation=1, groups=1,
        bias=True, device=None, dtype=None,
    ):
        super().__init__(
            C_in, C_out, kernel_size, stride,
            groups=groups, bias=bias,
            dilation=dilation,
            device=device, dtype=dtype,
        )
        if self.stride[0] < 1:
            raise ValueError(
                f"a stride of {self.stride[0]}"
            )
        reach = self.kernel_size[0] - 1
        span = reach * self.dilation[0] + 1
        more = span - self.stride[0]
        self.padding = (max(more, 0) // 2,)
        self.output_padding = (max(-more, 0),)

    def forward(self, x):
        L = x.shape[-1]
        if L == 0:
            raise ValueError(
                f"no values: {tuple(x.shape)}"
            )
        y = super().forward(x)
        return y[..., : L * self.stride[0]]


# %% use
import torch

torch.manual_seed(0)
down = SameConv1d(3, 5, 4, stride=2)
up = SameConvTranspose1d(5, 3, 4, stride=2)
x = torch.randn(2, 3, 11)
print(down(x).shape)
print(up(down(x)).shape)

# %% shift
def ones(layer):
    nn.init.ones_(layer.weight)
    return layer


row = torch.arange(10.0)[None]
setting = {"stride": 2, "bias": False}
same = ones(SameConv1d(1, 1, 3, **setting))
plain = ones(
    nn.Conv1d(1, 1, 3, padding=1, **setting)
)
print(same(row).int().tolist())
print(plain(row).int().tolist())

# %% shift_up
keras_like = SameConvTranspose1d(
    1, 1, 3, **setting
)
usual = nn.ConvTranspose1d(
    1, 1, 3, padding=1, output_padding=1,
    **setting,
)
taps = torch.tensor([[[1.0, 10.0, 100.0]]])
short = torch.tensor([[1.0, 2.0, 3.0]])
with torch.no_grad():
    for layer in (keras_like, usual):
        layer.weight.copy_(taps)
        print(layer(short).int().tolist())


# %% sweep
from itertools import product


def by_definition(w, x, s, d):
    """TensorFlow's rule, one window at a time."""
    (C_out, _, K), L = w.shape, x.shape[1]
    T = -(-L // s)  # rounded up
    zeros = (T - 1) * s + d * (K - 1) + 1 - L
    left = max(zeros, 0) // 2
    y = torch.zeros(C_out, T, dtype=w.dtype)
    for t, k in product(range(T), range(K)):
        u = t * s + k * d - left
        if 0 <= u < L:
            y[:, t] += w[:, :, k] @ x[:, u]
    return y


cases = list(product(
    range(1, 6), range(1, 6), range(1, 4),
    range(1, 10),
))
lengths_right, gaps, turned = [], [], []
double = {"bias": False, "dtype": torch.float64}
for K, s, d, L in cases:
    same = SameConv1d(2, 3, K, s, d, **double)
    up = SameConvTranspose1d(
        3, 2, K, s, d, **double
    )
    x = torch.randn(2, L).double()
    z = torch.randn(3, L).double()
    long = torch.randn(2, L * s).double()
    w = same.weight.detach()
    up.weight.data.copy_(w)
    with torch.no_grad():
        y, wide = same(x), up(z)
        true = by_definition(w, x, s, d)
        lengths_right += [
            y.shape == (3, -(-L // s)),
            wide.shape == (2, L * s),
        ]
        gaps.append(float((y - true).abs().max()))
        one = (same(long) * z).sum()
        other = (long * wide).sum()
        turned.append(float((one - other).abs()))

# %% refused tags=["raises-exception"]
up(torch.randn(1, 3, 0))
