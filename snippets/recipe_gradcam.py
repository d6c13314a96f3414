# %% code
import math
from bisect import bisect_left
from contextlib import suppress

import torch


def grad_cam_1d(
    model, layer, x, target=None,
    jump=None, start=None,
):
    """Which part of the input decided? (N, L)

    model: (N, C, L) -> (N, classes) or (N,), run
    in eval(); layer: one in it that gives
    (N, channels, T). target: a class, or (N,)
    of them; else the largest output's. Zero or
    more: how much a place spoke for the class.
    Output t of the layer stands at the input
    start + t * jump; say it if layers do not
    pad both ends alike, else it is found out.
    Raises ValueError for other shapes.
    """
    if x.dim() != 3 or not x.is_floating_point():
        raise ValueError(
            f"x is {tuple(x.shape)} of {x.dtype};"
            " (N, C, L) of floats is wanted"
        )
    kept = []

    def keep(*call):
        kept.append(call[-1])
        if not torch.is_tensor(call[-1]):
            return None
        # what follows may work in place
        return call[-1].clone()

    modes = [(m, m.training) for m in model.modules()]
    handle = layer.register_forward_hook(keep)
    try:
        model.eval()
        with (
            torch.inference_mode(False),
            torch.enable_grad(),
        ):
            x = x.detach().clone().requires_grad_()
            y = model(x)
            maps = _maps(kept, x)
            score = _score(y, target, len(x))
            slope, = torch.autograd.grad(
                score, maps, allow_unused=True
            )
        handle.remove()
        T, at = maps.shape[-1], (jump, start)
        if None in at:
            at = _places(model, layer, x, T)
    finally:
        handle.remove()
        for module, training in modes:
            module.training = training
    if slope is None:
        raise ValueError(
            "the output does not depend on the layer"
        )
    wide = torch.promote_types(
        maps.dtype, torch.float32
    )
    weight = slope.mean(-1, keepdim=True, dtype=wide)
    cam = (weight * maps.detach()).sum(1).relu()
    jump = at[0] if jump is None else jump
    start = at[1] if start is None else start
    cam = _spread(cam, x.shape[-1], jump, start)
    return cam.to(x.dtype)


def _maps(kept, x):
    """What the layer gave, once: (N, channels, T)."""
    if len(kept) != 1:
        raise ValueError(
            f"the layer ran {len(kept)} times in"
            " the model; once is wanted"
        )
    shape = tuple(getattr(kept[0], "shape", ()))
    N = len(x)
    if len(shape) != 3 or shape[0] != N or not shape[2]:
        raise ValueError(
            f"the layer gave {shape or type(kept[0])};"
            f" ({len(x)}, channels, T) is wanted"
        )
    return kept[0]


