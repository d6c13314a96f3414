# %% embedding
import torch
from torch import nn

tokens = torch.arange(10)[None]
words = nn.Embedding(50, 3)(tokens)
print(words.shape)
print(words.permute(0, 2, 1).shape)

# %% seed
seed = 2478606714
drawn_before = 129
torch.manual_seed(seed)
before = torch.rand(drawn_before)

# %% layer
layer = nn.Conv1d(3, 2, kernel_size=4)
print(layer.weight.shape)

# %% data
x = torch.rand(1, 3, 10)
y = layer(x)
print(y.shape)

# %% output_0
print(y[0, 0])

# %% inputs
for channel in x[0]:
    print(channel)

# %% kernel_0
print(layer.weight[0, 0])
print(layer.weight[0, 1])
print(layer.weight[0, 2])

# %% sum_0
sums = []
for c in range(3):
    kernel = layer.weight[0, c]
    products = kernel * x[0, c, 0:4]
    sums.append(products.sum())
print(sum(sums))

# %% bias
print(layer.bias)

# %% flip
flipped = layer.weight[0].flip(-1)
total = (flipped * x[0, :, 0:4]).sum()
total = total + layer.bias[0]
print(f"{total:.4f}")

# %% output_1
print(y[0, 1])

# %% sum_1
sums_1 = []
for c in range(3):
    kernel = layer.weight[1, c]
    products = kernel * x[0, c, 2:6]
    sums_1.append(products.sum())
print(sum(sums_1))

# %% kernel_1
print(layer.weight[1])

# %% terms_1
window = x[0, :, 2:6]
kernel = layer.weight[1]
terms = kernel * window
running = terms.flatten().cumsum(0)
running = running.view(3, 4)

# %% compare
compared = 0


def same(values, printed):
    global compared
    values = values.flatten()
    today = [f"{v:.4f}" for v in values]
    assert today == printed.split()
    compared += len(today)


# %% printed_in_2021
same(layer.weight[0], """
-0.1468 -0.0057 0.0926 0.0263
0.1042 0.0158 0.2408 -0.0116
0.0223 -0.2104 0.1971 -0.0318
""")
same(layer.bias, "0.0655 -0.1095")
same(x[0], """
0.4535 0.6660 0.1077 0.7335 0.8431
0.2407 0.2267 0.1635 0.8010 0.5360
0.5334 0.7020 0.7540 0.7194 0.9105
0.2495 0.3046 0.3894 0.6813 0.0660
0.5396 0.6200 0.7067 0.9654 0.8220
0.8894 0.5200 0.9175 0.6874 0.8831
""")
same(y[0, 0], """
0.2545 0.3342 0.3826 0.1345
0.0378 0.2512 0.2467
""")
same(sum(sums), "0.1890")
same(sum(sums) + layer.bias[0], "0.2545")
same(sum(sums_1), "0.4385")
same(y[0, 1, 2], "0.3290")
print(compared)
