# %% code
import warnings
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def as_in_use(net, axis=-1, out_axis=-1):
    """Lend a network for a test: run(x (..., L)).

    For that time there are no gradients, every
    module is in eval(), and parameters that are to
    be trained and are wholly zero hold random
    numbers, for a zero hides what training opens.
    Then all is as it was, random numbers too. A
    plain function is run as it is.
    """
    parts, zeros = [], []
    owner = getattr(net, "__self__", net)
    if isinstance(owner, nn.Module):
        parts = list(owner.modules())
        zeros = [
            p for p in owner.parameters()
            if not nn.parameter.is_lazy(p)
            and p.requires_grad and not p.any()
        ]
    modes = [part.training for part in parts]

    def run(x, *more):
        x = x.movedim(-1, axis).contiguous()
        given = [
            torch.clone(g) if torch.is_tensor(g) else g
            for g in (x, *more)
        ]
        with torch.random.fork_rng():
            y = net(*given)
        if not torch.is_tensor(y) or y.is_complex():
            name = getattr(y, "dtype", type(y).__name__)
            raise TypeError(f"{name} in place of numbers")
        y = torch.atleast_1d(y.to("cpu", copy=True))
        return y.movedim(out_axis, -1)

    with torch.no_grad(), torch.random.fork_rng():
        try:
            torch.manual_seed(0)
            for part in parts:
                part.training = False
            for p in zeros:
                p.data.normal_(std=0.1)
            yield run
        finally:
            for p in zeros:
                p.data.zero_()
            for part, mode in zip(parts, modes):
                part.training = mode


def redrawn(x, seed, lengths=None):
    """Other values for x (..., L), out of its own.

    Each row draws from its first values, as many
    as its length says (all, if None): whole numbers
    as they are, others between two that it drew.
    """
    L = x.shape[-1]
    rows = x.reshape(x.shape[:-1].numel(), L).cpu()
    real = torch.full((len(rows), 1), L)
    if lengths is not None:
        each = len(rows) // len(lengths)
        real = lengths.repeat_interleave(each)[:, None]
    inside = torch.arange(L) < real
    source = torch.Generator().manual_seed(seed)

    def drawn():
        at = torch.rand(rows.shape, generator=source)
        at = (at.double() * real).long()
        return rows.gather(1, at)

    new = drawn()
    equal = (rows == rows[:, :1]) | ~inside
    flat = equal.all(1, keepdim=True)
    if x.is_floating_point():
        if not rows[inside].isfinite().all():
            raise ValueError("x holds NaN or infinity")
        part = torch.rand(rows.shape, generator=source)
        part = part.to(x.dtype)
        new = new + (drawn() - new) * part
        new = torch.where(flat, new + part, new)
    elif lengths is None and flat.any():
        raise ValueError(
            "a row of x holds one number only; give"
            " one with all that the network may get"
        )
    new = torch.where(inside, new, rows)
    return new.reshape(x.shape).to(x.device)


def pairs(x):
    """Four times two inputs (..., L) like x."""
    for seed in range(0, 8, 2):
        yield redrawn(x, seed), redrawn(x, seed + 1)


def differ(a, b, tol, size=None):
    """Where two outputs differ, as booleans.

    Equal is what is within tol times `size`, by
    default the largest finite value along the last
    axis. NaN is equal to nothing. tol=None: eight
    times the step of the dtype, 0 for integers.
    """
    if a.shape != b.shape:
        raise ValueError(
            f"{tuple(a.shape)}, then {tuple(b.shape)}"
            " came out for inputs of one size"
        )
    if tol is None:
        tol = 0
        if a.is_floating_point():
            tol = 8 * torch.finfo(a.dtype).eps
    a, b = a.double(), b.double()
    if size is None and a.numel():
        both = torch.stack([a, b]).abs()
        both = both.nan_to_num(0, 0, 0)
        size = both.amax((0, -1))[..., None]
    near = a == b
    if size is not None:
        near |= (a - b).abs() <= tol * size
    return ~near


