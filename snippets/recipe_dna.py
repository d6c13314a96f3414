# %% code
import torch
from torch import nn


def one_hot_dna(
    sequences, device=None, dtype=None
):
    """Letters as channels A, C, G, T.

    A list of N strings -> (N, 4, L), one
    string -> (4, L). L is the longest length;
    shorter rows have zeros behind. U counts
    as T, upper and lower case are the same.
    Letters for several bases share the 1: R
    is half A, half G; N a quarter of each.
    Anything else is refused, with its place.
    """
    letters = {
        "A": "A", "C": "C", "G": "G", "T": "T",
        "U": "T", "R": "AG", "Y": "CT", "S": "CG",
        "W": "AT", "K": "GT", "M": "AC",
        "B": "CGT", "D": "AGT", "H": "ACT",
        "V": "ACG", "N": "ACGT",
    }
    dtype = dtype or torch.get_default_dtype()
    if not dtype.is_floating_point:
        raise ValueError(
            f"{dtype} cannot hold a quarter"
        )
    table = torch.zeros(
        128, 4, device="cpu", dtype=torch.float64
    )
    for letter, bases in letters.items():
        for key in letter, letter.lower():
            for base in bases:
                c = "ACGT".index(base)
                table[ord(key), c] = 1 / len(bases)
    alone = isinstance(sequences, str)
    rows = [sequences] if alone else sequences
    if not isinstance(rows, (list, tuple)) or (
        not all(isinstance(i, str) for i in rows)
    ):
        raise ValueError(
            "a str or a list of them, please, not"
            f" {type(rows).__name__} {rows!r:.40}"
        )
    known, table = table.any(1), table.to(dtype)
    L = max(map(len, rows), default=0)
    x = torch.zeros(
        len(rows), 4, L, device="cpu", dtype=dtype
    )
    for n, row in enumerate(rows):
        codes = row.encode("ascii", "replace")
        codes = torch.tensor([*codes], device="cpu")
        codes = codes.long()
        wrong = (~known[codes]).nonzero()
        for i in wrong[:1, 0].tolist():
            raise ValueError(
                f"sequence {n}, position {i}:"
                f" {row[i]!r} stands for no base"
            )
        x[n, :, :len(row)] = table[codes].T
    if device is None:
        device = torch.get_default_device()
    return (x[0] if alone else x).to(device)


def reverse_complement(x, lengths=None):
    """The other strand, read from its start.

    A string gives a string. A tensor of
    (N, 4, L) or (4, L), channels A, C, G, T,
    gives its like; of rows filled up behind,
    lengths (N,) says how much is real.
    """
    if isinstance(x, str):
        return _of_letters(x)
    shape = tuple(getattr(x, "shape", ()))
    if not torch.is_tensor(x) or (
        len(shape) not in (2, 3) or shape[-2] != 4
    ):
        raise ValueError(
            f"{type(x).__name__} {shape}; a str or a"
            " tensor (N, 4, L) or (4, L) is wanted"
        )
    if lengths is None:
        return x.flip(-2, -1)
    n = torch.as_tensor(lengths, device=x.device)
    L, kind = shape[-1], n.dtype
    no = kind == torch.bool or kind.is_floating_point
    fits = n.shape == shape[:-2]
    fits = fits and not (no and n.numel())
    n = n.long()
    known = not (
        n.is_meta or torch.compiler.is_compiling()
    )
    if fits and known and n.numel():
        fits = 0 <= n.min() <= n.max() <= L
    if not fits:
        raise ValueError(
            f"lengths {lengths} for a tensor of"
            f" {shape}: a whole number"
            f" from 0 to {L} for each is wanted"
        )
    t = torch.arange(L, device=x.device)
    t = n[..., None, None] - 1 - t
    y = x.flip(-2).gather(
        -1, t.clamp(0).expand(x.shape)
    )
    return y.masked_fill(t < 0, 0)