@torch.no_grad()
def _places(model, layer, x, T):
    """Jump and start, seen by how T grows with L."""
    C, L = x.shape[1:]
    evenly = L / T, (L / T - 1) / 2
    if T in (1, L):
        return evenly
    found = []

    def count(n):
        found.append(0)
        # what is behind may want one length only
        with suppress(Exception):
            model(x.new_zeros(1, C, n))
        return found[-1]

    def keep(*call):
        found.append(call[-1].shape[-1])

    handle = layer.register_forward_hook(keep)
    try:
        later = range(L, L + 8 * L // T + 3)
        one, two = (
            bisect_left(later, T + more, key=count)
            for more in (1, 2)
        )
        ends = [count(L + one), count(L + two)]
    finally:
        handle.remove()
    if ends != [T + 1, T + 2]:  # as of Upsample
        return evenly
    jump = two - one
    return jump, (L + one - 1 - T * jump) / 2


def _score(y, target, N):
    """The sum of the outputs asked for, of (N, classes)."""
    shape = tuple(getattr(y, "shape", ()))
    if len(shape) not in (1, 2) or shape[0] != N:
        raise ValueError(
            f"the model gave {shape or type(y)};"
            f" ({N}, classes) or ({N},) is wanted"
        )
    y = y[:, None] if len(shape) == 1 else y
    if not y.requires_grad:
        raise ValueError("no gradient leads to the output")
    if target is None:
        target = y.argmax(1)
    target = torch.as_tensor(target, device=y.device)
    if target.dim() == 0:
        target = target.expand(N)
    kind, most = target.dtype, y.shape[1] - 1
    no = kind == torch.bool or kind.is_floating_point
    wrong = target.shape != (N,) or (no and N)
    if not (wrong or y.is_meta or N == 0):
        wrong = target.min() < 0 or target.max() > most
    if wrong:
        raise ValueError(
            f"target {target}; classes from 0 to"
            f" {most} are wanted, one or {N} of them"
        )
    return y.gather(1, target.long()[:, None]).sum()


def _spread(cam, L, jump, start):
    """(N, T) to (N, L), with straight lines between."""
    T = cam.shape[-1]
    jump, start = float(jump), float(start)
    if not (0 < jump < math.inf and math.isfinite(start)):
        raise ValueError(
            f"jump={jump} and start={start}: finite"
            " ones are wanted, jump above 0"
        )
    i = torch.arange(
        L, dtype=torch.float32, device=cam.device
    )
    t = ((i - start) / jump).clamp(0, T - 1)
    low, high = t.floor().long(), t.ceil().long()
    share = (t - low).to(cam.dtype)
    return torch.lerp(cam[:, low], cam[:, high], share)


# %% use
from torch import nn

torch.manual_seed(0)
wave = torch.sin(torch.arange(16) * 1.5)
model = nn.Sequential(
    nn.Conv1d(1, 2, 16, stride=2),
    nn.ReLU(inplace=True),
    nn.AdaptiveMaxPool1d(1),
    nn.Flatten(),
    nn.Linear(2, 2),
)
with torch.no_grad():  # by hand: it knows the wave
    both = torch.stack([wave, -wave])
    model[0].weight.copy_(both[:, None])
    model[0].bias.fill_(-4)
    model[4].weight.copy_(
        torch.tensor([[-1.0, -1], [1, 1]])
    )

x = 0.2 * torch.randn(50, 1, 120)
start = torch.randint(105, (50,))
for row, t in zip(x, start.tolist()):
    row[0, t : t + 16] += wave
# behind the ReLU; windows of 16, 2 apart
cam = grad_cam_1d(model, model[1], x, 1)
print(cam.shape)

# %% figure
import matplotlib.pyplot as plt

fig, (up, down) = plt.subplots(2, figsize=(4.4, 3), sharex=True)
up.plot(x[0, 0])
up.set_ylabel("x")
down.plot(cam[0], "C1")
down.set_ylabel("Grad-CAM")
for ax in up, down:
    ax.axvspan(start[0], start[0] + 15, color="C7", alpha=0.2)
label = down.set_xlabel("t")

# %% sweep
from itertools import product

cases = list(product(
    (1, 2, 3, 8), (1, 2, 3), (0, 1, 3), (1, 2), (40, 99)
))
gaps = []
with torch.no_grad():
    for K, s, p, d, L in cases:
        conv = nn.Conv1d(2, 4, K, s, p, d)
        head = nn.Linear(4, 3)
        net = nn.Sequential(
            conv, nn.AdaptiveAvgPool1d(1),
            nn.Flatten(), head,
        )
        x = torch.randn(1, 2, L)
        maps = conv(x)[0]
        # behind a mean the slopes are known
        T = maps.shape[1]
        true = (head.weight[2] @ maps / T).relu()
        # at the middles of the windows, if whole
        first = d * (K - 1) / 2 - p
        got = grad_cam_1d(net, conv, x, 2)[0]
        for t in range(T):
            i = first + t * s
            if i == int(i) and 0 <= i < L:
                gap = (got[int(i)] - true[t]).abs()
                gaps.append(float(gap))

# %% refused tags=["raises-exception"]
grad_cam_1d(model, model[4], torch.randn(1, 1, 120))
