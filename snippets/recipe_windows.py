# %% code
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset


class Scaler(nn.Module):
    """Mean 0 and deviation 1 for each column.

    Learnt from a table (L, C), of the training
    part alone; NaN and infinity are left out. A
    column that never changes is only moved.
    scaler(table): (L, C) -> (L, C).
    """

    def __init__(self, table):
        super().__init__()
        x = _table(table)
        kind = torch.promote_types(
            x.dtype, torch.float32
        )
        x = x.double()
        known = x.isfinite()
        n = known.sum(0)
        if not x.is_meta and not n.all():
            empty = (n == 0).nonzero()[:, 0]
            raise ValueError(
                f"columns {empty.tolist()}"
                " hold no number"
            )
        mean = x.where(known, 0).sum(0) / n
        apart = (x - mean).where(known, 0)
        std = ((apart**2).sum(0) / n).sqrt()
        top = x.where(known, -torch.inf).amax(0)
        still = ((x == top) | ~known).all(0)
        std = std.masked_fill(still, 1)
        self.register_buffer("mean", mean.to(kind))
        self.register_buffer("std", std.to(kind))

    def forward(self, table):
        x = _table(table)
        C = len(self.mean)
        if x.shape[1] != C:
            raise ValueError(
                f"{x.shape[1]} columns, not the"
                f" {C} that were learnt from"
            )
        z = x - self.mean.to(x.device)
        z = z / self.std.to(x.device)
        return z.to(x.dtype)

    def back(self, y, column=slice(None)):
        """(N, C, T), or (N, T) of one column."""
        y_std = self.std[column, None].to(y)
        return y * y_std + (
            self.mean[column, None].to(y)
        )


def windows(
    table, length, horizon=1, stride=1,
    drop=False,
):
    """Cuts (L, C) or (L,) into what is known
    and what comes next: x (N, C, length) and
    y (N, C, horizon), views of the table.

    Refused: too few rows; windows with NaN or
    infinity, unless drop=True, which leaves
    them out (x and y are copies then).
    """
    table = _table(table)
    need = length + horizon
    if min(length, stride) < 1 or horizon < 0:
        raise ValueError(
            f"no windows of {length} with"
            f" {horizon} more, every {stride}"
        )
    if len(table) < need:
        raise ValueError(
            f"{len(table)} rows; a window of"
            f" {length} and {horizon} more"
            f" need {need}"
        )
    both = table.unfold(0, need, stride)
    if not both.is_meta:
        good = table.isfinite().all(1)
        good = good.unfold(0, need, stride).all(1)
        bad = int((~good).sum())
        if bad and (not drop or bad == len(good)):
            raise ValueError(
                f"{bad} of {len(good)} windows hold"
                " NaN or infinity: fill the gaps,"
                " or leave some out by drop=True"
            )
        both = both[good] if bad else both
    return both[..., :length], both[..., length:]


def split_by_time(table, shares):
    """Parts of (L, C), one behind the other."""
    total = sum(shares)
    some = all(share > 0 for share in shares)
    if not (some and abs(total - 1) <= 1e-6):
        raise ValueError(
            f"shares {shares} must be above 0"
            " and add up to 1"
        )
    cuts = [
        round(len(table) * sum(shares[:i]) / total)
        for i in range(len(shares) + 1)
    ]
    return [
        table[a:b] for a, b in pairwise(cuts)
    ]


def forecast_sets(
    series, length, horizon=1, stride=1,
    shares=(0.7, 0.15, 0.15), drop=False,
):
    """A TensorDataset for each share, in order
    of time, and the Scaler of the first.

    series (L, C) or (L,): a row for each moment.
    Divided first, then scaled, then cut.
    """
    table = _table(series)
    kind = getattr(series, "dtype", None)
    if kind != table.dtype:  # no float tensor
        kind = torch.get_default_dtype()
    parts = split_by_time(table, shares)
    scaler = Scaler(parts[0])
    sets = [
        TensorDataset(*windows(
            scaler(part).to(kind), length,
            horizon, stride, drop,
        ))
        for part in parts
    ]
    return sets, scaler


def _table(series):
    """(L, C) as a tensor of a floating dtype."""
    if not isinstance(series, torch.Tensor):
        series = torch.from_numpy(np.array(series))
    real = not series.is_complex()
    if real and not series.is_floating_point():
        series = series.double()
    if series.ndim == 1:
        series = series[:, None]
    if series.ndim != 2 or not real:
        raise ValueError(
            f"{tuple(series.shape)}, {series.dtype}:"
            " no real (L, C) or (L,)"
        )
    return series


# %% use
from torch.utils.data import DataLoader

moment = torch.arange(100.0)
series = torch.stack([moment, 5 - moment], 1)
sets, scaler = forecast_sets(
    series, length=8, horizon=3
)
train, valid, test = sets
print([len(part) for part in sets])
loader = DataLoader(train, 16, shuffle=True)
x, y = next(iter(loader))
print(tuple(x.shape), tuple(y.shape))
x, y = test[0]
print(scaler.back(x)[0].round().int().tolist())
print(scaler.back(y)[0].round().int().tolist())

# %% live
newest = scaler(series[-8:]).T[None]
print(tuple(newest.shape))

# %% gaps
gappy = series.clone()
gappy[10, 1] = torch.nan
sets, _ = forecast_sets(
    gappy, 8, horizon=3, drop=True
)
print([len(part) for part in sets])

# %% refused tags=["raises-exception"]
forecast_sets(series[:40], 8, horizon=3)

# %% gap_refused tags=["raises-exception"]
forecast_sets(gappy, 8, horizon=3)


# %% sweep
from itertools import product


def moments(part, scaler):
    """The row number of every value in a set."""
    x, y = part.tensors
    both = torch.cat([x, y], 2)
    return scaler.back(both)[:, 0].round().long()


in_order, apart, as_many = [], [], []
cases = list(product(
    range(1, 6), range(1, 4), range(1, 5)
))
for W, h, s in cases:
    sets, scaler = forecast_sets(
        series, W, h, s, (0.6, 0.2, 0.2)
    )
    each = [moments(one, scaler) for one in sets]
    for rows, n in zip(each, [60, 20, 20]):
        step = rows.diff(dim=1)
        in_order.append(bool((step == 1).all()))
        count = (n - W - h) // s + 1
        as_many.append(len(rows) == count)
    ends = [int(rows.max()) for rows in each]
    begins = [int(rows.min()) for rows in each]
    apart.append(begins[1:] == [60, 80])
    apart.append(ends[0] < 60 and ends[1] < 80)

# %% leak
torch.manual_seed(0)
wild = series.clone()
wild[60:] = 1000 * torch.randn(40, 2)
tame, of_tame = forecast_sets(
    series, 8, shares=(0.6, 0.4)
)
after, of_wild = forecast_sets(
    wild, 8, shares=(0.6, 0.4)
)
unmoved = [
    torch.equal(a, b)
    for a, b in [
        *zip(tame[0].tensors, after[0].tensors),
        (of_tame.mean, of_wild.mean),
        (of_tame.std, of_wild.std),
    ]
]