def _of_letters(text):
    """`reverse_complement` of a string."""
    t = "U" if "U" in text.upper() else "T"
    here = f"ACG{t}RYSWKMBDHVN"
    there = f"{t}GCAYRSWMKVHDBN"
    pairs = dict(zip(
        here + here.lower(),
        there + there.lower(),
    ))
    for i, letter in enumerate(text):
        if letter not in pairs:
            raise ValueError(
                f"position {i}: {letter!r} has no"
                f" complement among {here}"
            )
    return "".join(pairs[i] for i in text[::-1])


class BothStrands(nn.Module):
    """One answer for a sequence and its other strand.

    net: (N, 4, L) -> (N, ...), one answer a
    sequence, none a position. It sees both
    strands in one batch; "mean" or "max" of
    its two answers is given, for (N, 4, L)
    or (4, L). With lengths (N,) the net is
    called as net(x, lengths).
    """

    def __init__(self, net, how="mean"):
        super().__init__()
        if how not in ("mean", "max"):
            raise ValueError(
                f"'mean' or 'max', not {how!r}"
            )
        self.net = net
        self.how = how

    def forward(self, x, lengths=None):
        other = reverse_complement(x, lengths)
        both = torch.stack([x, other])
        batch = both.shape[:-2]
        both = both.flatten(0, -3)
        if lengths is None:
            y = self.net(both)
        else:
            lengths = torch.as_tensor(
                lengths, device=x.device
            )
            y = self.net(both, lengths.repeat(2))
        size = tuple(getattr(y, "shape", ()))
        n = both.shape[0]
        if len(size) not in (1, 2) or (
            size[0] != n
            or not y.is_floating_point()
        ):
            kind = getattr(y, "dtype", type(y))
            raise ValueError(
                f"net gave {size} of {kind} for"
                f" {n} sequences; one answer each,"
                " in floats, is wanted"
            )
        y = y.reshape(*batch, *size[1:])
        if self.how == "max":
            return y.amax(0)
        return y.mean(0)


# %% use
x = one_hot_dna(["GATTACA", "tann"])
print(x.shape)
print(x[1])

# %% other
print(reverse_complement("GATTACA"))
other = reverse_complement(x[0])
same = one_hot_dna("TGTAATC")
print(torch.equal(other, same))

# %% motif
motif = one_hot_dna("TATAAA")
finder = nn.Sequential(
    nn.Conv1d(4, 1, 6, bias=False),
    nn.AdaptiveMaxPool1d(1),
    nn.Flatten(),
)
with torch.no_grad():
    finder[0].weight.copy_(motif[None])
rows = one_hot_dna([
    "GGTATAAACCG",  # on this strand
    "GGTTTATACCG",  # on the other
    "GGTATTAACCG",  # on neither
])
best = BothStrands(finder, "max")
with torch.no_grad():
    print(finder(rows)[:, 0].tolist())
    print(best(rows)[:, 0].tolist())


# %% sweep
import random

random.seed(0)
every = "ACGTRYSWKMBDHVN"
every += every.lower()
texts = [
    "".join(random.choices(every, k=L))
    for L in range(6, 206)
]
there = [reverse_complement(s) for s in texts]
lengths = [len(s) for s in texts]
x, other = one_hot_dna(texts), one_hot_dna(there)
by_flips = reverse_complement(x, lengths)
back = [reverse_complement(s) for s in there]

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv1d(4, 16, 6), nn.ReLU(),
    nn.AdaptiveMaxPool1d(1), nn.Flatten(),
    nn.Linear(16, 3),
)
gaps, gaps_without = [], []
with torch.no_grad():
    for how in "mean", "max":
        equal = BothStrands(net, how)
        gap = equal(x) - equal(x.flip(1, 2))
        gaps += gap.abs().flatten().tolist()
    gap = net(x) - net(x.flip(1, 2))
    gaps_without += gap.abs().amax(1).tolist()

# %% refused tags=["raises-exception"]
one_hot_dna(["ACGT", "AC-GT"])
