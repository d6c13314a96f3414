# %% machine
import torch
from torch import nn
from torch.nn import functional as F

C_in, C_out = 4, 6

def run(L=12, K=4, s=1, p=0, d=1, g=1, mode="zeros"):
    """The length of the output, or what torch says."""
    x = torch.zeros(1, C_in, L)
    padding = {"same": "same", "causal": 0}.get(mode, p)
    try:
        layer = nn.Conv1d(C_in, C_out, K, s, padding, d, g)
        if mode == "causal":
            x = F.pad(x, (d * (K - 1), 0))
        return layer(x).shape[2]
    except (ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"

names = ["L", "K", "s", "p", "d", "g", "mode"]
tried = [
    (12, 4, 3, 0, 1, 1, "zeros"),
    (12, 4, 3, 1, 1, 1, "zeros"),
    (12, 4, 1, 0, 3, 1, "zeros"),
    (12, 5, 1, 0, 1, 2, "same"),
    (12, 4, 2, 0, 2, 1, "causal"),
    (3, 4, 1, 0, 1, 1, "zeros"),
    (12, 4, 2, 0, 1, 1, "same"),
    (12, 4, 1, -1, 1, 1, "zeros"),
    (12, 4, 0, 0, 1, 1, "zeros"),
    (12, 4, 1, 0, 0, 1, "zeros"),
    (12, 4, 1, 0, 1, 0, "zeros"),
    (12, 4, 1, 0, 1, 3, "zeros"),
    (12, 4, 1, 0, 1, 4, "zeros"),
]
rows = [
    dict(zip(names, each, strict=True)) | {"gives": run(*each)}
    for each in tried
]

refusals = {
    "groups": run(g=0),
    "inputs": run(g=3),
    "outputs": run(g=4),
    "same": run(s=2, mode="same"),
    "padding": run(p=-1),
    "stride": run(s=0),
    "dilation": run(d=0).replace("[1, 0]", "[1, {dilation}]"),
    "long": run(L=2, K=5)
    .replace("(2)", "({padded})")
    .replace("(5)", "({span})"),
}
