# %% ways
import torch
from torch import nn

sentence = ["the", "film", "was", "not", "very", "good", "at", "all"]
ways = {
    "permute": lambda v: v.permute(0, 2, 1),
    "view": lambda v: v.view(1, v.shape[2], v.shape[1]),
    "nothing": lambda v: v,
}


def facts(way, L, E, K, C_out, t):
    """What torch makes of L words of E numbers each."""
    vectors = torch.zeros(1, L, E, requires_grad=True)
    x = ways[way](vectors)
    layer = nn.Conv1d(x.shape[1], C_out, K)
    nn.init.ones_(layer.weight)
    y = layer(x)
    y[0, :, t].sum().backward()
    read = (vectors.grad[0] > 0).sum(dim=1)  # of each word
    more = torch.zeros(1, L + 1, E)
    try:
        longer = layer(ways[way](more)).shape[1:]
    except RuntimeError as error:
        longer = f"RuntimeError: {error}"
    return {
        "way": way,
        "input": x.shape[1:],
        "output": y.shape[1:],
        "parameters": sum(p.numel() for p in layer.parameters()),
        "whole": int((read == E).sum()),
        "part": int(((read > 0) & (read < E)).sum()),
        "longer": longer,
    }


start = {"L": 6, "E": 4, "K": 2, "C_out": 5, "t": 2}
rows = [facts(way, **start) for way in ways]

graphdta = {"L": 1000, "E": 128, "K": 8, "C_out": 32, "t": 2}
graphdta_rows = [facts(way, **graphdta) for way in ways]

refused = (
    rows[2]["longer"]
    .replace("[5, 6, 2]", "[{C_out}, {L}, {K}]")
    .replace("[1, 7, 4]", "[1, {longer}, {E}]")
    .replace("have 6", "have {L}")
    .replace("got 7", "got {longer}")
)
