# %% code
import torch
from torch import nn
from torch.nn import functional as F


def inside(x, lengths):
    """Which positions of x (N, C, L) are real.

    lengths (N,): whole numbers from 0 to L, a
    tensor on any device or a list. Gives booleans
    (N, 1, L) and the lengths, both where x is.
    """
    n = torch.as_tensor(lengths)
    if x.dim() != 3 or n.shape != x.shape[:1]:
        raise ValueError(
            f"x {tuple(x.shape)} and lengths"
            f" {tuple(n.shape)}, but (N, C, L) and"
            " (N,) are needed"
        )
    kind, L = n.dtype, x.shape[2]
    no = kind == torch.bool or kind.is_floating_point
    if no and n.numel():
        raise ValueError(
            f"lengths are counts, not {kind}"
        )
    n = n.long()
    known = not torch.compiler.is_compiling()
    if known and not n.is_meta and len(n):
        low, high = int(n.min()), int(n.max())
        if low < 0 or high > L:
            raise ValueError(
                f"lengths from {low} to {high}, but"
                f" x has {L} positions"
            )
    n = n.to(x.device)
    at = torch.arange(L, device=x.device)
    return at < n[:, None, None], n


class MaskedConv1d(nn.Conv1d):
    """A Conv1d for rows padded to one length.

    x (N, C_in, L), lengths (N,) -> y (N, C_out, T)
    and the rows' new lengths (N,). A row gives what
    it would give alone, then zeros. Whatever stands
    in the padding is not read. A row shorter than
    the kernel, or empty, has length 0 afterwards.
    """

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        if self.padding_mode != "zeros":
            raise ValueError(
                f"{self.padding_mode!r} would copy"
                " padding; only 'zeros' is possible"
            )
        reach = self.kernel_size[0] - 1
        self.reach = reach * self.dilation[0]
        self.added = {
            "same": self.reach, "valid": 0
        }.get(self.padding)
        if self.added is None:
            self.added = 2 * self.padding[0]

    def new_length(self, n):
        room = n + self.added - self.reach - 1
        return room // self.stride[0] + 1

    def forward(self, x, lengths):
        real, n = inside(x, lengths)
        L = x.shape[2]
        x = x.masked_fill(~real, 0)
        least = max(self.reach + 1 - self.added, 1)
        if least > L:
            x = F.pad(x, (0, least - L))
        y = super().forward(x)
        T = self.new_length(L) if L else 0
        y = y[..., :max(T, 0)]
        n = self.new_length(n).clamp(0) * (n > 0)
        real, n = inside(y, n)
        return y.masked_fill(~real, 0), n


def masked_mean(x, lengths):
    """The mean of each row's own positions.

    x (N, C, L), lengths (N,) -> (N, C); a row of
    length 0 gives 0.
    """
    real, n = inside(x, lengths)
    wide = torch.promote_types(x.dtype, torch.float32)
    total = x.masked_fill(~real, 0).sum(2, dtype=wide)
    return (total / n.clamp(1)[:, None]).to(x.dtype)


def masked_max(x, lengths):
    """The largest of each row's own positions.

    x (N, C, L), lengths (N,) -> (N, C); a row of
    length 0 gives 0.
    """
    real, n = inside(x, lengths)
    x = x.masked_fill(~real, -torch.inf)
    x = F.pad(x, (0, 1), value=-torch.inf)
    empty = n[:, None] == 0
    return x.amax(2).masked_fill(empty, 0)


# %% use
torch.manual_seed(0)
first = MaskedConv1d(3, 8, 3, padding=1)
second = MaskedConv1d(8, 8, 3, stride=2)
x = torch.randn(2, 3, 10)
lengths = torch.tensor([10, 6])

h, n = first(x, lengths)
h, n = second(h.relu(), n)
print(h.shape, n)
print(masked_mean(h, n).shape)

# %% garbage
clean, _ = first(x, lengths)
answers = []
for filling in (-1e30, torch.inf, torch.nan):
    dirty = x.clone()
    dirty[1, :, 6:] = filling
    answers.append(first(dirty, lengths)[0])
product = dirty * inside(x, lengths)[0]
print(int(product.isnan().sum()))


# %% network
class Encoder(nn.Module):
    """Frames (N, 3, L) -> one vector a row."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([
            MaskedConv1d(3, 8, 5, padding=2),
            MaskedConv1d(8, 8, 3, stride=2),
            MaskedConv1d(8, 8, 3, dilation=2),
        ])
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(8) for _ in range(3)
        )

    def forward(self, x, lengths):
        for conv, norm in zip(
            self.convs, self.norms
        ):
            x, lengths = conv(x, lengths)
            x = norm(x).relu()
        mean = masked_mean(x, lengths)
        most = masked_max(x, lengths)
        return torch.cat([mean, most], dim=1)


net = Encoder().eval()
lengths = torch.tensor([20, 13, 4, 0])
batch = torch.randn(4, 3, 20)
with torch.no_grad():
    together = net(batch, lengths)
    gaps = []
    for i, n in enumerate(lengths):
        row = batch[i:i + 1, :, :n]
        alone = net(row, n[None])
        gap = together[i:i + 1] - alone
        gaps.append(float(gap.abs().max()))

# %% sweep
from itertools import product as every

cases = list(every(
    range(1, 5), range(1, 4), range(1, 3),
    [0, 1, 2, "same"],
))
lengths = list(range(11))
batch = torch.randn(11, 2, 10)
for row, n in zip(batch, lengths):
    row[:, n:] = torch.nan
off, lengths_right, rest = [], [], []
with torch.no_grad():
    for K, s, d, p in cases:
        if p == "same" and s > 1:
            continue
        setting = (2, 3, K, s, p, d)
        layer = MaskedConv1d(*setting)
        plain = nn.Conv1d(*setting)
        plain.load_state_dict(layer.state_dict())
        y, new = layer(batch, lengths)
        for i, n in enumerate(lengths):
            try:
                true = plain(batch[i, :, :n])
            except RuntimeError:
                true = torch.zeros(3, 0)
            T = true.shape[1]
            lengths_right.append(int(new[i]) == T)
            if T:
                gap = y[i, :, :T] - true
                off.append(float(gap.abs().max()))
            rest.append(not y[i, :, T:].any())

# %% refused tags=["raises-exception"]
first(x, [10, 11])
