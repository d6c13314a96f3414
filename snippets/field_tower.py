# %% tower
import torch
from torch import nn


def build(layers, mode="none"):
    """A stack from (K, d, s) for each layer; every weight is 1."""
    net = []
    for K, d, s in layers:
        if mode == "causal":
            net.append(nn.ConstantPad1d((d * (K - 1), 0), 0.0))
        p = "same" if mode == "same" else 0
        net.append(nn.Conv1d(1, 1, K, s, p, d))
        nn.init.ones_(net[-1].weight)
    return nn.Sequential(*net)

def reads(layers, mode="none"):
    """What a middle output reads, from its own time on."""
    jump = 1
    for _, _, s in layers:
        jump *= s
    # Three times what can be read: nothing ends in padding.
    length = 3 * formula(layers) + jump
    x = torch.zeros(1, 1, length, requires_grad=True)
    y = build(layers, mode)(x)[0, 0]
    t = len(y) // 2
    y[t].backward()
    return (x.grad[0, 0].nonzero().flatten() - t * jump).tolist()

def formula(layers):
    field, jump = 1, 1
    for K, d, s in layers:
        field += (K - 1) * d * jump
        jump *= s
    return field

stacks = {
    "plain": (20, "none", 6, [(3, 1, 1)] * 3),
    "doubled": (32, "none", 0, [(3, d, 1) for d in (1, 2, 4, 8)]),
    "gappy": (20, "none", 3, [(3, 2, 1)] * 3),
    "strided": (20, "none", 2, [(3, 1, 2), (3, 1, 1), (3, 1, 1)]),
    "causal_tcn": (24, "causal", 20, [(2, d, 1) for d in (1, 2, 4, 8)]),
}
presets = []
for name, (length, mode, t, layers) in stacks.items():
    seen = reads(layers, mode)
    presets.append({
        "name": name,
        "length": length,
        "mode": mode,
        "t": t,
        "layers": layers,
        "formula": formula(layers),
        "measured": seen[-1] - seen[0] + 1,
        "reads": len(seen),
        "future": max(0, seen[-1]),
    })

# Measured as well: every change of one number of these stacks, a
# layer more or less, and stacks of equal layers.
ranges = [range(1, 5), range(1, 9), range(1, 4)]
wanted = []
for _, _, _, layers in stacks.values():
    one_more = layers + layers[-1:]
    wanted += [layers, one_more, layers[:-1]]
    for place, layer in enumerate(layers):
        for at, values in enumerate(ranges):
            for value in values:
                other = (*layer[:at], value, *layer[at + 1:])
                wanted.append([*layers[:place], other, *layers[place + 1:]])
for K in ranges[0]:
    for d in ranges[1]:
        for s in ranges[2]:
            wanted += [[(K, d, s)] * n for n in range(1, 6)]

measured = {}
for layers in wanted:
    seen = reads(layers)
    key = "".join(str(n) for layer in layers for n in layer)
    measured[key] = [seen[-1] - seen[0] + 1, len(seen)]
    assert measured[key][0] == formula(layers)

def words(*arguments):
    """What torch says."""
    try:
        build(*arguments)(torch.zeros(1, 1, 2))
    except (ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"

refusals = {
    "same": words([(3, 1, 2)], "same"),
    "long": words([(4, 2, 1)])
    .replace("(2)", "({padded})")
    .replace("(7)", "({span})"),
}
