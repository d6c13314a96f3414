# %% code
import torch
from torch.nn import functional as F


def frame(x, size, step):
    """Cuts (..., L) into windows (..., T, size).

    One begins at every `step`; the last one is
    filled up with zeros, so that no value is
    lost. A view of x where none are needed.
    """
    L = x.shape[-1] if x.dim() else 0
    if L < 1 or not 1 <= step <= size:
        raise ValueError(
            f"no windows of {size}, one every"
            f" {step}, hold all of {L} values"
        )
    steps = max(0, -((size - L) // step))
    more = steps * step + size - L
    if more:
        x = F.pad(x, (0, more))
    return x.unfold(-1, size, step)


def overlap_add(
    frames, step, length=None, window=None,
    before=None,
):
    """Puts windows (..., T, K) together, to
    (..., length): the mean of all that cover a
    place, weighted by window, (K,).

    length: of the signal that was cut; without
    it, up to the end of the last window.
    before: weights (K,) that the windows have
    been multiplied by already, as for an STFT.
    Refused: places that have no weight at all.
    """
    if frames.dim() < 2:
        raise ValueError(
            f"frames are {tuple(frames.shape)},"
            " but (..., T, K) is needed"
        )
    T, K = frames.shape[-2:]
    L = (T - 1) * step + K
    length = L if length is None else length
    fits = length > L - step or T == 1
    if T < 1 or step < 1 or not (
        1 <= length <= L and fits
    ):
        raise ValueError(
            f"{T} windows of {K}, one every {step},"
            f" are not those of {length} values"
        )
    kind = frames.dtype
    if not (
        kind.is_floating_point or kind.is_complex
    ):
        raise ValueError(f"no mean in {kind}")
    x = frames.to(
        torch.promote_types(kind, torch.float32)
    )
    weight = x.new_ones(K)
    if window is not None:
        weight = _weights("window", window, weight)
    # 0 times NaN is NaN
    x = x.masked_fill(weight == 0, 0) * weight
    if before is not None:
        weight = weight * _weights(
            "before", before, weight
        )
    total = _add(weight.expand(T, K), step)
    total = total[:length]
    known = not (
        x.is_meta or torch.compiler.is_compiling()
    )
    none = (T - 1) * max(0, step - K)  # between
    if known:
        none = int((total == 0).sum())
    if none:
        raise ValueError(
            f"{none} of {length} places have no"
            " weight in any window"
        )
    y = _add(x, step)[..., :length] / total
    return y.to(kind)


def _weights(name, given, like):
    """(K,), in the dtype and on the device."""
    given = torch.as_tensor(given)
    if given.shape != like.shape:
        raise ValueError(
            f"{name} has {tuple(given.shape)},"
            f" windows need {tuple(like.shape)}"
        )
    return given.to(like)


def _add(x, step):
    """Sums (..., T, K) into (..., L)."""
    *front, T, K = x.shape
    L = (T - 1) * step + K
    rows = x.reshape(-1, T, K).transpose(1, 2)
    y = F.fold(  # an image of height 1
        rows, (1, L), (1, K), stride=(1, step)
    )
    return y.reshape(*front, L)


# %% use
x = torch.arange(1.0, 11).view(1, 1, 10)
frames = frame(x, size=4, step=3)
print(frames.shape)
print(frames[0, 0].int().tolist())
y = overlap_add(frames, step=3, length=10)
print(y[0, 0].int().tolist())

# %% network
from torch import nn

torch.manual_seed(0)
net = nn.Conv1d(3, 2, 9, padding="same")
N, C, L = 5, 3, 1000
size, step = 64, 32
signal = torch.randn(N, C, L)
frames = frame(signal, size, step)
# a window is a sample of the batch
rows = frames.transpose(1, 2).flatten(0, 1)
with torch.no_grad():
    z = net(rows).unflatten(0, (N, -1))
hann = torch.hann_window(
    size + 2, periodic=False
)[1:-1]
out = overlap_add(
    z.transpose(1, 2), step, L, window=hann
)
print(tuple(rows.shape), tuple(out.shape))

# %% cola
from itertools import product

whole = torch.hann_window(8)
weights = _add(whole.expand(4, 8), 4)
for half in weights.view(5, 4):
    print([f"{w:.2f}" for w in half])

# %% stft
sent = torch.sqrt(torch.hann_window(66)[1:-1])
back = overlap_add(
    frames * sent, step, L,
    window=sent, before=sent,
)

# %% refused tags=["raises-exception"]
overlap_add(torch.ones(4, 8), 4, window=whole)

# %% gap tags=["raises-exception"]
overlap_add(torch.ones(4, 8), 10)

# %% nan
spoilt = torch.ones(1, 4, 3)
spoilt[0, 1, 1] = torch.nan
folded = overlap_add(spoilt, 2)
by_identity = F.conv_transpose1d(
    spoilt.transpose(1, 2),
    torch.eye(3)[:, None], stride=2,
)
print(folded.isnan().int().tolist())
print(by_identity[0].isnan().int().tolist())


# %% sweep
def by_loops(frames, step, length, window):
    """Place by place, by the definition."""
    T, K = frames.shape
    y = torch.zeros(length)
    total = torch.zeros(length)
    for t, k in product(range(T), range(K)):
        place = t * step + k
        if place < length:
            y[place] += window[k] * frames[t, k]
            total[place] += window[k]
    return y / total


torch.manual_seed(0)
cases = [
    (L, K, s)
    for L, K, s in product(
        range(1, 14), range(1, 6), range(1, 6)
    )
    if s <= K
]
returned, gaps = [], []
for L, K, s in cases:
    x = torch.randn(2, 3, L)
    window = torch.rand(K) + 0.1
    cut = frame(x, K, s)
    again = overlap_add(cut, s, L, window)
    error = (again - x).abs().max()
    returned.append(float(error))
    # windows that do not agree
    other = torch.randn(cut[0, 0].shape)
    y = overlap_add(other, s, L, window)
    true = by_loops(other, s, L, window)
    gaps.append(float((y - true).abs().max()))
