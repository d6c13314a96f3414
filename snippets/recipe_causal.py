# %% code
import torch
from torch import nn
from torch.nn import functional as F


class CausalConv1d(nn.Conv1d):
    """A Conv1d that never reads the future.

    Shapes: (N, C_in, L) -> (N, C_out, T), and
    without N. Output t reads inputs up to
    t * stride; T is L / stride, rounded up.
    With wait=True it reads up to the last of
    its stride, t * stride + stride - 1: each
    output comes stride - 1 inputs later, and T
    is rounded down. Behind the last output
    (L - 1) % stride inputs are left unread,
    with wait=True L % stride.
    """

    def __init__(
        self, C_in, C_out, kernel_size,
        stride=1, dilation=1, groups=1,
        bias=True, wait=False,
        device=None, dtype=None,
    ):
        super().__init__(
            C_in, C_out, kernel_size,
            stride, 0, dilation, groups, bias,
            device=device, dtype=dtype,
        )
        reach = self.kernel_size[0] - 1
        reach *= self.dilation[0]
        later = self.stride[0] - 1
        self.least = 1 + later if wait else 1
        self.left = reach + 1 - self.least

    def forward(self, x):
        if x.shape[-1] < self.least:
            raise ValueError(
                f"{x.shape[-1]} values; the first"
                f" output needs {self.least}"
            )
        x = F.pad(x, (self.left, 0))
        return super().forward(x)


# %% use
torch.manual_seed(0)
layer = CausalConv1d(3, 2, 5, dilation=2)
x = torch.randn(4, 3, 10)
print(layer(x).shape)

# %% both
ones = {"kernel_size": 3, "stride": 2}
at_once = CausalConv1d(
    1, 1, **ones, bias=False
)
waiting = CausalConv1d(
    1, 1, **ones, bias=False, wait=True
)
row = torch.arange(1.0, 8.0)[None]
with torch.no_grad():
    for sums in (at_once, waiting):
        sums.weight.fill_(1)
        print(sums(row).int().tolist())


# %% sweep
from itertools import product


def by_definition(layer, x, end):
    """An output as a sum that ends at `end`."""
    y = layer.bias.clone()
    K, d = layer.kernel_size[0], layer.dilation[0]
    for k in range(K):
        u = end - (K - 1 - k) * d
        if u >= 0:
            y += layer.weight[:, :, k] @ x[:, u]
    return y


cases = list(product(
    range(1, 5), range(1, 5), range(1, 4),
    range(1, 12), [False, True],
))
gaps, lengths_right = [], []
with torch.no_grad():
    for K, s, d, L, wait in cases:
        tried = CausalConv1d(
            2, 3, K, s, d, wait=wait
        )
        if tried.least > L:
            continue
        x = torch.randn(2, L)
        y = tried(x)
        T = L // s if wait else -(-L // s)
        same = tuple(y.shape) == (3, T)
        lengths_right.append(same)
        for t in range(y.shape[1]):
            end = t * s + tried.least - 1
            true = by_definition(tried, x, end)
            gap = (y[:, t] - true).abs().max()
            gaps.append(float(gap))

# %% unread
def read(layer, L):
    """For each input, whether an output reads it."""
    nn.init.ones_(layer.weight)
    x = torch.ones(2, L, requires_grad=True)
    layer(x).sum().backward()
    return x.grad[0] != 0


ends_right, steps_right = [], []
for K, s, d, L, wait in cases:
    tried = CausalConv1d(2, 3, K, s, d, wait=wait)
    if tried.least > L:
        continue
    seen = read(tried, L)
    last = int(seen.nonzero()[-1])
    end = L % s if wait else (L - 1) % s
    ends_right.append(L - 1 - last == end)
    if d == 1 and K < s:
        steps = L // s if wait else (L - 1) // s
        skipped = int((~seen[:last]).sum())
        steps_right.append(skipped == steps * (s - K))

# %% refused tags=["raises-exception"]
waiting(torch.randn(1, 1, 1))
