# %% network
import torch
from torch import nn

model = nn.Sequential(
    nn.Conv1d(3, 16, kernel_size=5, stride=2),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Flatten(),
    nn.Linear(16 * 24, 10),
)
x = torch.rand(8, 3, 100)
y = model(x)
y.shape

# %% rows
def multiply_adds(layer, y):
    """Products of a layer for a whole batch, without its bias."""
    if isinstance(layer, nn.Conv1d):
        return y.numel() * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):
        return y.numel() * layer.in_features
    return 0

rows = []
value = x
for layer in model:
    value = layer(value)
    rows.append({
        "layer": str(layer),
        "shape": list(value.shape),
        "parameters": sum(p.numel() for p in layer.parameters()),
        "madds": multiply_adds(layer, value),
    })

# %% too_narrow tags=["raises-exception"]
model[4] = nn.Linear(128, 10)
model(x)

# %% pasted
code = """\
nn.Sequential(
    nn.Conv1d(3, 16, kernel_size=5, stride=2),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Flatten(),
    nn.Linear(384, 10),
)
"""
block = """\
class Block(nn.Module):
    def __init__(self, c_in=3, c_out=16):
        super().__init__()
        self.conv1 = nn.Conv1d(c_in, c_out, 5)
        self.conv2 = nn.Conv1d(c_out, c_out, 5)

    def forward(self, x):
        y = torch.relu(self.conv1(x))
        return x + self.conv2(y)
"""
channels_last = torch.rand(8, 100, 3)
try:
    model(channels_last)
except RuntimeError as error:
    message = f"RuntimeError: {error}"

examples = [
    {"code": code.replace("384", "128"), "given": "(8, 3, 100)"},
    {"code": block, "given": "(8, 3, 100)"},
    {"code": message, "given": ""},
]

# %% same_network
assert str(eval(code)) == str(nn.Sequential(*model[:4], nn.Linear(384, 10)))