def reads_future(
    net, x, stride=1, delay=0,
    axis=-1, out_axis=-1, tol=None,
):
    """Does an output move when later inputs do?

    Output t may read inputs 0 to t * stride + delay.
    x: an input, random, longer than what one output
    reads, with its positions on `axis` and those of
    the output on `out_axis`. For each t, all that
    comes later is overwritten, in four draws. True
    also where NaN comes out. Refused: a network that
    does not read x, or differs at a second run.
    """
    x = x.movedim(axis, -1)
    L, reads = x.shape[-1], False
    at = torch.arange(L, device=x.device)
    with as_in_use(net, axis, out_axis) as run:
        for now, new in pairs(x):
            y, again = run(now), run(now)
            twice = again.nan_to_num(), y.nan_to_num()
            if differ(*twice, tol).any():
                raise ValueError("a second run differs")
            ends = [
                t * stride + delay
                for t in range(y.shape[-1])
            ]
            cuts = {end for end in ends if end < L - 1}
            if not cuts or ends[-1] >= L:
                raise ValueError(
                    f"{len(ends)} outputs of {L} inputs"
                    f" do not fit stride={stride}, delay"
                    f"={delay} (or is out_axis another?)"
                )
            for cut in sorted(cuts):
                later = now.where(at <= cut, new)
                moved = differ(run(later), y, tol)
                upto = sum(end <= cut for end in ends)
                if moved[..., :upto].any():
                    return True
            reads |= bool(differ(run(new), y, 0).any())
    if not reads:
        raise ValueError("the output does not read x")
    return False


def slides_along(
    net, x, field, axis=-1, out_axis=-1, tol=None
):
    """Is each output made of `field` neighbours?

    x: an input with its positions on `axis`, more of
    them than `field`; the output's are on `out_axis`.
    One position after the other is overwritten, with
    all its channels, in four draws. True: no output
    reads positions further apart than in `field`,
    and, if that is more than 1, some output reads
    more than one. Refused: NaN, and a network that
    does not read x, or differs at a second run.
    """
    x = x.movedim(axis, -1)
    L, reads = x.shape[-1], 0
    if not 0 < field < L:
        raise ValueError(
            f"field={field} must be 1 or more, and"
            f" less than the {L} positions of x"
        )
    at = torch.arange(L, device=x.device)
    with as_in_use(net, axis, out_axis) as run:
        for now, new in pairs(x):
            y = run(now)
            if differ(run(now), y, tol).any():
                text = "NaN, or a second run differs"
                raise ValueError(text)
            moved = torch.stack([
                differ(run(now.where(at != u, new)), y, tol)
                for u in range(L)
            ])
            while moved.dim() > 2:
                moved = moved.any(1)
            reads = reads + moved
    spans = [
        int(u.max() - u.min()) + 1
        for u in map(torch.nonzero, reads.T) if len(u)
    ]
    if not spans:
        raise ValueError("the output does not read x")
    return min(field, 2) <= max(spans) <= field


def same_alone(
    net, x, lengths, axis=-1, hand_over=True, tol=None
):
    """Does each row give alone what it gives here?

    x: a padded batch (N, ..., L), its positions on
    `axis`; lengths (N,). Called is net(x, lengths),
    or net(x) with hand_over=False. Alone, a row is
    cut to its length; of the batch's output the part
    counts that it gives alone. Values: as in x, then
    in three draws. False also where NaN comes out or
    a row alone raises, which a warning tells.
    Refused: where nothing is padded, or x not read.
    """
    x = x.movedim(axis, -1)
    N, L = x.shape[0], x.shape[-1]
    sizes = torch.as_tensor(lengths).cpu()
    each = sizes.flatten().tolist()
    fit = 0 <= min(each, default=-1) <= max(each) <= L
    if sizes.shape != (N,) or x.dim() < 2 or not fit:
        raise ValueError(f"lengths {each}: {N} rows of {L}")
    old, most, reads = None, torch.zeros(()), False

    def out(x, sizes):
        return run(x, sizes) if hand_over else run(x)

    with as_in_use(net, axis) as run:
        for draw in range(4):
            now = redrawn(x, draw, sizes) if draw else x
            y = out(now, lengths)
            if len(y) != N or not y.numel():
                size = tuple(y.shape)
                raise ValueError(f"{size} out of {N} rows")
            if tol is None and y.is_floating_point():
                tol = 64 * torch.finfo(y.dtype).eps
                tol = min(tol, 0.05)
            large = y.double().nan_to_num(0, 0, 0).abs()
            most = large.maximum(most)
            if draw:
                reads |= bool(differ(y, old, 0).any())
            old = y
            for n in range(N):
                row = slice(n, n + 1)
                cut = now[row, ..., :each[n]]
                try:
                    alone = out(cut, lengths[row])
                except (RuntimeError, ValueError) as e:
                    text = f"row {n} alone: {e}"
                    warnings.warn(text, stacklevel=2)
                    return False
                ends = tuple(map(slice, alone.shape))
                here = y[row][ends]
                if here.shape != alone.shape:
                    return False
                axes = [
                    i for i in range(1, y.dim())
                    if alone.shape[i] < y.shape[i]
                ]
                size = most.max()
                if axes:  # for each channel
                    size = most.amax((0, *axes), True)[0]
                if differ(here, alone, tol, size).any():
                    return False
    if not reads:
        raise ValueError("the output does not read x")
    if min(each) == L:
        raise ValueError(f"no row is shorter than {L}")
    return True


