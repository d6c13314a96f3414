# %% layer
import numpy as np
import torch
from torch import nn

torch.manual_seed(2478606714)
torch.rand(129)
layer = nn.Conv1d(3, 2, kernel_size=4)
# nothing is trained here
layer.requires_grad_(False)
x = torch.rand(1, 3, 10)
y = layer(x)

# %% arrays
np.set_printoptions(
    precision=4, floatmode="fixed"
)
signal = x[0].numpy()
w = layer.weight.numpy()
b = layer.bias.numpy()

# %% one_channel
part = np.correlate(
    signal[0], w[0, 0], "valid"
)
print(part)

# %% all_channels
y_np = np.empty((2, 7))
for o in range(2):
    y_np[o] = b[o]
    for c in range(3):
        y_np[o] += np.correlate(
            signal[c], w[o, c], "valid"
        )

# %% check
from numpy.testing import (
    assert_allclose,
)

wanted = y[0].numpy()
assert_allclose(y_np, wanted, atol=1e-5)
print(y_np)

# %% convolve
turned = np.convolve(
    signal[0], w[0, 0], "valid"
)
print(turned)

# %% flip_back
again = np.convolve(
    signal[0], w[0, 0, ::-1], "valid"
)
assert_allclose(again, part, atol=1e-5)
assert np.abs(turned - part).max() > 0.1
