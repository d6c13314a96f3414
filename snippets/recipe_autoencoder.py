# %% code
import torch
from torch import nn


class Autoencoder(nn.Module):
    """Conv1d down, ConvTranspose1d up again.

    x: (N, C, L) or (C, L), any L from 1 on. The
    code is (N, channels[-1], T) with T = L over
    the product of strides, rounded up. What
    comes back has the shape of x.
    kernel_size: odd, at least 2 * stride - 1, so
    that each value is read and each one made.
    """

    def __init__(
        self, C, channels=(16, 32, 1),
        strides=(4, 4, 4), kernel_size=9,
        device=None, dtype=None,
    ):
        super().__init__()
        K, widest = kernel_size, max(strides)
        least = 2 * widest - 1
        if K % 2 == 0 or least > K:
            raise ValueError(
                f"kernel_size {K}: an odd one, from"
                f" {least} on, goes with a stride"
                f" of {widest}"
            )
        if len(channels) != len(strides) or (
            min(strides) < 1
        ):
            raise ValueError(
                f"channels {channels} and strides"
                f" {strides}: one of each for each"
                " layer, at least 1"
            )
        self.strides = tuple(strides)
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        options = {"device": device, "dtype": dtype}
        before = C
        for after, s in zip(channels, strides):
            self.down.append(nn.Conv1d(
                before, after, K, s, K // 2,
                **options,
            ))
            self.up.insert(0, nn.ConvTranspose1d(
                after, before, K, s, K // 2,
                output_padding=s - 1, **options,
            ))
            before = after

    def encode(self, x):
        """(N, C, L) -> (N, channels[-1], T)."""
        if x.shape[-1] < 1:
            raise ValueError("no values to encode")
        for i, layer in enumerate(self.down):
            x = layer(x.relu() if i else x)
        return x

    def decode(self, z, length):
        """(N, channels[-1], T) -> (N, C, length)."""
        *every, T = lengths(length, self.strides)
        if length < 1 or z.shape[-1] != T:
            raise ValueError(
                f"{length} values have a code of"
                f" {T}, not {z.shape[-1]}"
            )
        for i, layer in enumerate(self.up):
            z = layer(z.relu() if i else z)
            # export cannot prove that a slice fits
            n = torch.arange(every[-1 - i], device=z.device)
            z = z.index_select(-1, n)
        return z

    def forward(self, x):
        z = self.encode(x)
        return self.decode(z, x.shape[-1])


def lengths(L, strides):
    """L, and the length behind each layer."""
    every = [L]
    for s in strides:
        every.append((every[-1] - 1) // s + 1)
    return every


# %% use
torch.manual_seed(0)
model = Autoencoder(1)
row = torch.randn(1, 1, 65536)
with torch.no_grad():
    z = model.encode(row)
    back = model.decode(z, 65536)
print(tuple(z.shape), tuple(back.shape))
print(lengths(65536, model.strides))
print(lengths(1000, model.strides))

# %% usual
usual = nn.Sequential(
    nn.Conv1d(1, 1, 3, stride=2, padding=1),
    nn.ConvTranspose1d(
        1, 1, 3, stride=2, padding=1,
        output_padding=1,
    ),
)
with torch.no_grad():
    for L in 7, 8, 9:
        y = usual(torch.randn(1, 1, L))
        print(L, y.shape[2])

# %% train
from torch.nn import functional as F

torch.manual_seed(0)
t = torch.arange(250.0)
speed = 0.05 + 0.1 * torch.rand(256, 1, 1)
waves = torch.sin(
    speed * t + 6.3 * torch.rand(256, 1, 1)
)
train, test = waves[:200], waves[200:]
small = Autoencoder(1, (16, 2), (4, 4))
optimizer = torch.optim.Adam(
    small.parameters(), lr=0.01
)
for _ in range(150):
    i = torch.randint(200, (32,))
    loss = F.mse_loss(small(train[i]), train[i])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    error = F.mse_loss(small(test), test)
    code = small.encode(test)
print(tuple(test.shape), tuple(code.shape))

# %% refused tags=["raises-exception"]
model.decode(z, 65537)

# %% short_kernel tags=["raises-exception"]
Autoencoder(1, (8, 8), (4, 4), kernel_size=5)


# %% sweep
from itertools import product


def used(model, L):
    """Is each value read, and each one made?"""
    x = torch.rand(1, 1, L)
    x.requires_grad_()
    z = model.down[0](x)
    z.sum().backward()
    ones = torch.ones_like(z)
    made = model.up[-1](ones)[..., :L]
    bias_alone = made == model.up[-1].bias
    return x.grad.all() and not bias_alone.any()


cases = list(product(
    [(2,), (3,), (2, 2), (4, 2), (3, 4, 1)],
    range(1, 40, 3),
))
as_long, all_used = [], []
for strides, L in cases:
    K = 2 * max(strides) - 1
    tried = Autoencoder(
        1, (1,) * len(strides), strides, K
    )
    nn.init.ones_(tried.down[0].weight)
    nn.init.ones_(tried.up[-1].weight)
    y = tried(torch.rand(2, 1, L))
    as_long.append(y.shape == (2, 1, L))
    all_used.append(bool(used(tried, L)))
