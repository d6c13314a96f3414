# %% code
import torch
from torch import nn
from torch.nn import functional as F


def words_first(tokens, blank):
    """Move the blanks of each row behind its words.

    tokens (N, L) -> tokens (N, L), and how many
    words each row has (N,). Order is kept.
    """
    is_blank = (tokens == blank).long()
    is_blank, order = is_blank.sort(dim=1, stable=True)
    count = (1 - is_blank).sum(1)
    return tokens.gather(1, order), count


class TextClassifier(nn.Module):
    """Kernels of several widths over words.

    tokens (N, L), whole numbers -> logits (N,
    classes). `padding_idx` is no word, wherever it
    stands. A sentence shorter than a kernel is one
    window, filled up with zeros; without a word its
    features are 0, and its logits the last bias.
    """

    def __init__(
        self, words, classes, size=128, channels=100,
        widths=(2, 3, 4), dropout=0.5, padding_idx=0,
    ):
        super().__init__()
        widths = tuple(widths)
        least = min(widths, default=0)
        if padding_idx is None or least < 1:
            raise ValueError(
                f"padding_idx={padding_idx} and widths="
                f"{widths}: an id and widths"
                " of at least 1 are needed"
            )
        self.embedding = nn.Embedding(
            words, size, padding_idx
        )
        self.convs = nn.ModuleList(
            nn.Conv1d(size, channels, K) for K in widths
        )
        self.dropout = nn.Dropout(dropout)
        wide = channels * len(widths)
        self.out = nn.Linear(wide, classes)

    def forward(self, tokens):
        if tokens.dim() != 2:
            raise ValueError(
                f"tokens are {tuple(tokens.shape)},"
                " but (N, L) is needed"
            )
        kind = tokens.dtype
        if (
            kind.is_floating_point or kind.is_complex
            or kind == torch.bool
        ):
            raise ValueError(
                f"tokens are {kind}, but whole numbers"
                " are needed"
            )
        tokens = tokens.long()
        blank = self.embedding.padding_idx
        widest = max(c.kernel_size[0] for c in self.convs)
        tokens = F.pad(tokens, (0, widest), value=blank)
        tokens, n = words_first(tokens, blank)
        x = self.embedding(tokens).transpose(1, 2)
        at = torch.arange(x.shape[2], device=x.device)
        n = n[:, None, None]
        x = x.masked_fill(at >= n, 0)
        features = []
        for conv in self.convs:
            y = conv(x).relu()
            last = (n - conv.kernel_size[0]).clamp(0)
            out = at[:y.shape[2]] > last
            y = y.masked_fill(out | (n == 0), 0)
            features.append(y.amax(2))
        features = torch.cat(features, dim=1)
        return self.out(self.dropout(features))


# %% use
torch.manual_seed(0)
model = TextClassifier(words=50, classes=3)
tokens = torch.tensor([
    [7, 3, 12, 9, 4, 21],
    [5, 8, 2, 0, 0, 0],  # shorter than a kernel
    [5, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],  # no word at all
])
labels = torch.tensor([0, 1, 2, 0])
logits = model(tokens)
loss = F.cross_entropy(logits, labels)
loss.backward()
print(logits.shape)
finite = [
    bool(p.grad.isfinite().all())
    for p in model.parameters()
]

# %% alone
model.eval()
with torch.no_grad():
    together = model(tokens)
    gaps = []
    for row, logit in zip(tokens, together):
        alone = model(row[row != 0][None])[0]
        gap = (alone - logit).abs().max()
        gaps.append(float(gap))
    one_word = together[2] - together[3]
print(bool(one_word.abs().max() > 1e-3))

# %% sides
left = torch.tensor([[0, 0, 0, 5, 8, 2]])
with torch.no_grad():
    moved = model(left) - together[1]

# %% sweep
torch.manual_seed(0)
sentences = [
    torch.randint(1, 50, (n,))
    for n in (0, 1, 2, 3, 4, 5, 9, 20)
]
off = []
with torch.no_grad():
    for widths in [(1,), (2, 3, 4), (5, 2), (7,)]:
        net = TextClassifier(50, 3, widths=widths)
        net.eval()
        for width in (20, 21, 40):
            batch = torch.zeros(8, width).long()
            for row, words in zip(batch, sentences):
                row[:len(words)] = words
            together = net(batch)
            for row, words in zip(together, sentences):
                gap = net(words[None])[0] - row
                off.append(float(gap.abs().max()))


# %% by_definition
def by_definition(net, words):
    """The logits of one sentence, window by window."""
    vectors = net.embedding.weight[words]
    features = []
    for conv in net.convs:
        K = conv.kernel_size[0]
        short = max(K - len(words), 0)
        rows = F.pad(vectors, (0, 0, 0, short))
        sums = [
            (conv.weight * rows[t:t + K].T).sum((1, 2))
            + conv.bias
            for t in range(len(rows) - K + 1)
        ]
        best = torch.stack(sums).relu().amax(0)
        features.append(best)
    return net.out(torch.cat(features))


with torch.no_grad():
    true = [
        by_definition(model, words)
        for words in sentences[1:]
    ]
    wrong = [
        float((model(words[None])[0] - y).abs().max())
        for words, y in zip(sentences[1:], true)
    ]
