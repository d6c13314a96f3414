"""Whole programs as people write them: classes in classes, loops, lists of layers, shortcuts, functions."""

RESIDUAL = """
class Block(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv1d(c_in, c_out, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm1d(c_out)
        self.conv2 = nn.Conv1d(c_out, c_out, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm1d(c_out)
        self.shortcut = nn.Sequential()
        if stride != 1 or c_in != c_out:
            self.shortcut = nn.Sequential(nn.Conv1d(c_in, c_out, 1, stride=stride), nn.BatchNorm1d(c_out))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        y += self.shortcut(x)
        return F.relu(y)


class Net(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.stem = nn.Conv1d(12, 16, 15, stride=2, padding=7)
        self.stages = nn.Sequential(self.stage(16, 32, 2), self.stage(32, 64, 3))
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.head = nn.Linear(64, classes)

    def stage(self, c_in, c_out, count):
        layers = [Block(c_in, c_out, 2)]
        for _ in range(1, count):
            layers.append(Block(c_out, c_out))
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.stages(self.stem(x))
        return self.head(self.pool(x).squeeze(-1))

model = Net()
"""
CAUSAL = """
class Cut(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.count = count

    def forward(self, x):
        return x[:, :, :-self.count].contiguous()


class Layer(nn.Module):
    def __init__(self, c_in, c_out, kernel, dilation):
        super().__init__()
        added = (kernel - 1) * dilation
        self.net = nn.Sequential(
            weight_norm(nn.Conv1d(c_in, c_out, kernel, padding=added, dilation=dilation)), Cut(added), nn.ReLU()
        )
        self.fit = nn.Conv1d(c_in, c_out, 1) if c_in != c_out else None

    def forward(self, x):
        kept = x if self.fit is None else self.fit(x)
        return torch.relu(self.net(x) + kept)


channels = [12, 16, 16, 24]
layers = []
for i in range(len(channels) - 1):
    layers += [Layer(channels[i], channels[i + 1], kernel=3, dilation=2 ** i)]
model = nn.Sequential(*layers)
"""
WORDS = """
class Words(nn.Module):
    def __init__(self, vocabulary, width, kernels=(3, 4, 5), filters=20, classes=2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.convs = nn.ModuleList([nn.Conv1d(width, filters, k) for k in kernels])
        self.head = nn.Linear(len(kernels) * filters, classes)

    def forward(self, tokens):
        x = self.embedding(tokens).permute(0, 2, 1)
        pooled = [F.relu(conv(x)).amax(dim=2) for conv in self.convs]
        return self.head(torch.cat(pooled, dim=1))

model = Words(vocabulary=50, width=8)
"""
RECURRENT = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(in_channels=12, out_channels=16, kernel_size=5)
        self.pool = nn.MaxPool1d(2)
        self.lstm = nn.LSTM(input_size=16, hidden_size=10, num_layers=2, batch_first=True)
        self.head = nn.Linear(10, 6)

    def forward(self, x):
        n, c, l = x.shape
        x = self.pool(F.relu(self.conv(x)))
        y, (hidden, cell) = self.lstm(x.transpose(1, 2))
        return F.log_softmax(self.head(hidden[-1]), dim=1).view(n, -1)

model = Net()
"""
FORECAST = """
encoder = nn.Sequential(nn.Conv1d(12, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv1d(8, 4, 3, stride=2, padding=1))
decoder = nn.Sequential(
    nn.ConvTranspose1d(4, 8, 4, stride=2, padding=1), nn.ReLU(), nn.ConvTranspose1d(8, 12, 4, stride=2, padding=1)
)
model = nn.Sequential(encoder, decoder)
"""
PROGRAMS = {
    "residual": (RESIDUAL, (4, 12, 100)),
    "causal": (CAUSAL, (4, 12, 40)),
    "words": (WORDS, (4, 30)),
    "recurrent": (RECURRENT, (4, 12, 64)),
    "autoencoder": (FORECAST, (4, 12, 64)),
}