# %% leak
class ChannelNorm(nn.LayerNorm):
    """A norm over the channels of (N, C, L)."""

    def forward(self, x):
        x = x.transpose(1, 2)
        return super().forward(x).transpose(1, 2)


def causal(C_in, C_out, K):
    """Padded on the left alone."""
    return nn.Sequential(
        nn.ZeroPad1d((K - 1, 0)),
        nn.Conv1d(C_in, C_out, K),
    )


torch.manual_seed(0)
x = torch.randn(2, 4, 16)
same = nn.Conv1d(4, 4, 3, padding="same")
print(reads_future(causal(4, 4, 3), x))
print(reads_future(same, x))
behind_norm = nn.Sequential(ChannelNorm(4), same)
print(reads_future(behind_norm, x))

# %% axis
words = torch.randn(2, 16, 16)  # (N, L, E)
conv = nn.Conv1d(16, 5, 3)


def turned(words):
    return conv(words.permute(0, 2, 1))


print(slides_along(turned, words, 3, axis=1))
print(slides_along(conv, words, 3, axis=1))


# %% alone
class Two(nn.Module):
    """Two layers, with a mask between or without."""

    def __init__(self, masked):
        super().__init__()
        self.masked = masked
        self.first = nn.Conv1d(4, 4, 3, padding=1)
        self.second = nn.Conv1d(4, 4, 3, padding=1)

    def forward(self, x, lengths):
        x = self.first(x)
        if self.masked:
            at = torch.arange(x.shape[2])
            out = at >= lengths[:, None, None]
            x = x.masked_fill(out, 0)
        return self.second(x)


lengths = torch.tensor([16, 9])
batch = torch.randn(2, 4, 16)
batch[1, :, 9:] = 0
for masked in (True, False):
    net = Two(masked)
    print(same_alone(net, batch, lengths))


# %% old
def plus_one(net, x):
    """As often seen: later inputs plus one."""
    y = net(x)
    for t in range(y.shape[2]):
        later = x.clone()
        later[:, :, t + 1:] += 1
        gap = (net(later) - y)[:, :, t]
        if gap.abs().max() > 1e-5:
            return True
    return False


fooled = plus_one(behind_norm, x)
found = reads_future(behind_norm, x)

# %% sweep
class Plus(nn.Module):
    """Two branches; the second begins at zero."""

    def __init__(self, a, b):
        super().__init__()
        self.a, self.b = a, b
        for p in b.parameters():
            nn.init.zeros_(p)

    def forward(self, x):
        return self.a(x) + self.b(x)


def left(**more):
    return nn.Sequential(
        nn.ZeroPad1d((2, 0)), nn.Conv1d(4, 4, 3, **more)
    )


def both(**more):
    return nn.Conv1d(4, 4, 3, padding=1, **more)


right = [
    left(),
    left(groups=4),
    nn.Sequential(left(), nn.BatchNorm1d(4), nn.Dropout()),
    nn.Sequential(ChannelNorm(4), left(), ChannelNorm(4)),
    nn.Sequential(nn.ReLU(inplace=True), left()),
    Plus(left(), left()),
]
wrong = [
    both(),
    both(padding_mode="circular"),
    nn.Sequential(both(), nn.BatchNorm1d(4), nn.Dropout()),
    nn.Sequential(ChannelNorm(4), both()),
    nn.Sequential(left(), nn.InstanceNorm1d(4)),
    nn.Sequential(left(), nn.MaxPool1d(3, 1, 1)),
    Plus(left(), both()),
]
accepted = [
    not reads_future(net.train(), x) for net in right
]
exposed = [reads_future(net.train(), x) for net in wrong]
still_training = [net.training for net in right + wrong]

# %% refused tags=["raises-exception"]
reads_future(nn.Threshold(1e9, 0), x)
