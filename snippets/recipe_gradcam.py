# %% code
import torch


def grad_cam_1d(
    model, layer, x, target=None,
    jump=None, start=None,
):
    """Which part of the input decided? (N, L)

    model: (N, C, L) -> (N, classes), run in
    eval(); layer: one in it that gives
    (N, channels, T). target: a class, or (N,)
    of them; else the largest output's. Zero or
    more: how much a place spoke for the class.
    Output t of the layer stands at the input
    start + t * jump; else evenly, L / T apart.
    Raises ValueError for other shapes.
    """
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
    finally:
        handle.remove()
        for module, training in modes:
            module.training = training
    if slope is None:
        raise ValueError(
            "the output does not depend on the layer"
        )
    weight = slope.mean(-1, keepdim=True)
    cam = (weight * maps.detach()).sum(1).relu()
    return _spread(cam, x.shape[-1], jump, start)


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


def _score(y, target, N):
    """The sum of the outputs asked for, of (N, classes)."""
    shape = tuple(getattr(y, "shape", ()))
    if len(shape) != 2 or shape[0] != N:
        raise ValueError(
            f"the model gave {shape or type(y)};"
            f" ({N}, classes) is wanted"
        )
    if not y.requires_grad:
        raise ValueError("no gradient leads to the output")
    if target is None:
        target = y.argmax(1)
    target = torch.as_tensor(target, device=y.device)
    if target.dim() == 0:
        target = target.expand(N)
    wrong = target.shape != (N,) or (
        not y.is_meta
        and not set(target.tolist()) <= set(range(shape[1]))
    )
    if wrong:
        raise ValueError(
            f"target {target.tolist()}; {N} classes"
            f" from 0 to {shape[1] - 1} are wanted"
        )
    return y.gather(1, target.long()[:, None]).sum()


def _spread(cam, L, jump, start):
    """(N, T) to (N, L), with straight lines between."""
    T = cam.shape[-1]
    jump = L / T if jump is None else jump
    start = (jump - 1) / 2 if start is None else start
    i = torch.arange(L, device=cam.device)
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
cam = grad_cam_1d(
    model, model[1], x, 1, jump=2, start=7.5
)
print(cam.shape)

# %% figure
import matplotlib.pyplot as plt

fig, (up, down) = plt.subplots(2, figsize=(4.8, 3), sharex=True)
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
        got = grad_cam_1d(net, conv, x, 2, s, first)[0]
        for t in range(T):
            i = first + t * s
            if i == int(i) and 0 <= i < L:
                gap = (got[int(i)] - true[t]).abs()
                gaps.append(float(gap))

# %% refused tags=["raises-exception"]
grad_cam_1d(model, model[4], torch.randn(1, 1, 120))
